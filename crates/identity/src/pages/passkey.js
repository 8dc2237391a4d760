// Passkeys. The login works without; only making and using a passkey needs this script.
(() => {
  'use strict'
  if (!window.PublicKeyCredential || !navigator.credentials) return
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
  const letters = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  const known = ids => (ids || []).map(one => ({ ...one, id: bytes(one.id) }))

  function begin(form) {
    const options = JSON.parse(form.dataset.llave)
    const answer = form.elements.llave
    const note = form.querySelector('[role=status]')
    let waiting = new AbortController()
    form.hidden = false

    async function create() {
      const made = await navigator.credentials.create({ publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: known(options.excludeCredentials)
      } })
      return {
        clientDataJSON: letters(made.response.clientDataJSON),
        attestationObject: letters(made.response.attestationObject)
      }
    }
    async function use(more) {
      const used = await navigator.credentials.get({
        publicKey: { ...options, challenge: bytes(options.challenge) }, ...more
      })
      return {
        id: letters(used.rawId),
        clientDataJSON: letters(used.response.clientDataJSON),
        authenticatorData: letters(used.response.authenticatorData),
        signature: letters(used.response.signature),
        userHandle: letters(used.response.userHandle || new ArrayBuffer(0))
      }
    }
    function send(said) {
      answer.value = JSON.stringify(said)
      form.requestSubmit()
    }
    form.addEventListener('submit', async event => {
      if (answer.value) return
      event.preventDefault()
      waiting.abort()
      waiting = new AbortController()
      note.textContent = ''
      try {
        send(options.user ? await create() : await use({ signal: waiting.signal }))
      } catch (error) {
        note.textContent = error.name === 'InvalidStateError' ? note.dataset.known : note.dataset.failed
      }
    })
    // While the page is open the browser offers the person's passkeys beside the field of the RUN.
    const offer = async () => {
      const able = PublicKeyCredential.isConditionalMediationAvailable
      if (!form.dataset.ofrece || !able || !await able.call(PublicKeyCredential)) return
      send(await use({ mediation: 'conditional', signal: waiting.signal }))
    }
    offer().catch(() => {})
    addEventListener('pageshow', () => { answer.value = '' })
  }
  for (const form of document.querySelectorAll('form[data-llave]')) begin(form)
})()
