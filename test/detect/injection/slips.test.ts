import { expect, test } from "bun:test";
import fc from "fast-check";
import lists from "../../../config/injection/slips.json" with { type: "json" };
import { columnsOf } from "../../../src/detect/injection/columns.ts";
import { slipOf } from "../../../src/detect/injection/slips.ts";
import { COMMON, INTENT_MASK, INTENTS, lookUp, vocabulary } from "../../../src/detect/injection/vocabulary.ts";

const WORDS = Object.values(lists).flatMap((list) => list.split(" "));
/** Words of no intent that the slip of another one would reach: "internet" is no mistyped "interne". */
const SHIELDS = "collect internet travail configure negarse trabajo negozio trabalho".split(" ");
const LONG = WORDS.filter((word) => word.length >= 6 && !SHIELDS.includes(word));

function setOf(word: string, of: typeof slipOf): number {
  const columns = new Int8Array(word.length + 1);
  columnsOf(word, columns);
  return of(columns, 0, word.length);
}
const known = (columns: Int8Array, start: number, end: number): number => lookUp(vocabulary(), columns, { start, end });

test.each([
  ["ignroe", "ignore"],
  ["previuos", "previous"],
  ["instrcutions", "instruction"],
  ["promt", "prompt"],
  ["Anweisunge", "instruction"],
  ["zapomij", "ignore"],
  ["wszystkm", "all"],
])("%s is a slip away from a word of %s", (word, intent) => {
  expect(INTENTS[(setOf(word, slipOf) & INTENT_MASK) - 1]).toBe(intent);
});

test.each([["roles"], ["garden"], ["a"], ["promenade"], ["instructors"], ["x".repeat(200)], ["ign0re"]])(
  "%s is no slip",
  (word) => {
    expect(setOf(word, slipOf)).toBe(0);
  },
);

test("the first word that a process looks up is found like any other", async () => {
  const fresh: { slipOf: typeof slipOf } = await import(
    `../../../src/detect/injection/slips.ts?${crypto.randomUUID()}`
  );
  expect(fresh.slipOf).not.toBe(slipOf);
  expect(setOf("opgheven", fresh.slipOf)).toBe(setOf("opgheven", slipOf));
  expect(setOf("opgheven", slipOf)).not.toBe(0);
});

test("every word of the list is in the vocabulary, as an intent, but for those that keep their neighbours off", () => {
  const strangers = WORDS.filter((word) => (setOf(word, known) & ~COMMON) === 0);
  expect(strangers).toEqual(SHIELDS);
  for (const word of SHIELDS) expect(setOf(word, slipOf)).toBe(0);
});

test("any one slip behind the first letter leads to a word of the list", () => {
  const slips = [
    (word: string, at: number) => word.slice(0, at) + word.slice(at + 1),
    (word: string, at: number) => word.slice(0, at) + word[at]! + word.slice(at),
    (word: string, at: number) => `${word.slice(0, at)}q${word.slice(at + 1)}`,
    (word: string, at: number) => word.slice(0, at) + (word[at + 1] ?? "") + word[at]! + word.slice(at + 2),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...LONG), fc.nat(), fc.constantFrom(...slips), (word, nth, slip) => {
      const at = 1 + (nth % (word.length - 1));
      return setOf(slip(word, at), slipOf) !== 0;
    }),
  );
});
