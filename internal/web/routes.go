package web

import (
	"errors"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
)

// Anybody is who has not signed in.
const Anybody ledger.Role = ""

// RoleOf is the role of an account.
func RoleOf(a *people.Account) ledger.Role {
	if a == nil {
		return Anybody
	}
	return ledger.Role(a.Role)
}

// AudienceOf is what a role sees. Liaisons, mediators and guarantors see what both
// parties see; nobody's role shows a party what the other does not see.
func AudienceOf(r ledger.Role) truce.Audience {
	switch r {
	case ledger.Intake, ledger.Monitor, ledger.DutyOfficer, ledger.Verification, ledger.ReportingOfficer, ledger.HeadOfMission:
		return truce.ForMission
	case ledger.Liaison, ledger.Mediator, ledger.Guarantor:
		return truce.ForParties
	}
	return truce.ForPublic
}

// A Route is a page or an act, and whose it is.
type Route struct {
	Pattern string
	Roles   []ledger.Role // nil: everybody's, signed in or not
	answer  func(*Server, *request) error
	Alike   bool // a page that everybody who has not signed in gets alike
}

// May reports whether a role may ask.
func (r *Route) May(role ledger.Role) bool { return r.Roles == nil || slices.Contains(r.Roles, role) }

var (
	staff     = []ledger.Role{ledger.Intake, ledger.Monitor, ledger.DutyOfficer, ledger.Verification, ledger.ReportingOfficer, ledger.HeadOfMission}
	signedIn  = slices.Clone(ledger.Roles)
	deciders  = []ledger.Role{ledger.DutyOfficer, ledger.Verification, ledger.HeadOfMission}
	observers = []ledger.Role{ledger.Intake, ledger.Monitor, ledger.DutyOfficer, ledger.Verification}
	liaisons  = []ledger.Role{ledger.Liaison}
	speakers  = append(slices.Clone(observers), ledger.Liaison) // who states things by hand, and takes them back
	head      = []ledger.Role{ledger.HeadOfMission}
	reporters = []ledger.Role{ledger.ReportingOfficer, ledger.HeadOfMission}
	verifiers = []ledger.Role{ledger.Verification, ledger.HeadOfMission}
)

// routes is the table of who may do what here; what is written is checked once
// more by the record, against the role of the key that signs.
var routes = []Route{
	{"GET /{$}", nil, (*Server).picture, true},
	{"/", nil, func(*Server, *request) error { return errNotFound }, false},
	{"GET /incidents", nil, (*Server).incidents, true},
	{"GET /incidents/{id}", nil, (*Server).incident, true},
	{"GET /incidents/{id}/bundle", nil, (*Server).bundle, true},
	{"GET /incidents/{id}/proof/{entry}", nil, (*Server).proof, false},
	{"GET /incidents/{id}/card", nil, (*Server).incidentPicture, false},
	{"GET /days/{id}/card", nil, (*Server).dayPicture, false},
	{"GET /feed.atom", nil, (*Server).feed, false},
	{"GET /glossary", nil, (*Server).glossary, true},
	{"GET /embed", nil, (*Server).embed, true},
	{"GET /embed/map.svg", nil, (*Server).embedMap, true},
	{"GET /preview.png", nil, (*Server).preview, true},
	{"GET /calendar", nil, (*Server).calendar, true},
	{"GET /calendar.ics", nil, (*Server).calendarFeed, false},
	{"GET /check", nil, (*Server).check, false},
	{"POST /check", nil, (*Server).checkSent, false},
	{"GET /days", nil, (*Server).days, true},
	{"GET /days/{id}", nil, (*Server).day, true},
	{"GET /sources", nil, (*Server).sources, true},
	{"GET /agreement", nil, (*Server).agreement, true},
	{"GET /record", nil, (*Server).recordPage, true},
	{"GET /reports", nil, (*Server).reports, true},
	{"GET /reports/{n}", nil, (*Server).published, false},
	{"GET /live", nil, (*Server).live, false},
	{"GET /tiles/base/{z}/{x}/{y}", nil, (*Server).baseTile, false},
	{"GET /tiles/incidents/{z}/{x}/{y}", nil, (*Server).incidentTile, false},
	{"GET /map/agreement.geojson", nil, (*Server).agreementShapes, true},
	{"GET /map/picture.svg", nil, (*Server).figure, true},
	{"GET /map/cards", nil, (*Server).cards, true},
	{"GET /map/uncertain.geojson", nil, (*Server).uncertain, false},
	{"GET /assets/{name...}", nil, (*Server).asset, false},
	{"GET /checkpoint", nil, (*Server).tlog, false},
	{"GET /checkpoint.cosigned", nil, (*Server).tlog, false},
	{"GET /tile/{rest...}", nil, (*Server).tlog, false},
	{"GET /evidence/{rest...}", nil, (*Server).tlog, false},
	{"GET /sign-in", nil, (*Server).signInPage, false},
	{"POST /sign-in", nil, (*Server).signIn, false},
	{"POST /sign-in/continue", signedIn, (*Server).signInContinue, false},
	{"POST /sign-in/passkey/begin", nil, (*Server).passkeyBegin, false},
	{"POST /sign-in/passkey", nil, (*Server).passkeySignIn, false},
	{"POST /sign-out", signedIn, (*Server).signOut, false},
	{"GET /join/{token}", nil, (*Server).joinPage, false},
	{"POST /join/{token}", nil, (*Server).join, false},
	{"POST /join/{token}/passkey/begin", nil, (*Server).joinPasskeyBegin, false},
	{"POST /join/{token}/passkey", nil, (*Server).joinPasskey, false},
	{"POST /settings", nil, (*Server).settings, false},

	{"GET /desk", staff, (*Server).desk, false},
	{"GET /desk/same", staff, (*Server).same, false},
	{"GET /rejected", staff, (*Server).rejected, false},
	{"POST /desk/seen", staff, (*Server).markSeen, false},
	{"POST /work", staff, (*Server).addWork, false},
	{"POST /work/{n}/done", staff, (*Server).endWork, false},
	{"POST /alerts/{n}/acknowledge", deciders, (*Server).acknowledge, false},
	{"GET /files", observers, (*Server).filesPage, false},
	{"POST /files", observers, (*Server).uploadFile, false},
	{"GET /files/{id}", observers, (*Server).filePage, false},
	{"POST /files/{id}", observers, (*Server).checkFile, false},
	{"GET /files/{id}/mapping.yaml", observers, (*Server).fileMapping, false},
	{"POST /files/{id}/remove", observers, (*Server).removeFile, false},
	{"POST /files/{id}/ingest", []ledger.Role{ledger.Intake}, (*Server).readFile, false},
	{"GET /observe", observers, (*Server).observePage, false},
	{"POST /observe", observers, (*Server).observe, false},
	{"POST /restrict", []ledger.Role{ledger.Intake, ledger.Monitor, ledger.DutyOfficer}, (*Server).restrict, false},
	{"POST /incidents/{id}/decide", deciders, (*Server).decide, false},
	{"POST /days/{id}/decide", verifiers, (*Server).decideDay, false},
	{"POST /incidents/{id}/attribute", verifiers, (*Server).attribute, false},
	{"POST /release", head, (*Server).release, false},
	{"POST /agreement/amend", []ledger.Role{ledger.HeadOfMission, ledger.Mediator}, (*Server).amend, false},
	{"POST /declare", head, (*Server).declare, false},
	{"POST /withdraw", speakers, (*Server).withdraw, false},
	{"GET /my-reports", speakers, (*Server).mine, false},

	{"GET /party", liaisons, (*Server).party, false},
	{"POST /party/respond", liaisons, (*Server).respond, false},
	{"POST /party/allege", liaisons, (*Server).allege, false},
	{"POST /party/notify", liaisons, (*Server).notify, false},
	{"POST /party/consent", liaisons, (*Server).consent, false},

	{"POST /reports/drafts", reporters, (*Server).freeze, false},
	{"GET /reports/drafts/{n}", reporters, (*Server).draftPage, false},
	{"POST /reports/drafts/{n}", reporters, (*Server).draftSave, false},
	{"GET /reports/drafts/{n}/preview", reporters, (*Server).draftPreview, false},
	{"POST /reports/drafts/{n}/clear", head, (*Server).draftClear, false},
	{"POST /reports/drafts/{n}/publish", reporters, (*Server).draftPublish, false},

	{"GET /people", head, (*Server).peoplePage, false},
	{"POST /people", head, (*Server).invite, false},
	{"POST /people/{name}/invite", head, (*Server).inviteAgain, false},
	{"POST /people/{name}/end", head, (*Server).endAccount, false},
	{"GET /reads", head, (*Server).reads, false},

	{"GET /api/incidents", nil, (*Server).apiIncidents, true},
	{"GET /api/picture", nil, (*Server).apiPicture, false},
	{"POST /api/submissions", nil, (*Server).submission, false}, // whose it is, its signature says
	{"POST /api/files", nil, (*Server).announce, false},         // only the intake's signature announces a file
	{"POST /api/files/{digest}", nil, (*Server).upload, false},  // and only who announced it
	{"POST /api/batches", nil, (*Server).rows, false},           // hands it in
}

// isRefusal reports whether the record refused what somebody said: a wrong role, a
// wrong form.
func isRefusal(err error) bool {
	return errors.Is(err, ledger.ErrMayNot) || errors.Is(err, ledger.ErrRefused) || errors.Is(err, intake.ErrNotSubmission) || errors.Is(err, monitor.ErrReadOnly)
}
