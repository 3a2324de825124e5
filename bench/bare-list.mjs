/** The same list without a framework, to compare with: copies of one row of the page, in its own style sheet, reused in a ring, their texts set anew. */

/** Replace the list of an open page by a bare one over `rows`. Its filter finds a text in rows that were lower-cased before. */
export async function layBareList(page, rows) {
  await page.evaluate((all) => {
    const model = document.querySelector('[data-testid=row]')
    const list = document.createElement('div')
    list.id = 'list'
    list.className = 'grid'
    const lines = list.appendChild(document.createElement('div'))
    lines.className = 'lines'
    const ring = Array.from({ length: 40 }, () => lines.appendChild(model.cloneNode(true)))
    document.querySelector('.grid').replaceWith(list)
    const input = document.querySelector('#filter').cloneNode()
    input.value = ''
    document.querySelector('#filter').replaceWith(input)
    let shown = all
    const draw = () => {
      const from = Math.max(0, Math.floor(list.scrollTop / 40) - 8)
      for (let at = from; at < from + 34; at += 1) {
        const line = ring[at % 40]
        const row = shown[at]
        line.hidden = row === undefined
        if (row === undefined) continue
        line.style.top = `${at * 40}px`
        line.className = `line row ${row.outcome}`
        line.querySelector('.mark').className = `mark ${row.outcome}`
        line.querySelector('.c-time').textContent = row.time
        line.querySelector('.host').textContent = row.host
        line.querySelector('.c-why').textContent = row.title
        line.querySelector('.c-took').textContent = `${at} ms`
      }
    }
    const size = () => {
      lines.style.height = `${shown.length * 40}px`
      draw()
    }
    input.addEventListener('input', () => {
      const wanted = input.value.toLowerCase()
      shown = all.filter(({ text }) => text.includes(wanted))
      size()
    })
    list.addEventListener('scroll', draw, { passive: true })
    size()
  }, rows)
}
