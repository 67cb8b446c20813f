import { describe, expect, test } from "bun:test";
import { worstCases } from "../../src/cli/doctor/worst-case.ts";
import { answers, type Behaviour, fails, gatewayOver, hangs, streams } from "../gateway/upstreams.ts";
import { CHAT } from "../support/gateway.ts";
import { chunkEvent, DONE } from "../support/raw-upstream.ts";

const WHOLE = streams(chunkEvent({ content: "hi" }) + chunkEvent({}, "stop") + DONE);

describe("a silent upstream", () => {
  test.each<[string, Behaviour]>([
    ["sends no head", hangs],
    ["sends a head and nothing else", streams("", { open: true })],
    ["sends only comments", streams(": keepalive\n\n", { open: true })],
    ["says only who speaks", streams(chunkEvent({ role: "assistant", content: "" }), { open: true })],
  ])(
    "that %s costs its first-token timeout before the next target is asked, and no retry",
    async (_name, behaviour) => {
      const { run, calls } = gatewayOver(
        { a: behaviour, b: WHOLE },
        {
          target: { a: { first_token_timeout_seconds: 3 } },
          providers: { retry: { max_attempts: 3 }, total_timeout_seconds: 60 },
        },
      );
      const { response } = await run({ ...CHAT, stream: true });
      expect([response.status, response.headers.get("x-weir-target")]).toEqual([200, "b"]);
      expect(await response.text()).toContain('"hi"');
      expect(calls.map(({ target }) => target)).toEqual(["a", "b"]);
      expect(calls[1]!.atMs).toBeGreaterThanOrEqual(3_000);
      expect(calls[1]!.atMs).toBeLessThanOrEqual(3_200);
    },
  );

  test("costs a plain request its timeout", async () => {
    const { run, calls } = gatewayOver({ a: hangs, b: answers() }, { target: { a: { timeout_seconds: 4 } } });
    expect((await run()).response.status).toBe(200);
    expect(Math.round(calls[1]!.atMs / 1000)).toBe(4);
  });
});

describe("the worst case that the doctor prints", () => {
  const retry = { max_attempts: 3, initial_backoff_ms: 1_000, multiplier: 3, max_backoff_ms: 60_000, jitter: 0 };

  test.each<[string, object, object, Record<string, string>]>([
    ["waits for what the targets ask", retry, {}, { "retry-after": "20" }],
    ["waits longer and longer", { ...retry, max_retry_after_seconds: 0 }, {}, {}],
    ["ends in time", retry, { total_timeout_seconds: 70 }, { "retry-after": "20" }],
    ["counts the targets that are asked", retry, { fallback: { max_fallback_attempts: 1 } }, { "retry-after": "20" }],
  ])("is reached and never passed when everything %s", async (_name, retrying, more, headers) => {
    const seconds: Readonly<Record<string, number>> = { a: 9, b: 6, c: 3 };
    const late: Behaviour = async (call) => {
      const over = new Promise<void>((resolve) => void all.clock.after(seconds[call.target]! * 1000 - 100, resolve));
      // or until it is told to end
      await Promise.race([over, hangs(call)]);
      return fails(503, headers)(call);
    };
    const all = gatewayOver(
      { a: late, b: late, c: late },
      {
        target: Object.fromEntries(Object.entries(seconds).map(([id, timeout]) => [id, { timeout_seconds: timeout }])),
        providers: { total_timeout_seconds: 900, retry: retrying, circuit_breaker: { enabled: false }, ...more },
      },
    );
    const startedMs = all.clock.monotonic();
    await all.run();
    const took = (all.clock.monotonic() - startedMs) / 1000;
    const [worst] = worstCases(all.gateway.config);
    expect(took).toBeLessThanOrEqual(worst!.plainSeconds + 0.2);
    // what is missing: the tenth of a second before each limit, or a wait that would not have fitted in
    expect(took).toBeGreaterThan(worst!.capped ? worst!.plainSeconds - 20 : worst!.plainSeconds - 1.5);
  });
});
