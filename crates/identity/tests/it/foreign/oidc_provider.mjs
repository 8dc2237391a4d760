// The same wrong requests to this provider and to a certified one: what each answers.
import crypto from 'node:crypto'
import { createServer } from 'node:http'
import * as oidc from 'oidc-provider'

const [ours, CLIENT, OTHER, SECRET, RETURN, VERIFIER, codes] = process.argv.slice(-7)
const CHALLENGE = crypto.createHash('sha256').update(VERIFIER).digest('base64url')
console.warn = console.info = () => {}

const client = id => ({
  client_id: id, client_secret: SECRET, redirect_uris: [RETURN], response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'client_secret_post'
})
let provider
const server = createServer((request, answer) => provider.callback()(request, answer))
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${server.address().port}`
provider = new oidc.Provider(issuer, {
  clients: [client(CLIENT), client(OTHER)],
  cookies: { keys: ['one'] },
  pkce: { required: () => true },
  scopes: ['openid', 'offline_access', 'profile'],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: {
    introspection: { enabled: true }, revocation: { enabled: true }, deviceFlow: { enabled: true },
    pushedAuthorizationRequests: { enabled: true }, clientCredentials: { enabled: true }, claimsParameter: { enabled: true }
  }
})

// A code as after a login.
async function code(id) {
  const grant = new provider.Grant({ accountId: 'maria', clientId: id })
  grant.addOIDCScope('openid')
  const made = new provider.AuthorizationCode({
    accountId: 'maria', client: await provider.Client.find(id), grantId: await grant.save(), redirectUri: RETURN,
    scope: 'openid', codeChallenge: CHALLENGE, codeChallengeMethod: 'S256', authTime: Math.floor(Date.now() / 1000)
  })
  return made.save()
}

const ask = {
  client_id: CLIENT, response_type: 'code', scope: 'openid profile', redirect_uri: RETURN, state: 'abcdefgh', nonce: 'n-1',
  code_challenge: CHALLENGE, code_challenge_method: 'S256'
}
const proof = { client_id: CLIENT, client_secret: SECRET }
const redeem = { ...proof, grant_type: 'authorization_code', redirect_uri: RETURN, code_verifier: VERIFIER }
const without = (fields, ...names) => Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
const unsigned = [{ alg: 'none' }, { client_id: CLIENT, response_type: 'code' }]
  .map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.'
const basic = (id, secret) => ({ authorization: 'Basic ' + Buffer.from(`${id}:${secret}`).toString('base64') })

// name, endpoint, fields, and what else there is to say. CODE stands for a fresh code of the application.
const A = 'authorization_endpoint'
const T = 'token_endpoint'
const requests = [
  ['A1 redirect_uri of somebody else', A, { ...ask, redirect_uri: 'https://evil.example/' }],
  ['A1 redirect_uri with one more slash', A, { ...ask, redirect_uri: RETURN + '/' }],
  ['A1 redirect_uri with a query', A, { ...ask, redirect_uri: RETURN + '?x=1' }],
  ['A3 no redirect_uri', A, without(ask, 'redirect_uri')],
  ['A3 unknown application', A, { ...ask, client_id: 'nobody' }],
  ['A3 no client_id', A, without(ask, 'client_id')],
  ['A4 response_type=token', A, { ...ask, response_type: 'token' }],
  ['A4 response_type=id_token', A, { ...ask, response_type: 'id_token' }],
  ['A4 no response_type', A, without(ask, 'response_type')],
  ['A5 no openid among the scopes', A, { ...ask, scope: 'profile' }],
  ['A5 unknown scope', A, { ...ask, scope: 'openid admin' }],
  ['A6 state twice', A, [...Object.entries(ask), ['state', 'other']]],
  ['A6 client_id twice', A, [...Object.entries(ask), ['client_id', 'other']]],
  ['A7 prompt=none without a session', A, { ...ask, prompt: 'none' }],
  ['A7 prompt=none login', A, { ...ask, prompt: 'none login' }],
  ['A7 unknown prompt', A, { ...ask, prompt: 'dance' }],
  ['A7 max_age=-1', A, { ...ask, max_age: '-1' }],
  ['A7 max_age=abc', A, { ...ask, max_age: 'abc' }],
  ['A8 response_mode=dance', A, { ...ask, response_mode: 'dance' }],
  ['A9 request not signed', A, { ...ask, request: unsigned }],
  ['A9 request_uri of the web', A, { ...ask, request_uri: 'https://evil.example/r' }],
  ['A9 request_uri that nobody left', A, { ...ask, request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
  ['A10 claims that are no JSON', A, { ...ask, claims: '{' }],
  ['A11 id_token_hint of nobody', A, { ...ask, id_token_hint: 'x.y.z' }],
  ['B1 no code_challenge', A, without(ask, 'code_challenge', 'code_challenge_method')],
  ['B1 code_challenge_method=plain', A, { ...ask, code_challenge_method: 'plain' }],
  ['B1 no code_challenge_method', A, without(ask, 'code_challenge_method')],
  ['B1 code_challenge too short', A, { ...ask, code_challenge: 'short' }],
  ['B2 wrong verifier', T, { ...redeem, code: 'CODE', code_verifier: 'w'.repeat(64) }],
  ['B2 no verifier', T, { ...without(redeem, 'code_verifier'), code: 'CODE' }],
  ['B2 verifier too short', T, { ...redeem, code: 'CODE', code_verifier: 'short' }],
  ['B3 another redirect_uri', T, { ...redeem, code: 'CODE', redirect_uri: 'https://evil.example/' }],
  ['B3 no redirect_uri', T, { ...without(redeem, 'redirect_uri'), code: 'CODE' }],
  ['B4 code of another application', T, { ...redeem, client_id: OTHER, code: 'CODE' }],
  ['B4 code used twice', T, { ...redeem, code: 'CODE' }, { twice: true }],
  ['B5 code of nobody', T, { ...redeem, code: 'x'.repeat(43) }],
  ['B5 no code', T, redeem],
  ['B5 code twice in one request', T, [...Object.entries({ ...redeem, code: 'CODE' }), ['code', 'other']]],
  ['B6 no grant_type', T, without(redeem, 'grant_type')],
  ['B6 unknown grant_type', T, { ...proof, grant_type: 'dance' }],
  ['B6 password', T, { ...proof, grant_type: 'password', username: 'maria', password: 'testing' }],
  ['B6 client_credentials that it may not use', T, { ...proof, grant_type: 'client_credentials' }],
  ['B6 device_code that it may not use', T, { ...proof, grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' }],
  ['B7 refresh token of nobody', T, { ...proof, grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) }],
  ['B7 no refresh token', T, { ...proof, grant_type: 'refresh_token' }],
  ['C1 no proof', T, { grant_type: 'authorization_code', code: 'x' }],
  ['C1 application without its secret', T, { ...without(redeem, 'client_secret'), code: 'x' }],
  ['C1 wrong secret', T, { ...redeem, client_secret: 'wrong', code: 'x' }],
  ['C1 unknown application', T, { ...redeem, client_id: 'nobody', code: 'x' }],
  ['C1 wrong secret in the header', T, { ...without(redeem, 'client_id', 'client_secret'), code: 'x' }, { headers: basic(CLIENT, 'wrong') }],
  ['C1 header that is none', T, { ...without(redeem, 'client_id', 'client_secret'), code: 'x' }, { headers: { authorization: 'Basic ***' } }],
  ['C1 two proofs', T, { ...redeem, code: 'x' }, { headers: basic(CLIENT, SECRET) }],
  ['C2 assertion that is none', T, { ...without(redeem, 'client_secret'), code: 'x', client_assertion: 'x',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }],
  ['C3 JSON in place of a form', T, { ...redeem, code: 'x' }, { json: true }],
  ['C3 GET at the token endpoint', T, { ...redeem, code: 'x' }, { get: true }],
  ['D1 userinfo without a token', 'userinfo_endpoint', {}, { get: true }],
  ['D1 userinfo with a token of nobody', 'userinfo_endpoint', {}, { get: true, headers: { authorization: 'Bearer x' } }],
  ['D1 userinfo with a token in the address', 'userinfo_endpoint', { access_token: 'x' }, { get: true }],
  ['D2 introspection without a proof', 'introspection_endpoint', { token: 'x' }],
  ['D2 introspection of nothing', 'introspection_endpoint', proof],
  ['D2 introspection of a token of nobody', 'introspection_endpoint', { ...proof, token: 'x' }],
  ['D3 revocation without a proof', 'revocation_endpoint', { token: 'x' }],
  ['D3 revocation of nothing', 'revocation_endpoint', proof],
  ['D3 revocation of a token of nobody', 'revocation_endpoint', { ...proof, token: 'x' }],
  ['E1 request left without a proof', 'pushed_authorization_request_endpoint', ask],
  ['E1 request left with a wrong secret', 'pushed_authorization_request_endpoint', { ...ask, client_secret: 'wrong' }],
  ['E2 request left that names another', 'pushed_authorization_request_endpoint', { ...ask, ...proof, request_uri: 'urn:x' }],
  ['E2 request left with a foreign redirect_uri', 'pushed_authorization_request_endpoint', { ...ask, ...proof, redirect_uri: 'https://evil.example/' }],
  ['E2 request left without a challenge', 'pushed_authorization_request_endpoint', { ...without(ask, 'code_challenge', 'code_challenge_method'), ...proof }],
  ['E2 request left with response_type=token', 'pushed_authorization_request_endpoint', { ...ask, ...proof, response_type: 'token' }],
  ['G1 device of an application that has none', 'device_authorization_endpoint', { ...proof, scope: 'openid' }],
  ['G1 device without a proof', 'device_authorization_endpoint', { scope: 'openid' }]
]

async function discovered(base) {
  const answer = await fetch(`${base}/.well-known/openid-configuration`)
  return answer.json()
}

const classOf = status => `${Math.floor(status / 100)}xx`

// Where the browser ends up, or what the program is told.
async function outcome(endpoint, answer) {
  if (endpoint === A) {
    const location = answer.headers.get('location')
    if (location?.startsWith(RETURN)) {
      const { search, hash } = new URL(location)
      return 'back: ' + (new URLSearchParams(search || hash.slice(1)).get('error') || 'code')
    }
    return answer.status < 400 ? 'login' : 'page'
  }
  const text = await answer.text()
  let error = ''
  try { error = JSON.parse(text).error || '' } catch { error = '' }
  if (!error) error = /error="([a-z_]+)"/.exec(answer.headers.get('www-authenticate') || '')?.[1] || ''
  return `${classOf(answer.status)} ${error}`.trim()
}

async function send(at, [, endpoint, given, more = {}], fresh) {
  const entries = Array.isArray(given) ? given : Object.entries(given)
  const fields = []
  let one
  for (const [name, value] of entries) fields.push([name, value === 'CODE' ? one ||= await fresh() : value])
  const form = new URLSearchParams(fields)
  const get = endpoint === A || more.get
  const url = get && fields.length ? `${at[endpoint]}?${form}` : at[endpoint]
  const body = get ? undefined : more.json ? JSON.stringify(Object.fromEntries(fields)) : form
  const headers = { ...more.headers, ...(more.json ? { 'content-type': 'application/json' } : {}) }
  const again = () => fetch(url, { method: get ? 'GET' : 'POST', headers, body, redirect: 'manual' })
  if (more.twice) await again()
  return outcome(endpoint, await again())
}

const own = codes.split(',')
const here = await discovered(ours)
const there = await discovered(issuer)
for (const request of requests) {
  const mine = await send(here, request, async () => own.pop())
  const theirs = await send(there, request, () => code(CLIENT))
  console.log(JSON.stringify({ name: request[0], mine, theirs }))
}
process.exit(0)
