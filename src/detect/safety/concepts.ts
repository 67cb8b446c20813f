import concepts from "../../../config/safety/concepts.json" with { type: "json" };
import ordinary from "../../../config/safety/ordinary.json" with { type: "json" };
import { once } from "../../lib/once.ts";
import { columnsOf } from "../injection/columns.ts";
import { buildVocabulary, lookUp, type Vocabulary } from "../injection/vocabulary.ts";
import { Slips, type Term } from "./guessed.ts";

/** The concepts that words in eight languages stand for, in the order of their numbers. */
export const CONCEPTS: readonly string[] = Object.keys(concepts);

/** What a sentence may be about: concepts without which it is hardly harmful, by what they are harmful for. */
export const SUBJECTS = [
  "kill murder hurt torture gore death violently threat arson abduct",
  "weapon gunlaw explosive bombmake",
  "suicide endlife selfharm despair goad",
  "sexact rape sexbody sexual porn undress",
  "groom child",
  "slur dehuman inferior expel hateverb deny invade",
  "insult vile harass profanity spy stalk",
  "drug harddrug",
  "crime theft fraud forgery damage disinfo",
  "malware hardmal hack",
  "extremism recruit glory incite",
  "cbrn hardcbrn poison",
];
/**
 * What it may do with it: ask for the way, name whom it concerns, hide it, speak of oneself, stand where it is harmless,
 * lead others on, or quote it, condemn it and suffer from it.
 */
export const MANNERS = [
  "howto make buy write where amount",
  "person adult relation target you religion ethnic gender lgbt disabled child trait",
  "evade noticed",
  "me",
  "game fiction history news medical help sport food pest law study figurative praise romance defend own",
  "persuade deceive others mass lethal generalise joke",
  "said counter refuse suffer seek",
];

/** For each concept one bit for each list that it stands in. */
export function bitsOf(lists: readonly string[]): Int32Array {
  const bits = new Int32Array(CONCEPTS.length);
  for (const [at, list] of lists.entries()) {
    for (const concept of list.split(" ")) bits[CONCEPTS.indexOf(concept)]! |= 1 << at;
  }
  return bits;
}
/** Which of {@link SUBJECTS} each concept is, one bit each. */
export const SUBJECT_OF: Int32Array = bitsOf(SUBJECTS);
/** Which of {@link MANNERS} each concept is, one bit each. */
export const MANNER_OF: Int32Array = bitsOf(MANNERS);

/** The words of all concepts, put together at the first call (some ten milliseconds). */
export const vocabulary: () => Vocabulary = once(() =>
  buildVocabulary(
    Object.fromEntries(Object.entries(concepts).map(([name, list]) => [name, { all: list.replaceAll(/['’-]/g, "_") }])),
    {},
  ),
);

/** Groups of people that hate is aimed at. */
const GROUPS = "religion ethnic gender lgbt disabled".split(" ");

/** How the beginnings of their names go on, where these are too short to be looked for by themselves. */
const ENDINGS = ["s", "e", "en", "es", "er", "i", "a", "o", "as", "os", "y", "ow"];

/** The words in which slips are recognised: those that are telling. */
export const tellingWords: () => Slips = once(() => new Slips(tellingTerms(), ordinary.words.split(" ")));

/** Words, and beginnings of words, in which slips are recognised. */
export function tellingTerms(): readonly Term[] {
  const known = vocabulary();
  const terms = new Map<string, Term>();
  const columns = new Int8Array(64);
  for (const [name, list] of Object.entries<string>(concepts)) {
    if (SUBJECT_OF[CONCEPTS.indexOf(name)] === 0 && !GROUPS.includes(name)) continue;
    for (const entry of list.split(" ")) {
      const stem = entry.endsWith("*");
      const term = stem ? entry.slice(0, -1) : entry;
      if (!/^[a-z]{5,16}$/.test(term)) continue;
      columnsOf(term, columns);
      const set = lookUp(known, columns, { start: 0, end: term.length });
      terms.set(term, { term, set, stem: stem || terms.get(term)?.stem === true });
      if (!stem || !GROUPS.includes(name)) continue;
      for (const ending of ENDINGS) terms.set(term + ending, { term: term + ending, set, stem: false });
    }
  }
  return [...terms.values()];
}
