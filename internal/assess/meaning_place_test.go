package assess_test

import (
	"strings"
	"testing"
)

// TestMeaningBoundary: a place is inside or outside only if all of it is, by more than
// 1 cm; a unit of 1.113 cm is more, and none is less. The west edge of the box is the
// meridian of 10 degrees.
func TestMeaningBoundary(t *testing.T) {
	a := read(t, article("1", "floor: {evidence: single-source}")+`  - article: "halves"
    phase: all
    binds: [A, B]
    text: No fire in either half.
    prohibit: {acts: [fire], in: [west, east]}
    floor: {evidence: single-source}
  - article: "west"
    phase: all
    binds: [A, B]
    text: No fire in the west.
    prohibit: {acts: [fire], in: [west]}
    floor: {evidence: single-source}
  - article: "range"
    phase: all
    binds: [A, B]
    text: No fire in the range.
    prohibit: {acts: [fire], in: [range]}
    floor: {evidence: single-source}
  - article: "everywhere"
    phase: all
    binds: [A, B]
    text: No fire.
    prohibit: {acts: [fire]}
    floor: {evidence: single-source}
`)
	at := func(place string) string {
		return "observe o fire 2026-03-05T10:00/10:10Z " + place + " weapon=mortar source=wire\n"
	}
	hold(t, a, []row{
		{"on the boundary", at("0.0N 10.0E ±0m") + `
			assess 1 undetermined(place) of o missing place`},
		{"one unit inside: 1.1 cm", at("0.0N 10.0000001E ±0m") + `
			assess 1 apparent-violation of o`},
		{"one unit outside", at("0.0N 9.9999999E ±0m") + `
			assess 1 no-violation of o because "outside box"`},
		// 1 m and 1 cm are 90.73 units: 91 units are 1.013 m, 90 units 1.0019 m.
		{"a metre inside by more than a centimetre", at("0.0N 10.0000091E ±1m") + `
			assess 1 apparent-violation of o`},
		{"a metre inside by less", at("0.0N 10.000009E ±1m") + `
			assess 1 undetermined(place) of o`},
		{"a metre outside by more than a centimetre", at("0.0N 9.9999909E ±1m") + `
			assess 1 no-violation of o`},
		{"a metre outside by less", at("0.0N 9.999991E ±1m") + `
			assess 1 undetermined(place) of o because "may be inside or outside"`},
		{"half of the disc is inside", at("0.0N 10.0E ±1000m") + `
			assess 1 undetermined(place) of o because "50 % of it is inside"`},
		{"on the border of two zones and inside both together", at("0.0N 10.5E ±100m") + `
			assess halves apparent-violation of o
			assess west undetermined(place) of o`},
		{"on the outer boundary of two zones", at("1.0N 10.5E ±100m") + `
			assess halves undetermined(place) of o because "50 % of it is inside"`},
		// Seen from 10.3E, 2 to 5 km to the east and to the west: 10.318 to 10.345 and 10.255 to 10.282.
		{"two areas without a name, one outside the range and one inside", `
			observe o fire 2026-03-05T10:00/10:10Z from 0.0N 10.3E bearing 080-100 distance 2-5km weapon=mortar source=wire
			assess range no-violation of o
			observe p fire 2026-03-06T10:00/10:10Z from 0.0N 10.3E bearing 260-280 distance 2-5km weapon=mortar source=wire
			assess range apparent-violation of p
			assess 1 apparent-violation of o`},
		{"without uncertainty it is placed at its point", at("0.0N 10.0000001E") + `
			assess 1 apparent-violation of o`},
		{"a claim without uncertainty is taken to 1,000 m", `
			allege o by A fire 2026-03-05T10:00/10:10Z 0.0N 10.008E weapon=mortar
			assess 1 undetermined(place) of o because "(assumed)"
			allege p by A fire 2026-03-06T10:00/10:10Z 0.0N 10.01E weapon=mortar
			assess 1 alleged-only of p because "(assumed)"`}, // 890.6 m and 1113.2 m inside
		{"a named zone is inside itself", at("region:west") + `
			assess west apparent-violation of o
			assess 1 apparent-violation of o`},
		{"a named zone within, around and beside", at("region:range") + `
			assess west apparent-violation of o
			observe p fire 2026-03-06T10:00/10:10Z region:box weapon=mortar source=wire
			assess west undetermined(place) of p because "50 % of it is inside"
			observe r fire 2026-03-08T10:00/10:10Z region:box weapon=mortar source=wire
			assess west undetermined(place) of r because "50 % of it is inside"
			assess 1 apparent-violation of p
			observe q fire 2026-03-07T10:00/10:10Z region:east weapon=mortar source=wire
			assess range no-violation of q`},
		{"no zone is everywhere, also where nobody knows", at("0.0N 120.0E ±100m") + `
			assess everywhere apparent-violation of o
			assess 1 no-violation of o`},
	})
}

// TestMeaningActs: "a rule covers descendants; an observation of an ancestor is
// undetermined, missing act"; an explosion is an effect of any attack; "another domain,
// class or place is no-violation"; unknown is unknown.
func TestMeaningActs(t *testing.T) {
	forbid := func(name, what string) string {
		return "  - article: \"" + name + "\"\n    phase: all\n    binds: [A, B]\n    text: No.\n    prohibit: {" + what + "}\n    floor: {evidence: single-source}\n"
	}
	a := read(t, forbid("fire", "acts: [fire], in: [box]")+forbid("explosion", "acts: [explosion], in: [box]")+
		forbid("air", "domain: air, acts: [strike], in: [box]")+forbid("missile", "acts: [strike], weapons: [missile], in: [box]")+
		forbid("launch", "acts: [attack], in: [west], where: launch")+forbid("over", "acts: [strike, overflight], in: [west], where: overflight")+
		"  - article: \"away\"\n    phase: all\n    binds: [A, B]\n    text: No guns.\n    absent: {of: [weapon], weapons: {class: [mortar]}, in: [west]}\n    floor: {evidence: single-source}\n")
	saw := func(act, more string) string {
		return "observe o " + act + " 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m source=wire " + more + "\n"
	}
	hold(t, a, []row{
		{"the act itself", saw("fire", "") + "assess fire apparent-violation of o"},
		{"a descendant", saw("burst", "") + "assess fire apparent-violation of o"},
		{"an ancestor", saw("attack", "") + "assess fire undetermined(missing-fact) of o missing act because \"could be one that is forbidden\""},
		{"a sibling", saw("strike", "") + "assess fire no-violation of o"},
		{"an effect may be that of a fire", saw("explosion", "") + `
			assess fire undetermined(missing-fact) of o missing act
			assess explosion apparent-violation of o`},
		{"an attack is not an explosion", saw("attack", "") + "assess explosion no-violation of o"},
		{"an overflight is none of these", saw("overflight", "weapon=recon-uav") + `
			assess fire no-violation of o
			assess explosion no-violation of o`},
		{"a sign shows no act", saw("fire-pixel", "") + `
			assess fire undetermined(missing-fact) of o missing act
			count fire signs=0 incidents=0
			assess fire undetermined(no-coverage) during 2026-03-05`},
		{"a sign beside an act adds nothing", saw("fire", "") + `
			observe p fire-pixel 2026-03-05T10:05/10:06Z 0.0N 10.1E ±100m source=paper
			assess fire apparent-violation single-source of o
			count fire signs=1 incidents=1`},
		{"from the air", saw("strike", "weapon=missile") + "assess air apparent-violation of o\nassess missile apparent-violation of o"},
		{"a narrower class", saw("strike", "weapon=cruise-missile") + "assess missile apparent-violation of o"},
		{"another class of the air", saw("strike", "weapon=glide-bomb") + "assess air apparent-violation of o\nassess missile no-violation of o"},
		{"from the ground", saw("strike", "weapon=artillery") + "assess air no-violation of o\nassess missile no-violation of o"},
		{"from nobody knows where", saw("strike", "weapon=unknown") + `
			assess air undetermined(missing-fact) of o missing weapon
			assess missile undetermined(missing-fact) of o missing weapon`},
		{"neither the act nor the weapon is known", saw("attack", "") + "assess missile undetermined(missing-fact) of o missing act,weapon"},
		{"the place is named before other facts, and all are listed", `
			observe o attack 2026-03-05T10:00/10:10Z 0.0N 10.0E ±100m source=wire
			assess missile undetermined(place) of o missing place,act,weapon`},
		{"one no decides, whatever else is unknown", `
			observe o attack 2026-03-05T10:00/10:10Z 0.0N 12.0E ±100m source=wire
			assess missile no-violation of o`},
		{"where it was launched is known of outgoing fire", saw("outgoing", "") + "assess launch apparent-violation of o"},
		{"and of nothing else, wherever it came down", saw("strike", "") + `
			assess launch undetermined(place) of o missing place
			observe p strike 2026-03-06T10:00/10:10Z 0.0N 12.0E ±100m source=wire
			assess launch undetermined(place) of p missing place`},
		{"outgoing fire elsewhere", `
			observe o outgoing 2026-03-05T10:00/10:10Z 0.0N 12.0E ±100m source=wire
			assess launch no-violation of o`},
		{"over the west, or ended there", saw("strike", "weapon=missile") + "assess over apparent-violation of o"},
		{"ended elsewhere: it may have flown over", `
			observe o strike 2026-03-05T10:00/10:10Z 0.0N 10.9E ±100m weapon=missile source=wire
			assess over undetermined(place) of o
			observe p overflight 2026-03-06T10:00/10:10Z 0.0N 10.9E ±100m weapon=recon-uav source=wire
			assess over no-violation of p`},
		{"a mortar in the west", "seen o by wire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar\nassess away apparent-violation of o"},
		{"a tank in the west", "seen o by wire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=tank\nassess away no-violation of o"},
		{"a mortar in the east", "seen o by wire 2026-03-05T10:00/10:10Z 0.0N 10.9E ±100m weapon=mortar\nassess away no-violation of o"},
		{"a mortar on the border", "seen o by wire 2026-03-05T10:00/10:10Z 0.0N 10.5E ±100m weapon=mortar\nassess away undetermined(place) of o"},
		{"a weapon of which no more is said", "seen o by wire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m what=weapon\nassess away undetermined(missing-fact) of o missing weapon"},
		{"a position is not a weapon", "seen o by wire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m what=position\nassess away no-violation of o"},
		{"a mortar that fires is not a presence", saw("fire", "weapon=mortar") + "assess away no-violation of o because \"not a presence\""},
	})
}

// TestMeaningFreeze: "no advance beyond the line's fixed day", here of 50 m: 4491.58
// units. One centimetre from it, 4490.7 to 4492.5 units, it cannot be told. A holds the
// west of 10.5E on the fixed day.
func TestMeaningFreeze(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: all
    binds: [A, B]
    text: Nobody advances.
    freeze: {line: contact, tolerance: 50 m}
    floor: {evidence: single-source}
  - article: "B"
    phase: all
    binds: [B]
    text: B does not advance.
    freeze: {line: contact, tolerance: 50 m}
    floor: {evidence: single-source}
`, lines...)
	at := func(actor, place string) string {
		return "seen o by wire 2026-03-06T10:00/10:10Z " + place + " what=position actor=" + actor + "\n"
	}
	hold(t, a, []row{
		{"A at 4490 units, 49.982 m", at("A", "0.0N 10.500449E ±0m") + "assess 1 no-violation of o because \"50 m is tolerated\""},
		{"A at 4491 units, 49.994 m", at("A", "0.0N 10.5004491E ±0m") + "assess 1 undetermined(place) of o missing place"},
		{"A at 4492 units, 50.005 m", at("A", "0.0N 10.5004492E ±0m") + "assess 1 undetermined(place) of o"},
		{"A at 4493 units, 50.016 m", at("A", "0.0N 10.5004493E ±0m") + "assess 1 apparent-violation of o"},
		{"B at 4490 units on the other side", at("B", "0.0N 10.499551E ±0m") + "assess 1 no-violation of o"},
		{"B at 4491 units", at("B", "0.0N 10.4995509E ±0m") + "assess 1 undetermined(place) of o"},
		{"B at 4493 units", at("B", "0.0N 10.4995507E ±0m") + "assess 1 apparent-violation of o"},
		// With 20 m: surely beyond from 70.01 m on, 6289.1 units; surely within up to 29.99 m,
		// 2694.05 units.
		{"A at 6290 units with 20 m, 70.020 m", at("A", "0.0N 10.500629E ±20m") + "assess 1 apparent-violation of o"},
		{"A at 6289 units with 20 m, 70.009 m", at("A", "0.0N 10.5006289E ±20m") + "assess 1 undetermined(place) of o"},
		{"A at 2695 units with 20 m, 30.001 m", at("A", "0.0N 10.5002695E ±20m") + "assess 1 undetermined(place) of o"},
		{"A at 2694 units with 20 m, 29.989 m", at("A", "0.0N 10.5002694E ±20m") + "assess 1 no-violation of o"},
		{"B at 6290 units with 20 m", at("B", "0.0N 10.499371E ±20m") + "assess 1 apparent-violation of o"},
		{"B at 2694 units with 20 m", at("B", "0.0N 10.4997306E ±20m") + "assess 1 no-violation of o"},
		{"A at 5390 units, 60.001 m", at("A", "0.0N 10.500539E ±0m") + "assess 1 apparent-violation of o because \"lies 60 m ± 0 m beyond what A controlled on 2026-03-01; 50 m is tolerated\""},
		{"A somewhere", "seen o by wire 2026-03-06T10:00/10:10Z what=position actor=A\nassess 1 undetermined(place) of o because \"where it was is not known\""},
		{"A far within its own", at("A", "0.0N 10.1E ±100m") + "assess 1 no-violation of o because \"lies within what A controlled\""},
		{"A within its own, with an uncertainty that reaches far beyond", at("A", "0.0N 10.499E ±200m") + "assess 1 undetermined(place) of o"},
		{"a member's position is the party's", at("A1", "0.0N 10.6E ±100m") + "assess 1 apparent-violation of o"},
		{"whose it is, is not known", at("unknown", "0.0N 10.6E ±100m") + "assess 1 undetermined(missing-fact) of o missing actor"},
		{"one of both", at("A|B", "0.0N 10.6E ±100m") + "assess 1 undetermined(missing-fact) of o missing actor"},
		{"one whom the article does not bind", at("A", "0.0N 10.6E ±100m") + "assess B out-of-scope of o"},
		{"a weapon is not a position", "seen o by wire 2026-03-06T10:00/10:10Z 0.0N 10.6E ±100m weapon=tank actor=A\nassess 1 no-violation of o"},
		// The line files themselves, measured: an advance of A on the equator.
		{"no advance on the fixed day", "assess 1 held during 2026-03-01\ncount 1 coverage=1 during 2026-03-01"},
		// How deep an area is, is measured from below exactly and from above to a metre: what
		// is less than a metre below the tolerance is left open, and never called a violation.
		{"an advance of 48.903 m", "assess 1 held during 2026-03-02 because \"up to 49 m deep\""},
		{"of 49.994 m", "assess 1 undetermined(place) party=A during 2026-03-03"},
		{"of 50.005 m cannot be told", "assess 1 undetermined(place) during 2026-03-04 missing place"},
		{"of 50.016 m", "assess 1 apparent-violation during 2026-03-05\nassess 1 apparent-violation party=A during 2026-03-05\nassess 1 held party=B during 2026-03-05\nassess B held during 2026-03-05"},
		{"a day without a file counts as no data", "assess 1 undetermined(no-coverage) during 2026-03-06 missing coverage"},
		{"A withdrew again", "assess 1 held during 2026-03-07"},
		{"B advanced by 50.016 m, and A did not", "assess 1 apparent-violation during 2026-03-08\nassess 1 held party=A during 2026-03-08\nassess 1 apparent-violation party=B during 2026-03-08"},
		{"the last day of the files in a period", "assess 1 apparent-violation during 2026-03-05/2026-03-07\nassess 1 held during 2026-03-05/2026-03-08\nassess 1 held during 2026-03-01/2026-03-03"},
		{"a day that the period begins in is not in it", "assess 1 undetermined(no-coverage) during 2026-03-05T10:00Z/2026-03-06T10:00Z"},
		{"measured and seen on one day: the measured one has its coverage", "seen o by wire 2026-03-05T10:00/10:10Z 0.0N 10.6E ±100m what=position actor=A\nassess 1 apparent-violation during 2026-03-05\ncount 1 coverage=1 during 2026-03-05"},
		{"a position that was seen on a day without a file", at("A", "0.0N 10.6E ±100m") + "assess 1 apparent-violation during 2026-03-06"},
	})
}

// TestMeaningObjects: "objects: only at these; each reading has its party's list"; "an
// incident that touches an object only by its uncertainty is never a dispute"; "readings
// differ only where both answers are definite". A lists a hospital at 10.25E, B the
// hospital and a mill at 10.75E, each with 500 m: 44915.76 units.
func TestMeaningObjects(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: all
    binds: [A, B]
    text: No strikes on objects.
    prohibit: {acts: [strike]}
    objects: {A: objects/a.csv, B: objects/b.csv}
    floor: {evidence: single-source}
  - article: "2"
    phase: all
    binds: [A, B]
    text: No strikes on objects, from 10 March on as B reads it.
    prohibit: {acts: [strike]}
    objects: {A: objects/a.csv, B: objects/b.csv}
    readings: [{id: A, from: 2026-03-01T00:00:00Z}, {id: B, from: 2026-03-10T00:00:00Z}]
    floor: {evidence: single-source}
`, "objects/a.csv", "id,name,class,lat,lon,buffer_m\nhospital,Hospital,hospital,0.0,10.25,500\nclinic,Clinic,hospital,0.5,10.9,500\nplant,Plant,plant,0.0,10.6,3000\n",
		"objects/b.csv", "id,name,class,lat,lon,buffer_m\nhospital,Hospital,hospital,0.0,10.25,500\nmill,Mill,mill,0.0,10.75,500\ninfirmary,Infirmary,hospital,0.5,10.9,500\nplant,Plant,plant,0.0,10.6,3000\n")
	at := func(place string) string {
		return "observe o strike 2026-03-05T10:00/10:10Z " + place + " weapon=missile source=wire\n"
	}
	hold(t, a, []row{
		{"at what both list", at("0.0N 10.25E ±100m") + "assess 1 apparent-violation of o\nassess 1 apparent-violation reading=A of o"},
		{"44914 units are 499.980 m: within", at("0.0N 10.2544914E ±0m") + "assess 1 apparent-violation of o"},
		{"44915 units are 499.991 m", at("0.0N 10.2544915E ±0m") + "assess 1 undetermined(place) of o missing place,object"},
		{"44916 units are 500.003 m", at("0.0N 10.2544916E ±0m") + "assess 1 undetermined(place) of o"},
		{"44917 units are 500.014 m: at none", at("0.0N 10.2544917E ±0m") + "assess 1 no-violation of o because \"at none of the protected objects\""},
		{"on the other side", at("0.0N 10.2455083E ±0m") + "assess 1 no-violation of o\nobserve p strike 2026-03-06T10:00/10:10Z 0.0N 10.2455086E ±0m weapon=missile source=wire\nassess 1 apparent-violation of p"},
		{"at what B alone lists", at("0.0N 10.75E ±100m") + `
			assess 1 readings-differ of o
			assess 1 no-violation reading=A of o
			assess 1 apparent-violation reading=B of o
			count 1 signs=1 incidents=1`},
		{"it may be at what B alone lists: not known, and no dispute", at("0.0N 10.754E ±100m") + `
			assess 1 undetermined(place) of o
			assess 1 no-violation reading=A of o
			assess 1 undetermined(place) reading=B of o`}, // 445.3 m
		{"the object is named", at("0.0N 10.1E ±100m object=hospital") + "assess 1 apparent-violation of o"},
		{"the object that B lists is named", at("0.0N 10.1E ±100m object=mill") + "assess 1 readings-differ of o"},
		{"an object that nobody lists is named, beside one that both list", at("0.0N 10.25E ±100m object=school") + "assess 1 no-violation of o because \"not on the list\""},
		{"at the object by its name", at("object:hospital") + "assess 1 apparent-violation of o"},
		{"at the object that B lists", at("object:mill") + "assess 1 readings-differ of o"},
		{"an area that contains objects", at("region:box") + "assess 1 undetermined(place) of o"},
		{"an area without any", at("region:range") + "assess 1 undetermined(place) of o\nassess 1 undetermined(place) reading=A of o"}, // 10.25E is in it
		{"2.5 km from an object with 3 km", at("0.0N 10.6225E ±100m") + "assess 1 apparent-violation of o because \"as A reads the article\""},
		{"an area of 1 to 2 km east of it, wholly within", at("from 0.0N 10.6E bearing 080-100 distance 1-2km") + "assess 1 apparent-violation of o"},
		{"an area of 2 to 4 km east of it, partly within", at("from 0.0N 10.6E bearing 080-100 distance 2-4km") + "assess 1 undetermined(place) of o"},
		{"an area of 5 to 6 km east of it", at("from 0.0N 10.6E bearing 080-100 distance 5-6km") + "assess 1 no-violation of o"},
		{"at the hospital by its place, and a name that nobody lists", at("object:hospital object=school") + "assess 1 no-violation of o"},
		{"A lists the same spot under another name: the position decides", at("object:infirmary") + "assess 1 apparent-violation of o"},
		{"another act", "observe o overflight 2026-03-05T10:00/10:10Z 0.0N 10.25E ±100m weapon=recon-uav source=wire\nassess 1 no-violation of o"},
		{"each reading has its party's list: the mill is B's, whose reading has not begun", at("0.0N 10.75E ±100m") + "assess 2 no-violation reading=A of o\nassess 2 out-of-scope reading=B of o\nobserve p strike 2026-03-12T10:00/10:10Z 0.0N 10.75E ±100m weapon=missile source=wire\nassess 2 no-violation reading=A of p\nassess 2 apparent-violation reading=B of p\nassess 2 readings-differ of p"},
		{"one reader rejects, and both readings follow", at("0.0N 10.75E ±100m") + "decide reject o article=1 because=\"not a strike\"\nassess 1 no-violation refuted of o\ncount 1 incidents=0"},
		{"one confirms, and both readings follow", at("0.0N 10.75E ±100m") + "decide confirm o article=1 because=\"a strike\"\nassess 1 violation of o\ncount 1 violations=1"},
	})
}

// TestMeaningReadings: "they agree, or the outcome is readings-differ"; of two readings
// the least coverage counts. A reads the article as of the west from 1 March, B as of the
// box from 10 March on.
func TestMeaningReadings(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: all
    binds: [A, B]
    text: No fire.
    prohibit: {acts: [fire], in: [box]}
    readings: [{id: A, from: 2026-03-01T00:00:00Z, in: [west]}, {id: B, from: 2026-03-10T00:00:00Z}]
    floor: {evidence: single-source}
  - article: "2"
    phase: all
    binds: [A, B]
    text: No fire, which ends on 20 March as B reads it.
    prohibit: {acts: [fire], in: [box]}
    readings: [{id: A, from: 2026-03-01T00:00:00Z}, {id: B, from: 2026-03-01T00:00:00Z, to: 2026-03-20T00:00:00Z}]
    floor: {evidence: single-source}
`)
	at := func(when, lon string) string {
		return "observe o fire " + when + " 0.0N " + lon + "E ±100m weapon=mortar source=wire killed=1..2..3\n"
	}
	hold(t, a, []row{
		{"in the west, when both bind", at("2026-03-12T10:00/10:10Z", "10.1") + "assess 1 apparent-violation of o\ncount 1 signs=1 incidents=1 killed=1..2..3"},
		{"in the east: no violation and apparent violation", at("2026-03-12T10:00/10:10Z", "10.9") + "assess 1 readings-differ of o\ncount 1 incidents=1"},
		{"before B's beginning, in the west: apparent violation and out of scope", at("2026-03-09T23:50Z/2026-03-10T00:00Z", "10.1") + "assess 1 readings-differ of o\nassess 1 out-of-scope reading=B of o"},
		{"from B's beginning", at("2026-03-10T00:00Z/00:10Z", "10.1") + "assess 1 apparent-violation of o"},
		{"over B's beginning by a millisecond: one answer is unknown", at("2026-03-09T23:50:00.000Z/2026-03-10T00:00:00.001Z", "10.1") + "assess 1 undetermined(time) of o"},
		{"on the border of the west", at("2026-03-12T10:00/10:10Z", "10.5") + "assess 1 undetermined(place) of o"},
		{"until the end as B reads it", at("2026-03-19T23:50Z/2026-03-20T00:00Z", "10.1") + "assess 2 apparent-violation of o"},
		{"and a millisecond more", at("2026-03-19T23:50:00.000Z/2026-03-20T00:00:00.001Z", "10.1") + "assess 2 undetermined(time) of o"},
		{"from the end as B reads it", at("2026-03-20T00:00Z/00:10Z", "10.1") + "assess 2 readings-differ of o"},
		{"a reading without zones of its own has the article's", at("2026-03-12T10:00/10:10Z", "12.0") + "assess 2 no-violation of o\nassess 1 no-violation of o"},
		{"the west is watched: all of A's ground and half of B's", `
			cover c patrol west 2026-03-15 source=post-1
			count 1 coverage=0.5 during 2026-03-15
			assess 1 held during 2026-03-15`},
		{"nine tenths of the west: 0.9 of A's and 0.45 of B's, and held does not answer for both", `
			cover c patrol west 2026-03-15 share=0.9 source=post-1
			count 1 coverage=0.45 during 2026-03-15
			assess 1 held reading=A during 2026-03-15
			assess 1 undetermined(no-coverage) reading=B during 2026-03-15
			assess 1 undetermined(no-coverage) during 2026-03-15`},
	})
}

// TestMeaningWithdrawLines: weapons stay at a distance from the line of their party. A's
// line is the meridian of 10.5E, B's that of 10.9E; the distance is 1 km.
func TestMeaningWithdrawLines(t *testing.T) {
	guns := func(name, binds, line string) string {
		return "  - article: \"" + name + "\"\n    phase: all\n    binds: " + binds + "\n    text: Guns leave.\n    withdraw: {weapons: {calibre: \">=100\"}, line: " + line + ", distance: 1 km, by: 2026-02-01T00:00:00Z}\n    floor: {evidence: single-source}\n"
	}
	second := collection(feature(`"kind":"line-of-contact"`, `{"type":"LineString","coordinates":[[10.9,-1],[10.9,1]]}`))
	a := read(t, guns("1", "[A, B]", "{A: contact, B: second}")+guns("A", "[A]", "{A: contact, B: second}")+guns("one", "[A, B]", "{A: contact, B: contact}")+guns("moving", "[A, B]", "{A: moving, B: moving}")+strings.Replace(guns("wide", "[A, B]", "{A: contact, B: contact}"), "1 km", "40 km", 1),
		append([]string{lines[0], lines[1], "lines/second/2026-03-01.geojson", second}, lines[2:]...)...)
	at := func(lon, more string) string {
		return "seen o by wire 2026-03-05T10:00/10:10Z 0.0N " + lon + "E ±100m weapon=artillery calibre=122 " + more + "\n"
	}
	hold(t, a, []row{
		{"A's gun on A's line", at("10.5", "actor=A") + "assess 1 apparent-violation of o\nassess A apparent-violation of o"},
		{"B's gun on A's line", at("10.5", "actor=B") + "assess 1 no-violation of o\nassess A out-of-scope of o"},
		{"B's gun on B's line", at("10.9", "actor=B") + "assess 1 apparent-violation of o"},
		{"nobody's gun on A's line: whose it is decides", at("10.5", "") + "assess 1 undetermined(missing-fact) of o missing actor because \"whose it is\"\nassess A undetermined(missing-fact) of o missing actor\nassess one apparent-violation of o"},
		{"one of A's and B's", at("10.5", "actor=A|B") + "assess 1 undetermined(missing-fact) of o missing actor\nassess one apparent-violation of o"},
		{"nobody's gun far from both lines", at("10.7", "") + "assess 1 no-violation of o\nassess one no-violation of o"},
		{"one of A's and X's on A's line: whether it is bound is open", at("10.5", "actor=A|X") + "assess 1 undetermined(missing-fact) of o missing actor"},
		{"one of A's and X's on B's line: it is not A's", at("10.9", "actor=A|X") + "assess 1 no-violation of o"},
		// A strip of 1 km on both sides of each line, 221.15 km long, of 442.3 km2, and half a
		// disc of 1.57 km2 at each end, outside the box: 442.3 / 445.4 = 0.993 can be covered,
		// a quarter of which is each half of a strip.
		{"the west has the west half of A's strip", "cover c patrol west 2026-03-05 source=post-1\ncount 1 coverage=0.248 during 2026-03-05\ncount one coverage=0.4965 during 2026-03-05"},
		{"the east has the other three quarters", "cover c patrol east 2026-03-05 source=post-1\ncount 1 coverage=0.745 during 2026-03-05\nassess 1 held during 2026-03-05"},
		{"a line that moves has the ground of its last day", "cover c patrol west 2026-03-05 source=post-1\ncount moving coverage=0.4965 during 2026-03-05"},
		// The range lies 22 to 33 km west of A's line, out of 1 km and within 40 km: 11.13 km of
		// 80 km, 221.15 km long, and half discs of 2513 km2 at both ends: 2462 / 22718 = 0.108.
		{"each distance has its own ground", "cover c patrol range 2026-03-05 source=post-1\ncount one coverage=0 during 2026-03-05\ncount wide coverage=0.108 during 2026-03-05"},
		{"a line that moves is that of the latest day before", at("10.5", "actor=A") + "assess moving apparent-violation of o"},
		{"before its first day nobody knows where it is", "seen o by wire 2026-03-01T00:00/00:10+02:00 0.0N 10.5E ±100m weapon=artillery calibre=122 actor=A\nassess moving out-of-scope of o"},
		{"an area over the line, and one apart from it", "seen o by wire 2026-03-05T10:00/10:10Z region:box weapon=artillery calibre=122 actor=A\nassess 1 undetermined(place) of o\nseen p by wire 2026-03-06T10:00/10:10Z region:range weapon=artillery calibre=122 actor=A\nassess 1 no-violation of p"},
		{"no place is stated", "seen o by wire 2026-03-05T10:00/10:10Z weapon=artillery calibre=122 actor=A\nassess 1 undetermined(place) of o because \"is not known\""},
	})
}

// TestMeaningTotals: a total is assessed as if it were one observation, and never
// corroborated; a total of signs decides nothing.
func TestMeaningTotals(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: march
    binds: [A, B]
    text: No fire in March.
    prohibit: {acts: [fire], in: [west]}
    floor: {evidence: single-source}
`)
	hold(t, a, []row{
		{"a party's own total", "tally t by mod-a fire 2026-03-05 region:range count=5\nassess 1 alleged-only alleged of t because \"a total claimed by A\"\nassess 1 alleged-only during 2026-03-05\ncount 1 signs=0 incidents=0"},
		{"one source's total meets no floor", "tally t by wire fire 2026-03-05 region:range count=5\nassess 1 uncorroborated single-source of t\ncount 1 signs=0 incidents=0"},
		{"and two do not confirm each other", "tally t by wire fire 2026-03-05 region:range count=5\ntally u by paper fire 2026-03-05 region:range count=5\nassess 1 uncorroborated single-source of t\nassess 1 uncorroborated during 2026-03-05"},
		{"of another act", "tally t by wire overflight 2026-03-05 region:range count=5\nassess 1 no-violation of t"},
		{"of attacks of any kind", "tally t by wire attack 2026-03-05 region:range count=5\nassess 1 undetermined(missing-fact) of t missing act"},
		{"of more ground than the article's", "tally t by wire fire 2026-03-05 region:box count=5\nassess 1 undetermined(place) of t"},
		{"of other ground", "tally t by wire fire 2026-03-05 region:east count=5\nassess 1 no-violation of t"},
		{"of hours over the beginning", "tally t by wire fire 2026-02-28/2026-03-03 region:range count=5\nassess 1 undetermined(time) of t"},
		{"of hours before it", "tally t by wire fire 2026-02-20 region:range count=5\nassess 1 out-of-scope of t"},
		{"of one who is outside the agreement", "tally t by wire fire 2026-03-05 region:range count=5 actor=X\nassess 1 out-of-scope of t"},
		{"of pixels, however many", "tally t by wire fire-pixel 2026-03-05 region:range count=739\nassess 1 no-violation of t because \"a total of signs decides nothing\"\nassess 1 undetermined(no-coverage) during 2026-03-05"},
		{"of none by a party, and by another", "tally t by mod-a fire 2026-03-05 region:range count=0\nassess 1 none-alleged of t\ntally u by wire fire 2026-03-05 region:range count=0\nassess 1 no-violation of u because \"it states that there was none\""},
		{"a total stands behind an incident", "tally t by wire fire 2026-03-05 region:range count=5\nobserve o fire 2026-03-05T10:00/10:10Z 0.0N 10.25E ±100m weapon=mortar source=paper\nassess 1 apparent-violation during 2026-03-05\nreconcile t found=1 difference=4"},
	})
}

// TestMeaningFreezeUnknown: if the line files do not say what a party controlled, nothing
// follows for that party: such a day counts as no data. Only A's ground is given on the fixed
// day, only B's on 4 March, and nobody's on 5 March.
func TestMeaningFreezeUnknown(t *testing.T) {
	only := func(party, west, east string) string {
		return collection(feature(`"kind":"control","party":"`+party+`"`, rectangle(west, east)), feature(`"kind":"line-of-contact"`, `{"type":"LineString","coordinates":[[10.5,-1],[10.5,1]]}`))
	}
	a := read(t, `  - article: "1"
    phase: all
    binds: [A, B]
    text: Nobody advances.
    freeze: {line: contact, tolerance: 50 m}
    floor: {evidence: single-source}
`, "lines/contact/2026-03-01.geojson", only("A", "10", "10.5"), "lines/contact/2026-03-03.geojson", only("A", "10", "10.6"), "lines/contact/2026-03-04.geojson", only("B", "10.5", "11"))
	at := func(actor, place string) string {
		return "seen o by wire 2026-03-06T10:00/10:10Z " + place + " what=position actor=" + actor + "\n"
	}
	hold(t, a, []row{
		{"A beyond its own, where nobody else's ground is given", at("A", "0.0N 10.6E ±100m") + "assess 1 apparent-violation of o"},
		{"A within its own", at("A", "0.0N 10.4E ±100m") + "assess 1 no-violation of o"},
		{"B anywhere", at("B", "0.0N 10.4E ±100m") + "assess 1 undetermined(place) of o because \"do not say what B controlled\""},
		{"A advanced, and of B nothing is known", "assess 1 apparent-violation during 2026-03-03\nassess 1 apparent-violation party=A during 2026-03-03\nassess 1 undetermined(no-coverage) party=B during 2026-03-03 because \"controlled on 2026-03-01\""},
		{"the day says nothing of A", "assess 1 undetermined(no-coverage) party=A during 2026-03-04 because \"what A controlled in\""},
		{"and what A held before does not stand for it", "assess 1 undetermined(no-coverage) during 2026-03-03/2026-03-05"},
	})
}
