import { describe, expect, test } from "bun:test";
import { HOUR_MS } from "../../../src/lib/durations.ts";
import type { StoredEvent } from "../../../src/store/store.ts";
import { fakeClock } from "../../support/clock.ts";
import { anEvent } from "../../support/events.ts";
import { ADMIN_TOKEN, EVENT, fakeServer } from "../fake-server.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");
/** How long ago a stretch of time is decides how finely it is summed. */
const clock = { ...fakeClock(), now: () => AT + HOUR_MS };
const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };

function stored(changes: readonly Partial<StoredEvent["event"]>[]): StoredEvent[] {
  return changes.map((change, at) => ({ seq: at + 1, hash: "h", event: { ...EVENT, at: AT, ...change } }));
}

const ask = async (events: readonly StoredEvent[], path: string) => {
  const { send, accesses } = fakeServer({ events, clock });
  const answer = await send(path, { headers });
  return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>>, accesses };
};

describe("/api/overview", () => {
  const RANGE = "since=2026-11-20T11:00:00Z&until=2026-11-20T13:00:00Z";

  test("sums a stretch of time, its course, and the time before", async () => {
    const events = stored([{}, { verdict: "block", outcome: "input_blocked", status: 409 }, { at: AT - 7_200_000 }]);
    const { body } = await ask(events, `/api/overview?${RANGE}`);
    expect(body).toMatchObject({
      totals: { requests: 2, blocked: 1, usd: null, gco2e: null },
      before: { requests: 1 },
      bucket_ms: 300_000,
      covers_since: AT - 7_200_000,
    });
    const series = body["series"] as { at: number; requests: number }[];
    expect(series.filter(({ requests }) => requests > 0)).toMatchObject([{ at: AT, requests: 2 }]);
    expect(series.length).toBe(25);
  });

  test("of a ledger without rows is empty and says so", async () => {
    expect((await ask([], "/api/overview")).body).toMatchObject({
      covers_since: null,
      totals: { requests: 0, p50_ms: null },
    });
  });

  test.each([
    ["since=never", "since"],
    ["since=1h&until=2h", "since"],
  ])("refuses %s", async (query, param) => {
    const { status, body } = await ask([], `/api/overview?${query}`);
    expect(status).toBe(400);
    expect(body["error"]).toMatchObject({ code: "invalid_request", param });
  });

  test("is a reading of the ledger", async () => {
    expect((await ask([], "/api/overview?since=1h")).accesses).toMatchObject([
      { what: "GET /api/overview", filter: { since: "1h" } },
    ]);
  });
});

describe("/api/costs", () => {
  const attempts = anEvent().attempts;
  const of = (model: string) => [{ ...attempts[0]!, model }];
  const events = stored([
    { attempts: of("a"), cost: { usd: 1, basis: "exact" } },
    { attempts: of("b"), cost: { usd: 3, basis: "estimated" } },
    { attempts: of("b"), cost: { usd: null, basis: "unknown" }, at: AT + 86_400_000 },
  ]);
  const RANGE = "since=2026-11-19&until=2026-11-23";

  test("by model, the dearest first", async () => {
    const { body } = await ask(events, `/api/costs?${RANGE}`);
    expect(body["groups"]).toMatchObject([
      { name: "b", requests: 2, usd: 3, cost_estimated: 1, cost_unknown: 1 },
      { name: "a", requests: 1, usd: 1 },
    ]);
  });

  test("by day, in order", async () => {
    const { body } = await ask(events, `/api/costs?${RANGE}&by=day`);
    expect(body["groups"]).toMatchObject([
      { name: "2026-11-20", requests: 2 },
      { name: "2026-11-21", requests: 1, usd: null },
    ]);
  });

  test("by target, with the tries that failed at each, whoever answered in the end", async () => {
    const [ok] = attempts as [(typeof attempts)[number]];
    const failed = (target: string, outcome: string) => ({ ...ok, target, outcome, provider: "openai" });
    const { body } = await ask(
      stored([
        { target: "large", attempts: [failed("down", "upstream_failed"), failed("down", "upstream_timeout"), ok] },
        { target: "large", attempts: [failed("large", "upstream_rate_limited"), ok], at: AT + 86_400_000 },
        { target: null, attempts: [failed("large", "upstream_rejected"), failed("slow", "hedged_out")] },
        { target: null, attempts: [failed("down", "upstream_auth_failed"), failed("gone", "cancelled")] },
        { target: "large", attempts: [ok] },
      ]),
      `/api/costs?${RANGE}&by=target`,
    );
    const groups = body["groups"] as { name: string; requests: number; failed_attempts: number }[];
    expect(groups.map(({ name, requests, failed_attempts }) => [name, requests, failed_attempts])).toEqual([
      ["large", 3, 1],
      ["(none)", 2, 0],
      ["down", 0, 3],
    ]);
  });

  test("by day and by provider, failed tries too", async () => {
    const [ok] = attempts as [(typeof attempts)[number]];
    const failing = stored([{ attempts: [{ ...ok, provider: "openai", outcome: "upstream_cut" }, ok] }]);
    const by = async (name: string) => {
      const { body } = await ask(failing, `/api/costs?${RANGE}&by=${name}`);
      const groups = body["groups"] as { name: string; failed_attempts: number }[];
      return groups.map((group) => [group.name, group.failed_attempts]);
    };
    expect(await by("day")).toEqual([["2026-11-20", 1]]);
    expect(await by("provider")).toEqual([
      [ok.provider, 0],
      ["openai", 1],
    ]);
  });

  test("by nothing else", async () => {
    expect((await ask([], "/api/costs?by=mood")).status).toBe(400);
  });
});
