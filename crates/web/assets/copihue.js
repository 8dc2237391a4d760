// Copihue's own script. Every page works without it; it only makes some things nicer.
(() => {
  'use strict'
  const $ = (selector, root = document) => root.querySelectorAll(selector)
  const on = (type, selector, act) => document.addEventListener(type, event => {
    const target = event.target.closest && event.target.closest(selector)
    if (target) act(target, event)
  })
  document.documentElement.classList.add('js')

  // What has to be set up for a piece of the page: the whole one first, then what is swapped in.
  function begin(root) {
    const summary = root.querySelector('[data-focus]')
    if (summary) summary.focus()
    for (const button of $('[data-copy]', root)) button.hidden = !navigator.clipboard
    for (const area of $('textarea[data-max]', root)) count(area)
    for (const form of $('form[data-send]', root)) form.requestSubmit()
    for (const part of $('[data-poll]', root)) setTimeout(() => swap(part.id, location.href), part.dataset.poll * 1000)
  }

  // A link or a GET form with data-swap="id" changes only that part of the page; a failure loads the whole page.
  async function swap(id, address) {
    const old = document.getElementById(id)
    if (!old) return false
    try {
      const answer = await fetch(address, { headers: { 'x-fragmento': id } })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.getElementById(id)
      if (!answer.ok || !fresh) throw new Error('no fragment')
      old.replaceWith(fresh)
      begin(fresh)
      return true
    } catch {
      return false
    }
  }
  const go = async (id, address) => {
    if (await swap(id, address)) history.replaceState(null, '', address)
    else location.assign(address)
  }
  on('click', 'a[data-swap]', (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    go(link.dataset.swap, link.href)
  })
  on('submit', 'form[data-swap]', (form, event) => {
    if (form.method !== 'get') return
    event.preventDefault()
    go(form.dataset.swap, form.action.split('?')[0] + '?' + new URLSearchParams(new FormData(form)))
  })

  // The second click on «Enviar» within ten seconds is not sent.
  on('submit', 'form[method=post]', (form, event) => {
    if (event.defaultPrevented) return
    const now = Date.now()
    if (now - (form.dataset.sent || 0) < 10000) return event.preventDefault()
    form.dataset.sent = now
    if (event.submitter) event.submitter.setAttribute('aria-busy', 'true')
  })
  addEventListener('pageshow', () => {
    for (const form of $('form[data-sent]')) delete form.dataset.sent
    for (const button of $('[aria-busy]')) button.removeAttribute('aria-busy')
  })

  // Characters left.
  const pause = new WeakMap()
  function count(area) {
    const text = document.getElementById(area.id + '-cuenta')
    if (!text || !area.value) return
    const left = area.dataset.max - [...area.value].length
    text.classList.toggle('over', left < 0)
    const words = left < 0 ? text.dataset.over : left === 1 ? text.dataset.leftOne : text.dataset.left
    text.textContent = words.replace('#', Math.abs(left).toLocaleString('es-CL'))
    // Read aloud only once the typing rests.
    text.removeAttribute('aria-live')
    later(area, 1000, () => text.setAttribute('aria-live', 'polite'))
  }
  function later(key, ms, act) {
    clearTimeout(pause.get(key))
    pause.set(key, setTimeout(act, ms))
  }
  on('input', 'textarea[data-max]', count)

  // Drafts: two seconds after the last change the form is kept by its data-autosave address.
  on('input', 'form[data-autosave]', form => later(form, 2000, async () => {
    const fields = new FormData(form)
    for (const file of $('input[type=file],input[type=password]', form)) fields.delete(file.name)
    const said = form.querySelector('[data-saved]')
    try {
      const answer = await fetch(form.dataset.autosave, { method: 'POST', body: new URLSearchParams(fields) })
      if (said && answer.ok) said.textContent = said.dataset.saved
    } catch { /* The next change tries again. */ }
  }))

  // Copy.
  on('click', '[data-copy]', async button => {
    await navigator.clipboard.writeText(button.dataset.copy)
    button.textContent = button.dataset.copied
  })
  on('click', '[data-print]', () => print())

  // A file that is too large is said before it is sent; the hash of the others is shown.
  on('change', 'input[type=file]', async input => {
    const said = input.parentElement.querySelector('.file-hash')
    const file = input.files[0]
    if (!said) return
    said.hidden = true
    const large = Array.from(input.files).some(f => f.size > input.dataset.max)
    if (large) {
      said.textContent = input.dataset.tooLarge
      said.hidden = false
      input.value = ''
    } else if (input.files.length === 1 && window.crypto && crypto.subtle) {
      const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
      const hex = Array.from(new Uint8Array(hash), b => b.toString(16).padStart(2, '0')).join('')
      said.textContent = input.dataset.hashLabel + ' ' + hex
      said.hidden = false
    }
  })

  // The session: warned two minutes before it ends, in whichever tab.
  const warning = document.getElementById('sesion-aviso')
  if (warning) {
    const seconds = Number(document.body.dataset.sesion)
    const store = { get until() { try { return Number(localStorage.sesion) } catch { return 0 } }, set until(at) { try { localStorage.sesion = at } catch { ends = at } } }
    let ends = Date.now() + seconds * 1000
    store.until = ends
    const stay = warning.querySelector('[data-stay]')
    const tick = setInterval(() => {
      const left = Math.max(ends, store.until || 0) - Date.now()
      warning.hidden = left > 120000
      if (left > 0) return
      clearInterval(tick)
      warning.querySelector('strong').textContent = stay.dataset.closed
      stay.hidden = true
    }, 5000)
    stay.addEventListener('click', async () => {
      const answer = await fetch('/sesion')
      if (!answer.ok) return location.reload()
      ends = Date.now() + seconds * 1000
      store.until = ends
      warning.hidden = true
    })
  }

  begin(document)
})()
