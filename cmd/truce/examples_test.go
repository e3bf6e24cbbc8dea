package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"
)

// A yard is a folder with all that the examples of --help and of the README name.
type yard struct {
	t     *testing.T
	repo  string
	truce string // the program
}

func newYard(t *testing.T) *yard {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the examples are for a POSIX shell")
	}
	repo, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	// The test program is truce under that name: TestMain.
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	y := &yard{t: t, repo: repo, truce: filepath.Join(t.TempDir(), "truce")}
	if err := os.Symlink(exe, y.truce); err != nil {
		t.Fatal(err)
	}
	return y
}

func (y *yard) check(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) write(name, text string) {
	y.t.Helper()
	y.check(os.MkdirAll(filepath.Dir(name), 0o755))
	y.check(os.WriteFile(name, []byte(text), 0o600))
}

// copyOf copies a file of the repository.
func (y *yard) copyOf(name, from string) {
	y.t.Helper()
	text, err := os.ReadFile(filepath.Join(y.repo, from))
	y.check(err)
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write(text)
		y.check(err)
		y.check(w.Close())
		text = b.Bytes()
	}
	y.write(name, string(text))
}

// server starts the program in dir, until the test ends, and returns its address. It is
// ready when its output has an address.
func (y *yard) server(dir string, args ...string) string {
	y.t.Helper()
	cmd := exec.Command(y.truce, args...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	y.check(err)
	y.check(cmd.Start())
	y.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := regexp.MustCompile(`https?://[a-z0-9.:]+`).FindString(lines.Text()); at != "" {
			go io.Copy(io.Discard, out) //nolint:errcheck
			return at
		}
	}
	y.t.Fatalf("truce %s did not start: %s", strings.Join(args, " "), &errs)
	return ""
}

// patrols is a file of the mission's own, with its mapping. Two rows are near each other,
// in time and place.
const (
	patrols = `id,at,lat,lon,within,act,weapon
a,2025-08-18T02:10,49.59,34.55,400,strike,missile
b,2025-08-18T02:12,49.592,34.553,400,strike,missile
c,2025-08-18T14:10,46.48,30.73,400,strike,one-way-uav
`
	patrolsMapping = `source: %s
timezone: UTC
key: {column: id}
occurred: {column: at}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}
act: {column: act}
weapon: {column: weapon}
`
)

// do runs a command in the working folder at a moment, in this process.
func do(now time.Time, args ...string) (code int, out string) {
	var o, e strings.Builder
	code = command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { return now }, args: args, pause: time.Millisecond}.run()
	return code, o.String() + e.String()
}

// mission makes one in which the examples make sense, and what their placeholders mean in it.
func (y *yard) mission(dir string) map[string]string {
	y.t.Helper()
	y.t.Chdir(dir)
	at := time.Date(2025, 8, 19, 8, 0, 0, 0, time.UTC)
	must := func(args ...string) string {
		y.t.Helper()
		at = at.Add(time.Minute)
		code, out := do(at, args...)
		if code != exitOK {
			y.t.Fatalf("truce %s: exit %d\n%s", strings.Join(args, " "), code, out)
		}
		return out
	}
	first := func(text, pattern string) string {
		y.t.Helper()
		found := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if found == nil {
			y.t.Fatalf("nothing like %s in\n%s", pattern, text)
		}
		return found[len(found)-1]
	}
	y.check(os.MkdirAll("agreements", 0o755))
	for _, name := range []string{"ukraine-air-first", "ukraine-freeze"} {
		y.check(os.Symlink(filepath.Join(y.repo, "agreements", name), filepath.Join("agreements", name)))
	}
	second := filepath.Join("agreements", "ukraine-air-first-2")
	y.check(os.CopyFS(second, os.DirFS(filepath.Join(y.repo, "agreements", "ukraine-air-first"))))
	text, err := os.ReadFile(filepath.Join(second, "agreement.yaml"))
	y.check(err)
	y.write(filepath.Join(second, "agreement.yaml"), strings.Replace(string(text), "coverage: 0.5", "coverage: 0.4", 1))
	y.check(os.CopyFS("draft", os.DirFS(filepath.Join("..", "bad-control"))))
	y.check(os.Rename("draft/cases/one.scenario", "draft/cases/opening.scenario"))

	y.write("patrols.csv", patrols)
	y.write("patrols.yaml", fmt.Sprintf(patrolsMapping, "viina"))
	y.write("ngo.csv", strings.Replace(patrols, "a,2025-08-18T02:10,49.59,", "a,2025-08-18T02:11,49.591,", 1)) // and another at the same place
	y.write("ngo.yaml", fmt.Sprintf(patrolsMapping, "ngo"))
	y.write("sealed.csv", "id,at,lat,lon,within,act,weapon,seen\npost,2025-08-18T03:10,49.1294,37.551,400,presence,artillery,position\n")
	y.write("sealed.yaml", fmt.Sprintf(patrolsMapping, "viina")+"seen: {column: seen}\n")
	y.workbook("patrols.xlsx", "Sheet1", patrols)
	y.workbook("incidents.xlsx", "Sheet1", patrols)
	y.workbook("tracker.xlsx", "Incidents", patrols) // behind a sheet of words
	y.write("incidents.csv", patrols)
	y.write("attacks.csv", patrols)
	y.copyOf("fire_nrt_J1V-C2_20250815.csv", "internal/source/testdata/firms/viirs_misc.csv")
	y.copyOf("missile_attacks_daily.csv.gz", "internal/source/testdata/airforce-ua/daily.csv")
	y.copyOf("vintage2022.csv", "internal/source/testdata/ucdp-ged/vintage_2022.csv")
	y.copyOf("GEDEvent_v25_1.csv", "internal/source/testdata/ucdp-ged/sample.csv")
	cert, key, _ := certificate(y.t)
	y.copyFile(cert, "cert.pem")
	y.copyFile(key, "key.pem")

	y.check(os.CopyFS("agreements/syria-coh-2016", os.DirFS(filepath.Join(y.repo, "agreements", "syria-coh-2016"))))
	must("init", "field", "--agreement", "agreements/ukraine-air-first")
	is := map[string]string{"truce/field-1+1a2b3c4d+AbC...": recordKey(y.t, "field")}
	keys := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "truce", "keys")
	for _, p := range [][]string{{"verification-1", "verification-officer"}, {"ua-1", "liaison", "--party", "UA"}, {"monitor-7", "monitor"}, {"duty-1", "duty-officer"}, {"reporting-1", "reporting-officer"}} {
		must("keygen", p[0])
		added := must(append([]string{"keys", "add", "field", filepath.Join(keys, p[0]+".pub"), "--because", "joined", "--as", "head-of-mission", "--role"}, p[1:]...)...)
		first(added, "entry (\\d+)")
	}
	for name, made := range map[string]string{"ua-2": "ua-2", "verification-1": "verification-9"} {
		must("keygen", made, "--out", "made")
		y.check(os.Rename(filepath.Join("made", made+".pub"), name+".pub"))
	}
	y.copyFile(filepath.Join(keys, "ua-1.pub"), "ua-1.pub")
	must("keygen", "example.org/witness-1", "--witness")
	must("keygen", "w1", "--witness", "--out", "made")
	witness, err := os.ReadFile("made/w1.pub")
	y.check(err)
	is["witness.example/w1+1a2b3c4d+BAbC..."] = strings.TrimSpace(string(witness))
	y.copyFile("field/private/intake.key", filepath.Join(keys, "intake.key"))

	must("ingest", "field", "patrols.csv", "--mapping", "patrols.yaml")
	must("ingest", "field", "ngo.csv", "--mapping", "ngo.yaml", "--new-source")
	must("ingest", "field", "--source", "ucdp-ged", filepath.Join(y.repo, "internal/source/testdata/ucdp-ged/vintage_2021.csv"), "--vintage", "1")
	for i, paper := range []string{"paper-one", "paper-two"} { // a finding of a day
		y.write(paper+".csv", fmt.Sprintf("id,day,lat,lon\n1,2025-08-18,49.9%d,33.0\n", i))
		y.write(paper+".yaml", "source: "+paper+"\ntimezone: Europe/Kyiv\nkey: {column: id}\noccurred: {column: day}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: 8000}\nact: strike\nweapon: missile\n")
		must("ingest", "field", paper+".csv", "--mapping", paper+".yaml", "--new-source")
	}
	at = time.Date(2025, 8, 20, 16, 0, 0, 0, time.UTC)
	seen := must("observe", "field", "strike 2025-08-20T10:05/10:06+03:00 48.01N 37.80E ±200m weapon=missile", "--because", "log of patrol 3", "--as", "monitor-7")
	is["withdraw 3f2a91c04d77"] = first(seen, "observation ([0-9a-f]{12})")
	hidden := must("observe", "field", "explosion 2025-08-20T11:05/11:06+03:00 from 48.0119N 37.8229E bearing 350-010 distance 2-5km means=heard", "--because", "heard", "--as", "monitor-7")
	is["disclose 3f2a91c04d77"] = first(hidden, "observation ([0-9a-f]{12})")
	is["forget 3f2a91c04d77"] = is["disclose 3f2a91c04d77"]
	is["proof 3f2a91c04d77"] = is["withdraw 3f2a91c04d77"]
	must("ingest", "field", "sealed.csv", "--mapping", "sealed.yaml", "--shelf", "shared")
	must("report", "field", "--day", "2025-08-18", "--out", "daily.html", "--publish", "--as", "reporting-1", "--because", "daily report")

	list := must("incidents", "field", "--format", "csv", "--day", "2025-08-18")
	is["3f2a91c04d77"] = first(list, `(?m)^([0-9a-f]{12}).*missile.*ngo`)
	is["77c0de12ab34"] = first(list, `(?m)^([0-9a-f]{12}).*one way.*ngo`)
	is["77c0de"] = is["77c0de12ab34"][:6]
	is["9b17e4d20c55"] = first(must("findings", "field", "--days", "--format", "csv"), "(?m)[0-9a-f]{64}")[:12]
	is["ua-1+3f2a91c0"] = first(must("keys", "field"), `ua-1\+[0-9a-f]{8}`)
	receipts, err := filepath.Glob("field/receipts/*.receipt")
	y.check(err)
	is["field/receipts/4120.receipt"] = receipts[len(receipts)-1]
	is["4120"] = "7"
	is["/media/usb/record"] = "usb/record"
	y.check(os.CopyFS("usb/record", os.DirFS("field/record")))
	must("follow", "field", "mirror", "--key", is["truce/field-1+1a2b3c4d+AbC..."])
	is["/secure"], is["/tmp/first-look"] = "secure", "first-look"

	// The source's entry of the file on the shared shelf.
	for n := 0; n < 60; n++ {
		if code, text := do(at, "disclose", "field", fmt.Sprint(n), "--file", "--because", "x", "--as", "head-of-mission", "--into", "try.json"); code == exitOK {
			is["17"] = fmt.Sprint(n)
			break
		} else if n == 59 {
			y.t.Fatalf("no file is on the shared shelf: %s", text)
		}
	}
	return is
}

// workbook writes a table as a workbook of one sheet.
func (y *yard) workbook(name, sheet, text string) {
	y.t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet(sheet); err != nil {
		y.t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		cells := strings.Split(line, ",")
		y.check(f.SetSheetRow(sheet, fmt.Sprint("A", i+1), &cells))
	}
	y.check(f.SaveAs(name))
}

func (y *yard) copyFile(from, to string) {
	y.t.Helper()
	text, err := os.ReadFile(from)
	y.check(err)
	y.write(to, string(text))
}

// before are commands that an example needs to have been run.
var before = map[string][]string{
	"truce keygen ":                       {"rm config"},
	"truce init ":                         {"rm field"},
	"truce keys add field ua-1.pub":       {"rm field", "truce init field --agreement agreements/ukraine-air-first"},
	"truce import ":                       {"truce export field --bundle field.truce"},
	"truce map incidents.csv --check":     {"truce map incidents.csv --save incidents.yaml"},
	"truce release field":                 {"truce keygen ru-1 --out ru", "truce keys add field ru/ru-1.pub --role liaison --party RU --because named --as head-of-mission"},
	"truce submit ":                       {`truce notify mirror "2025-08-20T10:00/12:00+03:00 48.01N 37.80E ±2km act=explosion" --because x --as ua-1 --into notice.json`},
	"truce verify field --receipt notice": {`truce notify mirror "2025-08-20T10:00/12:00+03:00 48.01N 37.80E ±2km act=explosion" --because x --as ua-1 --into notice.json`, "truce submit field notice.json"},
	"truce verify --proof":                {"truce proof field 3f2a91c04d77 --out finding.proof"},
}

// needsFiles are examples that name files of publishers: testdata/script/places.txtar has the like.
var needsFiles = []string{"truce places add YE.zip", "truce places add yem_adm1", "truce places find YE2606"}

// continued is the end of a line that the next one continues.
var continued = regexp.MustCompile(`\\\n\s*`)

// examples are the calls in the help of a command and of those below it.
func examples(cmd *cobra.Command) (out []string) {
	for line := range strings.Lines(continued.ReplaceAllString(cmd.Example, " ")) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	for _, sub := range cmd.Commands() {
		out = append(out, examples(sub)...)
	}
	return out
}

// simple is a call without what a shell does with its output, or its words beside it.
func simple(line string) string {
	for _, end := range []string{" | ", " > ", " && ", "     "} {
		line, _, _ = strings.Cut(line, end)
	}
	return line
}

// TestExamplesAreCalls: each example of --help is a right call: its command, its flags and
// the number of its arguments.
func TestExamplesAreCalls(t *testing.T) {
	n := 0
	for _, line := range examples((command{}).root()) {
		args, err := words(simple(line))
		if err != nil || args[0] != "truce" {
			t.Errorf("%s: not a call of truce: %v", line, err)
			continue
		}
		n++
		c := command{out: io.Discard, err: io.Discard, into: new(string), far: &far{}}
		cmd, rest, err := c.root().Find(args[1:])
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.ValidateArgs(cmd.Flags().Args())
		}
		if err == nil {
			err = cmd.ValidateFlagGroups()
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if n < 90 {
		t.Errorf("%d examples were tried", n)
	}
}

// TestExamples: each example of --help can be carried out, in a folder that has what it
// names.
func TestExamples(t *testing.T) {
	if os.Getenv("TRUCE_LAWS") == "" {
		t.Skip("it takes minutes: make laws")
	}
	work := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(work, "base", "config"))
	y := newYard(t)
	y.check(os.CopyFS(filepath.Join(work, "bad-control"), os.DirFS(filepath.Join("testdata", "bad", "00-control"))))
	base := filepath.Join(work, "base")
	y.check(os.Mkdir(base, 0o755))
	is := y.mission(base)

	served := filepath.Join(work, "served")
	copyAll(t, served, base)
	room := y.server(served, "serve", "field", "--addr", "127.0.0.1:0")
	static := y.server(base, "serve-record", "field", "--addr", "127.0.0.1:0")
	is["https://truce.example"], is["https://monitor.example/record"] = room, static

	now := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	n, tried := 0, map[string]bool{}
	for _, line := range examples((command{}).root()) {
		call := simple(line)
		if !strings.HasPrefix(call, "truce ") {
			t.Errorf("not a call of truce: %s", line)
			continue
		}
		if n++; tried[call] {
			continue
		}
		tried[call] = true
		if slices.ContainsFunc(needsFiles, func(x string) bool { return strings.HasPrefix(call, x) }) {
			continue
		}
		t.Run(call, func(t *testing.T) {
			dir := filepath.Join(work, fmt.Sprint("yard", n))
			copyAll(t, dir, base)
			defer os.RemoveAll(dir)
			t.Chdir(dir)
			t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
			var list []string
			for start, calls := range before {
				if strings.HasPrefix(call, start) {
					list = calls
				}
			}
			for _, x := range list {
				if gone, ok := strings.CutPrefix(x, "rm "); ok {
					if err := os.RemoveAll(gone); err != nil {
						t.Fatal(err)
					}
				} else if code, out := do(now, meant(t, x, is)...); code != exitOK {
					t.Fatalf("%s: exit %d\n%s", x, code, out)
				}
			}
			if strings.HasPrefix(call, "truce consent field --to") {
				_, out := do(now, "amend", "field", "agreements/ukraine-air-first-2", "--because", "x", "--as", "head-of-mission")
				stated := regexp.MustCompile(`agreement ([0-9a-f]{12})`).FindStringSubmatch(out)
				if stated == nil {
					t.Fatal(out)
				}
				is["582ed616aba6"] = stated[1]
			}
			args := meant(t, call, is)
			if strings.HasPrefix(call, "truce decide field independent") {
				args = append(args, "--yes") // nothing here looks like a copy
			}
			if strings.HasPrefix(call, "truce decide field grade") {
				args[3] = is["withdraw 3f2a91c04d77"] // an observation, and not an incident
			}
			if args[0] == "serve" || args[0] == "serve-record" || strings.Contains(call, "--every") {
				y.interrupted(t, dir, args)
				return
			}
			code, out := do(now, args...)
			if code != exitOK && code != exitNo || strings.Contains(out, "usage:") {
				t.Errorf("exit %d: truce %s\n%s", code, strings.Join(args, " "), out)
			}
		})
	}
	if n < 90 {
		t.Errorf("%d examples were tried", n)
	}
}

// meant returns the words of a call, with what its placeholders mean here.
func meant(t *testing.T, call string, is map[string]string) []string {
	t.Helper()
	list, err := words(call)
	if err != nil {
		t.Fatal(err)
	}
	list = list[1:]
	for i, word := range list {
		if own, ok := is[list[0]+" "+word]; ok {
			list[i] = own
			continue
		}
		for _, from := range []string{"https://monitor.example/record", "https://truce.example", "field/receipts/4120.receipt", "/media/usb/record", "truce/field-1+1a2b3c4d+AbC...", "witness.example/w1+1a2b3c4d+BAbC..."} {
			if strings.Contains(list[i], from) && !(from == "https://truce.example" && i > 0 && list[i-1] == "--origin") {
				list[i] = strings.Replace(list[i], from, is[from], 1)
			}
		}
		if own, ok := is[word]; ok {
			list[i] = own
		}
	}
	if list[0] == "serve" || list[0] == "serve-record" { // a port that is free
		for i := range list[:len(list)-1] {
			if list[i] == "--addr" {
				list = append(list[:i:i], list[i+2:]...)
				break
			}
		}
		list = append(list, "--addr", "127.0.0.1:0")
	}
	return list
}

// interrupted runs what does not end by itself, until it says something, and then stops
// it as a person does.
func (y *yard) interrupted(t *testing.T, dir string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, y.truce, args...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ctrl-C") || strings.Contains(lines.Text(), "all verified") {
			break
		}
	}
	_ = cmd.Process.Signal(syscall.SIGINT)
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		t.Errorf("truce %s: %v\n%s", strings.Join(args, " "), err, &errs)
	}
}

// copyAll copies a folder with its links and the rights of its files.
func copyAll(t testing.TB, to, from string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// recordKey is the key that a mission's record is checked with.
func recordKey(t testing.TB, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "mission.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`"record": ?"([^"]+)"`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("no key in %s", text)
	}
	return string(found[1])
}
