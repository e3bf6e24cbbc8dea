package web

import (
	"encoding/base64"
	"errors"
	"html/template"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bytes"
	"image/png"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/people"
	"github.com/pquerna/otp"
)

// local is where somebody is led after signing in: a page here, whatever the address
// says.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/"
	}
	return next
}

func (s *Server) signInPage(q *request) error {
	return q.page("sign-in", &Page{Title: q.lang.say("sign-in.title"), At: truce.Never, Body: map[string]any{"Next": local(q.URL.Query().Get("next"))}})
}

func (s *Server) signIn(q *request) error {
	next := local(q.PostFormValue("next"))
	again := func(id string, status int) error {
		return q.pageWith(status, "sign-in", &Page{Title: q.lang.say("sign-in.title"), At: truce.Never, Body: map[string]any{"Next": next, "Fault": id, "Name": q.PostFormValue("name"), "Pending": q.PostFormValue("pending")}})
	}
	busy := func() error {
		q.w.Header().Set("Retry-After", "60")
		return again("sign-in.busy", 429)
	}
	from, name := s.remote(q.Request), strings.TrimSpace(q.PostFormValue("name"))
	known, err := s.People.Known(q.Context(), name, from)
	if err != nil {
		return err
	}
	if !s.limits.allowSignIn(from, name, known) {
		return busy()
	}
	token, a, err := s.People.SignIn(q.Context(), from, name, q.PostFormValue("password"), q.PostFormValue("code"))
	switch {
	case errors.Is(err, people.ErrBusy):
		return busy()
	case errors.Is(err, people.ErrLocked):
		return again("sign-in.locked", 429)
	case errors.Is(err, people.ErrWrong):
		return again("sign-in.wrong", 401)
	case err != nil:
		return err
	}
	s.welcome(q, token)
	if s.resume(q, a, token) {
		return nil
	}
	if next == "/" || q.PostFormValue("pending") != "" {
		next = home(ledger.Role(a.Role))
	}
	return q.back(notResumed(q, next))
}

func (s *Server) welcome(q *request, token string) {
	s.setCookie(q.w, s.cookie(), token, 7*24*time.Hour)
}

// home is where a role's day begins.
func home(r ledger.Role) string {
	switch r {
	case ledger.Liaison:
		return "/party"
	case ledger.Verification, ledger.DutyOfficer:
		return "/desk"
	case ledger.Monitor:
		return "/observe"
	case ledger.Intake:
		return "/files"
	case ledger.ReportingOfficer:
		return "/reports"
	}
	return "/"
}

func (s *Server) signOut(q *request) error {
	if c, err := q.Cookie(s.cookie()); err == nil {
		if err := s.People.SignOut(q.Context(), c.Value); err != nil {
			return err
		}
	}
	s.setCookie(q.w, s.cookie(), "", -time.Second)
	return q.back("/")
}

// settings keeps how a reader wants pages: a language, light or dark.
func (s *Server) settings(q *request) error {
	year := 365 * 24 * time.Hour
	if l := q.PostFormValue("lang"); s.words.by[l] != nil {
		s.setCookie(q.w, "lang", l, year)
	}
	switch t := q.PostFormValue("theme"); t {
	case "light", "dark":
		s.setCookie(q.w, "theme", t, year)
	case "system":
		s.setCookie(q.w, "theme", "", -time.Second)
	}
	return q.back(local(q.PostFormValue("next")))
}

// Passkeys, by script: options out, an answer in; what was begun is remembered by a
// cookie.

const ceremonyCookie = "ceremony"

func (s *Server) ceremony(q *request, options any, state string, err error) error {
	if err != nil {
		return err
	}
	s.setCookie(q.w, ceremonyCookie, state, 5*time.Minute)
	return q.json(options)
}

func (q *request) ceremonyState() string {
	c, err := q.Cookie(ceremonyCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Server) passkeyBegin(q *request) error {
	if s.passkeys == nil {
		return errNotFound
	}
	options, state, err := s.passkeys.BeginSignIn()
	return s.ceremony(q, options, state, err)
}

func (s *Server) passkeySignIn(q *request) error {
	if s.passkeys == nil {
		return errNotFound
	}
	if !s.limits.allowPasskey(s.remote(q.Request)) {
		return errTooMany
	}
	token, a, err := s.passkeys.SignIn(q.Context(), q.ceremonyState(), q.Request)
	if errors.Is(err, people.ErrWrong) {
		return bad("%s", q.lang.say("sign-in.passkey-wrong"))
	}
	if err != nil {
		return err
	}
	s.welcome(q, token)
	return q.json(map[string]string{"next": home(ledger.Role(a.Role))})
}

func (s *Server) invited(q *request) (*people.Account, error) {
	a, err := s.People.Invited(q.Context(), q.PathValue("token"))
	if errors.Is(err, people.ErrInvite) {
		return nil, errNotFound
	}
	return a, err
}

// joinPage is where an invitation leads: the account's ways to sign in are set there.
func (s *Server) joinPage(q *request) error {
	a, err := s.invited(q)
	if err != nil {
		return err
	}
	return s.joinForm(q, a, "", "", 200)
}

func (s *Server) joinForm(q *request, a *people.Account, secret, fault string, status int) error {
	address := ""
	if secret == "" {
		var err error
		if secret, address, err = people.NewFactor(s.Room.Mission().Origin(), a.Name); err != nil {
			return err
		}
	} else {
		address = "otpauth://totp/" + url.PathEscape(s.Room.Mission().Origin()+":"+a.Name) + "?" + url.Values{"secret": {secret}, "issuer": {s.Room.Mission().Origin()}}.Encode()
	}
	k, err := otp.NewKeyFromURL(address)
	if err != nil {
		return bad("%v", err)
	}
	img, err := k.Image(220, 220)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return err
	}
	q.w.Header().Set("Cache-Control", "no-store")
	return q.pageWith(status, "join", &Page{Title: q.lang.say("join.title"), At: truce.Never, Body: map[string]any{"Account": a, "Secret": secret, "Token": q.PathValue("token"), "Fault": fault,
		"Code": dataURL(b.Bytes()), "Min": people.MinPassword}})
}

func (s *Server) join(q *request) error {
	a, err := s.invited(q)
	if err != nil {
		return err
	}
	secret := q.PostFormValue("secret")
	if len(secret) != 32 || strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return bad("the second factor's secret is none that was made here")
	}
	if q.PostFormValue("password") != q.PostFormValue("again") {
		return s.joinForm(q, a, secret, "join.differ", 422)
	}
	_, err = s.People.SetPassword(q.Context(), q.PathValue("token"), q.PostFormValue("password"), secret, q.PostFormValue("code"))
	switch {
	case errors.Is(err, people.ErrWeak):
		return s.joinForm(q, a, secret, "join.weak", 422)
	case errors.Is(err, people.ErrWrong):
		return s.joinForm(q, a, secret, "join.code", 422)
	case errors.Is(err, people.ErrInvite):
		return errNotFound
	case errors.Is(err, people.ErrBusy):
		q.w.Header().Set("Retry-After", "60")
		return s.joinForm(q, a, secret, "join.busy", 429)
	case err != nil:
		return err
	}
	return q.back("/sign-in")
}

func (s *Server) joinPasskeyBegin(q *request) error {
	if s.passkeys == nil {
		return errNotFound
	}
	a, err := s.invited(q)
	if err != nil {
		return err
	}
	options, state, err := s.passkeys.BeginAdding(q.Context(), a)
	return s.ceremony(q, options, state, err)
}

func (s *Server) joinPasskey(q *request) error {
	if s.passkeys == nil {
		return errNotFound
	}
	a, err := s.invited(q)
	if err != nil {
		return err
	}
	if err := s.passkeys.Add(q.Context(), a, q.ceremonyState(), q.PathValue("token"), q.Request); errors.Is(err, people.ErrWrong) {
		return bad("%s", q.lang.say("sign-in.passkey-wrong"))
	} else if err != nil {
		return err
	}
	return q.json(map[string]string{"next": "/sign-in"})
}

// People: the head of mission invites, each with a role key of the record.

func (s *Server) peoplePage(q *request) error { return s.peopleWith(q, "", "", 200) }

func (s *Server) peopleWith(q *request, link, name string, status int) error {
	list, err := s.People.All(q.Context())
	if err != nil {
		return err
	}
	state, _ := s.Room.State()
	return q.pageWith(status, "people", &Page{Nav: "people", Title: q.lang.say("nav.people"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never,
		Body: map[string]any{"Accounts": list, "Link": link, "Name": name, "Roles": ledger.Roles}})
}

func (s *Server) invite(q *request) error {
	f := &formFaults{}
	a := people.Account{Name: strings.TrimSpace(q.PostFormValue("name")), Role: q.PostFormValue("role"), Party: q.PostFormValue("party")}
	state, _ := s.Room.State()
	if PlainHTTP(s.Origin) {
		return bad("%s", q.lang.say("people.plain-http"))
	}
	if !people.Valid(a.Name) {
		q.fault(f, "name", "people.bad-name")
	} else if _, err := s.People.Account(q.Context(), a.Name); err == nil {
		q.fault(f, "name", "people.taken")
	} else if !errors.Is(err, people.ErrNobody) {
		return err
	}
	var roles []string
	for _, r := range ledger.Roles {
		roles = append(roles, string(r))
	}
	switch q.chosen(f, "role", roles) {
	case string(ledger.Liaison):
		if !state.Agreement.HasParty(truce.PartyID(a.Party)) {
			q.fault(f, "party", "people.no-party")
		}
	default:
		a.Party = ""
	}
	because := q.because(f)
	if err := f.err(); err != nil {
		return err
	}
	token, err := s.Enrol(q, a, because)
	if errors.Is(err, people.ErrTaken) || errors.Is(err, fs.ErrExist) { // by somebody else, at the same moment
		q.fault(f, "name", "people.taken")
		return f
	}
	if err != nil {
		return err
	}
	return s.peopleWith(q, s.Origin+"/join/"+token, a.Name, 201)
}

// Enrol makes an account with a role key, states the key in the record in the head
// of mission's name, and returns the secret of a one-time link.
func (s *Server) Enrol(q *request, a people.Account, because string) (string, error) {
	_, err := q.say(func(m *intake.Writer, key *ledger.Secret, _ ledger.Key) (int64, error) {
		file, at, err := StateKey(m, key, a, because)
		a.Key = file
		return at, err
	})
	if err != nil {
		return "", err
	}
	if err := s.People.Add(q.Context(), a); err != nil {
		return "", err
	}
	return s.People.Invite(q.Context(), a.Name)
}

// StateKey makes a role key for an account, in a file for this machine alone, and
// states it in the record, signed by the head of mission.
func StateKey(m *intake.Writer, head *ledger.Secret, a people.Account, because string) (file string, at int64, err error) {
	file = m.Private(filepath.Join("people", a.Name+".key"))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", 0, err
	}
	secret, err := mission.NewKey(a.Name, file)
	if err != nil {
		return "", 0, err
	}
	k := secret.Public(ledger.Role(a.Role), truce.PartyID(a.Party))
	k.Because = because
	at, err = m.Enter(head, "key", k)
	if err != nil {
		_ = os.Remove(file) // nobody knows it
	}
	return file, at, err
}

func (s *Server) inviteAgain(q *request) error {
	name := q.PathValue("name")
	if PlainHTTP(s.Origin) {
		return bad("%s", q.lang.say("people.plain-http"))
	}
	a, err := s.People.Account(q.Context(), name)
	if errors.Is(err, people.ErrNobody) || err == nil && a.Ended {
		return errNotFound
	}
	if err != nil {
		return err
	}
	token, err := s.People.Invite(q.Context(), name)
	if err != nil {
		return err
	}
	return s.peopleWith(q, s.Origin+"/join/"+token, name, 201)
}

// endAccount ends an account and its key: what it signed before stays.
func (s *Server) endAccount(q *request) error {
	because, err := q.reason()
	if err != nil {
		return err
	}
	a, err := s.People.Account(q.Context(), q.PathValue("name"))
	if errors.Is(err, people.ErrNobody) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	if a.Name == q.who.Name {
		return bad("%s", q.lang.say("people.not-yourself"))
	}
	// The door first: what fails after that can be tried again, and lets nobody in.
	if err := s.People.End(q.Context(), a.Name); err != nil {
		return err
	}
	if _, err := q.say(func(m *intake.Writer, key *ledger.Secret, _ ledger.Key) (int64, error) {
		id := ""
		if theirs, err := ledger.LoadSecret(a.Key); err == nil {
			id = theirs.ID()
		} else if k, nerr := m.KeyNamed(a.Name); nerr == nil { // the file has gone; the record has its name
			id = k.ID()
		} else {
			return 0, errors.Join(err, nerr)
		}
		return m.Enter(key, "revoke", map[string]string{"key": id, "because": because})
	}); err != nil {
		return err
	}
	return q.back("/people")
}

func (s *Server) reads(q *request) error {
	list, err := s.People.Readings(q.Context(), 500)
	if err != nil {
		return err
	}
	state, _ := s.Room.State()
	return q.page("reads", &Page{Nav: "people", Title: q.lang.say("reads.title"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: list})
}

// dataURL is a picture of ours within a page.
func dataURL(png []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png))
}
