package web

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/xuri/excelize/v2"
)

// germanCSV is a table as a spreadsheet in German writes it: semicolons, decimal commas, dates
// with dots. Of its four rows two are reports, one has an impossible date, one is a protest.
const germanCSV = "Nr.;Datum;Uhrzeit;Ort;Breite;Länge;Art;Tote;Bemerkung\r\n" +
	"a17;18.08.2025;06:40;Charkiw;49,9935;36,2304;Beschuss;3;Wohnhaus\r\n" +
	"a18;19.08.2025;22:15;Sumy;50,9077;34,7981;Drohnenangriff;0;Straße\r\n" +
	"a19;31.09.2025;03:05;Cherson;46,6354;32,6169;Beschuss;1;unmöglich\r\n" +
	"a20;21.08.2025;11:30;Kramatorsk;48,7389;37,5848;Protest;0;Platz\r\n"

// upload sends a file as the page does, and returns the code, the body and where it leads.
func (h *house) upload(t *testing.T, role ledger.Role, name string, data []byte, mapping string) (int, string, string) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	if mapping != "" {
		part, _ = w.CreateFormFile("mapping", "mapping.yaml")
		_, _ = io.WriteString(part, mapping)
	}
	w.Close()
	req, _ := http.NewRequest(http.MethodPost, h.http.URL+"/files", &form)
	req.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := h.client[role].Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), resp.Header.Get("Location")
}

// uploaded is upload of a file that is taken, with its page.
func (h *house) uploaded(t *testing.T, role ledger.Role, name string, data []byte, mapping string) (at, page string) {
	t.Helper()
	code, body, at := h.upload(t, role, name, data, mapping)
	if code != http.StatusSeeOther || !strings.HasPrefix(at, "/files/") {
		t.Fatalf("%s: %d %s", name, code, said(body))
	}
	code, page, _ = h.get(t, role, at)
	if code != http.StatusOK {
		t.Fatalf("%s: %d %s", at, code, said(page))
	}
	return at, page
}

// readIn sends the form that reads a file in, as a page has it, and returns the page that
// says what became of it.
func (h *house) readIn(t *testing.T, role ledger.Role, at string, with url.Values) (int, string) {
	t.Helper()
	_, page, _ := h.get(t, role, at)
	var form url.Values
	for n := range parsed(t, page).Descendants() {
		if attr(n, "action") == at+"/ingest" {
			form = sends(n)
		}
	}
	if form == nil {
		t.Fatalf("%s has no form that reads the file in: %s", at, said(page))
	}
	for k, v := range with {
		form[k] = v
	}
	code, body, _ := h.post(t, role, at+"/ingest", form)
	if code != http.StatusSeeOther {
		return code, body
	}
	for range 100 {
		_, body, _ = h.get(t, role, at)
		if !strings.Contains(body, "is being read into the record") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return code, body
}

// TestFilesGetIn: a strange table gets into the record by the page alone. What the preview
// said is what is recorded; it is signed with the data officer's own key, and the same file
// twice changes nothing. A later edition is named, and corrects.
func TestFilesGetIn(t *testing.T) {
	t.Parallel()
	h, err := build("../../agreements/ukraine-air-first")
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	at, page := h.uploaded(t, ledger.Intake, "Vorfälle.csv", []byte(germanCSV), "")
	for _, want := range []string{"Truce would read 2 reports. It would reject 1 row. It would skip 1 row. Nothing has been recorded.", "fire", "49.99° N", "killed 3", "31.09.2025", "protest", "column: Art"} {
		if !strings.Contains(said(page), want) {
			t.Errorf("the preview does not say %q: %s", want, said(page))
		}
	}
	before := h.entries()
	if code, body := h.readIn(t, ledger.Intake, at, nil); code != 422 || h.entries() != before {
		t.Errorf("nobody chose who may read the file: %d, %d entries, %s", code, h.entries()-before, said(body))
	}
	if code, body := h.readIn(t, ledger.Intake, at, url.Values{"shelf": {"public"}}); code != 422 || h.entries() != before {
		t.Errorf("the agreement does not list the source, and nobody said that it is new: %d, %d entries, %s", code, h.entries()-before, said(body))
	}
	if code, body := h.readIn(t, ledger.Intake, at, url.Values{"shelf": {"public"}, "new": {"1"}, "checked": {"0011223344556677"}}); code != 422 || h.entries() != before {
		t.Errorf("another mapping was checked: %d, %d entries, %s", code, h.entries()-before, said(body))
	}
	code, body := h.readIn(t, ledger.Intake, at, url.Values{"shelf": {"public"}, "new": {"1"}})
	for _, want := range []string{"2 reports were recorded.", "1 row was rejected.", "31.09.2025", "protest"} {
		if code != 303 || !strings.Contains(said(body), want) {
			t.Errorf("%d, not said: %q in %s", code, want, said(body))
		}
	}
	// A source entry, a batch, and what is in it.
	if got := h.entries() - before; got != 4 {
		t.Errorf("%d entries were written, want 4", got)
	}
	ins, err := h.room.Mission().Intakes()
	if err != nil || len(ins) == 0 {
		t.Fatalf("%v, %v", ins, err)
	}
	in := ins[len(ins)-1]
	if in.File != "Vorfälle.csv" || in.Counts.New != 2 || in.Counts.Refused != 1 || in.Source != "vorfälle" {
		t.Errorf("%+v", in)
	}
	v, err := h.room.Mission().Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range v.Rest {
		if e.Kind == "source" && (e.By == nil || e.By.Name != "intake-1" || e.By.Role != ledger.Intake) {
			t.Errorf("the source entry is signed by %+v", e.By)
		}
	}
	if data, err := os.ReadFile(h.room.Mission().Evidence.Path(in.Evidence)); err != nil || string(data) != germanCSV {
		t.Errorf("the file beside the record: %v", err)
	}
	before = h.entries()
	if _, body = h.readInAgain(t, at, "Vorfälle.csv", germanCSV, nil); !strings.Contains(said(body), "Nothing new was recorded. 2 reports were already known.") || h.entries() != before {
		t.Errorf("the same file again: %d entries, %s", h.entries()-before, said(body))
	}
	// One row says something else now.
	later := strings.Replace(germanCSV, "Beschuss;3;", "Beschuss;4;", 1)
	at, body = h.readInAgain(t, at, "Vorfälle.csv", later, nil)
	if !strings.Contains(said(body), "If this file is a later edition, tick") || !strings.Contains(body, `name="revises" value="1" checked`) || h.entries() != before {
		t.Errorf("a row that says something else: %d entries, %s", h.entries()-before, said(body))
	}
	_, body = h.readIn(t, ledger.Intake, at, url.Values{"shelf": {"public"}, "new": {"1"}, "revises": {"1"}})
	if !strings.Contains(said(body), "1 of them corrects an earlier one.") {
		t.Errorf("a correction: %s", said(body))
	}
}

// readInAgain uploads a file of the same publisher and reads it in.
func (h *house) readInAgain(t *testing.T, _, name, data string, with url.Values) (at, body string) {
	t.Helper()
	at, _ = h.uploaded(t, ledger.Intake, name, []byte(data), "")
	form := url.Values{"shelf": {"public"}, "new": {"1"}}
	for k, v := range with {
		form[k] = v
	}
	_, body = h.readIn(t, ledger.Intake, at, form)
	return at, body
}

// TestFilesShared: a file that is not public goes to the encrypted shelf, and nothing of it
// stays among the uploads or beside the record.
func TestFilesShared(t *testing.T) {
	t.Parallel()
	h, err := build("../../agreements/ukraine-air-first")
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	at, _ := h.uploaded(t, ledger.Intake, "posts.csv", []byte(germanCSV), "")
	if _, body := h.readIn(t, ledger.Intake, at, url.Values{"shelf": {"shared"}, "new": {"1"}}); !strings.Contains(said(body), "2 reports were recorded.") {
		t.Fatal(said(body))
	}
	_ = filepath.WalkDir(h.room.Mission().Dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err == nil && bytes.Contains(data, []byte("Wohnhaus")) && !strings.HasSuffix(name, ".sqlite") && !strings.HasSuffix(name, "-wal") && !strings.Contains(name, "/rejects/") {
			t.Errorf("%s has the file's words", name)
		}
		return nil
	})
}

// TestFilesOfPosts: a file whose mapping leads from observers to what they saw is not published.
func TestFilesOfPosts(t *testing.T) {
	t.Parallel()
	h, err := build("../../agreements/ukraine-air-first")
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	const mapping = "source: patrol-log\nkey: {column: id}\noccurred: {column: date}\nplace: {lat: {column: lat}, lon: {column: lon}, bearing: {column: brg}, distance: {column: km, unit: km}}\nact: explosion\n"
	const rows = "id,date,lat,lon,brg,km\n1,2025-08-20,48.01,37.82,40,2\n"
	at, page := h.uploaded(t, ledger.Intake, "patrol.csv", []byte(rows), mapping)
	if strings.Contains(page, `name="shelf" value="public"`) || !strings.Contains(said(page), "tells where observers stand") {
		t.Error("the page offers to publish it")
	}
	before := h.entries()
	code, body := h.readIn(t, ledger.Intake, at, url.Values{"shelf": {"public"}, "new": {"1"}})
	if code != 422 || h.entries() != before || !strings.Contains(said(body), "tells where observers stand") {
		t.Errorf("%d, %d entries, %s", code, h.entries()-before, said(body))
	}
	if sum := truce.Digest(sha256.Sum256([]byte(rows))); h.room.Mission().Evidence.Has(sum) {
		t.Error("the file is beside the record")
	}
	if _, body := h.readIn(t, ledger.Intake, at, url.Values{"shelf": {"shared"}, "new": {"1"}}); !strings.Contains(said(body), "1 report was recorded.") {
		t.Error(said(body))
	}
}

// TestFilesAreTheirs: nobody but the account that uploaded a file is shown anything of it, and
// whoever may not sign for a file ends with the mapping and a command.
func TestFilesAreTheirs(t *testing.T) {
	h := theHouse(t)
	at, page := h.uploaded(t, ledger.Verification, "zzsecretzz '$(touch x)'.csv", []byte(germanCSV), "")
	if strings.Contains(page, at+"/ingest") {
		t.Error("a verification officer is offered to sign")
	}
	if want := "truce ingest mirror &#39;zzsecretzz &#39;\\&#39;&#39;$(touch x)&#39;\\&#39;&#39;.csv&#39; --mapping mapping.yaml --server " + h.http.URL; !strings.Contains(page, want) {
		t.Errorf("no command %s in %s", want, said(page))
	}
	if code, body, head := h.get(t, ledger.Verification, at+"/mapping.yaml"); code != 200 || !strings.Contains(body, "column: Art") || !strings.Contains(head.Get("Content-Disposition"), `filename="mapping.yaml"`) {
		t.Errorf("%d %s", code, body)
	}
	for _, role := range everybody() {
		if role == ledger.Verification {
			continue
		}
		for _, path := range []string{at, at + "/mapping.yaml", "/files"} {
			if code, body, _ := h.get(t, role, path); path != "/files" && code == 200 || strings.Contains(body, "zzsecretzz") || strings.Contains(body, "Wohnhaus") {
				t.Errorf("%s as %q: %d", path, role, code)
			}
		}
		for _, path := range []string{at, at + "/remove", at + "/ingest"} {
			if code, _, _ := h.post(t, role, path, url.Values{"mapping": {"act: strike"}, "shelf": {"public"}}); code == 303 || code == 200 {
				t.Errorf("%s as %q: %d", path, role, code)
			}
		}
	}
	if code, _, _ := h.post(t, ledger.Verification, at+"/ingest", url.Values{"shelf": {"public"}, "new": {"1"}}); code != 403 {
		t.Errorf("a verification officer reads a file in: %d", code)
	}
	before := countFiles(t, h)
	if code, _, _ := h.post(t, ledger.Verification, at+"/remove", url.Values{}); code != 303 || countFiles(t, h) != before-1 {
		t.Errorf("removed: %d, %d files, before %d", code, countFiles(t, h), before)
	}
	if code, _, _ := h.get(t, ledger.Verification, at); code != 404 {
		t.Errorf("what was removed: %d", code)
	}
}

// countFiles is how many uploaded files lie on the disk.
func countFiles(t *testing.T, h *house) int {
	t.Helper()
	list, err := os.ReadDir(previews(h.room.Mission().Folder))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(list)
}

// TestFilesMapping: the mapping can be edited without script; a faulty one comes back as it
// was typed with its fault, and for an empty one, Truce proposes a mapping again.
func TestFilesMapping(t *testing.T) {
	h := theHouse(t)
	at, page := h.uploaded(t, ledger.Monitor, "t.csv", []byte(germanCSV), "source: viina\ntable: {separator: semicolon, decimal: \",\"}\nact: strike\nweapon: missile\nkey: {column: Nr.}\noccurred: {column: Datum, layout: DD.MM.YYYY}\nplace: {lat: {column: Breite}, lon: {column: Länge}}\nignore: rest\n")
	if !strings.Contains(said(page), "Truce would read 3 reports. It would reject 1 row.") {
		t.Errorf("a mapping came with the file: %s", said(page))
	}
	for _, tt := range []struct{ mapping, want string }{
		{"act: [", "The mapping cannot be used yet"},
		{"actt: strike\noccurred: {column: Datum}\n", "actt"},
		{"act: strike\noccurred: {column: Tag}\nignore: rest\n", "Tag"},
		{"\r\n", "Truce would read 2 reports."},
		{strings.Repeat("&a [*a]\n", 1000), "The mapping cannot be used yet"},
		{"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n", "The mapping cannot be used yet"},
	} {
		code, body, _ := h.post(t, ledger.Monitor, at, url.Values{"mapping": {tt.mapping}})
		if code != 303 {
			t.Errorf("%.40q: %d %s", tt.mapping, code, said(body))
			continue
		}
		_, body, _ = h.get(t, ledger.Monitor, at)
		if !strings.Contains(said(body), tt.want) {
			t.Errorf("%.40q: not said: %q in %.600s", tt.mapping, tt.want, said(body))
		}
		for n := range parsed(t, body).Descendants() {
			if typed := strings.ReplaceAll(tt.mapping, "\r\n", ""); attr(n, "name") == "mapping" && typed != "" && textOf(n) != typed {
				t.Errorf("%.40q came back as %.40q", typed, textOf(n))
			}
		}
	}
	if code, body, _ := h.post(t, ledger.Monitor, at, url.Values{"mapping": {"act: strike\n#" + strings.Repeat("x", mostMapping)}}); code != 422 || !strings.Contains(body, "The mapping is too long") {
		t.Errorf("a mapping without end: %d", code)
	}
}

// TestFilesHostile: what is not a table, a bomb, a name that leads out of the folder, and a form
// that is not a form are rejected in words; nothing of them stays on the disk or is a failure of
// the server, and no path of this machine is told.
func TestFilesHostile(t *testing.T) {
	h := theHouse(t)
	h.server.limits = newLimits()
	packed := func(n int) []byte { // one row, again and again
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		_, _ = io.WriteString(z, "date,lat,lon,type\n")
		rows := bytes.Repeat([]byte("2025-08-18,48.5,35.1,"+strings.Repeat("strike ", 140)+"\n"), 1<<10)
		for range n {
			_, _ = z.Write(rows)
		}
		z.Close()
		return b.Bytes()
	}
	archive := func(name, data string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		f, _ := z.Create(name)
		_, _ = io.WriteString(f, data)
		z.Close()
		return b.Bytes()
	}
	before := countFiles(t, h)
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty.csv", nil, ""},
		{"photo.jpg", []byte("\xff\xd8\xff\xe0 a photograph\x00\x01"), ""},
		{"report.pdf", []byte("%PDF-1.7 x"), "a PDF"},
		{"old.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 x"), "save it as .xlsx"},
		{"bomb.csv.gz", packed(64), "decompression bomb"},
		{"slip.zip", archive("../../../etc/cron.d/x", germanCSV), "leads out of the archive"},
		{"nested.zip", archive("inner.zip", string(archive("a.csv", germanCSV))), "archive in an archive"},
		{"deep.json", []byte(strings.Repeat(`[`, 200_000)), ""},
		{"cut.gpkg", []byte("SQLite format 3\x00 and nothing more"), ""},
		{"cut.parquet", []byte("PAR1 and nothing more"), ""},
		{"book.xlsx", archive("xl/workbook.xml", "<workbook"), ""},
	} {
		code, body, at := h.upload(t, ledger.DutyOfficer, tt.name, tt.data, "")
		switch {
		case code != 422 && code != 303:
			t.Errorf("%s: %d %s", tt.name, code, said(body))
		case code == 303:
			_, body, _ = h.get(t, ledger.DutyOfficer, at)
			if strings.Contains(body, at+"/ingest") {
				t.Errorf("%s can be read in", tt.name)
			}
			h.post(t, ledger.DutyOfficer, at+"/remove", url.Values{})
		}
		if !strings.Contains(body, tt.want) || strings.Contains(body, "truce-web-") || strings.Contains(body, "/previews/") {
			t.Errorf("%s: no %q, or a path, in %s", tt.name, tt.want, said(body))
		}
	}
	for _, name := range []string{"../../escape.csv", `C:\temp\x.csv`, "a\u202egnp.csv", "..", strings.Repeat("ж", 4000) + ".csv", "-rf.csv"} {
		at, page := h.uploaded(t, ledger.DutyOfficer, name, []byte(germanCSV), "")
		if strings.Contains(page, "../") || strings.Contains(page, `C:\`) || strings.Contains(page, "\u202e") {
			t.Errorf("%q is shown as it came", name)
		}
		h.post(t, ledger.DutyOfficer, at+"/remove", url.Values{})
	}
	if n := countFiles(t, h); n != before {
		t.Errorf("%d files stayed on the disk", n-before)
	}
	// More than a file may have; the server stops reading.
	code, body, _ := h.upload(t, ledger.DutyOfficer, "large.csv", make([]byte, mostUpload+1), "")
	if code != 422 || !strings.Contains(body, "larger than 32 MB") {
		t.Errorf("a large file: %d %s", code, said(body))
	}
	if n := countFiles(t, h); n != before {
		t.Errorf("%d files stayed on the disk", n-before)
	}
	for _, kind := range []string{"multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain"} {
		for _, data := range []string{"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na,b\r\n", "", "--x--\r\n"} {
			req, _ := http.NewRequest(http.MethodPost, h.http.URL+"/files", strings.NewReader(data))
			req.Header.Set("Content-Type", kind)
			resp, err := h.client[ledger.DutyOfficer].Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != 422 {
				t.Errorf("%q of %s: %d", data, kind, resp.StatusCode)
			}
		}
	}
	if n := countFiles(t, h); n != before {
		t.Errorf("%d files stayed on the disk", n-before)
	}
}

// TestFilesCrossSite: a page of somebody else's uploads nothing and reads nothing in.
func TestFilesCrossSite(t *testing.T) {
	h := theHouse(t)
	for _, path := range []string{"/files", "/files/x", "/files/x/ingest", "/files/x/remove"} {
		req, _ := http.NewRequest(http.MethodPost, h.http.URL+path, strings.NewReader("shelf=public"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "https://elsewhere.example")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := h.client[ledger.Intake].Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 403 {
			t.Errorf("%s from elsewhere: %d", path, resp.StatusCode)
		}
	}
}

// TestUploadsAreBounded: an account has four files at most, the oldest go first, and what
// nobody uses for two hours is gone from the disk; so is all of it when the server ends.
func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	h, err := build("../../agreements/ukraine-air-first")
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	now := time.Now()
	h.server.uploads.now = func() time.Time { return now }
	var first string
	for i := range mostWaiting + 2 {
		now = now.Add(time.Minute)
		at, _ := h.uploaded(t, ledger.Monitor, fmt.Sprintf("f%d.csv", i), []byte(germanCSV), "")
		if i == 0 {
			first = at
		}
	}
	if n := countFiles(t, h); n != mostWaiting {
		t.Errorf("%d files of one account", n)
	}
	if code, _, _ := h.get(t, ledger.Monitor, first); code != 404 {
		t.Errorf("the oldest: %d", code)
	}
	now = now.Add(keptFor + time.Minute)
	if _, body, _ := h.get(t, ledger.DutyOfficer, "/files"); countFiles(t, h) != 0 {
		t.Errorf("%d files after two hours: %.100s", countFiles(t, h), body)
	}
	h.uploaded(t, ledger.Monitor, "last.csv", []byte(germanCSV), "")
	h.server.End()
	if n := countFiles(t, h); n != 0 {
		t.Errorf("%d files after the end", n)
	}
}

// TestFilesWorkbook: a workbook that a spreadsheet library wrote is read as its table.
func TestFilesWorkbook(t *testing.T) {
	h := theHouse(t)
	f := excelize.NewFile()
	rows, err := csv.NewReader(strings.NewReader("Incident ID,Date,Latitude,Longitude,Type of attack,Killed\nX-1,2025-08-18,48.5,35.1,Air strike,2\nX-2,2025-08-19,48.6,35.2,Shelling,0\n")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for k, c := range row {
			cells[k] = c
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, page := h.uploaded(t, ledger.Intake, "incidents.xlsx", b.Bytes(), "")
	for _, want := range []string{"Truce would read 2 reports. Nothing has been recorded.", "Format xlsx", "killed 2"} {
		if !strings.Contains(said(page), want) {
			t.Errorf("no %q in %s", want, said(page))
		}
	}
}

// TestNotLookedAt: while a file is still being looked at for the first time, its account is shown
// nothing of it, and no page asks what was seen in it.
func TestNotLookedAt(t *testing.T) {
	u := newUploads()
	x := &upload{ID: "a", Account: "intake-1", At: time.Now(), path: filepath.Join(t.TempDir(), "a")}
	u.by[x.ID] = x
	if u.find("intake-1", "a") != nil || len(u.of("intake-1")) != 0 {
		t.Error("a file that nobody has looked at is shown")
	}
	x.seen = &intake.Preview{}
	if u.find("intake-1", "a") != x || len(u.of("intake-1")) != 1 || u.find("duty-1", "a") != nil {
		t.Error("a file is shown to its account alone once it was looked at")
	}
}
