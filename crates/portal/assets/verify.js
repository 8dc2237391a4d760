// Checks a receipt of the transparency log in the reader's own browser: what `copihue-tlog` does, step by step, with
// WebCrypto. It asks nobody and believes only the policy that it is given. Verdicts are those of the program.
(() => {
  'use strict'
  const HEADER = 'c2sp.org/tlog-proof@v1\n'
  const MAX_NOTE = 256 * 1024, MAX_SIGNATURES = 100, MAX_HASHES = 64, MAX_EXTRA = 64 * 1024, MAX_DEPTH = 127
  const U64 = (1n << 64n) - 1n, I64 = (1n << 63n) - 1n
  const utf8 = new TextEncoder()
  const bytesOf = text => utf8.encode(text)

  class Refused extends Error {
    constructor(reason, line) {
      super(reason)
      this.reason = reason
      this.line = line
    }
  }
  const refuse = reason => { throw new Refused(reason) }

  function concat(...parts) {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      out.set(part, at)
      at += part.length
    }
    return out
  }
  const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])
  const toHex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  const toBase64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))

  // Strict: padding, no line ends, no bits left over. `null` for anything else.
  function base64(text) {
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0))
    return toBase64(bytes) === text ? bytes : null
  }
  const toBase64Url = bytes => toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  function hashOfUrl(text) {
    if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(text)) return null
    const bytes = base64(text.replace(/-/g, '+').replace(/_/g, '/') + '=')
    return bytes && bytes.length === 32 ? bytes : null
  }
  function hashOf(text) {
    const bytes = base64(text)
    return bytes && bytes.length === 32 ? bytes : null
  }
  // No sign, no leading zero, 64 bits.
  function decimal(text) {
    if (!/^(?:0|[1-9][0-9]{0,19})$/.test(text)) return null
    const n = BigInt(text)
    return n <= U64 ? n : null
  }

  const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  async function hmac(key, bytes) {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytes))
  }
  async function ed25519(key, signature, message) {
    try {
      const imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
      return await crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, message)
    } catch {
      return false
    }
  }

  // RFC 8785, for what JSON.parse gives.
  function canonical(value, depth = 0) {
    if (depth > MAX_DEPTH) refuse('formato')
    if (Array.isArray(value)) return '[' + value.map(item => canonical(item, depth + 1)).join(',') + ']'
    if (value && typeof value === 'object') {
      const pairs = Object.keys(value).sort().map(key => JSON.stringify(key) + ':' + canonical(value[key], depth + 1))
      return '{' + pairs.join(',') + '}'
    }
    return JSON.stringify(value)
  }
  const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value)
  const hasOnly = (value, keys) => isObject(value) && Object.keys(value).sort().join() === keys

  // Proof file.
  function parseProof(text) {
    if (!text.startsWith(HEADER)) refuse('formato')
    const rest = text.slice(HEADER.length)
    const split = rest.indexOf('\n\n')
    if (split < 0) refuse('formato')
    const lines = rest.slice(0, split).split('\n')
    let extra = null
    if (lines[0].startsWith('extra ')) extra = base64(lines.shift().slice(6)) || refuse('formato')
    const first = lines.shift()
    const index = first !== undefined && first.startsWith('index ') ? decimal(first.slice(6)) : null
    const path = lines.map(hashOf)
    if (index === null || path.length > MAX_HASHES || path.includes(null)) refuse('formato')
    return { extra, index, path, checkpoint: rest.slice(split + 2) }
  }

  // Signed note.
  const isKeyName = name => name !== '' && !/[+\p{White_Space}\p{Cc}]/u.test(name)
  function parseNote(note) {
    const control = /[\x00-\x09\x0b-\x1f\x7f]/.test(note)
    const split = note.lastIndexOf('\n\n')
    if (bytesOf(note).length > MAX_NOTE || control || !note.endsWith('\n') || split < 0) refuse('formato')
    const lines = note.slice(split + 2).split('\n')
    lines.pop()
    if (lines.length === 0 || lines.length > MAX_SIGNATURES) refuse('formato')
    return { text: note.slice(0, split + 1), signatures: lines.map(signatureLine) }
  }
  function signatureLine(line) {
    const space = line.indexOf(' ', 2)
    if (!line.startsWith('— ') || space < 0) refuse('formato')
    const name = line.slice(2, space)
    const bytes = base64(line.slice(space + 1))
    if (!isKeyName(name) || !bytes || bytes.length < 5) refuse('formato')
    return { name, id: toHex(bytes.slice(0, 4)), signature: bytes.slice(4) }
  }
  async function verifySignature(key, text, signature) {
    if (key.kind === 1) return (await ed25519(key.key, signature, bytesOf(text))) ? { time: null } : null
    if (signature.length < 8) return null
    const time = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0)
    const message = bytesOf(`cosignature/v1\ntime ${time}\n${text}`)
    const sane = time !== 0n && time <= I64
    return sane && (await ed25519(key.key, signature.slice(8), message)) ? { time } : null
  }
  // Which of the keys signed. A known key whose signature fails makes the whole note worthless.
  async function verifyNote(note, keys, reason) {
    const valid = []
    for (const { name, id, signature } of note.signatures) {
      const key = keys.find(key => key.name === name && key.id === id)
      if (!key) continue
      const found = (await verifySignature(key, note.text, signature)) || refuse(reason)
      if (!valid.some(seen => seen.key === key)) valid.push({ key, time: found.time })
    }
    return valid
  }

  function parseCheckpoint(text) {
    const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n')
    const checkpoint = { origin, size: size === undefined ? null : decimal(size), root: root === undefined ? null : hashOf(root) }
    if (!origin || checkpoint.size === null || !checkpoint.root || extensions.includes('')) refuse('formato')
    return checkpoint
  }

  // Trust policy.
  async function parseKey(text, kind) {
    const [name, id, ...data] = text.split('+')
    const bytes = base64(data.join('+'))
    if (id === undefined || !bytes || bytes.length !== 33 || bytes[0] !== kind || !isKeyName(name)) return null
    const real = (await sha256(concat(bytesOf(name + '\n'), bytes))).slice(0, 4)
    return toHex(real) === id ? { name, id, kind, key: bytes.slice(1) } : null
  }
  async function parsePolicy(text) {
    const policy = { logs: [], witnesses: [], groups: new Map(), quorum: undefined }
    const grouped = new Set()
    const named = name => policy.groups.has(name) || policy.witnesses.some(witness => witness.name === name)
    const known = key => [...policy.logs, ...policy.witnesses.map(witness => witness.key)]
      .some(other => other.name === key.name && other.kind === key.kind && equal(other.key, key.key))
    async function read(words) {
      const [what, ...rest] = words
      if (what === undefined) return true
      if (what === 'log' && (rest.length === 1 || rest.length === 2)) {
        const key = await parseKey(rest[0], 1)
        return key && !known(key) && policy.logs.push(key)
      }
      if (what === 'witness' && (rest.length === 2 || rest.length === 3)) {
        const key = await parseKey(rest[1], 4)
        return key && !known(key) && rest[0] !== 'none' && !named(rest[0]) && policy.witnesses.push({ name: rest[0], key })
      }
      if (what === 'group' && rest.length >= 2) {
        const [name, count, ...members] = rest
        if (name === 'none' || named(name)) return false
        for (const member of members) {
          if (!named(member) || grouped.has(member)) return false
          grouped.add(member)
        }
        const k = count === 'all' ? BigInt(members.length) : count === 'any' ? 1n : decimal(count)
        if (k === null || k === 0n || k > BigInt(members.length)) return false
        return policy.groups.set(name, { k: Number(k), members })
      }
      if (what === 'quorum' && rest.length === 1) {
        if (policy.quorum !== undefined || (rest[0] !== 'none' && !named(rest[0]))) return false
        policy.quorum = rest[0] === 'none' ? null : rest[0]
        return true
      }
      return false
    }
    const lines = text.split('\n')
    for (const [i, line] of lines.entries()) {
      const words = line.split('#')[0].split(/[ \t\n\f\r]+/).filter(word => word !== '')
      if (!(await read(words))) throw new Refused('politica', i + 1)
    }
    if (policy.quorum === undefined) throw new Refused('politica', lines.length)
    return policy
  }
  function isMet(policy, signed) {
    const counts = name => {
      const group = policy.groups.get(name)
      return group ? group.members.filter(counts).length >= group.k : signed.has(name)
    }
    return policy.quorum === null || counts(policy.quorum)
  }

  // What the proof discloses of its record, and the log's entry that this gives.
  function parseExtra(bytes) {
    if (bytes.length > MAX_EXTRA) refuse('formato')
    let text, extra
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      extra = JSON.parse(text)
    } catch {
      refuse('formato')
    }
    if (/\p{Surrogate}/u.test(canonical(extra)) || canonical(extra) !== text) refuse('formato')
    return extra
  }
  function openEntry(extra) {
    if (!hasOnly(extra, 'entry,v') || extra.v !== 1 || typeof extra.entry !== 'string') return null
    try {
      const record = JSON.parse(extra.entry)
      const good = isObject(record) && isObject(record.r) && typeof record.k === 'string'
      return good ? { entry: extra.entry, kind: record.k, fields: record.r } : null
    } catch {
      return null
    }
  }
  async function disclosed(extra) {
    const shaped = hasOnly(extra, 'fields,k,open,v') && extra.v === 1 && typeof extra.k === 'string' &&
      isObject(extra.fields) && Object.values(extra.fields).every(c => typeof c === 'string') && isObject(extra.open) &&
      Object.values(extra.open).every(field => hasOnly(field, 's,x') && typeof field.s === 'string')
    if (!shaped) refuse('formato')
    const commitments = new Map(Object.entries(extra.fields).map(([name, c]) => [name, hashOfUrl(c) || refuse('campo')]))
    const fields = {}
    for (const [name, { s, x }] of Object.entries(extra.open)) {
      const salt = hashOfUrl(s) || refuse('campo')
      const c = await hmac(salt, bytesOf(`copihue/field/v1\n${name}\n${canonical(x)}`))
      const committed = commitments.get(name)
      if (!committed || !equal(c, committed)) refuse('campo')
      fields[name] = x
    }
    const all = Object.fromEntries(Array.from(commitments, ([name, c]) => [name, toBase64Url(c)]))
    const commitment = await sha256(bytesOf('copihue/record/v1\n' + canonical(all)))
    return { entry: canonical({ c: toBase64Url(commitment), k: extra.k, v: 1 }), kind: extra.k, fields }
  }

  // RFC 6962.
  const node = (left, right) => sha256(concat(Uint8Array.of(1), left, right))
  async function isIncluded(leaf, index, size, path, root) {
    if (index >= size) return false
    let at = index, last = size - 1n, hash = leaf
    for (const sibling of path) {
      if (last === 0n) return false
      if (at % 2n === 1n || at === last) {
        hash = await node(sibling, hash)
        while (at % 2n === 0n && at !== 0n) [at, last] = [at / 2n, last / 2n]
      } else {
        hash = await node(hash, sibling)
      }
      ;[at, last] = [at / 2n, last / 2n]
    }
    return last === 0n && equal(hash, root)
  }

  async function check(text, policy) {
    const proof = parseProof(text)
    if (proof.extra === null) refuse('hoja')
    const extra = parseExtra(proof.extra)
    const record = openEntry(extra) || (await disclosed(extra))
    const note = parseNote(proof.checkpoint)
    const checkpoint = parseCheckpoint(note.text)
    const logs = policy.logs.filter(key => key.name === checkpoint.origin)
    if (logs.length === 0) refuse('origen_desconocido')
    if ((await verifyNote(note, logs, 'firma_registro')).length === 0) refuse('firma_registro')
    const cosigned = await verifyNote(note, policy.witnesses.map(witness => witness.key), 'firma_testigo')
    const witnesses = policy.witnesses.filter(w => cosigned.some(seen => seen.key === w.key)).map(w => w.name).sort()
    if (!isMet(policy, new Set(witnesses))) refuse('testigos_insuficientes')
    const leaf = await sha256(concat(Uint8Array.of(0), bytesOf(record.entry)))
    if (!(await isIncluded(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root))) refuse('inclusion')
    const times = cosigned.map(seen => seen.time).filter(time => time !== null)
    const seenAt = times.length ? times.reduce((a, b) => (a > b ? a : b)) : null
    return {
      result: 'valid', origin: checkpoint.origin, index: String(proof.index), size: String(checkpoint.size), witnesses,
      seenAt: seenAt === null ? null : Number(seenAt) * 1000, kind: record.kind, fields: record.fields,
    }
  }

  // The verdict on a receipt: `valid` with what it shows, or the reason, of the same closed list as the program's.
  async function verify(text, policyText) {
    try {
      return await check(text, await parsePolicy(policyText))
    } catch (error) {
      if (!(error instanceof Refused)) {
        if (error instanceof RangeError) return { result: 'invalid', reason: 'formato' }
        throw error
      }
      const undecided = ['origen_desconocido', 'testigos_insuficientes', 'politica'].includes(error.reason)
      return { result: undecided ? 'unverifiable' : 'invalid', reason: error.reason, line: error.line }
    }
  }

  // Whether this browser can check at all.
  async function isAble() {
    if (!globalThis.crypto || !crypto.subtle) return false
    try {
      // The public key of RFC 8032's first test.
      const key = Uint8Array.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'.match(/../g), h => parseInt(h, 16))
      await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
      return true
    } catch {
      return false
    }
  }

  globalThis.copihueReceipts = { verify, isAble }
})()
