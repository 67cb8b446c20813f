import { describe, expect, test } from "bun:test";
import type { Config } from "../../../src/config/config.ts";
import { budgetsOf, pricesOf } from "../../../src/server/admin/costs-view.ts";

const NOW = Date.parse("2026-11-20T23:30:00Z");
const DAY = Math.floor(NOW / 86_400_000);
const MONTH = 2026 * 12 + 10;
const config = (parts: object): Config => parts as unknown as Config;

describe("budgets", () => {
  const limited = config({
    budgets: { per_request_usd: 0.5, usd_per_day: 10, usd_per_month: 100 },
    consumers: [{ id: 'a"b', budget: { usd_per_day: 1, gco2e_per_day: 5 } }, { id: "free" }],
  });
  const spent = (day: number, month: number) => ({ day, month, today: 4e9, thisMonth: 104e9 });

  test("say what is left, never less than nothing, and when they begin anew", () => {
    const owner = 'consumers["a\\"b"].budget';
    const spending = {
      budgets: spent(DAY, MONTH),
      [owner]: spent(DAY, MONTH),
      [`${owner}.gco2e_per_day`]: spent(DAY, MONTH),
    };
    expect(budgetsOf(limited, spending, NOW)).toEqual([
      {
        setting: "budgets.per_request_usd",
        consumer: null,
        period: "request",
        unit: "usd",
        limit: 0.5,
        used: null,
        left: null,
        resets_at: null,
      },
      {
        setting: "budgets.usd_per_day",
        consumer: null,
        period: "day",
        unit: "usd",
        limit: 10,
        used: 4,
        left: 6,
        resets_at: Date.parse("2026-11-21"),
      },
      {
        setting: "budgets.usd_per_month",
        consumer: null,
        period: "month",
        unit: "usd",
        limit: 100,
        used: 104,
        left: 0,
        resets_at: Date.parse("2026-12-01"),
      },
      {
        setting: `${owner}.usd_per_day`,
        consumer: 'a"b',
        period: "day",
        unit: "usd",
        limit: 1,
        used: 4,
        left: 0,
        resets_at: Date.parse("2026-11-21"),
      },
      {
        setting: `${owner}.gco2e_per_day`,
        consumer: 'a"b',
        period: "day",
        unit: "gco2e",
        limit: 5,
        used: 4,
        left: 1,
        resets_at: Date.parse("2026-11-21"),
      },
    ]);
  });

  test("forget the day and month before", () => {
    const rows = budgetsOf(limited, { budgets: spent(DAY - 1, MONTH - 1) }, NOW);
    expect(rows.filter(({ consumer }) => consumer === null).map(({ used }) => used)).toEqual([null, 0, 0]);
  });

  test("do not make up what is not known", () => {
    expect(budgetsOf(limited, null, NOW).every(({ used, left }) => used === null && left === null)).toBe(true);
  });

  test("are none where none is set", () => {
    expect(budgetsOf(config({}), {}, NOW)).toEqual([]);
  });

  test("a month ends with the year", () => {
    const [row] = budgetsOf(config({ budgets: { usd_per_month: 1 } }), null, Date.parse("2026-12-31T23:59:59Z"));
    expect(row?.resets_at).toBe(Date.parse("2027-01-01"));
  });
});

describe("prices", () => {
  test("are the target's own, else the list's of its day, else not known", () => {
    const targets = [
      {
        id: "own",
        provider: "mistral",
        model: "x",
        models: [{ name: "y", upstream: "z" }],
        pricing: { prompt: 1, completion: 2 },
      },
      { id: "listed", provider: "mistral", model: "codestral-latest", models: [] },
      { id: "other", provider: "openai-compatible", model: "home-made", models: [] },
    ];
    const prices = pricesOf(config({ providers: { targets } }));
    expect(prices.list_as_of).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(prices.targets).toMatchObject([
      { target: "own", model: "x", basis: "exact", prompt: 1, completion: 2, cached_prompt: null },
      { target: "own", model: "z", basis: "exact" },
      { target: "listed", basis: "estimated", prompt: 0.3, completion: 0.9, cached_prompt: 0.03 },
      { target: "other", basis: "unknown", prompt: null, completion: null },
    ]);
  });
});
