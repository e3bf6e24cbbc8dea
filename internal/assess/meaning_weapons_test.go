package assess

import (
	"testing"

	"github.com/opentruce/truce"
)

// TestMeaningCalibres: "a class decides a calibre condition only if its whole range does".
// The ranges are those of the description, in mm: small-arms 4-12.6, hmg 12.7-14.5, agl
// 30-40, autocannon 20-57, recoilless 73-107, rpg 40-125, mortar 50-240, tank 90-125,
// at-gun 57-125, artillery 76-203, mlrs 107-302, naval-gun 76-130; atgm has none.
func TestMeaningCalibres(t *testing.T) {
	for _, tt := range []struct {
		rule               string
		all, some, nothing []truce.Class
		holds, breaks      []string // stated calibres
	}{
		{rule: ">=100", all: []truce.Class{"mlrs"}, some: []truce.Class{"recoilless", "rpg", "mortar", "tank", "at-gun", "artillery", "naval-gun", "atgm"},
			nothing: []truce.Class{"small-arms", "hmg", "agl", "autocannon"}, holds: []string{"100", "100.1", "302"}, breaks: []string{"99.9", "4"}},
		{rule: ">=107", all: []truce.Class{"mlrs"}, some: []truce.Class{"recoilless"}, holds: []string{"107"}, breaks: []string{"106.9"}}, // 107 is in both
		{rule: ">107", some: []truce.Class{"mlrs"}, nothing: []truce.Class{"recoilless"}, holds: []string{"107.1"}, breaks: []string{"107"}},
		{rule: ">=107.1", some: []truce.Class{"mlrs"}, nothing: []truce.Class{"recoilless"}},
		{rule: "<=107", all: []truce.Class{"recoilless", "agl"}, some: []truce.Class{"mlrs"}, holds: []string{"107"}, breaks: []string{"107.1"}},
		{rule: "<107", all: []truce.Class{"agl"}, some: []truce.Class{"recoilless"}, nothing: []truce.Class{"mlrs"}, holds: []string{"106.9"}, breaks: []string{"107"}},
		{rule: "<=12.6", all: []truce.Class{"small-arms"}, nothing: []truce.Class{"hmg", "mortar"}, holds: []string{"12.6"}, breaks: []string{"12.7"}},
		{rule: "<12.7", all: []truce.Class{"small-arms"}, nothing: []truce.Class{"hmg"}},
		{rule: ">=12.7", all: []truce.Class{"hmg", "mlrs"}, nothing: []truce.Class{"small-arms"}},
		{rule: "<12.6", some: []truce.Class{"small-arms"}, nothing: []truce.Class{"hmg"}},
		{rule: ">=76", all: []truce.Class{"artillery", "naval-gun", "tank"}, some: []truce.Class{"recoilless", "at-gun"}, nothing: []truce.Class{"autocannon"}},
		{rule: ">76", all: []truce.Class{"tank"}, some: []truce.Class{"artillery", "naval-gun"}},
		{rule: ">=203", some: []truce.Class{"artillery", "mortar"}, nothing: []truce.Class{"naval-gun"}},
		{rule: ">203", nothing: []truce.Class{"artillery"}},
		{rule: "<=57", all: []truce.Class{"autocannon"}, some: []truce.Class{"at-gun", "mortar"}, nothing: []truce.Class{"tank"}},
		{rule: "=122", some: []truce.Class{"artillery", "mortar", "tank"}, nothing: []truce.Class{"hmg"}, holds: []string{"122"}, breaks: []string{"121.9", "122.1"}},
	} {
		rule, err := truce.ParseCalibreRule(tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		for want, classes := range map[truth][]truce.Class{yes: tt.all, unknown: append(tt.some, ""), no: tt.nothing} {
			for _, c := range classes {
				if got := calibreTruth(&truce.Observation{Weapon: c}, rule, nil); got != want {
					t.Errorf("%q %s: %d, want %d", c, tt.rule, got, want)
				}
			}
		}
		for want, stated := range map[truth][]string{yes: tt.holds, no: tt.breaks} {
			for _, s := range stated {
				c, err := truce.ParseCalibre(s)
				if err != nil {
					t.Fatal(err)
				}
				for _, class := range []truce.Class{"", "mortar"} { // what is stated decides, whatever the class
					if got := calibreTruth(&truce.Observation{Weapon: class, Calibre: c}, rule, nil); got != want {
						t.Errorf("%s mm of %q %s: %d, want %d", s, class, tt.rule, got, want)
					}
				}
			}
		}
	}
}

// TestMeaningWeapons: class and calibre together; one no decides, and what is named as
// missing is the class where it is not known.
func TestMeaningWeapons(t *testing.T) {
	rule := truce.Weapons{Classes: []truce.Class{"mortar", "missile"}, Calibre: truce.CalibreRule{Op: "<=", MM: 1200}} // 120 mm
	for _, tt := range []struct {
		weapon  truce.Class
		calibre truce.Calibre
		want    truth
		missing truce.Fact
	}{
		{"mortar", 820, yes, truce.FactCalibre},
		{"mortar", 1200, yes, truce.FactCalibre},
		{"mortar", 1201, no, truce.FactCalibre},
		{"mortar", 0, unknown, truce.FactCalibre}, // 50 to 240 mm
		{"artillery", 820, no, truce.FactWeapon},
		{"artillery", 0, no, truce.FactWeapon},
		{"", 820, unknown, truce.FactWeapon},
		{"", 1520, no, truce.FactCalibre}, // too large for either class
		{"", 0, unknown, truce.FactWeapon},
		{"cruise-missile", 820, yes, truce.FactCalibre}, // a missile
	} {
		got, missing := weaponTruth(&truce.Observation{Weapon: tt.weapon, Calibre: tt.calibre}, rule, nil)
		if got != tt.want || got == unknown && missing != tt.missing {
			t.Errorf("%q of %s mm: %d, missing %s; want %d, %s", tt.weapon, tt.calibre, got, missing, tt.want, tt.missing)
		}
	}
	// A condition on the calibre alone: without a weapon it is the weapon that is missing.
	heavy := truce.Weapons{Calibre: truce.CalibreRule{Op: ">=", MM: 1000}}
	for weapon, want := range map[truce.Class]truce.Fact{"": truce.FactWeapon, "mortar": truce.FactCalibre} {
		if got, missing := weaponTruth(&truce.Observation{Weapon: weapon}, heavy, nil); got != unknown || missing != want {
			t.Errorf("%q: %d, missing %s; want %s", weapon, got, missing, want)
		}
	}
	if got, _ := weaponTruth(&truce.Observation{}, truce.Weapons{Classes: []truce.Class{"missile"}}, nil); got != unknown {
		t.Errorf("no weapon is stated: %d", got)
	}
	// An ancestor of what is listed may be it.
	if got, _ := weaponTruth(&truce.Observation{Weapon: "missile"}, truce.Weapons{Classes: []truce.Class{"mortar", "cruise-missile", "mortar"}}, nil); got != unknown {
		t.Errorf("a missile may be a cruise missile: %d", got)
	}
	// Once it is one of those listed, no other makes it unknown.
	if got, _ := weaponTruth(&truce.Observation{Weapon: "missile"}, truce.Weapons{Classes: []truce.Class{"missile", "cruise-missile"}}, nil); got != yes {
		t.Errorf("a missile is a missile: %d", got)
	}
	for _, tt := range []struct {
		weapon truce.Class
		domain truce.Domain
		want   truth
	}{{"missile", "air", yes}, {"missile", "ground", no}, {"", "air", unknown}, {"mortar", "air", no}, {"naval-gun", "sea", yes}, {"mortar", "", yes}, {"", "", yes}} {
		if got := domainTruth(&truce.Observation{Act: "strike", Weapon: tt.weapon}, tt.domain, nil); got != tt.want {
			t.Errorf("%q in domain %q: %d, want %d", tt.weapon, tt.domain, got, tt.want)
		}
	}
	if got := domainTruth(&truce.Observation{Act: "overflight"}, "air", nil); got != yes {
		t.Errorf("an overflight is of the air, whatever flew: %d", got)
	}
}

// TestMeaningWithin: surely within, surely beyond, and neither: in millimetres, with 1 cm
// on both sides of the limit.
func TestMeaningWithin(t *testing.T) {
	for _, tt := range []struct {
		d, u, limit int64
		want        truth
	}{
		{0, 0, 1000, yes}, {990, 0, 1000, yes}, {991, 0, 1000, unknown}, {1000, 0, 1000, unknown}, {1009, 0, 1000, unknown}, {1010, 0, 1000, no},
		{490, 500, 1000, yes}, {491, 500, 1000, unknown}, {1509, 500, 1000, unknown}, {1510, 500, 1000, no},
		{0, 0, 0, unknown}, {10, 0, 0, no}, {0, 990, 1000, yes}, {0, 991, 1000, unknown}, {0, 5000, 1000, unknown},
	} {
		if got := within(tt.d, tt.u, tt.limit); got != tt.want {
			t.Errorf("%d mm ± %d, limit %d: %d, want %d", tt.d, tt.u, tt.limit, got, tt.want)
		}
	}
}

// TestMeaningActTruth: descendants are, ancestors may be, effects may be an attack's, signs
// are nothing.
func TestMeaningActTruth(t *testing.T) {
	for _, tt := range []struct {
		act  truce.Act
		list []truce.Act
		want truth
	}{
		{"fire", []truce.Act{"fire"}, yes}, {"shot", []truce.Act{"fire"}, yes}, {"burst", []truce.Act{"attack"}, yes}, {"outgoing", []truce.Act{"fire"}, yes},
		{"attack", []truce.Act{"fire"}, unknown}, {"fire", []truce.Act{"shot"}, unknown}, {"attack", []truce.Act{"shot", "burst"}, unknown},
		{"strike", []truce.Act{"fire"}, no}, {"overflight", []truce.Act{"attack"}, no}, {"shot", []truce.Act{"burst"}, no},
		{"explosion", []truce.Act{"fire"}, unknown}, {"explosion", []truce.Act{"strike"}, unknown}, {"explosion", []truce.Act{"explosion"}, yes},
		{"explosion", []truce.Act{"overflight"}, no}, {"attack", []truce.Act{"explosion"}, no}, {"explosion", []truce.Act{"overflight", "fire"}, unknown},
		{"attack", []truce.Act{"overflight", "fire"}, unknown}, {"attack", []truce.Act{"fire", "attack"}, yes},
		{"fire-pixel", []truce.Act{"attack"}, no}, {"sign", []truce.Act{"fire-pixel"}, no}, {"damage", []truce.Act{"explosion"}, no},
	} {
		if got := actTruth(tt.act, tt.list, nil); got != tt.want {
			t.Errorf("%s under a rule on %v: %d, want %d", tt.act, tt.list, got, tt.want)
		}
	}
}
