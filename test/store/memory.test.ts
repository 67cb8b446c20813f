import { expect, test } from "bun:test";
import { MEMORY_ROWS, memory } from "../../src/store/memory.ts";
import { manualClock } from "../support/clock.ts";
import { events } from "../support/events.ts";

test("memory: drops the oldest rows when it is full, and its chain still holds", async () => {
  const ledger = memory.open("", { clock: manualClock(), role: "own", stateDir: "/nonexistent" });
  for (let at = 0; at < 12; at++)
    await ledger.append(events(1000, (n) => ({ id: `r${at * 1000 + n}`, at: at * 1000 + n })));
  const oldest = await ledger.events({ limit: 1, oldestFirst: true });
  const newest = await ledger.events({ limit: 1 });
  expect(newest.events[0]?.event.id).toBe("r11999");
  expect(oldest.events[0]?.event.at).toBeGreaterThan(2000);
  const report = await ledger.verify();
  expect(report.ok).toBe(true);
  expect(report.rows).toBeLessThanOrEqual(MEMORY_ROWS);
  expect(report.rows).toBeGreaterThan(MEMORY_ROWS / 2);
  await ledger.close();
});

test("memory: two ledgers do not share rows", async () => {
  const [one, other] = [1, 2].map(() =>
    memory.open("", { clock: manualClock(), role: "own", stateDir: "/nonexistent" }),
  );
  await one!.append(events(1));
  expect((await other!.events({ limit: 1 })).events).toEqual([]);
  await one!.close();
  await other!.close();
});
