package web

import (
	"errors"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
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
}

// May reports whether a role may ask.
func (r *Route) May(role ledger.Role) bool { return r.Roles == nil || slices.Contains(r.Roles, role) }

var (
	staff     = []ledger.Role{ledger.Intake, ledger.Monitor, ledger.DutyOfficer, ledger.Verification, ledger.ReportingOfficer, ledger.HeadOfMission}
	signedIn  = slices.Clone(ledger.Roles)
	deciders  = []ledger.Role{ledger.DutyOfficer, ledger.Verification, ledger.HeadOfMission}
	observers = []ledger.Role{ledger.Intake, ledger.Monitor, ledger.DutyOfficer, ledger.Verification}
	liaisons  = []ledger.Role{ledger.Liaison}
	head      = []ledger.Role{ledger.HeadOfMission}
	reporters = []ledger.Role{ledger.ReportingOfficer, ledger.HeadOfMission}
	verifiers = []ledger.Role{ledger.Verification, ledger.HeadOfMission}
)

// routes is the table of who may do what here; what is written is checked once
// more by the record, against the role of the key that signs.
var routes = []Route{
	{"GET /{$}", nil, (*Server).picture},
	{"/", nil, func(*Server, *request) error { return errNotFound }},
	{"GET /incidents", nil, (*Server).incidents},
	{"GET /incidents/{id}", nil, (*Server).incident},
	{"GET /incidents/{id}/proof/{entry}", nil, (*Server).proof},
	{"GET /agreement", nil, (*Server).agreement},
	{"GET /record", nil, (*Server).recordPage},
	{"GET /reports", nil, (*Server).reports},
	{"GET /reports/{n}", nil, (*Server).published},
	{"GET /live", nil, (*Server).live},
	{"GET /tiles/base/{z}/{x}/{y}", nil, (*Server).baseTile},
	{"GET /tiles/incidents/{z}/{x}/{y}", nil, (*Server).incidentTile},
	{"GET /map/agreement.geojson", nil, (*Server).agreementShapes},
	{"GET /map/uncertain.geojson", nil, (*Server).uncertain},
	{"GET /assets/{name...}", nil, (*Server).asset},
	{"GET /checkpoint", nil, (*Server).tlog},
	{"GET /tile/{rest...}", nil, (*Server).tlog},
	{"GET /evidence/{rest...}", nil, (*Server).tlog},
	{"GET /sign-in", nil, (*Server).signInPage},
	{"POST /sign-in", nil, (*Server).signIn},
	{"POST /sign-in/passkey/begin", nil, (*Server).passkeyBegin},
	{"POST /sign-in/passkey", nil, (*Server).passkeySignIn},
	{"POST /sign-out", signedIn, (*Server).signOut},
	{"GET /join/{token}", nil, (*Server).joinPage},
	{"POST /join/{token}", nil, (*Server).join},
	{"POST /join/{token}/passkey/begin", nil, (*Server).joinPasskeyBegin},
	{"POST /join/{token}/passkey", nil, (*Server).joinPasskey},
	{"POST /settings", nil, (*Server).settings},

	{"GET /desk", staff, (*Server).desk},
	{"GET /observe", observers, (*Server).observePage},
	{"POST /observe", observers, (*Server).observe},
	{"POST /restrict", []ledger.Role{ledger.Intake, ledger.Monitor, ledger.DutyOfficer}, (*Server).restrict},
	{"POST /incidents/{id}/decide", deciders, (*Server).decide},
	{"POST /incidents/{id}/attribute", verifiers, (*Server).attribute},
	{"POST /declare", head, (*Server).declare},
	{"POST /withdraw", []ledger.Role{ledger.Intake, ledger.Monitor, ledger.Liaison}, (*Server).withdraw},

	{"GET /party", liaisons, (*Server).party},
	{"POST /party/respond", liaisons, (*Server).respond},
	{"POST /party/allege", liaisons, (*Server).allege},
	{"POST /party/notify", liaisons, (*Server).notify},
	{"POST /party/consent", liaisons, (*Server).consent},

	{"POST /reports/drafts", reporters, (*Server).freeze},
	{"GET /reports/drafts/{n}", reporters, (*Server).draftPage},
	{"POST /reports/drafts/{n}", reporters, (*Server).draftSave},
	{"GET /reports/drafts/{n}/preview", reporters, (*Server).draftPreview},
	{"POST /reports/drafts/{n}/clear", head, (*Server).draftClear},
	{"POST /reports/drafts/{n}/publish", reporters, (*Server).draftPublish},

	{"GET /people", head, (*Server).peoplePage},
	{"POST /people", head, (*Server).invite},
	{"POST /people/{name}/invite", head, (*Server).inviteAgain},
	{"POST /people/{name}/end", head, (*Server).endAccount},
	{"GET /reads", head, (*Server).reads},

	{"GET /api/incidents", nil, (*Server).apiIncidents},
	{"GET /api/picture", nil, (*Server).apiPicture},
	{"POST /api/submissions", nil, (*Server).submission}, // whose it is, its signature says
}

// isRefusal reports whether the record refused what somebody said: a wrong role, a
// wrong form.
func isRefusal(err error) bool {
	return errors.Is(err, ledger.ErrMayNot) || errors.Is(err, ledger.ErrRefused) || errors.Is(err, mission.ErrNotSubmission) || errors.Is(err, monitor.ErrReadOnly)
}
