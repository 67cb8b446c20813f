import { expect, test } from "bun:test";
import { silentLogger } from "../../src/lib/logger.ts";
import type { JobContext } from "../../src/scheduler/job.ts";
import { retention } from "../../src/scheduler/retention.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** When it pruned at turns an hour from each other; `ahead`: how far the clock is wrong at each. */
async function pruned(config: object, ahead: readonly number[] = [0], receipts: number[] = []): Promise<number[]> {
  const calls: number[] = [];
  const left = [500, 20, 0];
  const book = { prune: (before: number) => receipts.push(before) && (left.shift() ?? 0) };
  const ledger = {
    async prune(before: number) {
      calls.push(before);
      return 3;
    },
    receipts: book,
  };
  let turn = 0;
  const clock = { monotonic: () => turn * HOUR_MS, now: () => 400 * DAY_MS + turn * HOUR_MS + (ahead[turn] ?? 0) };
  const runtime = { gateway: { config: { model_groups: [], ...config } } };
  const jobs = retention.create({ ledger, clock, runtime, log: silentLogger } as unknown as JobContext);
  for (; turn < ahead.length; turn++) for (const job of jobs) await job.run(new AbortController().signal);
  return calls;
}

test("prunes what is older than the audit-logger keeps", async () => {
  const config = {
    policies: { chain: ["audit-logger"] },
    policy: { "audit-logger": { retention_days: 365 } },
    store: {},
  };
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

test("believes a clock that went ahead by days only when it still says so an hour later", async () => {
  const config = { policies: { chain: [] }, policy: {}, store: { retention_days: 7 } };
  const [start, hour] = [393 * DAY_MS, HOUR_MS];
  expect(await pruned(config, [0, 40 * DAY_MS, 0, 0])).toEqual([start, start + 2 * hour, start + 3 * hour]);
  expect(await pruned(config, [0, 40 * DAY_MS, 40 * DAY_MS])).toEqual([start, start + 40 * DAY_MS + 2 * hour]);
  expect(await pruned(config, [0, DAY_MS, -90 * DAY_MS])).toHaveLength(3);
});

test("removes receipts as long as there are any that are older than the store keeps, else older than rows", async () => {
  const audited = { policies: { chain: ["audit-logger"] }, policy: { "audit-logger": { retention_days: 365 } } };
  const [ofRows, ofStore, bare]: number[][] = [[], [], []];
  await pruned({ ...audited, store: {} }, [0], ofRows);
  expect(ofRows).toEqual(Array(3).fill(35 * DAY_MS));
  await pruned({ ...audited, store: { retention_days: 7 } }, [0], ofStore);
  expect(ofStore).toEqual(Array(3).fill(393 * DAY_MS));
  await pruned({ policies: { chain: [] }, policy: {}, store: {} }, [0], bare);
  expect(bare).toEqual(Array(3).fill(370 * DAY_MS));
});
