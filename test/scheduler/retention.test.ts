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
  const policies = { policy: { "audit-logger": { retention_days: 1 } }, policies: { chain: [] }, store: {} };
  expect(await pruned({ ...policies, consumers: [{ id: "a" }, { id: "b", chain: ["audit-logger"] }] })).toEqual([
    399 * DAY_MS,
  ]);
});

test("keeps what no audit-logger asks for as long as the store says, else thirty days", async () => {
  const bare = { policies: { chain: [] }, policy: { "audit-logger": { retention_days: 1 } } };
  expect(await pruned({ ...bare, store: {} })).toEqual([370 * DAY_MS]);
  expect(await pruned({ ...bare, store: { retention_days: 7 } })).toEqual([393 * DAY_MS]);
  expect(await pruned({ ...bare, consumers: [{ id: "a", chain: [] }], store: {} })).toEqual([370 * DAY_MS]);
});
