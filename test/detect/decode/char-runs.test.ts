import { expect, test } from "bun:test";
import fc from "fast-check";
import { asciiTable } from "../../../src/detect/ascii-table.ts";
import { nextRun, runEnd } from "../../../src/detect/decode/char-runs.ts";

const ascii = asciiTable(["ab1", 1]);
const text = fc.string({ unit: fc.constantFrom(..."aab1 -é"), maxLength: 80 });

test("runs are where a regular expression finds them, whatever they must have at least", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), fc.boolean(), (source, least, others) => {
      const sort = { ascii, others };
      const found: [number, number][] = [];
      for (let at = nextRun(source, 0, { sort, least }); at >= 0; ) {
        const end = runEnd(source, at, sort);
        found.push([at, end]);
        at = nextRun(source, end, { sort, least });
      }
      const pattern = new RegExp(`[ab1${others ? "é" : ""}]{${least},}`, "g");
      expect(found).toEqual([...source.matchAll(pattern)].map((run) => [run.index, run.index + run[0].length]));
    }),
  );
});
