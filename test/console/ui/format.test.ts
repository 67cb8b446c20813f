import { afterEach, describe, expect, test } from "bun:test";
import {
  age,
  ago,
  compared,
  count,
  duration,
  energy,
  exactly,
  grams,
  inWords,
  many,
  moment,
  perCent,
  percent,
  timeLabels,
  tokens,
  usd,
  WHOLE_STEPS,
} from "../../../src/console/ui/format.ts";

test.each([
  [null, "–"],
  [0, "0"],
  [12_345, "12,345"],
  [123_456, "123.5K"],
])("count of %p is %p", (value, text) => expect(count(value)).toBe(text));

test.each([
  [null, null, "–"],
  [12, null, "12 → –"],
  [12_345, 0, "12,345 → 0"],
])("tokens of %p and %p are %p", (prompt_tokens, completion_tokens, text) => {
  expect(tokens({ prompt_tokens, completion_tokens })).toBe(text);
});

test.each([
  [0, "0 requests"],
  [1, "1 request"],
  [12_345, "12,345 requests"],
])("so many as %p are %p", (value, text) => expect(many(value, "request")).toBe(text));

test.each([
  [null, "–"],
  [0, "$0"],
  [0.0000042, "$0.0000042"],
  [0.5, "$0.50"],
  [12.345, "$12.35"],
  [1234.5, "$1,235"],
])("usd of %p is %p", (value, text) => expect(usd(value)).toBe(text));

test.each([
  [null, "–"],
  [1_440, "<1 min"],
  [169_000, "3 min"],
  [10_800_000, "3 h"],
  [172_800_000, "2 days"],
])("an age of %p ms is %p", (value, text) => expect(age(value)).toBe(text));

test.each([
  [null, "–"],
  [0, "0 ms"],
  [0.4, "<1 ms"],
  [850, "850 ms"],
  [999.6, "1.00 s"],
  [1_240, "1.24 s"],
  [9_996, "10.0 s"],
  [59_960, "1 min 0 s"],
  [119_700, "2 min 0 s"],
  [185_000, "3 min 5 s"],
  [7_800_000, "2 h 10 min"],
])("duration of %p is %p", (value, text) => expect(duration(value)).toBe(text));

test.each([
  [0, 0, "–"],
  [0, 7, "0 %"],
  [1, 100_000, "<0.1 %"],
  [1, 15, "6.7 %"],
  [7, 7, "100 %"],
])("%p of %p is %p", (part, total, text) => expect(percent(part, total)).toBe(text));

test.each([
  [null, "–"],
  [0, "0 g"],
  [0.00086, "860 µg"],
  [0.02, "20 mg"],
  [1.234, "1.23 g"],
  [12_345, "12.3 kg"],
])("grams of %p are %p", (value, text) => expect(grams(value)).toBe(text));

test.each([
  [null, "–"],
  [0, "0 Wh"],
  [0.309, "309 mWh"],
  [12, "12 Wh"],
  [1_234, "1.23 kWh"],
])("energy of %p is %p", (value, text) => expect(energy(value)).toBe(text));

describe("times", () => {
  const NOON = new Date(2026, 10, 21, 12, 0, 0).getTime();

  test("name the day only where it is another", () => {
    expect(moment(NOON - 60_000, NOON)).toBe("11:59:00");
    expect(moment(NOON - 86_400_000, NOON)).toBe("2026-11-20 12:00:00");
  });

  test("on an axis name the day once, and leave out what says nothing", () => {
    const at = (hours: number) => NOON / 1000 + hours * 3600;
    expect(timeLabels([at(0), at(6), at(12)])).toEqual(["12:00\n2026-11-21", "18:00", "00:00\n2026-11-22"]);
    expect(timeLabels([at(0), at(24)])).toEqual(["11-21", "11-22"]);
    expect(timeLabels([at(0)])).toEqual(["12:00\n2026-11-21"]);
    expect(timeLabels([at(0), at(0) + 10])).toEqual(["12:00:00\n2026-11-21", "12:00:10"]);
  });

  test.each([
    [0, "just now"],
    [-5_000, "just now"],
    [90_000, "90 s ago"],
    [600_000, "10 min ago"],
    [3 * 3_600_000, "3 h ago"],
    [3 * 86_400_000, "3 days ago"],
  ])("%p ms is %p", (ms, text) => expect(ago(NOON - ms, NOON)).toBe(text));
});

test.each([
  [null, 1, ""],
  [1, null, ""],
  [100, 100, "as in the time before"],
  [150, 100, "▲ from 100"],
  [0, 100, "▼ from 100"],
  [100, 0, "▲ from 0"],
])("%p after %p is %p", (now, before, said) => expect(compared(now, before, count)).toBe(said));

test("what is said alike is alike", () => {
  expect(compared(2.71, 2.74, perCent)).toBe("as in the time before");
  expect(compared(2.71, null, perCent)).toBe("");
});

describe("zones", () => {
  const before = process.env["TZ"];
  afterEach(() => {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  });

  test.each([
    ["UTC", "2026-01-02 03:04:05.006 UTC"],
    ["Asia/Kolkata", "2026-01-02 08:34:05.006 UTC+05:30"],
    ["America/New_York", "2026-01-01 22:04:05.006 UTC-05:00"],
  ])("a moment is told exactly in %s", (name, text) => {
    process.env["TZ"] = name;
    expect(exactly(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe(text);
  });
});

test("codes are said in words, a sentence keeps the names in it", () => {
  expect(inWords("degraded_mixed_basis")).toBe("degraded mixed basis");
  expect(inWords("secret missing: the environment variable NO_SUCH_KEY")).toBe(
    "secret missing: the environment variable NO_SUCH_KEY",
  );
});

test.each([
  ["count", count],
  ["duration", duration],
] as const)("no tick of an axis of whole steps has the label of another: %s", (_name, format) => {
  for (const step of WHOLE_STEPS.filter((each) => each <= 1_000)) {
    const labels = [0, 1, 2, 3, 4, 5].map((times) => format(times * step));
    expect(new Set(labels).size).toBe(6);
  }
});
