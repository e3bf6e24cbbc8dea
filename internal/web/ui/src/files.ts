// The page of files: a file that is too large is not sent, Ctrl+Enter checks the mapping, a
// file can be dropped, and a mapping that was edited is checked before the file is read in.
// Without script the server says the same.
export function files(): void {
  const upload = document.querySelector<HTMLFormElement>('#upload')
  if (upload) uploading(upload)
  const text = document.querySelector<HTMLTextAreaElement>('#check textarea')
  if (text) editing(text)
}

function uploading(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('[name=file]')
  if (!input) return
  form.addEventListener('dragover', (e) => e.preventDefault())
  form.addEventListener('drop', (e) => {
    if (!e.dataTransfer?.files.length) return
    e.preventDefault()
    input.files = e.dataTransfer.files
  })
  form.addEventListener('submit', (e) => {
    const most = Number(form.dataset.most) * 2 ** 20
    const file = input.files?.[0]
    if (file && file.size > most) {
      e.preventDefault()
      input.setAttribute('aria-invalid', 'true')
      input.focus()
      form.querySelector('.soft')?.classList.add('wrong-text')
      return
    }
    const button = form.querySelector<HTMLButtonElement>('button')
    setTimeout(() => { if (button) button.disabled = true })
  })
  addEventListener('pageshow', () => { // by the way back, too
    const button = form.querySelector<HTMLButtonElement>('button')
    if (button) button.disabled = false
  })
}

function editing(text: HTMLTextAreaElement): void {
  const was = text.value
  const ingest = document.querySelector<HTMLFormElement>('#ingest form')
  const note = document.createElement('p')
  note.className = 'mark'
  note.setAttribute('role', 'status')
  ingest?.prepend(note)
  const button = ingest?.querySelector('button')
  const told = () => {
    const edited = text.value !== was
    note.textContent = edited ? ingest?.dataset.edited ?? '' : ''
    note.hidden = !edited
    if (button) button.disabled = edited
  }
  text.addEventListener('input', told)
  text.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) text.form?.requestSubmit()
  })
  told()
}
