package people

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkeys runs WebAuthn's two ceremonies for the accounts of a store.
type Passkeys struct {
	s *Store
	w *webauthn.WebAuthn

	mu      sync.Mutex
	pending map[string]pending // ceremonies that were begun, by a secret in a cookie
}

type pending struct {
	data    webauthn.SessionData
	expires time.Time
}

const ceremonyFor = 5 * time.Minute

// mostPending bounds what strangers can make us remember.
const mostPending = 10_000

// Passkeys serves one origin, such as https://truce.example; id is its host.
func (s *Store) Passkeys(id, origin string) (*Passkeys, error) {
	w, err := webauthn.New(&webauthn.Config{RPID: id, RPDisplayName: "Truce", RPOrigins: []string{origin}})
	if err != nil {
		return nil, err
	}
	return &Passkeys{s: s, w: w, pending: map[string]pending{}}, nil
}

// holder is an account as WebAuthn knows it.
type holder struct {
	*Account
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.Handle }
func (h holder) WebAuthnName() string                       { return h.Name }
func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (p *Passkeys) holder(ctx context.Context, a *Account) (holder, error) {
	h := holder{Account: a}
	rows, err := p.s.db.QueryContext(ctx, `SELECT credential FROM passkey WHERE account = ?`, a.Name)
	if err != nil {
		return h, err
	}
	defer rows.Close()
	for rows.Next() {
		var text []byte
		var c webauthn.Credential
		if err := rows.Scan(&text); err != nil {
			return h, err
		}
		if err := json.Unmarshal(text, &c); err != nil {
			return h, err
		}
		h.keys = append(h.keys, c)
	}
	return h, rows.Err()
}

func (p *Passkeys) remember(data *webauthn.SessionData) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.s.now()
	for k, x := range p.pending {
		if x.expires.Before(now) || len(p.pending) >= mostPending {
			delete(p.pending, k)
		}
	}
	t := token()
	p.pending[t] = pending{*data, now.Add(ceremonyFor)}
	return t
}

// recall takes back what was remembered: a ceremony ends once.
func (p *Passkeys) recall(t string) (webauthn.SessionData, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x, ok := p.pending[t]
	delete(p.pending, t)
	return x.data, ok && x.expires.After(p.s.now())
}

// BeginAdding begins to make a passkey for an account; state goes back with the
// answer.
func (p *Passkeys) BeginAdding(ctx context.Context, a *Account) (options *protocol.CredentialCreation, state string, err error) {
	h, err := p.holder(ctx, a)
	if err != nil {
		return nil, "", err
	}
	required := protocol.ResidentKeyRequirementRequired
	options, data, err := p.w.BeginRegistration(h, webauthn.WithResidentKeyRequirement(required),
		webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, "", err
	}
	return options, p.remember(data), nil
}

// Add keeps the passkey that an authenticator has made. With an invitation, it is
// used by that.
func (p *Passkeys) Add(ctx context.Context, a *Account, state, invitation string, r *http.Request) error {
	data, ok := p.recall(state)
	if !ok {
		return ErrWrong
	}
	h, err := p.holder(ctx, a)
	if err != nil {
		return err
	}
	c, err := p.w.FinishRegistration(h, data, r)
	if err != nil {
		return errors.Join(ErrWrong, err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	tx, err := p.s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if invitation != "" {
		if err := p.s.use(ctx, tx, invitation, a.Name); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO passkey VALUES (?, ?, ?, ?)`, c.ID, a.Name, text, p.s.now().Unix()); err != nil {
		return err
	}
	return tx.Commit()
}

// BeginSignIn begins to sign somebody in, whoever it is.
func (p *Passkeys) BeginSignIn() (options *protocol.CredentialAssertion, state string, err error) {
	options, data, err := p.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	return options, p.remember(data), nil
}

// SignIn signs in with what an authenticator answered.
func (p *Passkeys) SignIn(ctx context.Context, state string, r *http.Request) (string, *Account, error) {
	data, ok := p.recall(state)
	if !ok {
		return "", nil, ErrWrong
	}
	var who *Account
	c, err := p.w.FinishDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		a, err := scan(p.s.db.QueryRowContext(ctx, columns+` WHERE handle = ? AND ended = 0`, handle))
		if err != nil {
			return nil, err
		}
		who = a
		return p.holder(ctx, a)
	}, data, r)
	if err != nil {
		return "", nil, errors.Join(ErrWrong, err)
	}
	if c.Authenticator.CloneWarning {
		return "", nil, ErrWrong
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", nil, err
	}
	if _, err := p.s.db.ExecContext(ctx, `UPDATE passkey SET credential = ? WHERE id = ?`, text, c.ID); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", nil, err
	}
	return p.s.begin(ctx, who.Name)
}
