// j and k walk through a list, enter opens, / searches, ? shows all.
import { word } from './words'

export function keys(): void {
  let at = -1
  const rows = () => [...document.querySelectorAll<HTMLElement>('main [data-id]')]
  const go = (by: number) => {
    const list = rows()
    if (!list.length) return
    list[at]?.classList.remove('at')
    at = Math.max(0, Math.min(list.length - 1, at + by))
    const row = list[at]
    row?.classList.add('at')
    row?.querySelector<HTMLElement>('a.open')?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'nearest' })
  }
  addEventListener('keydown', (e) => {
    const t = e.target as HTMLElement
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName)) return
    switch (e.key) {
      case 'j': go(1); break
      case 'k': go(-1); break
      case '/': document.querySelector<HTMLInputElement>('input[type=search]')?.focus(); break
      case '?': help(); break
      default: return
    }
    e.preventDefault()
  })
}

function help(): void {
  const box = document.createElement('dialog')
  const list = document.createElement('ul')
  for (const [k, w] of [['j, k', 'keys.walk'], ['Enter', 'keys.open'], ['/', 'keys.search'], ['?', 'keys.help'], ['Esc', 'keys.close']]) {
    const li = document.createElement('li')
    const key = document.createElement('kbd')
    key.textContent = k ?? ''
    li.append(key, ' ', word(w ?? ''))
    list.append(li)
  }
  box.append(list)
  box.addEventListener('close', () => box.remove())
  document.body.append(box)
  box.showModal()
}
