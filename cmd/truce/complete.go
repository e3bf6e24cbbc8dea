package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/source"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	mostOffered = 200     // IDs that completion lists at once
	mostRead    = 300_000 // entries of a record that completion reads; more take too long
)

// fixedWords are flags whose words are the same for every mission.
var fixedWords = map[string][]string{
	"outcome":    append(names(truce.Outcomes), string(truce.Undetermined)),
	"standing":   names(truce.Standings),
	"role":       names(ledger.Roles),
	"says":       intake.Answers,
	"confidence": truce.Confidences,
	"fact":       names([]truce.Fact{truce.FactPlace, truce.FactTime, truce.FactAct, truce.FactWeapon, truce.FactCalibre, truce.FactActor, truce.FactSide, truce.FactObject}),
	"shelf":      {"public", "shared"},
	"known":      {"received", "reported"},
	"encoding":   {"utf-8", "cp1252", "cp1251", "latin1"},
	"list":       sourceLists,
}

// ownWords are flags whose words are those of an agreement, or of a mission.
var ownWords = map[string]func(of subject) []string{
	"article": func(of subject) (out []string) {
		for _, p := range of.agreement.Provisions {
			out = append(out, described(string(p.Article), p.Text))
		}
		return out
	},
	"party": parties, "by": parties, "of": parties, "actor": parties,
	"zone": zonesAndRegions, "base": zonesAndRegions,
	"line": func(of subject) []string { return slices.Sorted(maps.Keys(of.agreement.Lines)) },
	"as":   secrets, "sign": secrets, "with": secrets, "witness": secrets,
	"old":         recorded,
	"source-name": func(of subject) []string { return names(slices.Sorted(maps.Keys(of.agreement.Sources))) },
}

// A subject is what the first argument names: a mission, or an agreement alone.
type subject struct {
	agreement *truce.Agreement
	mission   *mission.Mission // nil: there is only an agreement
}

// subjectOf reads what a folder has; ok is false where it has neither.
func subjectOf(args []string) (s subject, ok bool) {
	if len(args) == 0 {
		return s, false
	}
	if m, err := mission.Open(args[0]); err == nil {
		return subject{m.Agreement, m}, true
	}
	a, err := mission.LoadAgreement(args[0])
	return subject{agreement: a}, err == nil
}

func parties(of subject) (out []string) {
	for _, p := range of.agreement.Parties {
		out = append(out, described(string(p.ID), p.Name))
	}
	return out
}

func zonesAndRegions(of subject) []string {
	zones, regions := zoneNames(of.agreement)
	return slices.Concat(zones, regions)
}

// secrets are the names of the keys on this machine that can sign.
func secrets(of subject) (out []string) {
	folders := []string{mission.KeyFolder()}
	if of.mission != nil {
		folders = append(folders, of.mission.Private(""), of.mission.Private("people"))
	}
	for _, dir := range folders {
		list, _ := os.ReadDir(dir) // a folder that is not there has none
		for _, f := range list {
			if name, ok := strings.CutSuffix(f.Name(), ".key"); ok && name != "log" {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recorded are the IDs of the keys that the record states.
func recorded(of subject) (out []string) {
	if of.mission == nil {
		return nil
	}
	v, err := of.mission.Glance()
	if err != nil {
		return nil
	}
	for i := range v.Keys {
		if k := &v.Keys[i]; k.Revoked < 0 && k.Role != ledger.RoleLog {
			out = append(out, described(k.ID(), strings.ReplaceAll(string(k.Role), "-", " ")))
		}
	}
	return out
}

// identified are the IDs that begin so: of incidents, until digits are typed, and then of
// everything that has an ID.
func identified(of subject, digits string) (out []string) {
	if of.mission == nil {
		return nil
	}
	if n, err := of.mission.End(); err != nil || n > mostRead {
		return nil
	}
	x, err := reader(of.mission.Reading(), truce.Never)
	if err != nil {
		return nil
	}
	ctx := context.Background()
	if digits != "" {
		list, err := x.Find(ctx, strings.ToLower(digits))
		if err != nil {
			return nil
		}
		for _, id := range list[:min(mostOffered, len(list))] {
			text := ""
			if of, ok, err := x.IncidentOf(ctx, id); err == nil && ok {
				if r, ok, err := x.Row(ctx, of); err == nil && ok {
					text = rowWords(&r, x.Agreement())
				}
			}
			out = append(out, described(id.String(), text))
		}
		return out
	}
	rows, _, err := x.Incidents(ctx, truce.Query{Order: truce.Gravest, Limit: mostOffered})
	if err != nil {
		return nil
	}
	for i := range rows {
		out = append(out, described(rows[i].ID.String(), rowWords(&rows[i], x.Agreement())))
	}
	return out
}

func rowWords(r *truce.Row, a *truce.Agreement) string {
	return r.What + ", " + r.Place.Short() + ", " + r.Occurred.In(a.Location)
}

// described is a word with what shells show beside it.
func described(word, text string) string {
	text = strings.Join(strings.Fields(report.Clean(text)), " ")
	if text == "" {
		return word
	}
	if r := []rune(text); len(r) > 80 {
		text = string(r[:79]) + "…"
	}
	return cobra.CompletionWithDesc(word, text)
}

// completes offers words for a flag.
func completes(cmd *cobra.Command, flag string, words ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// addCompletions lets shells complete the arguments and flags of cmd and of all below it.
func addCompletions(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		addCompletions(sub)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if words := fixedWords[f.Name]; words != nil {
			completes(cmd, f.Name, words...)
			return
		}
		switch of := ownWords[f.Name]; {
		case f.Name == "format":
			completes(cmd, f.Name, strings.Split(strings.ReplaceAll(f.Usage, " or ", ", "), ", ")...)
		case f.Name == "source":
			var kinds []string
			for _, k := range source.Kinds {
				kinds = append(kinds, described(k.Name, k.Doc))
			}
			completes(cmd, f.Name, kinds...)
		case f.Name == "because" || f.Name == "although" || f.Name == "basis" || f.Name == "day" || f.Name == "from" || f.Name == "to" || f.Name == "bbox" || f.Name == "limit":
			completes(cmd, f.Name)
		case f.Name == "agreement" || f.Name == "site":
			_ = cmd.RegisterFlagCompletionFunc(f.Name, folders)
		case of != nil:
			_ = cmd.RegisterFlagCompletionFunc(f.Name, func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
				what, ok := subjectOf(args)
				if !ok {
					if f.Name != "as" && f.Name != "sign" && f.Name != "with" && f.Name != "witness" {
						return nil, cobra.ShellCompDirectiveNoFileComp
					}
					what = subject{}
				}
				if ownFile[f.Name] { // a key may also be a file
					return of(what), cobra.ShellCompDirectiveDefault
				}
				return of(what), cobra.ShellCompDirectiveNoFileComp
			})
		}
	})
	if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && cmd.RunE != nil {
		cmd.ValidArgsFunction = completeArg
	}
}

// ownFile are flags that name a key or give its file.
var ownFile = map[string]bool{"as": true, "sign": true, "with": true, "witness": true}

func folders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeArg completes an argument by its name in the command's usage.
func completeArg(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp
	what := argName(cmd, len(args))
	switch {
	case what == "":
		return nil, none
	case what == "MISSION" || what == "MIRROR" || what == "AGREEMENT" || what == "FOLDER":
		return nil, cobra.ShellCompDirectiveFilterDirs
	case what == "WHAT":
		kinds := names(truce.DecisionKinds)
		kinds[slices.Index(kinds, string(truce.Verify))] = establish
		return kinds, none
	case what == "ID" || strings.HasPrefix(what, "ID|"):
		of, ok := subjectOf(args)
		switch {
		case !ok:
			return nil, none
		case cmd.Name() == "revoke":
			return recorded(of), none
		case cmd.Name() == "proof": // or a report
			return identified(of, begun), cobra.ShellCompDirectiveDefault
		}
		return identified(of, begun), none
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// argName is the name of an argument in a command's usage; the last may be repeated.
func argName(cmd *cobra.Command, at int) string {
	var found []string
	for _, word := range strings.Fields(cmd.Use)[1:] {
		if strings.Contains(word, "--") {
			break
		}
		found = append(found, strings.Trim(word, "[]"))
	}
	switch {
	case at < len(found):
		return strings.TrimSuffix(found[at], "...")
	case len(found) > 0 && strings.HasSuffix(found[len(found)-1], "..."):
		return strings.TrimSuffix(found[len(found)-1], "...")
	}
	return ""
}
