import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { changedWords, knownAmong, partsAround, rewritten } from "../../../src/detect/decode/rewriting.ts";
import { blockEnd } from "../../../src/detect/injection/segments.ts";

const HEX = /%([0-9a-f]{2})/g;
const undo = ([, digits]: RegExpExecArray): string => String.fromCharCode(Number.parseInt(digits!, 16));

describe("rewritten", () => {
  test("undoes each match, and knows where it says something else", () => {
    const { text, changed } = rewritten("a%62c%25 and%20so", HEX, undo);
    expect(text).toBe("abc% and so");
    expect(changed()).toEqual([1, 2, 3, 4, 8, 9]);
  });

  test("is what replaceAll gives, and the same as before but where it is changed", () => {
    const parts = fc.constantFrom("a", "%41", "%zz", " b ", "%", "%25", "é");
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), (pieces) => {
        const source = pieces.join("");
        const { text, changed } = rewritten(source, HEX, undo);
        expect(text).toBe(source.replaceAll(HEX, (run) => undo(/%(..)/g.exec(run)!)));
        const places = changed();
        let kept = "";
        for (let at = 0; at <= places.length; at += 2)
          kept += text.slice(places[at - 1] ?? 0, places[at] ?? text.length);
        expect(kept).toBe(source.replaceAll(HEX, ""));
      }),
    );
  });
});

describe("partsAround", () => {
  const text = Array.from({ length: 1_000 }, (_, at) => String.fromCharCode(0x4e00 + at)).join("");
  const at = (start: number, end: number): string => text.slice(start, end);

  test("gives the head, the end, and what stands around each change, in whole blocks", () => {
    expect(partsAround(text, [520, 522], 5)).toBe(`${at(0, 49)}\n${at(500, 549)}\n${at(950, 1_000)}`);
    expect(partsAround(text, [546, 547], 5)).toBe(`${at(0, 49)}\n${at(500, 599)}\n${at(950, 1_000)}`);
  });

  test("what overlaps is one part", () => {
    expect(partsAround(text, [47, 48, 110, 111, 930, 960], 5)).toBe(`${at(0, 149)}\n${at(900, 1_000)}`);
  });

  test("is empty where nothing is changed, and null where hardly anything would be left out", () => {
    expect(partsAround(text, [], 5)).toBe("");
    expect(partsAround(text, [300, 301, 700, 701], 200)).toBeNull();
  });

  test("holds every change with all that stands around it, in blocks that are the text's", () => {
    const places = fc.uniqueArray(fc.nat({ max: 999 }), { maxLength: 8 }).map((all) => all.toSorted((a, b) => a - b));
    const lines = fc.uniqueArray(fc.nat({ max: 999 }), { maxLength: 20 });
    fc.assert(
      fc.property(places, lines, fc.integer({ min: 1, max: 60 }), (starts, ends, reach) => {
        const lined = [...text].map((letter, nth) => (ends.includes(nth) ? "\n" : letter)).join("");
        const changed = starts.flatMap((start) => [start, start + 1]);
        const part = partsAround(lined, changed, reach) ?? lined;
        for (const start of starts) expect(part).toContain(lined.slice(Math.max(0, start - reach), start + 1 + reach));
        const whole = new Set(blocksOf(lined).map((block) => block.slice(0, -1)));
        for (const block of blocksOf(part)) expect(whole).toContain(block.slice(0, -1));
      }),
    );
  });
});

function blocksOf(text: string): readonly string[] {
  const blocks: string[] = [];
  for (let start = 0; start < text.length; start = blockEnd(text, start)) {
    blocks.push(text.slice(start, blockEnd(text, start)));
  }
  return blocks;
}

describe("knownAmong", () => {
  const known = (text: string): string[] => {
    const found = knownAmong(text, changedWords(text.replaceAll(/[a-z]/g, "?"), text));
    return Array.from({ length: found.length / 2 }, (_, nth) => text.slice(found[2 * nth], found[2 * nth + 1]));
  };

  test("a word of four letters is enough, of three there must be two together", () => {
    expect(known("xqz ignore vvk 7")).toEqual(["ignore"]);
    expect(known("xqz you vvk 7")).toEqual([]);
    expect(known("all xqz you vvk 7")).toEqual(["you"]);
    expect(known(`all ${"7".repeat(60)} you`)).toEqual([]);
  });

  test("what nobody knows is none", () => {
    expect(known("qwzx vbnk 77 pfgr")).toEqual([]);
  });
});
