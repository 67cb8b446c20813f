import { bitsOf } from "./concepts.ts";

/** What concepts do in a sentence that judges somebody. */
const ROLES = {
  group: "religion ethnic gender lgbt disabled trait slur",
  not: "negation",
  counter: "counter refuse",
  said: "said",
  good: "praise romance",
  merit: "merit own",
  other: "thing pest animal trade food",
  you: "you",
  loathing: "hateverb vile profanity",
  scorn: "dehuman inferior invade deny insult",
  violence: "kill murder hurt torture expel death incite",
  ought: "ought",
  all: "they allof generalise",
  person: "relation person",
} as const;
type Role = keyof typeof ROLES;
const NAMES = Object.keys(ROLES) as readonly Role[];

/** The role of each concept as one bit; 0: it has none. */
const ROLE_OF = bitsOf(Object.values(ROLES));
const bit = (name: Role): number => 1 << NAMES.indexOf(name);
const NOT = bit("not");
const GROUP = bit("group");
const ALL = bit("all");
const OTHER = bit("other");
const PERSON = bit("person");
const COUNTER = bit("counter");
const SAID = bit("said");
const YOU = bit("you");
const OUGHT = bit("ought");
/** What is said of somebody, by its number; the last two are good. */
const VERDICTS = [bit("loathing"), bit("scorn"), bit("violence"), bit("good"), bit("merit")];
/** Words that are further apart than this are not denied by each other. */
const DENIED = 5;

/** Where the kinds of features begin: of the whole sentence, of each verdict in it, of the sentence in short. */
const VERDICT = 1 << 11;
const SHORT = VERDICT + (VERDICTS.length + 1) * 64;
/** Number of features. */
export const STANCES: number = SHORT + 1_024;
const MOST = 26;

/**
 * Who is judged in a sentence, how, and whether that is denied, condemned or reported: what pairs of words do not tell, as
 * "do not deserve to be beaten" against "do not deserve to live".
 */
export class Stance {
  /** Numbers of features, below {@link STANCES}; as many as {@link Stance.end} says. */
  readonly features: Int32Array = new Int32Array(MOST);
  #count = 0;
  #roles = 0;
  #verdicts = 0;
  /** 1 where the sentence has been turned round, by an odd number of negations. */
  #turned = 0;
  #turnedAt: number = -DENIED - 1;

  /** Begins with another sentence. */
  clear(): void {
    this.#count = 0;
    this.#roles = 0;
    this.#verdicts = 0;
    this.#turned = 0;
    this.#turnedAt = -DENIED - 1;
  }

  /** Takes the next concept, at the word of that number. */
  take(concept: number, word: number): void {
    const role = ROLE_OF[concept]!;
    if (role === 0) return;
    this.#roles |= role;
    if (role === NOT) {
      if (word !== this.#turnedAt) this.#turned ^= 1;
      this.#turnedAt = word;
      return;
    }
    const verdict = VERDICTS.indexOf(role) + 1;
    if (verdict === 0) return;
    this.#verdicts |= 1 << verdict;
    const near = word - this.#turnedAt <= DENIED ? 1 : 0;
    const isDeserved = (this.#verdicts >> VERDICTS.length) & 1;
    const frame = (this.#outer() << 2) | (this.#has(GROUP) << 1) | isDeserved;
    this.#note(VERDICT + verdict * 64 + ((this.#turned << 1) | near) * 16 + frame);
  }

  /** Ends the sentence; gives how many features it has. */
  end(): number {
    if (this.#verdicts === 0 && this.#has(GROUP) === 0) return this.#count;
    const bad = (this.#verdicts >> 1) & 7;
    const good = (this.#verdicts >> 4) & 3;
    const judged = (this.#turned << 2) | this.#outer();
    const whom = this.#has(GROUP) === 1 ? 1 : this.#has(OTHER) === 1 ? 2 : this.#has(PERSON) === 1 ? 3 : 0;
    this.#note(SHORT + (((whom << 3) | bad) << 5) + (good << 3) + judged);
    const worst = bad === 0 ? 0 : bad >= 4 ? 3 : bad >= 2 ? 2 : 1;
    const group = this.#has(GROUP) | this.#has(ALL);
    const aside = this.#has(OTHER) | this.#has(PERSON);
    const frame = (((worst << 2) | good) << 2) | (group << 1) | aside;
    this.#note((((frame << 3) | judged) << 2) | (this.#has(YOU) << 1) | this.#has(OUGHT));
    return this.#count;
  }

  #has(role: number): number {
    return (this.#roles & role) === 0 ? 0 : 1;
  }

  #outer(): number {
    return this.#has(COUNTER) | (this.#has(SAID) << 1);
  }

  #note(feature: number): void {
    if (this.#count < MOST) this.features[this.#count++] = feature;
  }
}
