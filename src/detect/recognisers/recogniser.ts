/** Kinds of character that may not stand beside a match. */
export type Boundary =
  /** No letter, digit or underscore (of any script). */
  | "word"
  /** No letter or digit (of any script): names of files and markup have underscores beside. */
  | "letter"
  /** No digit. */
  | "digit"
  /** Anything may. */
  | "none";

/** What a recogniser's entity is about: settings such as `pci_mode` and `healthcare_mode` choose by it. */
export type EntityGroup = "contact" | "network" | "payment" | "national-id" | "tax" | "person" | "health" | "secret";

/** A run of characters that a match begins with, however it goes on. */
export interface Head {
  readonly most: number;
  /** Whether an ASCII character is one of the run. Of others nothing is said: there it may go on. */
  has(code: number): boolean;
  /** Whether what stands at a place of a text, an ASCII character there, may stand right behind the run. */
  mayFollow(text: string, at: number): boolean;
}

/**
 * One kind of thing that is found in text. Pure: no I/O, no state. Matching is that of the scanner: at a position the
 * longest text that one of `patterns` matches, whose sides allow it and which `valid` accepts.
 */
export interface Recogniser<Name extends string = string> {
  /** The name of its file. */
  readonly name: Name;
  /** What is found, as settings, findings and markers name it: `EMAIL` gives `[EMAIL_REDACTED]`. Several files may share one. */
  readonly entity: string;
  readonly group: EntityGroup;
  /**
   * Regular expressions of a bounded kind: literals, classes, `\d \w \s \p{L} \p{Lu} \p{N}`, groups, alternation, `?`
   * and `{m,n}` with n at most 256. No `*`, `+`, anchors, look-around, back-references or captures.
   */
  readonly patterns: readonly string[];
  readonly ignoreCase?: boolean;
  /** What may not stand before and after; `letter` where absent. */
  readonly left?: Boundary;
  readonly right?: Boundary;
  /**
   * What may follow a match without bound, such as the rest of a long token: the characters of `while` (one class, as
   * `[A-Za-z0-9+/=]`) right after the match belong to it, up to and including the text `until` where that is given.
   * `right` does not count then.
   */
  readonly swallow?: { readonly while: string; readonly until?: string };
  /**
   * A thing that only looks like others (a version of five parts, a UUID): its match is passed on as it is, is no
   * finding, and nothing is looked for in it.
   */
  readonly harmless?: boolean;
  /**
   * How many code units at the head of a match do not belong to what is found: the label of `password: …`, where the
   * value could be anything and only the label makes it worth reading.
   */
  begins?(text: string, before: string): number;
  /**
   * Whether `head`, as much as is held at most, can still become one: at that bound it is taken for one otherwise. Where
   * absent, it can.
   */
  canBecome?(head: string, before: string): boolean;
  /**
   * How many code units at the head of a match are what is found, where something else goes on behind it: the telephone
   * number in front of a card's. What follows is looked at for itself.
   */
  ends?(text: string): number;
  /** Which of several matches of equal length counts: the smaller number. 50 where absent. */
  readonly priority?: number;
  /**
   * What `canBegin` comes to no without, where many recognisers share it: one and the same function, which is asked once
   * for all of them. What it says no to it says no to until another letter stands in front.
   */
  needs?(before: string): boolean;
  /**
   * Null where a word of a run of letters (and of what is beyond ASCII) can be what `needs` looks for, or go on with it
   * behind the word `previous`; else the word that is the previous one for the next run, or an empty one. Where no run in
   * front can, `needs` is not asked. Said by at least one of those that share it.
   */
  unlessNeeded?(run: string, previous: string): string | null;
  /**
   * What every match begins with, where that is a long run of common characters: whether the run ends as it must is then
   * looked up once for all the places in it, and not read from each. At most one for all recognisers.
   */
  readonly head?: Head;
  /**
   * Whether one can begin behind `before` (as `valid` gets it and `isNext`) at all. Where it says no, `valid` must say
   * no whatever the text is: then nothing of a stream is held back for it. Where absent, one can begin anywhere.
   */
  canBegin?(before: string, isNext?: boolean): boolean;
  /**
   * Whether the text is one: check digits, ranges, context. `before` is the text in front of it, at most 60 characters
   * (context looks back only). `isNext`: something was found that ends right in front of it, or one character before: what
   * stands there is no beginning of this. Where absent, every match is one.
   */
  valid?(text: string, before: string, isNext?: boolean): boolean;
}
