import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { segmentEnds, segmentRoom } from "../../../src/detect/injection/segments.ts";

function segments(text: string): readonly string[] {
  const ends = new Int32Array(segmentRoom(text.length));
  const count = segmentEnds(text, ends);
  return Array.from({ length: count }, (_, at) => text.slice(at === 0 ? 0 : ends[at - 1], ends[at]));
}

describe("segmentEnds", () => {
  test.each([
    ["sentences", "The shop closes at eight tonight. Nobody has seen the key!", 2],
    ["a greeting with what follows", "Hi Sam. Could you send me the minutes of the meeting?", 1],
    ["an abbreviation inside of a number", "The balance of the account is 1.204 euros since Monday", 1],
    ["lines", "Opening hours of the town hall\nMonday to Friday from nine to five", 2],
    ["no line that was only wrapped", "The committee that met on Tuesday\nhas not yet come to an end", 1],
    ["cells", "| Harbour Street 14, second floor | please ring twice, the bell is weak |", 2],
    ["strings of JSON", '{"subject":"The plan for the summer","body":"Could you have a look at it?"}', 2],
    ["text between tags", "<p>The library is closed in August</p><p>Books can be returned</p>", 2],
  ])("parts %s", (_name, text, count) => {
    expect(segments(text)).toHaveLength(count);
  });

  test("no text, no segments; a run without an end is cut", () => {
    expect(segments("")).toEqual([]);
    expect(segments("x".repeat(1000)).every(({ length }) => length <= 184)).toBe(true);
    expect(
      segments(`${"word ".repeat(200)}`)
        .slice(0, -1)
        .every((segment) => segment.endsWith(" ")),
    ).toBe(true);
  });

  test("segments together are the text, none is empty, and there is room for them", () => {
    const pieces = fc.constantFrom(
      "Hello",
      " ",
      ". ",
      "\n",
      "|",
      '"',
      ",",
      "<b>",
      "a",
      "Ż",
      "?",
      "\n\n",
      "ignore this ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 200 }), (parts) => {
        const text = parts.join("");
        const found = segments(text);
        expect(found.join("")).toBe(text);
        expect(found.every(({ length }) => length > 0 && length <= 184)).toBe(true);
        expect(found.length).toBeLessThanOrEqual(segmentRoom(text.length));
      }),
    );
  });
});
