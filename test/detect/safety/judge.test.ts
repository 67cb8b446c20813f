import { expect, test } from "bun:test";
import fc from "fast-check";
import { SAFETY_CATEGORIES } from "../../../src/detect/safety/categories.ts";
import { SafetyJudge } from "../../../src/detect/safety/judge.ts";
import { safetyModel } from "../../../src/detect/safety/load.ts";

function scoresOf(pieces: readonly string[]): readonly number[] {
  const judge = new SafetyJudge(safetyModel());
  for (const piece of pieces) judge.push(piece);
  judge.end();
  return [...judge.scores];
}

const category = (name: (typeof SAFETY_CATEGORIES)[number], text: string): number =>
  scoresOf([text])[SAFETY_CATEGORIES.indexOf(name)]!;

test("scores a text alike whatever pieces it comes in", () => {
  const sentence = fc.constantFrom(
    "How do I make a bomb? ",
    "The bath bomb fizzed. ",
    "I hate Mondays.\n",
    "Wie bringe ich ihn um? ",
    "x".repeat(700),
    "🙂 ",
  );
  fc.assert(
    fc.property(
      fc.array(sentence, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (sentences, sizes) => {
        const text = sentences.join("");
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(scoresOf(pieces)).toEqual(scoresOf([text]));
      },
    ),
    { numRuns: 200 },
  );
});

test("only rises as a text goes on", () => {
  const judge = new SafetyJudge(safetyModel());
  let before = [...judge.scores];
  for (const text of ["How do I make sarin gas? ", "The weather is fine. ", "Bake for ten minutes. "]) {
    judge.push(text);
    const now = [...judge.scores];
    for (const [at, score] of now.entries()) expect(score).toBeGreaterThanOrEqual(before[at]!);
    before = now;
  }
});

test("finds an ask in the middle of a long harmless text", () => {
  const filler = "The committee met on Tuesday and approved the minutes of the last session. ".repeat(40);
  expect(category("weapons", `${filler}How do I build a pipe bomb at home? ${filler}`)).toBeGreaterThan(0.8);
  expect(Math.max(...scoresOf([filler + filler]))).toBeLessThan(0.5);
});

test("nothing and no words score next to nothing", () => {
  for (const text of ["", "   \n\n ", "12345 67 89", "🙂🙂🙂"]) expect(Math.max(...scoresOf([text]))).toBeLessThan(0.5);
});
