// Package card answers: how does one finding look as a picture that is passed on, and whose
// picture is this? A card is made from what the public may read. Whoever gets one finds the
// record by the code in its corner, and the words it was made with inside the file.
package card

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A Card is what is known of one incident, or of one day, at one moment.
type Card struct {
	Lang     string   `json:"lang"`
	Title    string   `json:"title"`  // of the agreement
	Mark     string   `json:"mark"`   // of terms that bind nobody; empty: they are in force
	Caveat   string   `json:"caveat"` // what Mark means
	Sentence string   `json:"sentence"`
	Lines    []string `json:"lines"` // what articles say, who reports it, who decided
	Known    string   `json:"known"` // as known when, in words
	Check    string   `json:"check"` // how to check it, in words
	Address  string   `json:"address"`
}

// Text is all that the card says, a line each: what is pasted where no picture goes.
func (c *Card) Text() string {
	lines := []string{c.Sentence}
	lines = append(lines, c.Lines...)
	if c.Mark != "" {
		lines = append(lines, c.Mark+". "+c.Caveat)
	}
	lines = append(lines, c.Title+". "+c.Known, c.Check+" "+c.Address)
	return strings.Join(lines, "\n")
}

// Width and Height of a card are those of the previews that messengers show beside a link.
const (
	Width, Height = 1200, 630
	margin        = 48
	code          = 232 // side of the code, at most
	codeTop       = 178
)

var (
	paper = color.RGBA{0xfa, 0xf9, 0xf5, 0xff}
	ink   = color.RGBA{0x14, 0x16, 0x18, 0xff}
	soft  = color.RGBA{0x4f, 0x56, 0x5e, 0xff}
	rule  = color.RGBA{0xc8, 0xc6, 0xbe, 0xff}
	amber = color.RGBA{0xff, 0xee, 0xcc, 0xff}
)

// fonts are Go's, which hold Latin, Greek and Cyrillic.
var fonts = sync.OnceValues(func() (out [3]*opentype.Font, err error) {
	for i, data := range [][]byte{goregular.TTF, gobold.TTF, gomono.TTF} {
		if out[i], err = opentype.Parse(data); err != nil {
			return out, err
		}
	}
	return out, nil
})

const (
	regular = iota
	bold
	mono
)

// PNG draws the card. Its words are in the file too, in a text chunk of the keyword "truce".
func (c *Card) PNG() ([]byte, error) {
	img, err := c.draw()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil, err
	}
	words, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return withText(b.Bytes(), words)
}

// draw draws it. A text that is too long for its place is set smaller; lines that do not fit
// even then are left out, the last first, and the drawing says so.
func (c *Card) draw() (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, Width, Height))
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	f, err := fonts()
	if err != nil {
		return nil, err
	}
	w := &writer{img: img, fonts: f}
	y := margin
	y = w.lines(soft, bold, 24, margin, y, Width-2*margin, 1, c.Title) + 6
	if c.Mark != "" {
		draw.Draw(img, image.Rect(margin-12, y, Width-margin+12, y+44), image.NewUniform(amber), image.Point{}, draw.Src)
		w.lines(ink, bold, 22, margin, y+8, Width-2*margin, 1, c.Mark+". "+c.Caveat)
		y += 44
	}
	y += 22
	const foot = Height - margin - 62 // where the last lines begin
	right := Width - margin - code - 32
	for _, size := range []float64{44, 38, 33, 28, 24} {
		if w.height(bold, size, right-margin, c.Sentence) <= 170 {
			y = w.lines(ink, bold, size, margin, y, right-margin, 8, c.Sentence) + 16
			break
		}
		if size == 24 {
			y = w.lines(ink, bold, size, margin, y, right-margin, 6, c.Sentence) + 16
		}
	}
	size := 25.0
	for size > 17 && w.heights(size, right-margin, c.Lines) > foot-y {
		size -= 2
	}
	for i, line := range c.Lines {
		h := w.height(regular, size, right-margin, line)
		rest := i+1 < len(c.Lines)
		if y+h > foot || rest && y+h+int(1.4*size) > foot && y+w.heights(size, right-margin, c.Lines[i:]) > foot {
			w.lines(soft, regular, size, margin, y, right-margin, 1, "…")
			break
		}
		y = w.lines(ink, regular, size, margin, y, right-margin, 8, line) + 6
	}
	draw.Draw(img, image.Rect(margin, foot+4, right, foot+5), image.NewUniform(rule), image.Point{}, draw.Src)
	w.lines(soft, regular, 19, margin, foot+12, right-margin, 1, c.Known)
	for size := 15.0; ; size-- { // the whole address, which has no place to break
		if size <= 9 || len(w.broken(w.face(mono, size), Width-2*margin, c.Address)) == 1 {
			w.lines(soft, mono, size, margin, foot+40, Width-2*margin, 1, c.Address)
			break
		}
	}
	// Of every hundred codes one is not found by the search that reads them; the same address
	// with more or less redundancy is another code.
	for _, level := range []qr.ErrorCorrectionLevel{qr.M, qr.L, qr.Q, qr.H} {
		if err := drawCode(img, c.Address, level); err != nil {
			return nil, err
		}
		if codeIn(img) == c.Address {
			break
		}
	}
	w.lines(soft, regular, 18, Width-margin-code-16, codeTop+code+24, code+32, 4, strings.TrimSuffix(c.Check, ":"))
	return img, nil
}

// drawCode draws the code of an address.
func drawCode(img *image.RGBA, address string, level qr.ErrorCorrectionLevel) error {
	square, err := qr.Encode(address, level, qr.Auto)
	if err != nil {
		return fmt.Errorf("the code of a card: %w", err)
	}
	side := square.Bounds().Dx()
	if side > code {
		return errors.New("the address of a card is too long for its code")
	}
	// Whole dots: of a code that is scaled by a fraction some are wider than others.
	big, err := barcode.Scale(square, code/side*side, code/side*side)
	if err != nil {
		return err
	}
	place := image.Rect(Width-margin-code, codeTop, Width-margin, codeTop+code)
	draw.Draw(img, place.Inset(-16), image.White, image.Point{}, draw.Src)
	at := image.Pt(Width-margin-big.Bounds().Dx(), codeTop)
	draw.Draw(img, image.Rectangle{at, at.Add(big.Bounds().Size())}, big, image.Point{}, draw.Src)
	return nil
}

// writer writes on a picture.
type writer struct {
	img   *image.RGBA
	fonts [3]*opentype.Font
	faces map[[2]int]font.Face
}

func (w *writer) face(style int, size float64) font.Face {
	k := [2]int{style, int(size * 64)}
	if f, ok := w.faces[k]; ok {
		return f
	}
	f, err := opentype.NewFace(w.fonts[style], &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // of our own fonts and sizes
	}
	if w.faces == nil {
		w.faces = map[[2]int]font.Face{}
	}
	w.faces[k] = f
	return f
}

// broken breaks a text into lines. A word that is wider than a line is cut.
func (w *writer) broken(f font.Face, width int, text string) (out []string) {
	most := fixed.I(width)
	line := ""
	for _, word := range strings.Fields(text) {
		for {
			next := word
			if line != "" {
				next = line + " " + word
			}
			if font.MeasureString(f, next) <= most {
				line = next
				break
			}
			if line != "" {
				out, line = append(out, line), ""
				continue
			}
			cut := []rune(word)
			// The first length that is too wide, less one.
			n := max(1, sort.Search(len(cut), func(i int) bool { return font.MeasureString(f, string(cut[:i+1])) > most }))
			if n == len(cut) {
				line = word
				break
			}
			out, word = append(out, string(cut[:n])), string(cut[n:])
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

// lines writes a text, at most so many lines of it, and gives where the next begins.
func (w *writer) lines(c color.Color, style int, size float64, x, y, width, most int, text string) int {
	f := w.face(style, size)
	list := w.broken(f, width, printable(text))
	if len(list) > most {
		list = list[:most]
		last := []rune(list[most-1])
		for len(last) > 0 && font.MeasureString(f, string(last)+"…") > fixed.I(width) {
			last = last[:len(last)-1]
		}
		list[most-1] = string(last) + "…"
	}
	for _, line := range list {
		y += step(size)
		d := font.Drawer{Dst: w.img, Src: image.NewUniform(c), Face: f, Dot: fixed.P(x, y-int(size/4))}
		d.DrawString(line)
	}
	return y
}

func step(size float64) int { return int(size*1.32 + 0.5) }

func (w *writer) height(style int, size float64, width int, text string) int {
	return len(w.broken(w.face(style, size), width, printable(text))) * step(size)
}

func (w *writer) heights(size float64, width int, list []string) (sum int) {
	for _, text := range list {
		sum += w.height(regular, size, width, text) + 6
	}
	return sum
}

// longest is how many letters of one text are looked at: more than fit.
const longest = 1500

// printable is a text without what is not seen and what changes the direction of writing.
func printable(text string) string {
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest])
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u202f' || r == '\u00a0' || unicode.IsSpace(r):
			return ' '
		case r == '\u2011':
			return '-'
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
}

// keyword is that of the chunk with the words of a card.
const keyword = "truce"

var signature = []byte("\x89PNG\r\n\x1a\n")

// withText puts words into a PNG, before its end: an iTXt chunk (PNG, third edition,
// section 11.3.3.4), not compressed.
func withText(file, words []byte) ([]byte, error) {
	const end = 12 // the chunk IEND
	if len(file) < len(signature)+end {
		return nil, errors.New("no PNG")
	}
	body := slices.Concat([]byte("iTXt"), []byte(keyword), []byte{0, 0, 0, 0, 0}, words)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)-4))
	chunk = append(chunk, body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	cut := len(file) - end
	return slices.Concat(file[:cut], chunk, file[cut:]), nil
}

// Address is where a finding on a card is found again, as it was known at a moment, in UTC to
// the millisecond: entries are received to the millisecond. kind is "incidents" or "days". Half
// of an ID of 64 digits is enough to find it, and makes a code that is read more easily.
func Address(room, kind, id string, at time.Time) string {
	return room + "/" + kind + "/" + id[:32] + "?at=" + at.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
