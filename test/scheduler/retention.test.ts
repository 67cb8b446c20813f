import { expect, test } from "bun:test";
import { silentLogger } from "../../src/lib/logger.ts";
import type { JobContext } from "../../src/scheduler/job.ts";
import { retention } from "../../src/scheduler/retention.ts";

const DAY_MS = 86_400_000;

async function pruned(config: object): Promise<number[]> {
  const calls: number[] = [];
  const ledger = {
    async prune(before: number) {
      calls.push(before);
      return 3;
    },
  };
  const clock = { now: () => 400 * DAY_MS };
  const runtime = { gateway: { config } };
  const jobs = retention.create({ ledger, clock, runtime, log: silentLogger } as unknown as JobContext);
  for (const job of jobs) await job.run(new AbortController().signal);
  return calls;
}

test("prunes what is older than the audit-logger keeps", async () => {
  const config = { policies: { chain: ["audit-logger"] }, policy: { "audit-logger": { retention_days: 365 } } };
  expect(await pruned(config)).toEqual([35 * DAY_MS]);
});

test("prunes for a consumer's chain too", async () => {
  const policies = { policy: { "audit-logger": { retention_days: 1 } }, policies: { chain: [] } };
  expect(await pruned({ ...policies, consumers: [{ id: "a" }, { id: "b", chain: ["audit-logger"] }] })).toEqual([
    399 * DAY_MS,
  ]);
  expect(await pruned({ ...policies, consumers: [{ id: "a", chain: [] }] })).toEqual([]);
});

test("prunes nothing where no audit-logger runs", async () => {
  expect(await pruned({ policies: { chain: [] }, policy: { "audit-logger": { retention_days: 1 } } })).toEqual([]);
  expect(await pruned({ policies: { chain: ["audit-logger"] }, policy: {} })).toEqual([]);
});
