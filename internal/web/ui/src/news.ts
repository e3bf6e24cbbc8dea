// News wait: the page says how much there is, and changes when its reader asks.
import { word } from './words'

export function hear(): void {
  const out = document.querySelector<HTMLElement>('#news')
  if (!out || !document.body.hasAttribute('data-live')) return
  const shown = Number(document.body.dataset.entries)
  const source = new EventSource(`/live?since=${shown}`)
  let lost: number | undefined
  source.onmessage = (e) => {
    const news = JSON.parse(String(e.data)) as { entries: number; new: number }
    if (news.entries <= shown) return
    const button = document.createElement('button')
    button.className = 'quiet'
    // What is new can be listed, all of it; where nothing is, something else has changed.
    button.textContent = news.new > 0 ? `${word('new')}: ${news.new}` : word('changed')
    button.onclick = () => { if (news.new > 0) location.assign(listed(shown)); else location.reload() }
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

// listed is where what is new is shown: on the desk its list, elsewhere this page with
// what is new marked, and a link to the list of it.
function listed(since: number): string {
  if (document.body.dataset.nav === 'desk') return `/desk?kind=new&since=${since}`
  const url = new URL(location.href)
  url.searchParams.set('new', String(since))
  return url.href
}
