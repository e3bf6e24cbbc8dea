// News wait: the page says how much there is, and changes when its reader asks.
import { word } from './words'

export function hear(): void {
  const out = document.querySelector<HTMLElement>('#news')
  if (!out || !document.body.hasAttribute('data-live')) return
  const shown = Number(document.body.dataset.entries)
  const source = new EventSource('/live')
  let lost: number | undefined
  source.onmessage = (e) => {
    const news = JSON.parse(String(e.data)) as { entries: number; added: number }
    if (news.entries <= shown) return
    const button = document.createElement('button')
    button.className = 'quiet'
    button.textContent = `${Math.max(news.added, 1)} ${word('new')}`
    button.onclick = () => location.reload()
    out.replaceChildren(button)
    document.dispatchEvent(new CustomEvent('truce:news', { detail: news }))
  }
  source.onopen = () => {
    clearTimeout(lost)
    lost = undefined
    out.querySelector('.lost')?.remove()
  }
  source.onerror = () => {
    // A link that comes back at once is not worth a word.
    lost ??= window.setTimeout(() => {
      const note = document.createElement('strong')
      note.className = 'lost'
      note.textContent = `${word('lost')} ${document.querySelector('.known time')?.textContent ?? ''}`
      out.replaceChildren(note)
    }, 5000)
  }
  addEventListener('pagehide', () => source.close())
}
