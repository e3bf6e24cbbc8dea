package card

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/image/draw"
)

func sample() *Card {
	return &Card{Lang: "en", Title: "Cessation of hostilities in Syria, 27 February 2016", Mark: "HISTORIC", Caveat: "These terms were in force and bind nobody now. Nothing here is a verdict.",
		Sentence: "Strike (aircraft) reported near Ter Maela, 28 February 2016", Lines: []string{"Article 2(air): undetermined, single source.", "Reported by Syrian Archive.", "No person has decided about it."},
		Known: "As known 30 Nov 2026 02:56 +03", Check: "Check it here:", Address: "http://localhost:8471/incidents/" + strings.Repeat("3f2a91c0", 8) + "?at=2026-11-29T23:56:00Z"}
}

// drawn is the picture in a card's file.
func drawn(t *testing.T, c *Card) image.Image {
	t.Helper()
	file, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestRead: a card gives back its words and its address, and is the same picture.
func TestRead(t *testing.T) {
	c := sample()
	file, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if name := os.Getenv("CARD"); name != "" {
		os.WriteFile(name, file, 0o644)
	}
	got, err := ReadPicture(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.Address != c.Address || got.Words == nil || got.Words.Text() != c.Text() || !got.Same(c) {
		t.Errorf("read %q, %+v, the same %t", got.Address, got.Words, got.Same(c))
	}
	again, err := c.PNG()
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("drawn twice, it is not the same file: %v", err)
	}
	other := sample()
	other.Lines[0] = "Article 2(air): violation, single source."
	if got.Same(other) {
		t.Error("a card with another word is the same picture")
	}
}

// TestEveryCode: the code of every card is read, whatever the address: the search for its
// corners must not be led astray by the words.
func TestEveryCode(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for i := range 80 {
		c := sample()
		var id [32]byte
		for k := range id {
			id[k] = byte(rng.Uint32())
		}
		c.Address = fmt.Sprintf("https://%s.example/incidents/%.16x?at=2026-11-%02dT%02d:56:00.%03dZ", strings.Repeat("m", 1+i%20), id, 1+i%28, i%24, i)
		img, err := c.draw()
		if err != nil {
			t.Fatal(err)
		}
		if got := codeIn(img); got != c.Address {
			t.Errorf("card %d: %q, want %q", i, got, c.Address)
		}
	}
}

// TestMessenger: a card that a messenger made smaller and saved as JPEG still leads to the
// record, and is no longer the same picture.
func TestMessenger(t *testing.T) {
	c := sample()
	img := drawn(t, c)
	for _, width := range []int{1200, 900, 2400} {
		out := image.NewRGBA(image.Rect(0, 0, width, Height*width/Width))
		draw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 60}); err != nil {
			t.Fatal(err)
		}
		got, err := ReadPicture(b.Bytes())
		if err != nil {
			t.Errorf("%d wide: %v", width, err)
			continue
		}
		if got.Address != c.Address || got.Words != nil || got.Same(c) {
			t.Errorf("%d wide: %q, words %v, the same %t", width, got.Address, got.Words, got.Same(c))
		}
	}
}

// TestChanged: whoever paints a word over leaves the words in the file as they were. It is
// not the same picture any more.
func TestChanged(t *testing.T) {
	c := sample()
	img := drawn(t, c)
	painted := image.NewRGBA(img.Bounds())
	draw.Draw(painted, painted.Bounds(), img, image.Point{}, draw.Src)
	painted.Set(60, 300, color.Black)
	var b bytes.Buffer
	if err := png.Encode(&b, painted); err != nil {
		t.Fatal(err)
	}
	got, err := ReadPicture(b.Bytes())
	if err != nil || got.Address != c.Address || got.Same(c) {
		t.Errorf("painted over: %v, %q, the same %t", err, got.Address, got.Same(c))
	}
}

// TestLong: texts of any length and script are drawn inside the card, and its code is read.
func TestLong(t *testing.T) {
	for _, long := range []string{strings.Repeat("word ", 400), strings.Repeat("w", 3000), strings.Repeat("слово ", 200), "تجريبي " + strings.Repeat("قرية ", 100), "\u202e\u200b\x00\n\t", ""} {
		c := sample()
		c.Title, c.Sentence, c.Known, c.Lines = long, long, long, []string{long, long, long, long}
		file, err := c.PNG()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ReadPicture(file); err != nil || got.Address != c.Address {
			t.Errorf("%.20q: %v", long, err)
		}
	}
	c := sample()
	c.Address = strings.Repeat("x", 5000)
	if _, err := c.PNG(); err == nil {
		t.Error("an address of 5,000 letters has a code")
	}
}

// TestHostile: a file is rejected if it is not a picture, states a length beyond its end, or
// unpacks to more than is allowed.
func TestHostile(t *testing.T) {
	file, err := sample().PNG()
	if err != nil {
		t.Fatal(err)
	}
	// A header that promises 100,000 by 100,000 points.
	huge := bytes.Clone(file)
	binary.BigEndian.PutUint32(huge[16:], 100_000)
	binary.BigEndian.PutUint32(huge[20:], 100_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "half a card": file[:len(file)/2], "only a signature": signature, "a huge one": huge, "too long": make([]byte, Most+1)} {
		if got, err := ReadPicture(data); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	blank := image.NewGray(image.Rect(0, 0, 300, 200))
	var b bytes.Buffer
	if err := png.Encode(&b, blank); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadPicture(b.Bytes()); err != ErrNoCode || got.Words != nil {
		t.Errorf("a blank picture: %+v, %v", got, err)
	}
	// A chunk of words that says it is longer than the file.
	cut := bytes.Index(file, []byte("iTXt"))
	long := bytes.Clone(file)
	binary.BigEndian.PutUint32(long[cut-4:], 1<<31)
	if wordsIn(long) != nil {
		t.Error("words were read beyond the end of the file")
	}
}

// TestOtherReader: a program that is not ours reads the code (zbarimg, where it is installed).
func TestOtherReader(t *testing.T) {
	tool, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg is not installed")
	}
	c := sample()
	file, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	name := t.TempDir() + "/card.png"
	if err := os.WriteFile(name, file, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "--raw", "-q", name).Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != c.Address {
		t.Errorf("zbarimg reads %q (%v), want %q", got, err, c.Address)
	}
}

func FuzzReadPicture(f *testing.F) {
	// A whole card takes a second each with the fuzzer's counters: a small picture with words
	// in its file is enough.
	var b, c bytes.Buffer
	small := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range small.Pix {
		small.Pix[i] = byte(i / 7 % 3 * 100)
	}
	if err := png.Encode(&b, small); err != nil {
		f.Fatal(err)
	}
	if err := jpeg.Encode(&c, small, nil); err != nil {
		f.Fatal(err)
	}
	file, err := withText(b.Bytes(), []byte(`{"lang":"en","sentence":"x"}`))
	if err != nil {
		f.Fatal(err)
	}
	if words := wordsIn(file); words == nil || words.Sentence != "x" {
		f.Fatalf("the words of the seed are not read: %+v", words)
	}
	f.Add(file)
	f.Add(file[:100])
	f.Add(c.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if conf, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && (conf.Width > 200 || conf.Height > 200) {
			return // slow, and nothing new
		}
		if got, err := ReadPicture(data); err == nil && got.Address == "" {
			t.Error("read, and no address")
		}
	})
}
