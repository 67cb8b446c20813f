/**
 * `bun scripts/train/safety-words.ts`: writes `config/safety/ordinary.json`, the words of harmless texts that are a slip of
 * the pen away from a telling one, so that `fuzzy_matching` leaves them alone, and those that only seem to be put together
 * from telling ones ("transport"). The same rows give the same file.
 */
import { join } from "node:path";
import { columnsOf } from "../../src/detect/injection/columns.ts";
import { INTENT_BITS, INTENT_MASK, lookUp } from "../../src/detect/injection/vocabulary.ts";
import { CONCEPTS, SUBJECT_OF, tellingTerms, vocabulary } from "../../src/detect/safety/concepts.ts";
import { BEGINNING, furtherSet, gluedSet, hashWith, symbolOf } from "../../src/detect/safety/further.ts";
import { partsOf, Slips } from "../../src/detect/safety/guessed.ts";
import { wordMender } from "../../src/detect/safety/mended.ts";
import { plainSentence } from "../../src/detect/safety/spelling.ts";
import { safetyRows } from "./safety-rows.ts";

const OUT = join(import.meta.dir, "../../config/safety/ordinary.json");
/** Words as ordinary that these rows happen not to have. */
const ALSO =
  "forme sens noter serving rated guys massage rare effort strange bonnes explores heure regarder hopes chine blanche facile savings figured decade hockey regard expressed voiture decent desert corn dangers mature rolling excessive expansion contacter blame slit decouvert spices rewards chains wore cant puts starring grab acceleration dozen droite courte melange stroke shifting deepest racial celestial liking courts pirates treats francis exotic detendre blanches memset aroma espresso fats burger boon heal zebras mets babe carter bros thrown assault amid bodies masters viewer ripe sphere beloved malgre parc succes droits billes automobile roar empress kite pillow musician chick knocked bruh steak slopes rookie voter skit boiling employer unrest graduate biologist spoon hermione serais poisson taper detecter allant colere volant gris variete mentale virgules detecte intend dancer statue drums spook stepping morale cops grabs shocked thrones slam bother kobe rapping steven argued raining bosses coaches scar newer seating shih evitant centaines chaine nucleaire bacteries robe vendent rapides enfance veiller repertoire heated whereas cunning puree denver shutting drone peta raving suck hitter burner stevie lame chicks walter pitted bumble knicks ruby incidents explorers voyageur curtis enclosure bette interrupts coop farrar lacked sticky hatch masses spins lining revolves selena martha starry staring donkey striving jouet voient poudre tendent clochettes villes parcs sain pieton cometes caches attentes billets saut hausse voile interagir voie hommes biaisee federation hasher kitten foliage climbs espionage blamed intellect heroic cotes banques ballet russian sponge edible profiter calque creature moons kudos assists sings latine boule niche parait compromis sacrifices scoop wider downed revolve tracer latina enrique skinner refuge cupid bothers devint bains corse brise trice bdist procs rfile cines expliciter crises refuges mania patriot gigas sprang sinner merit bezos caster surname piping vedic tamer beets kales";
/** As far off as `max_distance` may be. */
const FURTHEST = 8;

const mends = [1, FURTHEST].map((distance) => wordMender(distance, ""));
/** Slips of the pen in harmless texts. */
const SLIPS = new Set("asains mexcian killin robda".split(" "));
const slips = new Slips(tellingTerms(), SLIPS);
const columns = new Int8Array(64);

/** Whether a word that is in no vocabulary would be read as a slip in a telling one. */
function isLikeTelling(word: string): boolean {
  const span = { start: 0, end: word.length };
  columnsOf(word, columns);
  return lookUp(vocabulary(), columns, span) === 0 && slips.setOf(word, columns, span) !== 0;
}

/** What is found in words that are indeed put together from telling ones. */
const TOGETHER =
  /virus|selbst|zelf|lesion|samook|diebst|diefst|phish|malw|ransom|trojan|spion|porn|heroin|kokain|cannab|drog|drug|waff|wapen|geweer|gewehr|pistol|moord|morder|terror|hitler|nazi|sex|seks|bomb|kinder|mishand|missbr|misbr|waschegesetz|contrabb|schmugg|smokkel|einbruch|latek|latk|letni|jahrig|jarig|tortur|martelwerk|suizid|suicid|frau|vrouw|women|niepelno|explos|wurm|behinder|flucht|auslander|buitenlander|schlampe|hure|hoer|schwul|homo|haat|gift|asyl|nigg|fuck|shit|brandst|radical|meth|betrug|schlacht|extreem|hasslich|dehuman|deshuman|nutzlos|verrad|migrant|schwarze|verhungern|naakt|derub|mager|schwert|kanker/;

const GROUPS = "religion ethnic gender lgbt disabled".split(" ").map((name) => CONCEPTS.indexOf(name));

/** Whether a packed set has a concept that one may be harmed by, or a group of people. */
function isTelling(set: number): boolean {
  for (let rest = set; rest !== 0; rest >>= INTENT_BITS) {
    const concept = (rest & INTENT_MASK) - 1;
    if (SUBJECT_OF[concept] !== 0 || GROUPS.includes(concept)) return true;
  }
  return false;
}

/** Whether a word that is in no vocabulary would be taken apart into telling ones. */
function isTakenApart(word: string): boolean {
  const span = { start: 0, end: word.length };
  columnsOf(word, columns);
  const known = vocabulary();
  const beginnings = new Int32Array(BEGINNING.longest - BEGINNING.shortest + 1);
  let hash = 0;
  for (let at = 0; at < word.length; at++) {
    hash = hashWith(hash, symbolOf(columns[at]!));
    const letters = at + 1;
    if (letters >= BEGINNING.shortest && letters <= BEGINNING.longest) beginnings[letters - BEGINNING.shortest] = hash;
  }
  if (lookUp(known, columns, span) !== 0 || furtherSet(hash, word.length, beginnings) !== 0) return false;
  return [...partsOf(known, columns, span), gluedSet(known, columns, span)].some(isTelling);
}

const words = new Set(ALSO.split(" "));
for (const { text, unsafe, ships, source } of await safetyRows()) {
  if (unsafe || !ships || source === "own-spelled") continue;
  for (const word of plainSentence(text.slice(0, 8_000))
    .toLowerCase()
    .match(/[a-z]{4,24}/g) ?? [])
    words.add(word);
}
const near = [...words].filter((word) => mends.some((mend) => mend(word) !== word) || isLikeTelling(word)).sort();
const whole = [...words].filter((word) => !TOGETHER.test(word) && isTakenApart(word)).sort();
await Bun.write(OUT, `${JSON.stringify({ words: near.join(" "), whole: whole.join(" ") }, null, 2)}\n`);
console.log(`${OUT}: ${near.length} and ${whole.length} of ${words.size} words`);
