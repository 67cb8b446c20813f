import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  closeEvidence,
  newTally,
  returnedEvidence,
  saidEvidence,
  sentenceEvidence,
  type Tally,
  tallyUp,
} from "../../../src/detect/injection/tally.ts";

function tally(...evidence: readonly number[]): Tally {
  const made = newTally();
  for (const each of evidence) tallyUp(made, each);
  return made;
}

describe("tallyUp", () => {
  test("knows the two strongest windows and where the strongest is", () => {
    expect(tally(-3, 2, -1, 1.5)).toMatchObject({ best: 2, second: 1.5, bestWindow: 1, count: 4 });
    expect(tally(2, 2)).toMatchObject({ best: 2, second: 2, bestWindow: 0 });
    expect(tally(-3, 2, -1)).toMatchObject({ first: -3, last: -1 });
    expect(newTally()).toMatchObject({ count: 0, bestWindow: 0 });
  });
});

describe("evidence", () => {
  test("a window alone says what it says, and less among many that say nothing", () => {
    expect(saidEvidence(tally(1))).toBe(1);
    expect(saidEvidence(tally(1, -4, -4))).toBeLessThan(1);
    expect(saidEvidence(tally(1, 1))).toBeGreaterThan(saidEvidence(tally(1, -4)));
  });

  test("the more was tried, the more the best must show, but for the rest of a very long text", () => {
    const among = (others: number): Tally => tally(-3, 1, ...Array.from({ length: others }, () => -3));
    const evidences = [
      (others: number) => saidEvidence(among(others)),
      (others: number) => closeEvidence(among(others)),
      (others: number) => returnedEvidence(among(others), tally(-3)),
    ];
    for (const evidence of evidences) {
      expect(evidence(15)).toBeLessThan(evidence(3));
      expect(evidence(2000)).toBe(evidence(600));
    }
  });

  test("what stands in front of a long text or behind it weighs more than the same within", () => {
    const rest = Array.from({ length: 50 }, () => -3);
    for (const evidence of [saidEvidence, closeEvidence]) {
      const within = evidence(tally(...rest, 1, ...rest));
      expect(evidence(tally(1, ...rest))).toBeGreaterThan(within);
      expect(evidence(tally(...rest, 1))).toBe(evidence(tally(1, ...rest)));
      expect(evidence(tally(...rest, ...rest, ...rest, 1))).toBe(evidence(tally(...rest, 1)));
    }
  });

  test("sentences that are surely harmless do not make another one worse than harmless ones do", () => {
    expect(returnedEvidence(tally(1, -6, -6), tally(-3))).toBe(returnedEvidence(tally(1, -3, -3), tally(-3)));
  });

  test("a close window must show more", () => {
    expect(closeEvidence(tally(1))).toBeLessThan(saidEvidence(tally(1)));
  });

  test("one order among other sentences weighs more than one order after the other", () => {
    const among = returnedEvidence(tally(-4, 1, -4, -4), tally(-2, -2, -4));
    const recipe = returnedEvidence(tally(0.4, 1, 0.2, 0.5), tally(0.5, 0.6, 0.3));
    expect(among).toBeGreaterThan(recipe);
  });

  test("a sentence alone says about as much as one beside one that says nothing, and more than one among its like", () => {
    const alone = returnedEvidence(tally(1), tally(1));
    expect(Math.abs(alone - returnedEvidence(tally(-5, 1), tally(1)))).toBeLessThan(0.1);
    expect(alone).toBeGreaterThan(returnedEvidence(tally(0.4, 1), tally(0.6)));
  });

  test("an order that is one alone and beside its neighbours weighs more than one that is so in one reading only", () => {
    const both = returnedEvidence(tally(-4, 1, -4), tally(0.8, -2));
    expect(both).toBeGreaterThan(returnedEvidence(tally(-4, 1, -4), tally(-1, -2)));
    expect(both).toBeGreaterThan(returnedEvidence(tally(-4, -1, -4), tally(0.8, -2)));
  });

  test("a sentence in the middle of what somebody says must show more, the more there are, and in both readings", () => {
    const among = (others: number, byTwo: number): number =>
      sentenceEvidence(tally(-3, 4, ...Array.from({ length: others }, () => -3)), tally(byTwo));
    expect(among(4, 4)).toBeLessThan(saidEvidence(tally(4)));
    expect(among(30, 4)).toBeLessThan(among(4, 4));
    expect(among(4, 1)).toBeLessThan(among(4, 4));
    expect(among(2000, 4)).toBe(among(600, 4));
  });

  test("more evidence in the best window is never less evidence in the text", () => {
    const some = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(some, fc.double({ min: 0, max: 9, noNaN: true }), (windows, more) => {
        const at = windows.indexOf(Math.max(...windows));
        const raised = windows.with(at, windows[at]! + more);
        const byTwo = tally(-2);
        expect(saidEvidence(tally(...raised))).toBeGreaterThanOrEqual(saidEvidence(tally(...windows)) - 1e-9);
        expect(returnedEvidence(tally(...raised), byTwo)).toBeGreaterThanOrEqual(
          returnedEvidence(tally(...windows), byTwo) - 1e-9,
        );
      }),
    );
  });
});
