import { expect, test } from "bun:test";
import { DAY_MS, dayOf } from "../../../src/lib/durations.ts";
import { MemoryCounters } from "../../../src/store/counters/memory.ts";
import { fakeClock } from "../../support/clock.ts";

test("what earlier processes spent against a budget that is away now is kept until its month is over", async () => {
  const clock = fakeClock();
  const date = new Date(clock.now());
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const spent = { day: dayOf(clock.now()), month, today: 5, thisMonth: 7 };
  const counters = new MemoryCounters(clock, { gone: spent, old: { ...spent, day: 1, month: 1 } });
  const keep = (...owners: string[]) => counters.keep({ rates: new Set(), owners: new Set(owners) });
  keep("budgets");
  expect(Object.keys(counters.spending() ?? {}).toSorted()).toEqual(["budgets", "gone"]);
  keep("budgets", "gone");
  expect(counters.spending()?.["gone"]).toEqual(spent);
  keep("budgets");
  await clock.advance(32 * DAY_MS);
  keep("budgets");
  expect(Object.keys(counters.spending() ?? {})).toEqual(["budgets"]);
});
