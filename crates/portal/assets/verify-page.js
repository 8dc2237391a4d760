// The page around it: files in, verdicts out. Its words stand in the page. It follows another script in one file, hence the
// semicolon before it.
;(() => {
  'use strict'
  const root = document.getElementById('revisor')
  if (!root) return
  const find = name => root.querySelector(`[data-parte="${name}"]`)
  const words = name => {
    const found = root.querySelector(`[data-texto="${CSS.escape(name)}"]`)
    return found ? found.textContent : name
  }
  const make = (tag, text, name) => {
    const element = document.createElement(tag)
    if (text !== undefined) element.textContent = text
    if (name) element.className = name
    return element
  }
  const results = find('resultado')

  function listed(fields) {
    const list = make('dl', undefined, 'summary')
    for (const [name, value] of Object.entries(fields)) {
      const row = make('div', undefined, 'summary-row')
      row.append(make('dt', words('campo-' + name).replace(/^campo-/, '')))
      row.append(make('dd', typeof value === 'string' ? value : JSON.stringify(value)))
      list.append(row)
    }
    return list
  }
  function good(verdict) {
    const facts = {
      [words('bitacora')]: verdict.origin,
      [words('lugar')]: `${verdict.index} / ${verdict.size}`,
      [words('testigos')]: verdict.witnesses.join(', ') || words('sin-testigos'),
    }
    if (verdict.seenAt !== null) facts[words('visto')] = new Date(verdict.seenAt).toISOString()
    const box = make('div')
    const what = words('hecho-' + verdict.kind).replace(/^hecho-/, '')
    box.append(make('h3', words('hecho')), make('p', what), listed(verdict.fields))
    box.append(make('h3', words('registro')), listed(facts))
    box.append(make('p', words('prueba')), make('p', words('no-prueba')))
    if (verdict.witnesses.length === 0) box.append(make('p', words('solo-operador')))
    return box
  }
  function show(name, verdict) {
    const section = make('section', undefined, 'card')
    section.dataset.veredicto = verdict.reason || verdict.result
    section.append(make('h2', name))
    const tones = { valid: 'tag tag-good', invalid: 'tag tag-bad', unverifiable: 'tag tag-warn' }
    const line = make('p')
    line.append(make('strong', words('veredicto-' + verdict.result), tones[verdict.result]))
    section.append(line)
    if (verdict.result === 'valid') section.append(good(verdict))
    else section.append(make('p', words('motivo-' + verdict.reason) + (verdict.line ? ` (${verdict.line})` : '')))
    results.append(section)
  }

  async function check(event) {
    event.preventDefault()
    results.replaceChildren()
    const files = find('archivos').files
    if (files.length === 0) results.append(make('p', words('falta-archivo')))
    for (const file of files) {
      let text = ''
      try {
        const bytes = await file.arrayBuffer()
        text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      } catch { /* What isn't text is no receipt: the verdict says so. */ }
      show(file.name, await copihueReceipts.verify(text, find('politica').value))
    }
    const heading = results.querySelector('h2')
    if (heading) {
      heading.tabIndex = -1
      heading.focus()
    }
  }

  copihueReceipts.isAble().then(able => {
    find(able ? 'formulario' : 'incapaz').hidden = false
    find('formulario').addEventListener('submit', check)
  })
})()
