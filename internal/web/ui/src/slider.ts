// The moment of knowledge: every place of the slider is an address of its own.
export function slider(): void {
  const range = document.querySelector<HTMLInputElement>('#at')
  const words = document.querySelector<HTMLOutputElement>('#at-words')
  if (!range || !words) return
  range.disabled = false
  const moment = () => new Date(Number(range.value) * 60_000)
  range.oninput = () => {
    words.textContent = moment().toISOString().slice(0, 16).replace('T', ' ') + 'Z'
    range.setAttribute('aria-valuetext', words.textContent)
  }
  range.onchange = () => {
    const url = new URL(location.href)
    if (Number(range.value) >= Number(range.max)) url.searchParams.delete('at')
    else url.searchParams.set('at', moment().toISOString().slice(0, 16) + ':00Z')
    location.assign(url)
  }
}
