import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EchoFilter } from "../../../src/gateway/attempts/echo-filter.ts";

/** What passes of an answer that comes in the given pieces. */
function passed(filter: EchoFilter, pieces: readonly string[]): string {
  return pieces.map((piece) => filter.push(piece)).join("") + filter.flush();
}

const pieces = fc.array(fc.string({ maxLength: 6 }), { maxLength: 8 });

describe("EchoFilter", () => {
  test("takes an echo off, however it is cut", () => {
    fc.assert(
      fc.property(pieces, pieces, (before, after) => {
        const delivered = before.join("");
        const filter = new EchoFilter(delivered, true);
        expect(passed(filter, [...before, ...after])).toBe(after.join(""));
        expect(filter.differs).toBe(false);
      }),
    );
  });

  test("lets an answer pass that gives only what follows", () => {
    expect(passed(new EchoFilter("The weir ", false), ["holds", " back"])).toBe("holds back");
    expect(passed(new EchoFilter("The weir ", false), ["Th", "is"])).toBe("This");
    expect(passed(new EchoFilter("The weir ", false), ["The"])).toBe("The");
  });

  test("lets nothing of another answer pass where the beginning is required", () => {
    for (const other of [["A", " lock"], ["The", " lock"], ["The"]]) {
      const filter = new EchoFilter("The weir ", true);
      expect(passed(filter, other)).toBe("");
      expect(filter.differs).toBe(true);
    }
  });
});
