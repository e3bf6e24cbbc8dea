// Passkeys (WebAuthn): the server gives options, the authenticator answers.
const text = (b: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const bytes = (s: string) => Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))

export function passkeys(): void {
  const box = document.querySelector<HTMLElement>('#passkey')
  if (!box || !window.PublicKeyCredential) return
  box.hidden = false
  const out = box.querySelector('output')
  box.querySelector('button')?.addEventListener('click', () => {
    void run(box).catch((e: unknown) => {
      if (out) out.textContent = e instanceof Error ? e.message : String(e)
    })
  })
}

async function post(url: string, body?: unknown): Promise<any> {
  const r = await fetch(url, { method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json' }, body: body === undefined ? '' : JSON.stringify(body) })
  const answer = await r.json()
  if (!r.ok) throw new Error([answer.error, answer.what, answer.hint].filter(Boolean).join(' '))
  return answer
}

async function run(box: HTMLElement): Promise<void> {
  const options = await post(box.dataset.begin ?? '')
  const key = options.publicKey
  key.challenge = bytes(key.challenge)
  for (const c of [...(key.excludeCredentials ?? []), ...(key.allowCredentials ?? [])]) c.id = bytes(c.id)
  let answer: Record<string, unknown>
  if (box.dataset.kind === 'create') {
    key.user.id = bytes(key.user.id)
    const c = (await navigator.credentials.create({ publicKey: key })) as PublicKeyCredential
    const r = c.response as AuthenticatorAttestationResponse
    answer = { id: c.id, rawId: text(c.rawId), type: c.type, response: { attestationObject: text(r.attestationObject), clientDataJSON: text(r.clientDataJSON), transports: r.getTransports() } }
  } else {
    const c = (await navigator.credentials.get({ publicKey: key })) as PublicKeyCredential
    const r = c.response as AuthenticatorAssertionResponse
    answer = { id: c.id, rawId: text(c.rawId), type: c.type, response: { authenticatorData: text(r.authenticatorData), clientDataJSON: text(r.clientDataJSON), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : undefined } }
  }
  const next = (await post(box.dataset.end ?? '', answer)).next
  // A form that was sent after its session had ended is on this page, and goes on.
  const pending = document.querySelector<HTMLInputElement>('input[name=pending]')
  if (!pending) {
    location.assign(next)
    return
  }
  const form = document.createElement('form')
  form.method = 'post'
  form.action = '/sign-in/continue'
  form.append(pending)
  document.body.append(form)
  form.submit()
}
