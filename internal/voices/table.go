package voices

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
)

// The tables that programs read, and their columns.
var (
	SourceColumns = []string{"source", "listed", "publisher", "publishers", "kind", "events_apart", "relays", "party", "watches_sides", "watches_acts", "watches_in",
		"observations", "signs", "allegations", "totals", "first", "last", "dated_to_day_or_wider", "state_origins", "lag_minutes", "read_as"}
	PairColumns = []string{"a", "b", "shared_events", "confirmed_events", "confirmed_two_origins", "shared_origins", "most_used_origins", "equal_texts", "equal_files", "equal_positions",
		"equal_shifts", "most_used_shift_degrees", "with_that_shift", "time_offset_minutes", "reporting_lag_minutes", "can_confirm", "why"}
	OriginColumns = []string{"origin", "observations", "sources", "most_from"}
)

// Several values of one cell have this between them.
const between = "; "

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, between)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// minutes is a duration in whole minutes; empty: it is not known.
func minutes(d *time.Duration) string {
	if d == nil {
		return ""
	}
	return strconv.FormatInt(int64(d.Round(time.Minute)/time.Minute), 10)
}

// ReadAs are the names of publishers of a source's rows, and of those that it passes on, that are
// other names of a widely known agency, each with the agency's own.
func ReadAs(u *truce.SourceUse) (out []string) {
	for _, name := range slices.Concat([]string{u.Name()}, u.Publishers, u.Relays) {
		if of := truce.AgencyOf(name); of != "" {
			if said := name + " = " + of; !slices.Contains(out, said) {
				out = append(out, said)
			}
		}
	}
	return out
}

// SourceCells are the values of SourceColumns.
func SourceCells(u *truce.SourceUse) []string {
	publishers := joined(u.Publishers)
	if u.More > 0 {
		publishers += fmt.Sprintf("%sand %d more", between, u.More)
	}
	return []string{string(u.ID), yes(u.Listed), u.Name(), publishers, string(u.Kind), yes(u.Apart), joined(u.Relays), string(u.Party),
		joined(u.Watches.Sides), joined(u.Watches.Acts), joined(u.Watches.In), strconv.Itoa(u.Observations), strconv.Itoa(u.Signs), strconv.Itoa(u.Allegations), strconv.Itoa(u.Totals),
		string(u.First), string(u.Last), strconv.Itoa(u.Days), strconv.Itoa(u.Stated), minutes(u.Lag), strings.Join(ReadAs(u), between)}
}

// PairCells are the values of PairColumns.
func PairCells(p *truce.SourcePair) []string {
	var most, why []string
	for _, x := range p.Most {
		most = append(most, string(x.Origin))
	}
	for _, x := range p.Why {
		why = append(why, x.String())
	}
	shift := ""
	if p.Shifted > 0 {
		shift = Degrees(p.Shift)
	}
	return []string{string(p.A), string(p.B), strconv.Itoa(p.Events), strconv.Itoa(p.Confirmed), strconv.Itoa(p.Stated), strconv.Itoa(p.Origins), joined(most), strconv.Itoa(p.Texts), strconv.Itoa(p.Files),
		strconv.Itoa(p.Places), strconv.Itoa(p.Shifts), shift, strconv.Itoa(p.Shifted), minutes(p.Offset), minutes(p.Lag), yes(p.May), joined(why)}
}

// OriginCells are the values of OriginColumns.
func OriginCells(x *truce.OriginUse) []string {
	return []string{string(x.Origin), strconv.Itoa(x.Rows), strconv.Itoa(x.Of), joined(x.Sources)}
}

// Degrees prints a shift of 1e-7 degrees.
func Degrees(shift int32) string {
	return strconv.FormatFloat(float64(shift)/1e7, 'f', -1, 64)
}

// Unwatched says in a sentence whose acts nobody watches, for people.
func Unwatched(v *truce.Voices) truce.Reason {
	switch {
	case !v.Watched:
		return truce.Because("No source says whose acts it watches, so its silence about a party says nothing.")
	case len(v.Unwatched) == 0:
		return truce.Because("For each party, at least one source that is not a party's own says that it watches its acts.")
	}
	return truce.Because("No source independent of the parties says that it watches the acts of %s.", truce.Joined("%s or %s", v.Unwatched))
}

// Lead says in a sentence what there is.
func Lead(v *truce.Voices) truce.Reason {
	reports, shared := 0, 0
	for i := range v.Sources {
		if v.Sources[i].Said()+v.Sources[i].Totals > 0 {
			reports++
		}
	}
	for i := range v.Pairs {
		if v.Pairs[i].Events > 0 {
			shared++
		}
	}
	confirm := 0
	for i := range v.Pairs {
		if v.Pairs[i].Confirmed > 0 {
			confirm++
		}
	}
	switch {
	case reports == 0:
		return truce.Because("No source has reported anything yet.")
	case reports == 1:
		return truce.Because("All reports and totals came from one source.")
	case shared == 0:
		return truce.Because("Reports or totals came from %s. No event was found that two of them report.", truce.Number{N: reports, Of: "source"})
	}
	if confirm == 0 {
		return truce.Because("Reports or totals came from %s. %s of them reported the same event at least once, but so far neither of any two confirms the other.", truce.Number{N: reports, Of: "source"}, truce.Number{N: shared, Of: "pair"})
	}
	return truce.Because("Reports or totals came from %s. %s of them reported the same event at least once, and %s confirmed each other.", truce.Number{N: reports, Of: "source"}, truce.Number{N: shared, Of: "pair"}, truce.Number{N: confirm, Of: "pair"})
}

// Hidden says what the audience is not shown, and is counted in nothing here.
func Hidden(v *truce.Voices) []truce.Reason {
	var out []truce.Reason
	if v.Unlisted > 0 {
		out = append(out, truce.Because("Not shown to this audience, and not counted here: %s. The list of sources may therefore be incomplete.", truce.Number{N: v.Unlisted, Of: "incident"}))
	}
	if v.Wider > 0 {
		out = append(out, truce.Because("Shown less precisely than known: the place of %s. Who published these, and what they rest on, is left out here.", truce.Number{N: v.Wider, Of: "observation"}))
	}
	return out
}
