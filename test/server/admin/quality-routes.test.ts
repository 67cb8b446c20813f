import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { HOUR_MS } from "../../../src/lib/durations.ts";
import type { AttemptRecord, PolicyRecord } from "../../../src/schema/event.ts";
import { QualityView } from "../../../src/schema/views/quality-view.ts";
import type { StoredEvent } from "../../../src/store/store.ts";
import { fakeClock } from "../../support/clock.ts";
import { asAdmin, EVENT, fakeServer } from "../fake-server.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");
/** How long ago a stretch of time is decides how finely it is summed. */
const clock = { ...fakeClock(), now: () => AT + HOUR_MS };
const RANGE = "since=2026-11-20T11:00:00Z&until=2026-11-20T13:00:00Z";

const scored = (score: number | null, more: Partial<PolicyRecord> = {}): PolicyRecord => ({
  policy: "quality-scorer",
  phase: "output",
  verdict: "allow",
  mode: "enforce",
  reason_code: null,
  findings: 0,
  score,
  ...more,
});
const attempt = (target: string, model: string) =>
  ({ target, model, provider: "mistral", outcome: "ok" }) as unknown as AttemptRecord;

async function ask(changes: readonly Partial<StoredEvent["event"]>[], query = RANGE) {
  const events = changes.map((change, at) => ({ seq: at + 1, hash: "h", event: { ...EVENT, at: AT, ...change } }));
  const { send, accesses } = fakeServer({ events, clock });
  const answer = await send(`/api/quality?${query}`, { headers: asAdmin });
  return { status: answer.status, body: (await answer.json()) as QualityView, accesses };
}

describe("/api/quality", () => {
  test("tells variants apart, the best first, an answer that was asked for anew with the target that gave it", async () => {
    const attempts = [attempt("a", "small"), attempt("b", "large")];
    const { body, accesses } = await ask([
      { target: "a", attempts, policies: [scored(0.5)] },
      { target: "a", attempts, policies: [scored(0.9)] },
      {
        target: "b",
        attempts,
        policies: [scored(0.1, { verdict: "error", target: "a" }), scored(1), scored(0.3, { policy: "safety-filter" })],
      },
    ]);
    expect([...Value.Errors(QualityView, body)]).toEqual([]);
    expect(body.targets).toEqual([
      { target: "b", model: "large", answers: 1, mean: 1, failed: 0 },
      { target: "a", model: "small", answers: 3, mean: 0.5, failed: 1 },
    ]);
    expect(accesses).toMatchObject([{ what: "GET /api/quality" }]);
  });

  test("makes nothing up: no score, no target, another time", async () => {
    const { body } = await ask([
      { policies: [scored(null)] },
      { target: null, policies: [scored(1)] },
      { at: AT - 86_400_000, policies: [scored(1)] },
    ]);
    expect(body.targets).toEqual([]);
  });

  test("refuses a time that is none", async () => {
    expect((await ask([], "since=never")).status).toBe(400);
  });
});
