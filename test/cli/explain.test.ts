import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { main } from "../../src/cli/cli.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { anEvent, scratch } from "../support/events.ts";
import { fakeIo, weir } from "./fake-io.ts";

const dir = scratch();
const unknown = {
  prompt_tokens: null,
  completion_tokens: null,
  cached_tokens: null,
  reasoning_tokens: null,
  basis: "unknown",
} as const;

const failedOver = anEvent({
  id: "failed-over",
  at: Date.UTC(2026, 6, 1, 12, 0, 0, 123),
  consumer: "team-a",
  target: "small",
  answered_model: "mistral-small-2506",
  policies: [
    {
      policy: "pii-detector",
      phase: "input",
      verdict: "redact",
      mode: "enforce",
      reason_code: "pii.redacted",
      findings: 3,
      score: null,
    },
    {
      policy: "prompt-injection",
      phase: "input",
      verdict: "block",
      mode: "monitor",
      reason_code: "prompt_injection.detected",
      findings: 1,
      score: 0.91,
    },
  ],
  route: {
    strategy: "fallback",
    asked: "mistral-large-latest",
    candidates: [
      { target: "large", dropped: null },
      { target: "small", dropped: null },
      { target: "other", dropped: "breaker open" },
    ],
    order: ["large", "small"],
    decision: "first in order",
  },
  attempts: [
    {
      target: "large",
      provider: "mistral",
      model: "mistral-large-latest",
      started_ms: 0.4,
      first_token_ms: null,
      ended_ms: 250,
      status: 503,
      outcome: "upstream_failed",
      cause: "status 503: overloaded",
      usage: unknown,
    },
    {
      target: "small",
      provider: "mistral",
      model: "mistral-small-latest",
      started_ms: 251,
      first_token_ms: 480,
      ended_ms: 1500,
      status: 200,
      outcome: "ok",
      cause: null,
      usage: { ...unknown, prompt_tokens: 12, completion_tokens: 99, basis: "exact" },
      cost: { usd: 0.0000123, basis: "estimated" },
    },
  ],
  cost: { usd: 0.0000123, basis: "estimated" },
  carbon: {
    receipt_id: "rcpt_019b2f6e",
    region: "atnorth-sto-1",
    tier: 2,
    temporal_match: "annual_fallback",
    energy_wh: 0.1816846790444832,
    energy_wh_ci90_lo: 0.06797645166762954,
    energy_wh_ci90_hi: 0.4855993772798816,
    gco2e: 0.003635058364060749,
    gco2e_ci90_lo: 0.0013417967449002328,
    gco2e_ci90_hi: 0.00984821507305804,
    gco2e_usage: 0.003633693580889664,
    default_region: "scaleway-par-1",
    gco2e_usage_default: null,
  },
  degraded: ["policy_error:bot-detector"],
});
const refused = anEvent({
  id: "refused",
  verdict: "block",
  status: 409,
  outcome: "input_blocked",
  target: null,
  answered_model: null,
  route: null,
  attempts: [],
  usage: unknown,
  finish_reasons: [],
  first_token_ms: null,
});

beforeAll(async () => {
  const ledger = openLedger("sqlite:ledger.db", dir.path);
  await ledger.append([
    failedOver,
    refused,
    anEvent({ id: "twice", at: 1 }),
    anEvent({ id: "twice", at: 2, status: 502 }),
    anEvent({
      id: "hedged",
      attempts: [
        { ...anEvent().attempts[0]!, status: null, outcome: "hedged_out", cause: "small answered first" },
        { ...anEvent().attempts[0]!, target: "small", hedge: true, resent: true },
      ],
      carbon: {
        receipt_id: null,
        region: null,
        tier: 3,
        temporal_match: null,
        energy_wh: 0.5,
        energy_wh_ci90_lo: null,
        energy_wh_ci90_hi: null,
        gco2e: null,
        gco2e_ci90_lo: null,
        gco2e_ci90_hi: null,
        gco2e_usage: null,
        default_region: null,
        gco2e_usage_default: null,
      },
    }),
  ]);
  await ledger.close();
});
afterAll(() => dir[Symbol.dispose]());

const run = (...more: string[]) => weir(["explain", "--state-dir", dir.path, ...more]);

describe("weir explain", () => {
  test("tells candidates, order, attempts with times and causes, policies, tokens and outcome", async () => {
    const { code, out, err } = await run("failed-over");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const told = [
      "Request failed-over: allow",
      "received  2026-07-01 12:00:00.123 UTC",
      'asked     chat, streamed, model "mistral-large-latest", by consumer "team-a"',
      'outcome   200 ok, by small, model "mistral-small-2506", in 1.24 s, first token after 210 ms',
      "tokens    12 in, 99 out (exact)",
      "degraded  policy_error:bot-detector",
      "pii-detector          redact    pii.redacted, 3 findings",
      "prompt-injection      block     prompt_injection.detected, 1 finding, score 0.91, monitor: recorded only",
      'strategy fallback, asked for "mistral-large-latest"',
      "large  eligible, place 1",
      "small  eligible, place 2",
      "other  dropped: breaker open",
      "order: large, small; the first because: first in order",
      "1. large (mistral, mistral-large-latest): upstream_failed, status 503",
      "cost      $0.0000123 (estimated)",
      "energy Wh 0.182 (90 %: 0.068 to 0.486), estimated from the model's size",
      "gCO2e     0.00364 (90 %: 0.00134 to 0.00985), 0.00363 of usage; grid annual fallback",
      "receipt   rcpt_019b2f6e",
      "0.4 ms to 250 ms; tokens unknown; cost unknown",
      "cause: status 503: overloaded",
      "2. small (mistral, mistral-small-latest): ok, status 200",
      "251 ms to 1.50 s, first token at 480 ms; tokens 12 in, 99 out (exact); cost $0.0000123 (estimated)",
      "Row 2 of the ledger, hash ",
    ];
    for (const line of told) expect(out).toContain(line);
  });

  test("tells who was asked beside another, and who was not waited for", async () => {
    const { out } = await run("hedged");
    for (const line of [
      "1. large (mistral, mistral-large-latest): hedged_out, no status",
      "cause: small answered first",
      "2. small (mistral, mistral-large-latest) as a hedge, beside one that was slow: ok, status 200",
      "sent twice: the connection kept from before closed under it",
      "energy Wh 0.5, telemetry of the operator",
      "gCO2e     unknown, usage unknown; grid unknown",
      "receipt   none",
    ]) {
      expect(out).toContain(line);
    }
  });

  test("tells of an older request with the same id by its row", async () => {
    const rowOf = async (...more: string[]) => /Row (\d+) of the ledger/.exec((await run("twice", ...more)).out)?.[1];
    const newest = Number(await rowOf());
    expect(await rowOf("--row", String(newest - 1))).toBe(String(newest - 1));
    const other = await run("twice", "--row", "1");
    expect([other.code, other.err]).toEqual([1, expect.stringContaining("in row 1 of this ledger")]);
    expect((await run("twice", "--row", "0")).code).toBe(2);
  });

  test("tells of a request that reached no target", async () => {
    const { out } = await run("refused");
    for (const line of [
      "Request refused: block",
      "409 input_blocked, no target answered",
      "tokens    none\n",
      "cost      none\n",
      "not reached",
      "Attempts\n  none",
    ]) {
      expect(out).toContain(line);
    }
  });

  test("--json is the event as stored, with its place", async () => {
    const { code, out } = await run("failed-over", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ ...failedOver, seq: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test("of several requests with one id it tells the newest and names the others", async () => {
    const { code, out, err } = await run("twice", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(out) as { status: number }).status).toBe(502);
    expect(err).toContain("rows 4");
  });

  test("an unknown id fails, without what it could do to a terminal", async () => {
    const { code, out, err } = await run("no\u001b[2Jbody");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain('no request "no\\u{1b}[2Jbody" in this ledger');
  });

  test.each([[[]], [["a", "b"]], [["", "--json"]]])("%j is a wrong use", async (words) => {
    expect((await run(...words)).code).toBe(2);
  });

  test("fails where there is no ledger", async () => {
    using empty = scratch();
    const io = fakeIo();
    expect(await main(["explain", "x", "--state-dir", empty.path], io)).toBe(1);
    expect(io.written.err).toContain("There is no ledger at");
  });
});
