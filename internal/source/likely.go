package source

import (
	"regexp"
	"strings"
	"sync"

	"github.com/opentruce/truce"
)

// A likely is what the words of a publisher may mean in our vocabulary. Nothing is read by
// it: a proposal writes it into a mapping, with the number of rows, and a person looks.
type likely struct {
	words  *regexp.Regexp
	act    truce.Act
	weapon truce.Class
	aside  string
}

func sense(pattern string, act truce.Act, weapon truce.Class, aside string) likely {
	return likely{regexp.MustCompile(`(?i)` + pattern), act, weapon, aside}
}

// likelies are looked at in order: the first that matches is proposed. They are compiled when they
// are first asked for: most commands propose nothing.
var likelies = sync.OnceValue(func() []likely {
	return []likely{
		sense(`(raid|missile|drone|uav|rocket|air|artillery|ballistic) (alert|alarm|warning|danger|threat)|(danger|threat) of (a )?(missile|drone|uav|rocket|air)|^(alert|alarm)s?$|\bsirens?\b|luftalarm|raketenalarm|повітряна тривога|воздушная тревога|(ракетн|авіаційн|авиационн|баліст|баллист|артилер|дронов)\pL* (небезпек|опасност|загроз|угроз|тривог|тревог)|(загроз|угроз)\pL* .*(ракет|баліст|баллист|бпла|дрон|шахед)|alerte aérienne|alerta aérea|صفارات|إنذار`, "alert", "", ""),
		sense(`protest|demonstration|\briots?\b|mob violence`, "", "", "protest"),
		sense(`loot|theft|robbery|property destruction|vandal`, "", "", "crime"),
		sense(`abduct|kidnap|arrest|detention|forced disappearance`, "", "", "detention"),
		sense(`agreement|headquarters|non.violent transfer|change to group|strategic development|statement|meeting`, "", "", "no act"),
		sense(`kundgebung|manifestación|протест|мітинг|митинг`, "", "", "protest"),
		sense(`festnahme|entführ|затриман|задержан|викраден|похищ`, "", "", "detention"),
		sense(`glide bomb|guided bomb|\bkab\b|(^|[^\pL])каб([^\pL]|$)`, "strike", "glide-bomb", ""),
		sense(`\bfpv\b|(^|[^\pL])фпв([^\pL]|$)`, "strike", "fpv", ""),
		sense(oneWay, "strike", "one-way-uav", ""),
		sense(`drohne|dron(e|es)? |дрон|безпілот|беспилот|бпла|مسيّرة|مسيرة|(^|[^\pL])скид`, "strike", "", ""), // no word of the vocabulary is for all drones
		sense(`luftangriff|luftschlag|frappe aérienne|raid aérien|bombardement aérien|ataque aéreo|bombardeo aéreo|авіаудар|авиаудар|авіан|авиан|(удар\pL*|наліт|налет|налёт) авіації|(удар\pL*|налет|налёт) авиации|авіабомб|авиабомб|غارة|غارات|قصف (جوي|بالطيران|الطيران)|القصف الجوي`, "strike", "aircraft", ""),
		sense(`raketenangriff|marschflug|attaque de missile|ataque con misil|ракетн|صاروخ|صواريخ`, "strike", "missile", ""),
		sense(`قصف مدفعي|مدفعية`, "fire", "artillery", ""),
		sense(`هاون`, "fire", "mortar", ""),
		sense(`mörser|mortier|міном|миномёт|миномет`, "fire", "mortar", ""),
		sense(`artillerie|артил|гаубиц`, "fire", "artillery", ""),
		sense(`beschuss|beschoss|tirs? d.obus|pilonnage|обстріл|обстрел|قصف`, "fire", "", ""),
		sense(`scharfschütz|heckenschütz|tireurs? (embusqué|d'élite)|francotirador|снайпер`, "shot", "small-arms", ""),
		sense(`(^|\PL)tirs? (sporadiques?|nourris?|d.armes?)`, "fire", "", ""),
		sense(`minas? (antipersona|antitanque|terrestre)`, "explosion", "mine", ""),
		sense(`قنص|قناص`, "shot", "small-arms", ""),
		sense(`لغم|ألغام|الغام|عبوة ناسفة`, "explosion", "mine", ""),
		sense(`landmine|sprengfalle|мінн|мінами|подрыв на мин|підрив на мін`, "explosion", "mine", ""),
		sense(`explosión|вибух|взрыв|انفجار`, "explosion", "", ""),
		sense(`schaden|schäden|zerstör|dégâts|daños|пошкодж|поврежд|руйнув|разруш`, "damage", "", ""),
		sense(`ballistic`, "strike", "ballistic-missile", ""),
		sense(`cruise missile`, "strike", "cruise-missile", ""),
		sense(`drone|\buavs?\b|unmanned`, "strike", "", ""),
		sense(`helicopter|barrel bomb`, "strike", "helicopter", ""),
		sense(`air ?(strike|raid|attack)|aerial (attack|strike|bomb|raid)|warplane|bomb(ing|ed|ardment) by (air|plane)|war plane`, "strike", "aircraft", ""),
		sense(`missile|rocket attack on`, "strike", "missile", ""),
		sense(`\bmlrs\b|\bgrads?\b|multiple rocket`, "fire", "mlrs", ""),
		sense(`mortar`, "fire", "mortar", ""),
		sense(`\btanks?\b`, "fire", "tank", ""),
		sense(`artillery|howitzer|\d{3} ?mm`, "fire", "artillery", ""),
		sense(`\brpg\b|grenade`, "fire", "rpg", ""),
		sense(`heavy machine|\bhmg\b`, "fire", "hmg", ""),
		sense(`small.?arms|rifle|sniper|gunfire|shooting|shots? fired|\bshots?\b`, "shot", "small-arms", ""),
		sense(`shell(ing|ed)|rocket|cross.?border fire`, "fire", "", ""),
		sense(`landmine|\bmines?\b|\bied\b|improvised explosive|roadside`, "explosion", "mine", ""),
		sense(`overflight|fly.?over|air ?space`, "overflight", "", ""),
		sense(`jam(ming|med)|\bspoof`, "jamming", "ew", ""),
		sense(`explosion|blast|remote violence|\bbombs?\b`, "explosion", "", ""),
		sense(`damage|destroyed building|crater`, "damage", "", ""),
		sense(`movement|advance|convoy`, "movement", "", ""),
		sense(`access denied|denial of access|checkpoint|obstruct`, "access", "", ""),
		sense(`trench|fortif|construction`, "works", "", ""),
		sense(`battle|clash|attack|assault|fight|violence|ambush|raid|killed|hostilit|angriff|gefecht|attaque|ataque|combat|напад|атак|هجوم|اشتباك|معارك|зіткнен|столкновен|enfrentamient|hostigamient|emboscada|affrontement|accrochage|embuscade|hinterhalt|zusammenstoß`, "attack", "", ""),
	}
})

// oneWay are names of drones that fly into what they attack. A drone of which no more is said may
// be another: one that drops grenades, an FPV, or one that only looks.
const oneWay = `shahed|шахед|geran\b|геран|герань|one.?way|kamikaze|камікадзе|камикадзе|loitering`

var (
	// things are cells that name a missile or a drone. They are an attack only with a word for what
	// it did: a drone may have been seen, heard or found.
	things = regexp.MustCompile(`(?i)drone|drohne|dron(e|es)?\b|\buavs?\b|unmanned|loitering|\bfpv\b|missile|\bmisil|rocket|aerial|ballistic|` + oneWay + `|rakete|marschflug|glide bomb|guided bomb|дрон|безпілот|беспилот|бпла|фпв|ракет|صاروخ|صواريخ|مسيّرة|مسيرة`)
	did    = regexp.MustCompile(`(?i)strike|struck|attack|\bhit|\bimpact|launch|shell|\braids?\b|fire|firing|\bdrop|explo|blast|bomb|assault|kill|wound|injur|destroy|\bdamage|salvo|barrage|angriff|angegriffen|einschlag|beschuss|beschoss|abwurf|frappe|attaque|\btirs?\b|impacto|ataque|удар|атак|обстріл|обстрел|влучан|попадан|приліт|прилет|прилёт|пуск|скид|сброс|вибух|взрыв|قصف|هجوم|ضربة|غارة|استهداف|إطلاق|سقوط`)
	// vague are whole cells that may be an attack or something else: a burning building, a bomb that
	// was found, or a bomb of which nobody says from where it came.
	vague = regexp.MustCompile(`(?i)^(fires?|fire incident|bombs?|bombings?|bombardements?|bombardeos?|feuer|brand|feu|fuego|пожежа|пожар|حريق)$`)

	// harmless are phrases that deny harm and no act: "shelling, no casualties" is shelling.
	harmless = regexp.MustCompile(`(?i)\b(no|without|zero) (civilian )?(casualt|injur|damage|death|deaths|dead|fatalit|victim|one (was )?(killed|injured|hurt))\w*`)
	// denied are words that deny an act, or tell of something other than an attack,
	// for which the vocabulary has no act: an interception is the defender's, and not a strike.
	denied = regexp.MustCompile(`(?i)\b(no|none|nothing|without|never|false|hoax|cancelled|ceased|drill|kein(e|er|en|em)?|ohne|aucune?|sans|sin|ning[uú]na?)\b|^not\b|\b(did|was|were|is) not\b` +
		`|(^|[^\pL])(немає|нет|не|без|відсутні|لا|لم|بدون)([^\pL]|$)` +
		`|debris|wreckage|trümmer|remnants?|fragments? of|fragmentos|débris|уламк|обломк|حطام|شظايا` +
		`|sighting|\bsighted\b|spotted|\bseen\b|foiled|thwarted|prevented|averted|repelled|\bfailed\b|vereitelt|déjoué|frustrad|відбит|отбит|отражен|відверн|предотвращ|إحباط|إفشال` +
		`|exercise|training|manoeuvre|maneuver|übung|exercice|ejercicio|навчання|учения|учений|تدريب|مناورات|celebrat|wedding|fireworks|feuerwerk|салют|феєрверк|фейерверк|احتفال` +
		`|intercept|shot down|shoot.?down|\bdowned\b|air defen[cs]e|abgeschossen|abgefangen|abattu|derribad|збит|сбит|перехоп|перехвач|اعتراض|إسقاط` +
		`|de.?mining|mine clearance|mine action|uxo clear|controlled (explosion|detonation|demolition|blast)|entmin|entschärf|déminage|desminad|розмінуван|разминирован`)
)

// eitherMeaning says what a word may mean that is an attack or something else, as a mapping has
// it; empty: nothing is known of it.
func eitherMeaning(cell string) string {
	switch {
	case burning.MatchString(cell):
		return "fire if somebody shot; {aside: burning} if something burnt"
	case vague.MatchString(cell):
		return "{act: strike, weapon: aircraft} if it fell from the air; explosion; {aside: found} if it did not explode"
	case things.MatchString(cell) && !denied.MatchString(cell):
		attack, weapon := "strike", ""
		for _, l := range likelies() {
			if l.weapon != "" && l.act != "alert" && l.words.MatchString(cell) {
				attack, weapon = string(l.act), string(l.weapon)
				break
			}
		}
		if class, err := truce.Words.Class(strings.ReplaceAll(strings.ToLower(cell), " ", "-")); err == nil && weapon == "" {
			weapon = string(class)
		}
		if weapon != "" {
			attack = "{act: " + attack + ", weapon: " + weapon + "}"
		}
		return attack + " if it attacked; overflight if it only flew; {aside: seen} if it was only seen or found"
	}
	return ""
}

// burning are words for a fire, by weapons or of a house.
var burning = regexp.MustCompile(`(?i)^(fires?|fire incident|feuer|brand|feu|fuego|пожежа|пожар|حريق)$`)

// likelyClass is the weapon class that a publisher's word may mean; false: nothing is near.
func likelyClass(cell string) (truce.Class, bool) {
	word := strings.ReplaceAll(strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(cell))), " "), " ", "-")
	if c, err := truce.Words.Class(word); err == nil {
		return c, true
	}
	if denied.MatchString(cell) {
		return "", false
	}
	for _, l := range likelies() {
		if l.weapon != "" && l.words.MatchString(cell) {
			return l.weapon, true
		}
	}
	return "", false
}

// likelyMeaning is what a publisher's word may mean; false: nothing is near.
func likelyMeaning(cell string) (Value, bool) {
	cell = strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(cell)), " ")
	word := strings.ReplaceAll(strings.ToLower(cell), " ", "-")
	if vague.MatchString(cell) {
		return Value{}, false
	}
	if a, err := truce.Words.Act(word); err == nil {
		return Value{To: string(a)}, true
	}
	if denied.MatchString(harmless.ReplaceAllString(cell, "")) {
		return Value{}, false
	}
	if things.MatchString(cell) && !did.MatchString(cell) && !likelies()[0].words.MatchString(cell) {
		return Value{}, false
	}
	class, cerr := truce.Words.Class(word)
	for _, l := range likelies() {
		if !l.words.MatchString(cell) {
			continue
		}
		if cerr == nil && l.weapon != "" { // how it is used, with the weapon that the word is
			return Value{Act: string(l.act), Weapon: string(class)}, true
		}
		switch {
		case l.aside != "":
			return Value{Aside: l.aside}, true
		case l.weapon != "":
			return Value{Act: string(l.act), Weapon: string(l.weapon)}, true
		}
		return Value{To: string(l.act)}, true
	}
	if cerr == nil {
		return Value{Act: "attack", Weapon: string(class)}, true
	}
	return Value{}, false
}

// A role is what a column may be, by its name and by what is in it.
type role struct {
	name  string
	named *regexp.Regexp // of the column's name, in small letters with blanks for _ . / and -
}

// roles by the names that columns have in the exports we have seen. The first match counts.
var roles = sync.OnceValue(func() []role {
	return []role{
		{"clock", regexp.MustCompile(`#date\+time`)}, // before the tags of dates
		{"position", regexp.MustCompile(`^(lat(itude)? ?,? ?(lon|long|lng|longitude)|breite ?,? ?länge|широта ?,? ?долгота|широта ?,? ?довгота|خط العرض ?،? ?(و ?)?خط الطول|الإحداثيات|إحداثيات|احداثيات|координат[аиы]|koordinaten?|coordenadas|coordonnées( gps)?|koordinat(lar)?|مختصات)$`)}, // before each of the two
		{"key", regexp.MustCompile(`^(id|key|uuid|_?_?id|event id( cnty)?|data id|incident id|(incident|event|report|case) (no|nr|num|number)|unique id|global ?event ?id|object ?id|fid|instance ?id|meta instance ?id|guid|event ?code|violation id|no|number|nr)$|#(meta|event|activity)\+id`)},
		{"lat", regexp.MustCompile(`^(.* )?(lat|latitude|y ?coord(inate)?|coord y)$|#geo\+lat`)},
		{"lon", regexp.MustCompile(`^(.* )?(lon|long|lng|longitude|x ?coord(inate)?|coord x)$|#geo\+lon`)},
		{"accuracy", regexp.MustCompile(`(^| )(accuracy|hdop)$|gps precision$`)},
		{"radius", regexp.MustCompile(`^(radius|uncertainty|error|buffer)( m| km)?$`)},
		{"precision", regexp.MustCompile(`^(geo|where|location|spatial) ?prec(ision)?$`)},
		{"dateprecision", regexp.MustCompile(`^(time|date) ?prec(ision)?$`)},
		{"position", regexp.MustCompile(`^(coordinates?|position|gps|geo ?point|lat ?long|lat ?lon|location coordinates|wkt|geom(etry)?|geometry wkt|mgrs|utm|point|grid( reference)?)$|#geo\+coord`)},
		{"year", regexp.MustCompile(`^year$`)}, {"month", regexp.MustCompile(`^month$`)}, {"day", regexp.MustCompile(`^day$`)},
		{"reported", regexp.MustCompile(`^(_?submission ?(time|date)|(date )?reported( at| on)?|report(ing)? date|published|pub ?date|date added|upload(ed)?( at| on| utc)?|sent|received|(.* )?submission ?date)$|#date\+reported`)},
		{"until", regexp.MustCompile(`^(end|end date|date end|end time|to|until|date to|finish(ed)?)$|#date\+end`)},
		{"occurred", regexp.MustCompile(`^(date|event date|date start|start date|start|occurred( at| on)?|when|datetime|date time|incident date|date of (the )?(incident|event|attack)|from|at|day of event|observed( at)?|sqldate|timestamp|time ?stamp|time|dtg|date ?time group|date utc|acq date|updated)$|#date`)},
		{"clock", regexp.MustCompile(`^(time of day|hour|clock|event time|incident time|start time|time of (the )?(incident|event|attack)|time)$`)},
		{"act", regexp.MustCompile(`^(sub event type|event sub ?type|sub type)$`)},
		{"act", regexp.MustCompile(`^(event type|type|act|what|kind|incident type|attack type|type of (event|attack|incident|violence|violation)|category|violation|means of attack|event|activity|classification|attack ?context|what (has )?happened|what was (seen|heard|observed)|observation|observed)$|#event\+type|#activity`)},
		{"act", regexp.MustCompile(`(^| )(classification|event type|incident type|attack type|category)( (label|name))$`)},
		{"weapon", regexp.MustCompile(`^((type of )?weapons?|weapons? (type|types|used|seen|heard)|munitions?|model|means|arms?|waffen?|armes?|armas?|зброя|оружие|السلاح|نوع السلاح)$`)},
		{"killed", regexp.MustCompile(`^(fatalities|killed|kia|deaths|dead|total killed|nb ?killed|number killed|best|best est|people killed|total deaths)$|#affected\+killed`)},
		{"killedlow", regexp.MustCompile(`^(low|low est|killed (low|min)|fatalities (low|min))$`)}, {"killedhigh", regexp.MustCompile(`^(high|high est|killed (high|max)|fatalities (high|max))$`)},
		{"injured", regexp.MustCompile(`^(injured|wounded|wia|injuries|total wounded|total injured|people injured)$|#affected\+injured`)},
		{"count", regexp.MustCompile(`^(count|number of (events|attacks|explosions|shots)|n events|n|quantity|amount|launched|how many|(no|nr|num|number) of [a-z ]*(raids|strikes|attacks|incidents|violations|explosions|impacts|shells|rounds|shots|rockets|missiles|drones))$`)},
		{"actor", regexp.MustCompile(`^(actor ?1?|actor1|side a|perpetrator|attacker|belligerent|party|actor name|actor 1|responsible)$`)},
		{"note", regexp.MustCompile(`^(notes?|description|headline|title|text|summary|details|event description|desc|narrative|comments?|remarks)$|#description`)},
		{"link", regexp.MustCompile(`^(url|link|source ?url|website|sourceurl|href|source link|video|tweet|post)$`)},
		{"publisher", regexp.MustCompile(`^(channel|outlet|publisher|account|author|media outlet|newspaper|channel name|screen name|user ?name)$`)},
		{"cited", regexp.MustCompile(`^(source|sources|source name|source original|source office|reported by|media)$|#meta\+source`)},
		{"name", regexp.MustCompile(`^(location|place|settlement|city|town|village|place name|locality|where coordinates|location name|site|loc name)$|#loc\+name`)},
		{"pcode3", regexp.MustCompile(`^(adm|admin) ?[34] ?p ?code$|#adm[34]\+code`)}, {"pcode2", regexp.MustCompile(`^(adm|admin) ?2 ?p ?code$|#adm2\+code`)}, {"pcode1", regexp.MustCompile(`^((adm|admin) ?1 ?p ?code|p ?code)$|#adm1\+code`)},
		{"region", regexp.MustCompile(`^(admin ?1|adm ?1|region|governorate|oblast|province|state|district|adm 1 name|adm1 name)$|#adm1`)},
		{"region", regexp.MustCompile(`^((admin|adm) ?[23]( name)?|sub ?districts?|township|municipality|county|woreda|payam|territory|division|ward|district name)$|#adm[23](\+name)?$`)},
		// The same in German, French, Spanish, Ukrainian, Russian and Arabic.
		{"key", regexp.MustCompile(`^(nr|lfd nr|nummer|kennung|numéro|identifiant|número|код|номер|№|رقم)$`)},
		{"lat", regexp.MustCompile(`^(geogr )?(breite|breitengrad|latitud|широта|خط العرض)$`)},
		{"lon", regexp.MustCompile(`^(geogr )?(länge|laenge|längengrad|longitud|довгота|долгота|خط الطول)$`)},
		{"until", regexp.MustCompile(`^(ende|bis|fin|hasta|кінець|конец)$`)},
		{"reported", regexp.MustCompile(`^(gemeldet( am)?|veröffentlicht|signalé( le)?|publicado|повідомлено|сообщено|опубліковано|опубликовано)$`)},
		{"occurred", regexp.MustCompile(`^(datum|tag|beginn|zeitpunkt|datum uhrzeit|fecha|date de l.incident|дата( події| события| інциденту| инцидента)?|التاريخ|تاريخ|تاريخ (الحادث|الحادثة|الواقعة))$`)},
		{"clock", regexp.MustCompile(`^(uhrzeit|zeit|heure|hora|час|время|الوقت|الساعة|وقت الحادث)$`)},
		{"act", regexp.MustCompile(`^(art|typ|ereignis(art|typ)?|vorfallsart|art des (vorfalls|ereignisses)|kategorie|type d.(incident|attaque)|catégorie|événement|evento|suceso|incidente|подія|событие|інцидент|инцидент|атака|обстріл|обстрел|الحدث|tipo( de (incidente|ataque))?|categoría|(тип|вид)( події| атаки| события| инцидента| інциденту)?|категорія|категория|النوع|نوع الحادث|نوع الهجوم|نوع الاعتداء|الحادثة|نوع الانتهاك|الانتهاك)$`)},
		{"killed", regexp.MustCompile(`^(tote|getötete|todesopfer|morts|tués|muertos|fallecidos|загиблі|загинуло|вбито|убито|погибшие|погибло|القتلى|عدد القتلى|الشهداء|الوفيات|قتلى)$`)},
		{"injured", regexp.MustCompile(`^(verletzte|verwundete|blessés|heridos|поранені|поранено|раненые|ранено|الجرحى|عدد الجرحى|المصابين|الإصابات|جرحى)$`)},
		{"count", regexp.MustCompile(`^(anzahl|nombre|cantidad|кількість|количество)$`)},
		{"actor", regexp.MustCompile(`^(täter|angreifer|akteur|auteur|responsable|виконавець|исполнитель)$`)},
		{"note", regexp.MustCompile(`^(bemerkung(en)?|beschreibung|notiz(en)?|remarques?|descripción|notas|observaciones|опис|примітк[аи]|описание|примечани[ея]|ملاحظات|الوصف)$`)},
		{"cited", regexp.MustCompile(`^(quelle|fuente|джерело|источник|المصدر)$`)},
		{"name", regexp.MustCompile(`^(ort|ortschaft|stadt|gemeinde|dorf|lieu|localité|ville|lugar|localidad|ciudad|місце|населений пункт|місто|место|населённый пункт|населенный пункт|город|المكان|الموقع|المدينة|القرية|البلدة|المدينة القرية|اسم المدينة|المحلية)$`)},
		{"region", regexp.MustCompile(`^(territoire|commune|cercle|arrondissement|municipio|comuna|cantón|distrito|landkreis|kreis|bezirk|ilçe|powiat|громада|المديرية|مديرية|القضاء|قضاء)$`)},
		{"region", regexp.MustCompile(`^(bundesland|gebiet|département|provincia|departamento|область|регіон|регион|район|المحافظة|محافظة|الولاية|ولاية|الإقليم|اسم الولاية)$`)},
		{"lat", regexp.MustCompile(`^(lat(itude)? (dd|deg|degrees|decimal|n|wgs ?84)|(wgs ?84|decimal|gps|point|coord) lat(itude)?|breite (n|grad)|enlem|szerokość( geograficzna)?|دائرة العرض|الإحداثي ص|عرض جغرافیایی|y|(point|gps) y|y (wgs ?84|coord))$`)},
		{"lon", regexp.MustCompile(`^((lon|long|lng|longitude) (dd|deg|degrees|decimal|e|wgs ?84)|(wgs ?84|decimal|gps|point|coord) (lon|long|lng|longitude)|länge (o|e|grad)|boylam|długość( geograficzna)?|الإحداثي س|طول جغرافیایی|x|(point|gps) x|x (wgs ?84|coord))$`)},
	}
})
