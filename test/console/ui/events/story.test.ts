import { describe, expect, test } from "bun:test";
import type { EventRow } from "../../../../src/console/ui/events/model.ts";
import { storyOf } from "../../../../src/console/ui/events/story.ts";
import type { AttemptRecord, PolicyRecord } from "../../../../src/schema/event.ts";
import { EVENT } from "../../../server/fake-server.ts";

const event = (change: Partial<EventRow> = {}): EventRow => ({ ...EVENT, seq: 1, hash: "00", ...change });
const said = (policy: string, phase: string, more: Partial<PolicyRecord> = {}): PolicyRecord => ({
  policy,
  phase,
  verdict: "allow",
  mode: "enforce",
  reason_code: null,
  findings: 0,
  score: null,
  ...more,
});
const ROUTE = {
  strategy: "fallback",
  order: ["a", "b"],
  candidates: [
    { target: "a", dropped: null },
    { target: "b", dropped: null },
    { target: "c", dropped: "breaker open" },
  ],
} as unknown as EventRow["route"];
const attempt = (target: string, outcome: string, cause: string | null = null) =>
  ({ target, outcome, cause, started_ms: 0, ended_ms: 20 }) as unknown as AttemptRecord;

describe("the story of a request", () => {
  test("goes in the order in which it went", () => {
    const story = storyOf(
      event({
        consumer: "team",
        stream: true,
        policies: [said("pii", "input"), said("tools", "tool"), said("tools", "tool"), said("pii", "output")],
        route: ROUTE,
        attempts: [attempt("a", "server_error", "status 500"), attempt("b", "ok")],
        cost: { usd: 0.5, basis: "exact" },
      }),
    );
    expect(story).toEqual([
      "Consumer team asked chat for m, as a stream.",
      "2 policies looked at the request and let it pass.",
      "By fallback, of 3 targets 2 could serve it; a came first.",
      "a was asked; after 20 ms it was server_error: status 500.",
      "b was asked and answered in 20 ms.",
      "2 policies looked at the answer and let it pass.",
      "The request was answered with 200 after 5 ms, at $0.50 (exact).",
    ]);
  });

  test("says what a policy did, and that one only watched", () => {
    const story = storyOf(
      event({
        policies: [
          said("safety", "input", { verdict: "block", mode: "monitor", reason_code: "safety.blocked" }),
          said("pii", "input", { verdict: "block", reason_code: "pii.blocked", findings: 2 }),
        ],
        status: 409,
        outcome: "input_blocked",
      }),
    );
    expect(story).toEqual([
      "A caller without a key asked chat for m.",
      "Policy safety said block because of safety.blocked. It only watches, so nothing came of it.",
      "Policy pii said block because of pii.blocked (2 found).",
      "It ended before a target was chosen.",
      "The request was ended as input_blocked with status 409 after 5 ms, without asking a target.",
    ]);
  });

  test("says why no target was left", () => {
    const candidates = [
      { target: "a", dropped: "other_region" },
      { target: "b", dropped: "breaker open" },
      { target: "c", dropped: "other_region" },
    ];
    const route = { strategy: "default_path", order: [], candidates } as unknown as EventRow["route"];
    expect(storyOf(event({ route, status: 503, outcome: "service_unavailable" })).slice(1)).toEqual([
      "By default_path, of 3 targets none could serve it: b breaker open, 2 targets other region.",
      "The request was ended as service_unavailable with status 503 after 5 ms, without asking a target.",
    ]);
  });

  test.each([
    [null, ["a"], "By single, its only target could serve it; a came first."],
    ["breaker open", [], "By single, its only target could not serve it: a breaker open."],
  ])("of a single target, dropped: %p", (dropped, order, told) => {
    const route = { strategy: "single", order, candidates: [{ target: "a", dropped }] } as unknown as EventRow["route"];
    expect(storyOf(event({ route }))).toContain(told);
  });
});
