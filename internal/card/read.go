package card

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"image"
	_ "image/jpeg" // pictures that messengers made of a card
	_ "image/png"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// Most bounds a picture that is read: bytes of the file, and points of the picture.
const (
	Most       = 4 << 20
	mostPoints = 8_000_000
)

// Read is what a picture says of itself: the words in the file, if it still has them, and the
// address in its code. Both are claims of whoever made the file.
type Read struct {
	Words   *Card // nil: the file has none
	Address string
	img     image.Image
}

// Errors of pictures.
var (
	ErrPicture  = errors.New("this is not a picture that can be read: PNG, JPEG or WebP, at most 4 MB and 8 million points")
	ErrNoCode   = errors.New("the picture has no code that can be read: send the card whole, as it was given to you")
	ErrTooLarge = errors.New("the picture is larger than 4 MB")
)

// ReadPicture reads a card, or a picture that somebody made of one.
func ReadPicture(file []byte) (*Read, error) {
	if len(file) > Most {
		return nil, ErrTooLarge
	}
	conf, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || conf.Width < 1 || conf.Height < 1 || conf.Width > mostPoints || conf.Height > mostPoints/conf.Width {
		return nil, ErrPicture
	}
	img, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, ErrPicture
	}
	out := &Read{Words: wordsIn(file), img: img}
	if out.Address = codeIn(img); out.Address == "" {
		return out, ErrNoCode
	}
	return out, nil
}

// Same reports whether the picture is that of a card, point for point.
func (r *Read) Same(c *Card) bool {
	own, err := c.draw()
	if err != nil || r.img.Bounds().Size() != own.Bounds().Size() {
		return false
	}
	at := r.img.Bounds().Min
	for y := range Height {
		for x := range Width {
			a, b, c, d := r.img.At(at.X+x, at.Y+y).RGBA()
			e, f, g, h := own.At(x, y).RGBA()
			if a != e || b != f || c != g || d != h {
				return false
			}
		}
	}
	return true
}

// wordsIn are the words in a PNG; nil: it has none that can be read.
func wordsIn(file []byte) *Card {
	rest, ok := bytes.CutPrefix(file, signature)
	for ok && len(rest) >= 12 {
		n := int64(binary.BigEndian.Uint32(rest))
		if n > int64(len(rest)-12) {
			return nil
		}
		kind, data := rest[4:8], rest[8:8+n]
		rest = rest[12+n:]
		if string(kind) != "iTXt" {
			continue
		}
		text, found := bytes.CutPrefix(data, []byte(keyword+"\x00\x00\x00\x00\x00"))
		if !found || !utf8.Valid(text) {
			continue
		}
		c := &Card{}
		if json.Unmarshal(text, c) != nil {
			return nil
		}
		return c
	}
	return nil
}

// codeIn is what the code in a picture says; empty: none was found.
func codeIn(img image.Image) string {
	const most = 1600 // a photograph is read smaller, or the search takes seconds
	if b := img.Bounds(); b.Dx() > most || b.Dy() > most {
		scale := float64(most) / float64(max(b.Dx(), b.Dy()))
		small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
		draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Src, nil)
		img = small
	}
	// First where a card has it: beside words the search finds three corners too many now
	// and then.
	for _, part := range []image.Image{whereCodeIs(img, 1), whereCodeIs(img, 2), img} {
		source := gozxing.NewLuminanceSourceFromImage(part)
		for _, by := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
			bits, err := gozxing.NewBinaryBitmap(by)
			if err != nil {
				continue
			}
			for _, hints := range []map[gozxing.DecodeHintType]any{nil, {gozxing.DecodeHintType_PURE_BARCODE: true}, {gozxing.DecodeHintType_TRY_HARDER: true}} {
				if got, err := qrcode.NewQRCodeReader().Decode(bits, hints); err == nil && utf8.ValidString(got.GetText()) {
					return got.GetText()
				}
			}
		}
	}
	return ""
}

// whereCodeIs is the part of a picture in which the code is if the picture is a card, made
// smaller or larger: on white, without the words around it, and so many times as large.
func whereCodeIs(img image.Image, scale int) image.Image {
	b := img.Bounds()
	at := func(x, y int) image.Point {
		return b.Min.Add(image.Pt(x*b.Dx()/Width, y*b.Dy()/Height))
	}
	area := image.Rectangle{at(Width-margin-code-10, codeTop-10), at(Width-margin+10, codeTop+code+10)}.Intersect(b)
	out := image.NewRGBA(image.Rect(0, 0, scale*area.Dx()+40, scale*area.Dy()+40))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, image.Rect(20, 20, 20+scale*area.Dx(), 20+scale*area.Dy()), img, area, draw.Src, nil)
	return out
}
