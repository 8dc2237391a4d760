// The proof of work of a login while passwords are being guessed: a number so that SHA-256 of «puzzle:number» begins with zero bits.
// Without this script one waits some seconds instead.
(() => {
  'use strict'
  const challenge = document.querySelector('input[name=trabajo]')
  if (!challenge) return
  const form = challenge.form
  const answer = form.elements.solucion
  const note = form.querySelector('[data-working]')
  const parts = challenge.value.split('.')
  const bits = Number(parts[2])
  const puzzle = parts[4] + ':'

  // The constants of FIPS 180-4: fractions of the roots of the first primes.
  const primes = []
  for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p)) primes.push(n)
  const fraction = root => (root - Math.floor(root)) * 4294967296 | 0
  const K = primes.map(p => fraction(Math.cbrt(p)))
  const H = primes.slice(0, 8).map(p => fraction(Math.sqrt(p)))
  const w = new Int32Array(64)
  const turn = (x, n) => x >>> n | x << 32 - n

  // The first word of the hash of a text of less than one block.
  function first(text) {
    w.fill(0, 0, 16)
    const put = (at, byte) => { w[at >> 2] |= byte << 24 - 8 * (at & 3) }
    for (let i = 0; i < text.length; i++) put(i, text.charCodeAt(i))
    put(text.length, 128)
    w[15] = text.length * 8
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]
      const y = w[i - 2]
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10)
    }
    let [a, b, c, d, e, f, g, h] = H
    for (let i = 0; i < 64; i++) {
      const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[i] + w[i] | 0
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0
      h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0
    }
    return H[0] + a | 0
  }

  let waiting = false
  let number = 0
  function work() {
    const until = Date.now() + 30
    while (Date.now() < until) {
      for (let i = 0; i < 100; i++, number++) {
        if (Math.clz32(first(puzzle + number)) >= bits) return found()
      }
    }
    setTimeout(work)
  }
  function found() {
    answer.value = String(number)
    note.textContent = ''
    if (waiting) form.requestSubmit()
  }
  form.addEventListener('submit', event => {
    if (answer.value) return
    event.preventDefault()
    waiting = true
    note.textContent = note.dataset.working
  })
  setTimeout(work)
})()
