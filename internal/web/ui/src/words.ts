// Words for scripts stand in the page, in the reader's language.
export function word(id: string): string {
  const e = document.querySelector('#words')
  const all = JSON.parse(e?.getAttribute('data-words') ?? '{}') as Record<string, string>
  return all[id] ?? id
}
