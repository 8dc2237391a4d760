// Logs in with npm openid-client as any institution's program would: code, PKCE, refresh, introspection, revocation, device, log-out
// (profile base); PAR, private_key_jwt and DPoP (profile alto).
import * as client from 'openid-client'

const [issuer, callback, baseId, secret, altoId, altoKey] = process.argv.slice(1)
const insecure = { execute: [client.allowInsecureRequests] }

// Fills in the login form of a page; answers where the browser is sent.
async function logIn(url) {
  const page = await fetch(url, { redirect: 'manual' })
  const text = await page.text()
  const form = /<form[^>]*action="([^"]*\/oauth2\/authorize[^"]*)"[^>]*>(.*?)<\/form>/s.exec(text)
  if (!form) throw new Error(`no form: ${page.status} ${text}`)
  const csrf = /name="csrf" value="([^"]*)"/.exec(form[2])[1]
  const action = new URL(form[1].replaceAll('&amp;', '&'), issuer)
  const cookie = page.headers.getSetCookie().map(line => line.split(';')[0]).join('; ')
  const body = new URLSearchParams({ run: '44444444-4', password: 'testing', csrf })
  const done = await fetch(action, { method: 'POST', body, redirect: 'manual', headers: { cookie } })
  if (done.status !== 303) throw new Error(`login: ${done.status} ${await done.text()}`)
  return new URL(done.headers.get('location'))
}

async function flow(config, build, options) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const url = await build(config, {
    redirect_uri: callback,
    scope: 'openid profile run',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  }, options)
  const back = await logIn(url)
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, options)
  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, options)
  if (user.run !== '44444444-4') throw new Error(JSON.stringify(user))
  return tokens
}

const base = await client.discovery(new URL(issuer), baseId, secret, undefined, insecure)
const tokens = await flow(base, client.buildAuthorizationUrl)
const fresh = await client.refreshTokenGrant(base, tokens.refresh_token)
if (fresh.access_token === tokens.access_token) throw new Error('the same access token')
const known = await client.tokenIntrospection(base, fresh.access_token)
if (!known.active || known.client_id !== baseId) throw new Error(JSON.stringify(known))
await client.tokenRevocation(base, fresh.refresh_token)
const gone = await client.tokenIntrospection(base, fresh.access_token)
if (gone.active) throw new Error('alive after its revocation')
console.log('BASE')

const waiting = await client.initiateDeviceAuthorization(base, { scope: 'openid run' })
console.log('CODE', waiting.user_code)
const device = await client.pollDeviceAuthorizationGrant(base, { ...waiting, interval: 1 })
await client.fetchUserInfo(base, device.access_token, device.claims().sub)
console.log('DEVICE')

const leave = client.buildEndSessionUrl(base, { post_logout_redirect_uri: callback, id_token_hint: tokens.id_token })
const left = await fetch(leave, { redirect: 'manual' })
if (left.headers.get('location') !== callback) throw new Error(`log-out: ${left.status}`)
console.log('LEFT')

const jwk = JSON.parse(altoKey)
const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
const alto = await client.discovery(new URL(issuer), altoId, undefined, client.PrivateKeyJwt(key), insecure)
const DPoP = client.getDPoPHandle(alto, await client.randomDPoPKeyPair('ES256'))
const bound = await flow(alto, client.buildAuthorizationUrlWithPAR, { DPoP })
if (bound.token_type !== 'dpop') throw new Error(bound.token_type)
await client.refreshTokenGrant(alto, bound.refresh_token, undefined, { DPoP })
console.log('ALTO')
