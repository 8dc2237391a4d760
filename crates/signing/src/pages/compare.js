// The chosen file's hash is made here and compared: the file does not leave this computer.
'use strict'
for (const box of document.querySelectorAll('[data-local-check]')) {
  const input = box.querySelector('input[type=file]')
  const said = box.querySelector('[data-said]')
  const say = text => { said.textContent = text; said.hidden = !text }
  input.addEventListener('change', async () => {
    say('')
    const file = input.files[0]
    if (!file || !window.crypto || !crypto.subtle) return
    const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
    const hex = Array.from(new Uint8Array(hash), b => b.toString(16).padStart(2, '0')).join('')
    if (box.dataset.sha256) {
      say(hex === box.dataset.sha256 ? box.dataset.same : box.dataset.other)
      return
    }
    try {
      const answer = await fetch('/verificar/huella/' + hex, { headers: { accept: 'application/json' } })
      if (answer.ok) location.assign('/verificar/' + (await answer.json()).codigo + '?huella=' + hex)
      else if (answer.status === 404) say(box.dataset.unknown)
    } catch { /* without network the form still says what happened */ }
  })
}
