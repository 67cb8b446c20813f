import { type Static, Type } from "@sinclair/typebox";
import { languageOf, languagesAreLoaded } from "../../detect/language.ts";
import { compileUserPattern } from "../../detect/pattern/user-pattern.ts";
import { matchesSchema, schemaFault } from "../../detect/quality/json-schema.ts";
import { jsonIn } from "../../detect/quality/signals.ts";
import { Closed, oneOf } from "../../schema/shapes.ts";
import { languageCode, unknownLanguage } from "../texts/languages.ts";

const TYPES = [
  "contains",
  "not_contains",
  "contains_any",
  "contains_all",
  "equals",
  "starts_with",
  "ends_with",
  "regex",
  "not_regex",
  "json",
  "json_schema",
  "language",
  "min_length",
  "max_length",
  "min_words",
  "max_words",
] as const;
type AssertionType = (typeof TYPES)[number];

const Texts = Type.Array(Type.String({ minLength: 1, maxLength: 10_000 }), { minItems: 1, maxItems: 100 });
const length = Type.Optional(Type.Integer({ minimum: 0, description: "The value of min_… and max_…" }));

/** One thing that must be so of every answer. */
export const Assertion = Closed({
  type: oneOf(TYPES, { description: "What is looked at" }),
  value: Type.Optional(
    Type.Union(
      [
        Type.String({ minLength: 1, maxLength: 10_000 }),
        Type.Number(),
        Texts,
        Type.Record(Type.String(), Type.Unknown()),
      ],
      {
        description: "What it is held against: a text, texts, a pattern, a schema, languages or a length",
      },
    ),
  ),
  pattern: Type.Optional(
    Type.String({ minLength: 1, maxLength: 10_000, description: "The value of regex and not_regex" }),
  ),
  schema: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The value of json_schema" })),
  language: Type.Optional(Type.String({ minLength: 2, maxLength: 40, description: "The value of language" })),
  min: length,
  max: length,
  case_sensitive: Type.Boolean({ default: true, description: "Whether upper and lower case are two things" }),
});
export type Assertion = Static<typeof Assertion>;

/** An assertion ready to be tried. */
export interface Assured {
  /** How the ledger names it where it does not hold. */
  readonly name: string;
  /** Where `loadLanguages` was not awaited every language holds: nobody can tell. */
  holds(text: string): boolean;
}

/** What is wrong with an assertion: the key, and why. */
export interface AssertionFault {
  readonly key: string;
  readonly message: string;
}

type Made = ((text: string) => boolean) | string;
interface Kind {
  /** Keys that may hold what it is held against, besides `value`. */
  readonly key?: "pattern" | "schema" | "language" | "min" | "max";
  /** What holds, or in words why it cannot be tried. */
  make(operand: unknown, caseSensitive: boolean): Made;
}

/** Texts as they are compared: with upper and lower case or without. */
const compared = (test: (text: string, wanted: readonly string[]) => boolean): Kind => ({
  make(operand, caseSensitive) {
    const texts = Array.isArray(operand) ? operand : [operand];
    if (!texts.every((each): each is string => typeof each === "string")) return "value must be a text, or several";
    // STRASSE is Straße: only its capitals tell
    const plain = (text: string): string => {
      const composed = text.normalize("NFC");
      return caseSensitive ? composed : composed.toUpperCase().toLowerCase();
    };
    const wanted = texts.map(plain);
    return (text) => test(plain(text), wanted);
  },
});

const matching = (wanted: boolean): Kind => ({
  key: "pattern",
  make(operand, caseSensitive) {
    if (typeof operand !== "string") return "pattern must be a regular expression";
    const compiled = compileUserPattern(operand, { ignoreCase: !caseSensitive });
    if (!compiled.ok) return `the pattern ${JSON.stringify(operand.slice(0, 80))} cannot be run: ${compiled.problem}`;
    return (text) => compiled.pattern.test(text) === wanted;
  },
});

const measured = (key: "min" | "max", size: (text: string) => number): Kind => ({
  key,
  make(operand) {
    if (typeof operand !== "number" || !Number.isInteger(operand) || operand < 0) return "value must be a whole number";
    return (text) => (key === "min" ? size(text) >= operand : size(text) <= operand);
  },
});

/** A guess below this says nothing: short answers hardly tell. */
const SURE = 0.8;
/** Characters as people count them, whatever their UTF-16 takes. */
export const characters = (text: string): number => {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code <= 0xdbff) count--;
  }
  return count;
};
const words = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

const KINDS: Readonly<Record<AssertionType, Kind>> = {
  contains: compared((text, wanted) => wanted.every((each) => text.includes(each))),
  not_contains: compared((text, wanted) => !wanted.some((each) => text.includes(each))),
  contains_any: compared((text, wanted) => wanted.some((each) => text.includes(each))),
  contains_all: compared((text, wanted) => wanted.every((each) => text.includes(each))),
  equals: compared((text, wanted) => wanted.some((each) => text.trim() === each.trim())),
  starts_with: compared((text, wanted) => wanted.some((each) => text.trimStart().startsWith(each))),
  ends_with: compared((text, wanted) => wanted.some((each) => text.trimEnd().endsWith(each))),
  regex: matching(true),
  not_regex: matching(false),
  json: { make: (operand) => (operand === undefined ? (text) => jsonIn(text) !== undefined : "json takes no value") },
  json_schema: {
    key: "schema",
    make(operand) {
      const fault = schemaFault(operand);
      if (fault !== null) return `the schema cannot be enforced: ${fault}`;
      return (text) => {
        const value = jsonIn(text);
        return value !== undefined && matchesSchema(value, operand);
      };
    },
  },
  language: {
    key: "language",
    make(operand) {
      const written = Array.isArray(operand) ? operand : [operand];
      const unknown = written.find((each) => typeof each !== "string" || languageCode(each) === null);
      if (unknown !== undefined || operand === undefined) return unknownLanguage(String(unknown ?? ""));
      const codes = new Set(written.map((each) => languageCode(String(each))));
      return (text) => {
        if (!languagesAreLoaded()) return true;
        const { language, confidence } = languageOf(text);
        return language === "" || confidence < SURE || codes.has(language);
      };
    },
  },
  min_length: measured("min", characters),
  max_length: measured("max", characters),
  min_words: measured("min", words),
  max_words: measured("max", words),
};

const OPERANDS = ["value", "pattern", "schema", "language", "min", "max"] as const;

/** An assertion as it is tried, or what is wrong with it. */
export function assured(assertion: Assertion): Assured | AssertionFault {
  const { type, case_sensitive: caseSensitive } = assertion;
  const kind = KINDS[type];
  const given = OPERANDS.filter((key) => assertion[key] !== undefined);
  const alien = given.find((key) => key !== "value" && key !== kind.key);
  if (alien !== undefined) return { key: alien, message: `${alien} has no meaning beside type ${type}` };
  if (given.length > 1) return { key: "value", message: `value and ${kind.key} say the same: write one of them` };
  const [key = kind.key ?? "value"] = given;
  if (given.length === 0 && type !== "json") return { key: "type", message: `type ${type} needs ${key}` };
  const made = kind.make(assertion[key], caseSensitive);
  if (typeof made === "string") return { key, message: made };
  return { name: `assertion:${type}`, holds: made };
}
