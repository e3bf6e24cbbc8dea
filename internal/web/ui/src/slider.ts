// The moment of knowledge: every stop of the slider is an address of its own. The server says
// which stops there are; the last is now, or all that is known.
export function slider(): void {
  const range = document.querySelector<HTMLInputElement>('#at')
  const words = document.querySelector<HTMLOutputElement>('#at-words')
  if (!range || !words) return
  const stops = (range.dataset['stops'] ?? '').split(' ').map(Number)
  if (stops.length < 2) return
  range.disabled = false
  const moment = () => new Date(stops[Number(range.value)]! * 60_000)
  const style: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }
  let said: (d: Date) => string
  try {
    const f = new Intl.DateTimeFormat(document.documentElement.lang, { ...style, timeZone: range.dataset['zone'] ?? 'UTC' })
    said = (d) => f.format(d)
  } catch { // a zone or language that the browser does not know
    said = (d) => d.toISOString().slice(0, 16).replace('T', ' ') + 'Z'
  }
  range.oninput = () => {
    words.textContent = said(moment())
    range.setAttribute('aria-valuetext', words.textContent)
  }
  range.onchange = () => {
    const url = new URL(location.href)
    if (Number(range.value) >= stops.length - 1) url.searchParams.delete('at')
    else url.searchParams.set('at', moment().toISOString().slice(0, 16) + ':00Z')
    location.assign(url)
  }
}
