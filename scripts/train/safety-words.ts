/**
 * `bun scripts/train/safety-words.ts`: writes `config/safety/ordinary.json`, the words of harmless texts that are a slip of
 * the pen away from a telling one, so that `fuzzy_matching` leaves them alone. The same rows give the same file.
 */
import { join } from "node:path";
import { columnsOf } from "../../src/detect/injection/columns.ts";
import { lookUp } from "../../src/detect/injection/vocabulary.ts";
import { tellingTerms, vocabulary } from "../../src/detect/safety/concepts.ts";
import { Slips } from "../../src/detect/safety/guessed.ts";
import { wordMender } from "../../src/detect/safety/mended.ts";
import { plainSentence } from "../../src/detect/safety/spelling.ts";
import { safetyRows } from "./safety-rows.ts";

const OUT = join(import.meta.dir, "../../config/safety/ordinary.json");
/** Words as ordinary that these rows happen not to have. */
const ALSO =
  "forme sens noter serving rated guys massage rare effort strange bonnes explores heure regarder hopes chine blanche facile savings figured decade hockey regard expressed voiture decent desert corn dangers mature rolling excessive expansion contacter blame slit decouvert spices rewards chains wore cant puts starring grab acceleration dozen droite courte melange stroke shifting deepest racial celestial liking courts pirates treats francis exotic detendre blanches memset aroma espresso fats burger boon heal zebras mets babe carter bros thrown assault amid bodies masters viewer ripe sphere beloved malgre parc succes droits billes automobile roar empress kite pillow musician chick knocked bruh steak slopes rookie voter skit boiling employer unrest graduate biologist spoon hermione serais poisson taper detecter allant colere volant gris variete mentale virgules detecte intend dancer statue drums spook stepping morale cops grabs shocked thrones slam bother kobe rapping steven argued raining bosses coaches scar newer seating shih evitant centaines chaine nucleaire bacteries robe vendent rapides enfance veiller repertoire heated whereas cunning puree denver shutting drone peta raving suck hitter burner stevie lame chicks walter pitted bumble knicks ruby incidents explorers voyageur curtis enclosure bette interrupts coop farrar lacked sticky hatch masses spins lining revolves selena martha starry staring donkey striving jouet voient poudre tendent clochettes villes parcs sain pieton cometes caches attentes billets saut hausse voile interagir voie hommes biaisee federation hasher kitten foliage climbs espionage blamed intellect heroic cotes banques ballet";
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

const words = new Set(ALSO.split(" "));
for (const { text, unsafe, ships, source } of await safetyRows()) {
  if (unsafe || !ships || source === "own-spelled") continue;
  for (const word of plainSentence(text.slice(0, 8_000))
    .toLowerCase()
    .match(/[a-z]{4,24}/g) ?? [])
    words.add(word);
}
const near = [...words].filter((word) => mends.some((mend) => mend(word) !== word) || isLikeTelling(word)).sort();
await Bun.write(OUT, `${JSON.stringify({ words: near.join(" ") }, null, 2)}\n`);
console.log(`${OUT}: ${near.length} of ${words.size} words`);
