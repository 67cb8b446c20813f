import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { applyEdits, type SourceEdit } from "../../../src/lib/edits/edits.ts";

describe("applyEdits", () => {
  test("does what the same edits do one after another from the end", () => {
    const edits = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.string({ maxLength: 4 })), { maxLength: 8 });
    fc.assert(
      fc.property(edits, fc.string({ maxLength: 8 }), (gaps, tail) => {
        let source = "";
        const made: SourceEdit[] = gaps.map(([gap, width, text]) => {
          source += "-".repeat(gap);
          const start = source.length;
          source += "x".repeat(width);
          return { start, end: source.length, text };
        });
        source += tail;
        const oneByOne = made.reduceRight(
          (text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end),
          source,
        );
        expect(applyEdits(source, made)).toBe(oneByOne);
        expect(applyEdits(source, made.filter(({ start, end }) => end > start).reverse())).toBe(
          applyEdits(
            source,
            made.filter(({ start, end }) => end > start),
          ),
        );
      }),
    );
  });

  test("returns the same text without edits", () => {
    expect(applyEdits("abc", [])).toBe("abc");
  });

  test("keeps insertions at one place in order, and before what replaces the text there", () => {
    const edits = [
      { start: 1, end: 2, text: "B" },
      { start: 1, end: 1, text: "1" },
      { start: 1, end: 1, text: "2" },
    ];
    expect(applyEdits("abc", edits)).toBe("a12Bc");
  });

  test("refuses edits that overlap", () => {
    const overlapping = [
      { start: 0, end: 2, text: "" },
      { start: 1, end: 3, text: "" },
    ];
    expect(() => applyEdits("abc", overlapping)).toThrow("Edit at 1 overlaps the one before it, which ends at 2");
  });
});
