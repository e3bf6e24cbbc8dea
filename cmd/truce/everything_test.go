package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/rogpeppe/go-internal/testscript"
)

// scriptCommands are what the scripts of this package can ask beside the program.
var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"everykind": func(ts *testscript.TestScript, neg bool, args []string) {
		missing, err := missingKinds(filepath.Join(ts.MkAbs(args[0]), "record"))
		ts.Check(err)
		if neg != (len(missing) > 0) {
			ts.Fatalf("the record has no entry of: %s", strings.Join(missing, ", "))
		}
	},
	"everyproof": func(ts *testscript.TestScript, _ bool, args []string) {
		n, err := proveAll(ts.MkAbs(args[0]))
		ts.Check(err)
		ts.Logf("%d entries proved", n)
	},
	"everycommand": func(ts *testscript.TestScript, _ bool, _ []string) {
		script, err := os.ReadFile(filepath.Join(ts.Getenv("REPO"), "cmd", "truce", "testdata", "script", "everything.txtar"))
		ts.Check(err)
		for _, name := range writers() {
			if !strings.Contains(string(script), "truce "+name+" ") {
				ts.Fatalf("truce %s writes to a record, and this script does not use it", name)
			}
		}
	},
}

// writers are the commands that sign something.
func writers() (out []string) {
	for _, cmd := range (command{}).root().Commands() {
		for _, c := range append(cmd.Commands(), cmd) {
			if c.Flags().Lookup("as") != nil || c.Flags().Lookup("sign") != nil || c.Flags().Lookup("because") != nil {
				out = append(out, strings.TrimPrefix(c.CommandPath(), "truce "))
			}
		}
	}
	return out
}

// missingKinds lists the kinds of entry and of decision that the tables of the
// record's rules know, and a record has none of.
func missingKinds(record string) ([]string, error) {
	have := map[string]bool{}
	for kind, err := range ledger.Map(context.Background(), record, 0, 1<<62, func(e *ledger.Entry) (string, error) {
		if e.Kind == "decision" {
			return "decision: " + audit.Member(e.Content, "kind"), nil
		}
		return e.Kind, nil
	}) {
		if err != nil {
			return nil, err
		}
		have[kind] = true
	}
	var missing []string
	for _, kind := range wantedKinds() {
		if !have[kind] {
			missing = append(missing, kind)
		}
	}
	for kind := range have {
		if !slices.Contains(wantedKinds(), kind) {
			missing = append(missing, kind+" in the tables")
		}
	}
	return missing, nil
}

// wantedKinds are all kinds of entry, with those of decisions.
func wantedKinds() (out []string) {
	for kind := range audit.Roles {
		if kind != "decision" {
			out = append(out, kind)
		}
	}
	for kind := range audit.Deciders {
		out = append(out, "decision: "+kind)
	}
	slices.Sort(out)
	return out
}

// proveAll proves each entry of a mission's record, and verifies each proof.
func proveAll(mission string) (n int, err error) {
	size, err := ledger.Published(filepath.Join(mission, "record"))
	if err != nil {
		return 0, err
	}
	key, err := audit.Introduced(context.Background(), audit.Dir(filepath.Join(mission, "record")))
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "truce-proofs-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "entry.proof")
	for at := range size {
		if code, out, errs := run3("proof", mission, fmt.Sprint(at), "--out", name); code != exitOK {
			return n, fmt.Errorf("truce proof of entry %d: exit %d\n%s%s", at, code, out, errs)
		}
		code, out, errs := run3("verify", "--proof", name, "--key", key)
		if code != exitOK || !strings.Contains(out, fmt.Sprintf("entry %d of ", at)) {
			return n, fmt.Errorf("the proof of entry %d: exit %d\n%s%s", at, code, out, errs)
		}
		n++
	}
	return n, nil
}

// TestKindTables: each kind of decision is in the table of who may take it, and no
// other is.
func TestKindTables(t *testing.T) {
	for _, kind := range truce.DecisionKinds {
		if _, ok := audit.Deciders[string(kind)]; !ok {
			t.Errorf("the decision %s is in no table of who may take it", kind)
		}
	}
	if len(audit.Deciders) != len(truce.DecisionKinds) {
		t.Errorf("%d kinds of decision, and who may take %d", len(truce.DecisionKinds), len(audit.Deciders))
	}
}
