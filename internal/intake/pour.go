package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/source"
)

// mostContent is what an entry's content may have beside what the record adds to it.
const mostContent = 64_000

// receive keeps a file as received: beside the record if it is public, encrypted
// on the shelf if not. Until done is called it lies open to be read.
func (m *Writer) receive(in *mission.Intake, name, shelf string) (done func(), err error) {
	done = func() {}
	store := m.Evidence
	if shelf != "public" {
		dir, err := os.MkdirTemp(m.Private(""), "incoming-*")
		if err != nil {
			return done, err
		}
		done = func() { os.RemoveAll(dir) }
		store = evidence.Open(dir)
	}
	f, err := os.Open(name)
	if err != nil {
		done()
		return done, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > audit.MaxEvidence {
		done()
		return done, mission.Hinted(fmt.Errorf("%s has %d bytes, and a file beside the record has %d at most", name, info.Size(), audit.MaxEvidence), "split it, or pack it with gzip")
	}
	if in.Evidence, in.Size, err = store.Put(f); err != nil {
		done()
		return done, err
	}
	in.Path = store.Path(in.Evidence)
	if shelf == "public" {
		return done, nil
	}
	data, err := os.ReadFile(in.Path)
	if err == nil {
		err = m.ShelvePiece(in.Evidence, data)
	}
	return done, err
}

// ShelvePiece encrypts a file for those who work with what is not public.
func (m *Writer) ShelvePiece(name truce.Digest, data []byte) error {
	to, err := m.recipients(sharedReaders...)
	if err != nil {
		return err
	}
	return m.Shelf().Put(name, data, to...)
}

// recipients are the reading keys in force of some roles.
func (m *Writer) recipients(roles ...ledger.Role) ([]age.Recipient, error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	var out []age.Recipient
	for i := range v.Keys {
		k := &v.Keys[i]
		for _, r := range roles {
			if k.Role != r || k.Revoked >= 0 || k.Recipient == "" {
				continue
			}
			list, err := age.ParseRecipients(strings.NewReader(k.Recipient))
			if err != nil {
				return nil, fmt.Errorf("key %s: %w", k.Name, err)
			}
			out = append(out, list...)
		}
	}
	if len(out) == 0 {
		return nil, mission.Hinted(fmt.Errorf("no key of a %s can read", roles[0]), "add one that has a recipient: truce keys add")
	}
	return out, nil
}

// Delicate reports whether a record would give away an observer's post or a
// force's position: it starts on the shared shelf, whatever its file is.
func Delicate(r *truce.Item) bool {
	switch {
	case r.Observation != nil:
		return r.Observation.Place.Wedge != nil || r.Observation.Act == truce.ActPresence
	case r.Tally != nil:
		return r.Tally.Act == truce.ActPresence
	}
	return false
}

// Confidential are the fields that no finding depends on, and that may name people.
var Confidential = append([]string{"evidence"}, textFields...)

// Said is a body on its way into the record, with what stands behind its
// commitments.
type Said struct {
	Body     ledger.Body
	openings []ledger.Opening
}

// Sayer makes bodies of records.
type Sayer struct {
	Origin string
	Shared bool
	Secret []byte
	Closed bool // the file is not public, and its rows are
	Known  bool // the moment of knowledge is stated, and not that of receipt
	// Terms say which free texts are public at once. Nil: a file is read, whose texts
	// are its publisher's and are as public as the file.
	Terms *truce.Agreement
	// Store takes the shapes of public rows that do not fit an entry. Nil: there are none.
	Store *evidence.Store
}

func (y *Sayer) say(r truce.Item) (Said, error) {
	if !y.Known {
		r.Known = 0
	}
	b, err := ledger.BodyOf(y.Origin, &r)
	if err != nil {
		return Said{}, err
	}
	where := textShelf
	switch {
	case y.keeps(&r):
		where = shelfOf
	case y.Terms == nil || !SealsTexts(y.Terms, b.Kind):
		if len(b.Content) > mostContent {
			if r, err = asideOf(y.Store, r); err == nil {
				b, err = ledger.BodyOf(y.Origin, &r)
			}
		}
		return Said{Body: b}, err
	}
	openings, err := b.Seal(where)
	return Said{b, openings}, err
}

// keeps reports whether a record starts on the shared shelf.
func (y *Sayer) keeps(r *truce.Item) bool { return y.Shared || Delicate(r) }

// keyed gives an item that is not public an ID that tells nobody what it is of.
// What it replaces has such an ID already, if the record knows it.
func (y *Sayer) keyed(r truce.Item, before *saidBefore) truce.Item {
	if !y.keeps(&r) {
		return r
	}
	if _, public := before.by[r.ID()]; public && !Delicate(&r) {
		return r // said in public before: it is known, and not another item
	}
	rekey := func(id truce.Digest) truce.Digest { return ledger.Keyed(y.Secret, id) }
	if _, known := before.by[r.Replaces]; !known && !r.Replaces.IsZero() {
		r.Replaces = rekey(r.Replaces)
	}
	switch {
	case r.Observation != nil:
		o := *r.Observation
		o.ID = rekey(o.ID)
		r.Observation = &o
	case r.Tally != nil:
		t := *r.Tally
		t.ID = rekey(t.ID)
		r.Tally = &t
	case r.Coverage != nil:
		v := *r.Coverage
		v.ID = rekey(v.ID)
		r.Coverage = &v
	case r.Notification != nil:
		n := *r.Notification
		n.ID = rekey(n.ID)
		r.Notification = &n
	case r.Response != nil:
		p := *r.Response
		p.ID = rekey(p.ID)
		r.Response = &p
	case r.Restriction != nil:
		x := *r.Restriction
		x.ID = rekey(x.ID)
		r.Restriction = &x
	}
	return r
}

// Pour puts a file's records into the record: first what the file was, then its
// records in batches of 256 under one signature each.
func (m *Writer) Pour(in *mission.Intake, key *ledger.Secret, before *saidBefore, y *Sayer) (err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(WritingGC))
	var log recorder = &through{m: m}
	if m.via == nil {
		open, err := m.Open()
		if err != nil {
			return err
		}
		defer func() {
			if cerr := open.Close(context.Background()); err == nil {
				err = cerr
			}
		}()
		log = open
	}
	about, err := json.Marshal(in)
	if err != nil {
		return err
	}
	first := Said{Body: ledger.Body{Kind: "source", Mission: log.Origin(), At: ledger.Time(m.Now()), Content: about}}
	if y.Shared || y.Closed { // a file's name and digest may tell whose it is
		if first.openings, err = first.Body.Seal(func(name string) ledger.Shelf {
			if name == "received" {
				return ledger.Public
			}
			return ledger.Shared
		}); err != nil {
			return err
		}
	}
	w := m.batcher(log, key)
	w.add(first)
	w.flush()
	n, total := m.newTaking(in), in.Counts.New+in.Counts.Corrected+in.Counts.Withdrawn
	seen := map[truce.Digest]content{}
	done := 0
	perr := m.parse(in, before.edition, hearing{row: n.next}, func(r truce.Item, rerr error) bool {
		if rerr == nil {
			r, rerr = m.sound(in, y, before, n, r)
		}
		if !n.take(r, rerr, before, seen, func(*source.Refusal) {}) {
			return w.err() == nil
		}
		s, serr := y.say(r)
		if serr != nil {
			w.fail(serr)
			return false
		}
		w.add(s)
		if done++; done%256 == 0 {
			m.Progress.Count("writing to the record", done, total)
		}
		return w.err() == nil
	})
	werr := w.close()
	m.Progress.Done()
	if m.via != nil && perr == nil && werr == nil {
		werr = m.via.Settle() // the next file is compared with this one
	}
	return errors.Join(perr, werr)
}

// A batcher signs what is added in batches, side by side, and brings them into
// the record in order.
type batcher struct {
	m     *Writer
	log   recorder
	key   *ledger.Secret
	list  []Said
	bytes int // of their content

	jobs  chan chan signed
	done  chan struct{}
	slots chan struct{}

	mu     sync.Mutex
	broken error // the first
}

type signed struct {
	subs []ledger.Submission
	err  error
}

func (m *Writer) batcher(log recorder, key *ledger.Secret) *batcher {
	w := &batcher{m: m, log: log, key: key, jobs: make(chan chan signed, 4), done: make(chan struct{}),
		slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	go w.run()
	return w
}

// run brings batches into the record; a few are on their way to the disk while
// the next are signed.
func (w *batcher) run() {
	defer close(w.done)
	ctx := context.Background()
	var waits []func() ([]ledger.Receipt, error)
	settle := func(keep int) {
		for len(waits) > keep {
			got, err := waits[0]()
			if err == nil && (w.m.via == nil || w.m.elsewhere()) { // the room keeps its own
				err = w.m.keep(w.log, got)
			}
			if err != nil {
				w.fail(err)
			}
			waits = waits[1:]
		}
	}
	for job := range w.jobs {
		s := <-job
		if s.err != nil {
			w.fail(s.err)
			continue
		}
		if w.err() != nil {
			continue
		}
		waits = append(waits, w.log.Start(ctx, s.subs...))
		settle(16)
	}
	settle(0)
}

func (w *batcher) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		w.broken = err
	}
}

func (w *batcher) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken
}

func (w *batcher) add(s Said) {
	w.list = append(w.list, s)
	w.bytes += len(s.Body.Content)
	if len(w.list) == 256 || w.m.elsewhere() && w.bytes > mostSent {
		w.flush()
	}
}

// mostSent is about how many bytes of rows are sent at once to a room elsewhere: what a
// slow link carries within the time that a server waits for it.
const mostSent = 200 << 10

func (w *batcher) flush() {
	list := w.list
	w.list, w.bytes = nil, 0
	if len(list) == 0 || w.err() != nil {
		return
	}
	job := make(chan signed, 1)
	w.slots <- struct{}{}
	go func() {
		defer func() { <-w.slots }()
		job <- w.sign(list)
	}()
	w.jobs <- job
}

// sign signs a batch. What stands behind its commitments is on the shelf before
// the record commits to it.
func (w *batcher) sign(list []Said) signed {
	bodies := make([]ledger.Body, len(list))
	for i := range list {
		bodies[i] = list[i].Body
	}
	subs, err := ledger.SayAll(w.log.Origin(), w.m.Now(), w.key, bodies)
	if err != nil {
		return signed{err: err}
	}
	members := subs[len(subs)-len(list):]
	for i := range list {
		if err := w.m.shelve(members[i].Hash(), list[i].openings); err != nil {
			return signed{err: err}
		}
	}
	return signed{subs: subs}
}

func (w *batcher) close() error {
	w.flush()
	close(w.jobs)
	<-w.done
	return w.err()
}

// shelve encrypts openings and keeps them, each to those who may read it.
func (m *Writer) shelve(id truce.Digest, list []ledger.Opening) error {
	for _, p := range piecesOf(id, list) {
		if len(p.list) == 0 {
			continue
		}
		to, err := m.recipients(p.readers...)
		if err != nil {
			return err
		}
		data, err := ledger.Marshal(p.list)
		if err != nil {
			return err
		}
		if err := m.Shelf().Put(p.name, data, to...); err != nil {
			return err
		}
	}
	return nil
}

// A piece is what is kept on the shelf together: openings with the same readers.
type piece struct {
	name    truce.Digest
	list    []ledger.Opening
	readers []ledger.Role
}

// piecesOf parts openings by who reads them: what findings depend on, what is
// restricted, and free text, in that order.
func piecesOf(id truce.Digest, list []ledger.Opening) [3]piece {
	out := [3]piece{{name: id, readers: sharedReaders}, {name: mission.Behind(id), readers: restrictedReaders}, {name: mission.TextOf(id), readers: sharedReaders}}
	for _, o := range list {
		at := 0
		if o.Restricted {
			at = 1
			if name, _, err := o.Field(); err == nil && slices.Contains(textFields, name) {
				at = 2
			}
		}
		out[at].list = append(out[at].list, o)
	}
	return out
}

// Who keeps the mission's shelf: what the parties will get, and what the mission's
// people write, is read by the intake too, which releases it and shows it to them;
// what they will not get, by those who verify.
var (
	sharedReaders     = []ledger.Role{ledger.Intake, ledger.HeadOfMission, ledger.Verification}
	restrictedReaders = []ledger.Role{ledger.HeadOfMission, ledger.Verification}
)

// asideOf is the record with its shape in a file of the store, and without one.
func asideOf(store *evidence.Store, r truce.Item) (truce.Item, error) {
	shape := shapeOf(&r)
	if shape == nil || store == nil {
		return r, nil
	}
	data, err := ledger.Marshal(*shape)
	if err != nil {
		return r, err
	}
	sum, _, err := store.Put(bytes.NewReader(data))
	if err != nil {
		return r, err
	}
	switch { // what was given keeps its shape
	case r.Observation != nil:
		o := *r.Observation
		r.Observation = &o
	case r.Tally != nil:
		t := *r.Tally
		r.Tally = &t
	case r.Notification != nil:
		n := *r.Notification
		r.Notification = &n
	case r.Restriction != nil:
		x := *r.Restriction
		r.Restriction = &x
	}
	p := r.Place()
	p.Shape, p.File = nil, sum
	return r, nil
}
