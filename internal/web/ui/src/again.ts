// A form that came back: its summary is read first, and each of its links leads into
// the field that it names.
export function again(): void {
  const summary = document.querySelector<HTMLElement>('#again')
  if (!summary) return
  summary.focus()
  summary.addEventListener('click', (e) => {
    const link = e.target instanceof Element ? e.target.closest('a[href^="#"]') : null
    const field = link && document.getElementById((link.getAttribute('href') ?? '').slice(1))
    if (!field) return
    e.preventDefault()
    field.scrollIntoView({ block: 'center' })
    field.focus({ preventScroll: true })
  })
}
