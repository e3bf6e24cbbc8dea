// Package correlate answers: which observations are of the same incident? It
// is pure: the same observations and decisions give the same incidents, in
// whatever order they arrive and however the work is split.
//
// The frame is that of Fellegi and Sunter (1969): each pair is scored by a sum
// of log-likelihood ratios, "same incident" against "two incidents near each
// other", prior included. What is compared, and how taxonomies of different
// depth are, follows MELTT (Donnay, Dunford, McGrath, Backer and Cunningham
// 2019). Scores are integers in milli-nats (1000 is a factor of e), so that
// they are the same on every machine. doc/method.md has every formula.
package correlate

import (
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"math/bits"

	"github.com/opentruce/truce"
)

//go:embed method.json
var methodJSON []byte

// A Method is the file of weights that a result was computed with. Its digest
// stands with each finding.
type Method struct {
	Version   int    `json:"version"`
	Name      string `json:"name"`
	Footprint struct {
		PixelWidthsX10 int64 `json:"pixel_widths_x10"`
	} `json:"footprint"`
	Prior struct {
		BothApart int64 `json:"both_apart"` // two sources, each of which keeps its own events apart
		OneApart  int64 `json:"one_apart"`
		Other     int64 `json:"other"`
	} `json:"prior"`
	Space struct {
		ReferenceRadiusM       int64 `json:"reference_radius_m"`
		BaseM                  int64 `json:"base_m"`
		UncertaintyPerSigmaX10 int64 `json:"uncertainty_per_sigma_x10"`
		Max                    int64 `json:"max"`
	} `json:"space"`
	Time struct {
		ReferenceMin     int64 `json:"reference_min"`
		BaseMin          int64 `json:"base_min"`
		WidthPerSigmaX10 int64 `json:"width_per_sigma_x10"`
		Max              int64 `json:"max"`
		PresenceBaseMin  int64 `json:"presence_base_min"`
		WideMin          int64 `json:"wide_min"` // beyond it two have a moment in common or are never one
	} `json:"time"`
	Act struct {
		Same      int64 `json:"same"`
		Ancestor  int64 `json:"ancestor"`
		Common    int64 `json:"common"`
		Effect    int64 `json:"effect"`
		Sign      int64 `json:"sign"`
		Unrelated int64 `json:"unrelated"`
	} `json:"act"`
	Weapon struct {
		Same     int64 `json:"same"`
		Ancestor int64 `json:"ancestor"`
		Common   int64 `json:"common"`
		Unknown  int64 `json:"unknown"`
		Other    int64 `json:"other"`
		Domain   int64 `json:"domain"`
		Calibre  int64 `json:"calibre"`
	} `json:"weapon"`
	Side struct {
		Same    int64 `json:"same"`
		Unknown int64 `json:"unknown"`
		Other   int64 `json:"other"`
	} `json:"side"`
	Casualties struct {
		Agree     []Rarity `json:"agree"`      // by the smaller number, in order
		Close     int64    `json:"close"`      // within a factor of two, or by one
		CloseMany int64    `json:"close_many"` // the same of Many and more
		Many      int64    `json:"many"`
		Differ    int64    `json:"differ"` // within a factor of four
		Far       int64    `json:"far"`
	} `json:"casualties"`
	Threshold int64 `json:"threshold"`
	Margin    int64 `json:"margin"` // by which a pair must beat other events of a source that keeps its own apart
	Crowd     struct {
		Most int `json:"most"` // more events near than these count as these
	} `json:"crowd"`
	Veto   int64 `json:"veto"` // an incident holds no pair below it, and nothing below it is proposed
	Edges  int   `json:"edges"`
	Size   int   `json:"size"`
	Extent struct {
		Metres          int64 `json:"metres"`
		Minutes         int64 `json:"minutes"`
		PresenceMinutes int64 `json:"presence_minutes"`
	} `json:"extent"`

	Digest truce.Digest `json:"-"`
}

// Rarity is what agreeing numbers are worth from a number on.
type Rarity struct {
	From  int64 `json:"from"`
	Score int64 `json:"score"`
}

// Current is the method this build computes with. An item that names another
// digest is refused rather than approximated.
var Current = mustMethod(methodJSON)

func mustMethod(b []byte) *Method {
	m := &Method{Digest: sha256.Sum256(b)}
	if err := json.Unmarshal(b, m); err != nil {
		panic("method.json: " + err.Error()) // embedded: wrong only when this build is
	}
	return m
}

// lnTable holds ln((64+i)/64) in units of 1e-12.
var lnTable = func() (t [65]int64) {
	const one = 1_000_000_000_000
	for i := range t {
		// ln(x) = 2 artanh((x-1)/(x+1)), in integers: x = (64+i)/64.
		z := one * int64(i) / int64(128+i)
		zz := int64(mulDiv(uint64(z), uint64(z), one))
		term, sum := z, int64(0)
		for k := int64(1); term > 0; k += 2 {
			sum += term / k
			term = int64(mulDiv(uint64(term), uint64(zz), one))
		}
		t[i] = 2 * sum
	}
	return t
}()

const ln2 = 693_147_180_560 // units of 1e-12

func mulDiv(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	q, _ := bits.Div64(hi, lo, c)
	return q
}

// milliLn returns 1000 ln(x) to within one unit, in integers alone. x must be
// positive.
func milliLn(x uint64) int64 {
	k := bits.Len64(x) - 1
	var m uint64 // mantissa in [0, 1) as 32 bits
	if k > 32 {
		m = (x >> (k - 32)) & 0xffffffff
	} else {
		m = (x << (32 - k)) & 0xffffffff
	}
	i, frac := m>>26, int64(m&(1<<26-1))
	v := lnTable[i] + (lnTable[i+1]-lnTable[i])/(1<<20)*frac/(1<<6)
	return (v + int64(k)*ln2 + 500_000_000) / 1_000_000_000
}
