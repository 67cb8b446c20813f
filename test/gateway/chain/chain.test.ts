import { describe, expect, test } from "bun:test";
import { ClientGone } from "../../../src/gateway/attempts/failure.ts";
import { createChain } from "../../../src/gateway/chain/chain.ts";
import type { ChainPolicy, ChainRun } from "../../../src/gateway/chain/chain-api.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { Parsed } from "../../../src/lib/json/json.ts";
import type { Logger } from "../../../src/lib/logger.ts";
import { inSlices } from "../../../src/lib/slices.ts";
import type { Policy, Verdict } from "../../../src/policies/policy.ts";
import type { RequestEvent } from "../../../src/schema/event.ts";
import { fakeClock, manualClock } from "../../support/clock.ts";
import { parsed } from "../../support/codec.ts";
import {
  allowing,
  blocking,
  chat,
  contextFor,
  enforced,
  MARK,
  monitored,
  optionsFor,
  redactor,
  saying,
  WORD,
} from "./policies.ts";

const started = (...policies: readonly ChainPolicy[]): ChainRun =>
  createChain(optionsFor(policies)).start(contextFor());

/** What a hook threw or rejected with. */
async function errorOf(work: () => unknown): Promise<GatewayError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

const verdicts = (run: ChainRun): readonly string[] =>
  run.records.map(({ policy, phase, verdict, mode }) => `${policy} ${phase} ${verdict} ${mode}`);

const answer = (content: string | null, more: object = {}): Parsed =>
  parsed({ id: "a", choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop", ...more }] });

describe("a chain that only watches", () => {
  const watcher: Policy = { settle: () => {} };

  test("reads nothing: the same objects pass, no policy is recorded", () => {
    const chain = createChain(optionsFor([enforced("audit-logger", watcher)]));
    expect([chain.readsRequests, chain.readsAnswers, chain.readsStreams]).toEqual([false, false, false]);
    const run = chain.start(contextFor());
    const request = chat("a");
    expect(run.request(request)).toBe(request);
    expect(run.answer(request)).toEqual({ action: "pass", parsed: request });
    expect(run.openStream()).toBeNull();
    expect([run.records, run.degraded, run.header(), run.verdict()]).toEqual([[], [], null, "allow"]);
  });

  test("hands every event to every policy, whatever one of them throws", () => {
    const seen: string[] = [];
    const logged: object[] = [];
    const log: Logger = { debug() {}, info() {}, warn() {}, error: (fields) => logged.push(fields) };
    const policies = [
      enforced("a", {
        settle: () => {
          throw new Error("a text");
        },
      }),
      enforced("b", { settle: ({ id }) => seen.push(id) }),
    ];
    createChain(optionsFor(policies, { log })).settle({ id: "e1" } as RequestEvent, contextFor());
    expect(seen).toEqual(["e1"]);
    expect(logged).toEqual([{ request_id: "e1", policy: "a", error: "Error" }]);
  });
});

describe("requests", () => {
  test("pass at once, as the same object, where every policy allows", () => {
    const run = started(
      enforced("a", allowing),
      enforced("b", saying({ action: "allow", findings: [{ kind: "x" }], score: 0.2 })),
    );
    const request = chat("hello");
    expect(run.request(request)).toBe(request);
    expect(run.records).toEqual([
      { policy: "a", phase: "input", verdict: "allow", mode: "enforce", reason_code: null, findings: 0, score: null },
      {
        policy: "b",
        phase: "input",
        verdict: "allow",
        mode: "enforce",
        reason_code: null,
        findings: 1,
        score: 0.2,
        reasons: ["x"],
      },
    ]);
    expect(run.header()).toBe("a=allow, b=allow;1");
    expect(run.verdict()).toBe("allow");
  });

  test("go on redacted, and the next policy reads the new text and never the old", async () => {
    const read: string[] = [];
    const reader: Policy = {
      request(body, places) {
        read.push(...places.map(({ text }) => text), body.source);
        return { action: "allow" };
      },
    };
    const run = started(enforced("r", redactor), enforced("reader", reader));
    const out = await run.request(chat(`my ${WORD}`, `${WORD}${WORD}`, "plain"));
    expect(out.source).toBe(chat(`my ${MARK}`, `${MARK}${MARK}`, "plain").source);
    expect(out.value).toEqual(chat(`my ${MARK}`, `${MARK}${MARK}`, "plain").value);
    expect(read.join()).not.toContain(WORD);
    expect(run.header()).toBe("r=redact;3, reader=allow");
    expect(run.verdict()).toBe("redact");
  });

  test("end at the first block; later policies are skipped", async () => {
    let asked = 0;
    const counter: Policy = {
      request: () => {
        asked++;
        return { action: "allow" };
      },
    };
    const run = started(
      enforced("a", allowing),
      enforced("b", blocking),
      enforced("c", counter),
      enforced("d", blocking),
    );
    const error = await errorOf(() => run.request(chat("x")));
    expect(error.code).toBe("input_blocked");
    expect(error.message).toBe("Request blocked: no such talk");
    expect(error.status).toBe(409);
    expect(error.details.extra).toEqual({ policy: "b", reason_code: "test.blocked" });
    expect(asked).toBe(0);
    expect(verdicts(run)).toEqual([
      "a input allow enforce",
      "b input block enforce",
      "c input skipped enforce",
      "d input skipped enforce",
    ]);
    expect(run.header()).toBe("a=allow, b=block;1, c=skipped, d=skipped");
    expect(run.verdict()).toBe("block");
    expect(run.records[1]).toMatchObject({ reason_code: "test.blocked", findings: 1, score: 0.9 });
  });

  test.each([400, 403, 422])("are blocked with the chain's or the consumer's own status %d", async (status) => {
    const policies = [enforced("b", blocking)];
    const own = createChain(optionsFor(policies)).start(contextFor(), status);
    const chains = createChain(optionsFor(policies, { blockStatus: status })).start(contextFor());
    for (const run of [own, chains]) expect((await errorOf(() => run.request(chat("x")))).status).toBe(status);
  });

  test("wait for a person where a policy escalates, each with an id of its own", async () => {
    const escalating = enforced("e", saying({ action: "escalate", reasonCode: "test.held", message: "ask Ann" }));
    const run = started(escalating, enforced("c", allowing));
    const error = await errorOf(() => run.request(chat("x")));
    expect([error.code, error.status, error.message]).toEqual([
      "escalation_required",
      409,
      "Request held for a person: ask Ann",
    ]);
    expect(error.details.extra).toMatchObject({ policy: "e", reason_code: "test.held" });
    const id = (of: GatewayError) => of.details.extra?.["escalation_id"];
    expect(id(error)).toStartWith("esc_");
    expect(id(await errorOf(() => started(escalating).request(chat("x"))))).not.toBe(id(error));
    expect(run.verdict()).toBe("escalate");
    expect(verdicts(run)).toEqual(["e input escalate enforce", "c input skipped enforce"]);
  });

  test("pass what would hold them once a person has approved, and nothing else", async () => {
    const escalating = enforced("e", saying({ action: "escalate", reasonCode: "test.held", message: "ask Ann" }));
    const approved = { ...contextFor(), escalation: { isApproved: true, held: (error: unknown) => error } };
    const run = createChain(optionsFor([escalating, enforced("b", blocking)])).start(approved);
    expect((await errorOf(() => run.request(chat("x")))).code).toBe("input_blocked");
    expect(verdicts(run)).toEqual(["e input allow enforce", "b input block enforce"]);
    expect(run.records[0]).toMatchObject({ reason_code: "escalation.approved" });
    expect(
      await createChain(optionsFor([escalating]))
        .start(approved)
        .answer(answer("x")),
    ).toMatchObject({ action: "pass" });
  });

  test("are seen phase by phase, and in list order inside a phase", async () => {
    const run = started(
      enforced("tool-1", allowing, ["tool"]),
      enforced("in-1", allowing, ["input"]),
      enforced("out", allowing, ["output"]),
      enforced("both", allowing, ["tool", "input", "output"]),
      enforced("tool-2", allowing, ["tool"]),
    );
    await run.request(chat("x"));
    expect(run.records.map(({ policy, phase }) => `${policy} ${phase}`)).toEqual([
      "in-1 input",
      "both input",
      "tool-1 tool",
      "tool-2 tool",
    ]);
  });

  test("may be judged by policies that take their time, in order", async () => {
    const slow = (name: string): Policy => ({
      async request(body, places) {
        await Promise.resolve();
        return places[1]?.text.includes(name) === true
          ? { action: "redact", reasonCode: "r", edits: [{ place: places[1], start: 0, end: 1, text: name }] }
          : { action: "allow", reasonCode: body.source.length > 0 ? "r" : "" };
      },
    });
    const run = started(enforced("r", redactor), enforced("s", slow(MARK)), enforced("b", blocking));
    const pending = run.request(parsed({ messages: [{ role: "user", name: "n", content: WORD }] }));
    expect(pending).toBeInstanceOf(Promise);
    expect((await errorOf(() => pending)).code).toBe("input_blocked");
    expect(verdicts(run)).toEqual(["r input redact enforce", "s input redact enforce", "b input block enforce"]);
  });
});

describe("monitor mode", () => {
  test("records what would have been and lets everything pass", async () => {
    const all: Verdict[] = [
      { action: "block", reasonCode: "b", message: "m" },
      { action: "escalate", reasonCode: "e", message: "m" },
      { action: "retry", reasonCode: "r" },
      { action: "replace", reasonCode: "p", text: "t" },
    ];
    const run = started(
      ...all.map((verdict) => monitored(verdict.action, saying(verdict))),
      monitored("redactor", redactor),
    );
    const request = chat(`my ${WORD}`);
    expect(await run.request(request)).toBe(request);
    const whole = answer(`my ${WORD}`);
    expect(await run.answer(whole)).toEqual({ action: "pass", parsed: whole });
    expect(run.records.map(({ verdict, mode }) => `${verdict} ${mode}`).slice(0, 5)).toEqual([
      "block monitor",
      "escalate monitor",
      "retry monitor",
      "replace monitor",
      "redact monitor",
    ]);
    expect(run.verdict()).toBe("allow");
    expect(run.header()).toBe(
      "block=block;monitor, escalate=escalate;monitor, retry=retry;monitor, replace=replace;monitor, redactor=redact;2;monitor",
    );
  });

  test("never stops anything by failing, whatever the fail mode", async () => {
    const run = started(
      monitored("t", {
        request: () => {
          throw new Error("x");
        },
      }),
      enforced("a", allowing),
    );
    const request = chat("x");
    expect(await run.request(request)).toBe(request);
    expect(run.degraded).toEqual(["policy_error:t"]);
    const refusing: Policy = {
      request: () => {
        throw new GatewayError("model_not_allowed", "no");
      },
    };
    const other = started(monitored("t", refusing));
    expect(await other.request(request)).toBe(request);
    expect(other.records).toMatchObject([{ verdict: "block", mode: "monitor", reason_code: "model_not_allowed" }]);
  });
});

describe("a policy that fails", () => {
  const throwing: Policy = {
    request: () => {
      throw new TypeError(`read: ${WORD}`);
    },
  };
  const rejecting: Policy = { request: () => Promise.reject(new Error(WORD)) };
  const wrongEdit: Policy = {
    request: (_body, places) => ({
      action: "redact",
      reasonCode: "r",
      edits: [{ place: places[0]!, start: 0, end: 999, text: "" }],
    }),
  };
  const asksRetry = saying({ action: "retry", reasonCode: "r" });
  const replaces = saying({ action: "replace", reasonCode: "r", text: "t" });

  test.each([
    ["throws", throwing],
    ["rejects", rejecting],
    ["edits outside its text", wrongEdit],
    ["wants a request retried", asksRetry],
    ["wants a request replaced", replaces],
  ])("because it %s blocks with 503, or is passed over with a mark", async (_how, policy) => {
    const policies = [enforced("f", policy), enforced("c", allowing)];
    const run = started(...policies);
    const error = await errorOf(() => run.request(chat("some text")));
    expect([error.code, error.status]).toEqual(["policy_error", 503]);
    expect(error.message).toContain('The policy "f" failed');
    expect(error.message).not.toContain(WORD);
    expect(error.details.extra).toEqual({ policy: "f", reason_code: "policy.error" });
    expect(error.details.retryAfterMs).toBeGreaterThan(0);
    expect(verdicts(run)).toEqual(["f input error enforce", "c input skipped enforce"]);

    const open = createChain(optionsFor(policies, { failMode: "allow" })).start(contextFor());
    const request = chat("some text");
    expect(await open.request(request)).toBe(request);
    expect(open.degraded).toEqual(["policy_error:f"]);
    expect(verdicts(open)).toEqual(["f input error enforce", "c input allow enforce"]);
  });

  test("is logged without the text it read", async () => {
    const lines: string[] = [];
    const log: Logger = {
      debug() {},
      info() {},
      warn() {},
      error: (fields, message) => lines.push(JSON.stringify(fields) + message),
    };
    const run = createChain(optionsFor([enforced("f", throwing)])).start(contextFor("chat", log));
    await errorOf(() => run.request(chat(WORD)));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("TypeError");
    expect(lines[0]).toContain('"policy":"f"');
    expect(lines[0]).not.toContain(WORD);
  });

  test("to answer in time counts as failed; what it says later is dropped", async () => {
    const late = Promise.withResolvers<Verdict>();
    const policies = [enforced("slow", { request: () => late.promise }), enforced("c", allowing)];
    for (const failMode of ["block", "allow"] as const) {
      const clock = manualClock(0);
      const run = createChain(optionsFor(policies, { clock, failMode })).start(contextFor());
      const request = chat("x");
      const pending = run.request(request) as Promise<Parsed>;
      expect(clock.waiting).toBe(1);
      clock.move(1_000);
      if (failMode === "block") {
        const error = await errorOf(() => pending);
        expect([error.code, error.details.extra]).toEqual([
          "policy_error",
          { policy: "slow", reason_code: "policy.timeout" },
        ]);
        expect(error.message).toContain("1000 ms");
      } else {
        expect(await pending).toBe(request);
        expect(run.degraded).toEqual(["policy_timeout:slow"]);
      }
      late.resolve({ action: "block", reasonCode: "late", message: "late" });
      await late.promise;
      expect(run.records[0]).toMatchObject({ verdict: "error", reason_code: "policy.timeout" });
    }
  });

  test("does not fail for the time in which long texts are read, until the request's own is over", async () => {
    const never = enforced("slow", { request: () => Promise.withResolvers<Verdict>().promise });
    for (const [deadlineMs, failsAfterMs] of [
      [null, 1_600],
      [1_000 + 1_300, 1_300],
    ] as const) {
      const clock = fakeClock();
      const run = createChain(optionsFor([never], { clock })).start({ ...contextFor(), deadlineMs });
      const failed = errorOf(() => run.request(chat("x")));
      let isOver = false;
      void failed.then(() => {
        isOver = true;
      });
      let ownMs = 0;
      function* reading(): Generator<undefined, null> {
        ownMs += 600;
        yield undefined;
        return null;
      }
      await inSlices(reading(), { ...clock, monotonic: () => ownMs });
      await clock.advance(failsAfterMs - 1);
      expect(isOver).toBe(false);
      await clock.advance(1);
      expect((await failed).details.extra).toEqual({ policy: "slow", reason_code: "policy.timeout" });
    }
  });

  test("does not fail where the process stood still", async () => {
    const clock = fakeClock();
    const late = Promise.withResolvers<Verdict>();
    const slow = enforced("slow", { request: () => late.promise });
    const run = createChain({ ...optionsFor([slow], { clock }), timeoutMs: 5_000 }).start(contextFor());
    const request = chat("x");
    const pending = run.request(request) as Promise<Parsed>;
    clock.stall(7_000);
    await clock.advance(0);
    late.resolve({ action: "allow" });
    expect(await pending).toBe(request);
  });

  test("to be read before the client has gone is no failure of its own", async () => {
    const gone = new AbortController();
    const policy = enforced("slow", {
      request: (_parsed, _places, { signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    const run = createChain(optionsFor([policy])).start({ ...contextFor(), signal: gone.signal });
    const pending = run.request(chat("x")) as Promise<Parsed>;
    gone.abort();
    expect(await pending.catch((thrown: unknown) => thrown)).toBeInstanceOf(ClientGone);
    expect(run.records).toEqual([]);
  });

  test("leaves no timer behind when it answers in time", async () => {
    const clock = manualClock(0);
    const run = createChain(
      optionsFor([enforced("a", { request: async () => ({ action: "allow" }) })], { clock }),
    ).start(contextFor());
    await run.request(chat("x"));
    expect(clock.waiting).toBe(0);
  });

  test("on purpose, with a GatewayError, has its say and its name on it", async () => {
    const refusing: Policy = {
      request: () => {
        throw new GatewayError("model_not_allowed", "not for you", { extra: { reason_code: "rbac.model" } });
      },
    };
    const run = createChain(
      optionsFor([enforced("rbac", refusing), enforced("c", allowing)], { failMode: "allow" }),
    ).start(contextFor());
    const error = await errorOf(() => run.request(chat("x")));
    expect([error.code, error.status, error.message]).toEqual(["model_not_allowed", 403, "not for you"]);
    expect(error.details.extra).toEqual({ policy: "rbac", reason_code: "rbac.model" });
    expect(run.records).toMatchObject([{ verdict: "block", reason_code: "rbac.model" }, { verdict: "skipped" }]);
    const blocks: Policy = {
      request: () => {
        throw new GatewayError("input_blocked", "no");
      },
    };
    expect(
      (
        await errorOf(() =>
          createChain(optionsFor([enforced("b", blocks)]))
            .start(contextFor(), 422)
            .request(chat("x")),
        )
      ).status,
    ).toBe(422);
  });
});

describe("token numbers", () => {
  const BODIES = [
    ["completions", { prompt: [1, 2] }, "prompt"],
    ["completions", { prompt: [[1], [2]] }, "prompt"],
    ["completions", { prompt: ["a", [2]] }, "prompt"],
    ["embeddings", { input: [7] }, "input"],
  ] as const;

  test.each(BODIES)("are refused where a policy reads text: %s %j", async (endpoint, body, param) => {
    const run = createChain(optionsFor([enforced("r", redactor), enforced("c", allowing)])).start(contextFor(endpoint));
    const error = await errorOf(() => run.request(parsed(body)));
    expect([error.code, error.status, error.details.param]).toEqual(["invalid_request", 400, param]);
    expect(error.details.extra).toEqual({ policy: "r", reason_code: "policy.unreadable" });
    expect(verdicts(run)).toEqual(["r input block enforce", "c input skipped enforce"]);
  });

  test.each(BODIES)("pass where policies only watch, or judge who asks: %s %j", async (endpoint, body) => {
    const caller: ChainPolicy = { ...enforced("rbac", allowing), content: false };
    const run = createChain(optionsFor([monitored("r", redactor), caller])).start(contextFor(endpoint));
    const request = parsed(body);
    expect(await run.request(request)).toBe(request);
    expect(verdicts(run)).toEqual(["r input block monitor", "rbac input allow enforce"]);
  });

  test("are what other lists are not", async () => {
    for (const input of [["a", "b"], "a", []]) {
      const request = parsed({ input });
      const chain = createChain(optionsFor([enforced("a", allowing)]));
      expect(await chain.start(contextFor("embeddings")).request(request)).toBe(request);
    }
  });
});

describe("/v1/moderations", () => {
  const run = (...policies: readonly ChainPolicy[]) =>
    createChain(optionsFor(policies)).start(contextFor("moderations"));
  const request = parsed({ input: `bad ${WORD}` });

  test("only watches content policies, and still redacts", async () => {
    const moderation = run(enforced("b", blocking), enforced("r", redactor));
    expect((await moderation.request(request)).value).toEqual({ input: `bad ${MARK}` });
    expect(verdicts(moderation)).toEqual(["b input block monitor", "r input redact enforce"]);
    expect(moderation.verdict()).toBe("redact");
  });

  test("enforces policies that judge the caller, and monitor stays monitor", async () => {
    const rbac: ChainPolicy = { ...enforced("rbac", blocking), content: false };
    expect((await errorOf(() => run(rbac).request(request))).code).toBe("input_blocked");
    expect(await run(monitored("r", redactor)).request(request)).toBe(request);
  });

  test("asks nobody about answers, which hold no text", () => {
    for (const endpoint of ["moderations", "embeddings"] as const) {
      const silent = createChain(optionsFor([enforced("b", blocking), enforced("r", redactor)])).start(
        contextFor(endpoint),
      );
      const body = parsed({ results: [] });
      expect(silent.readsAnswers).toBe(false);
      expect(silent.answer(body)).toEqual({ action: "pass", parsed: body });
      expect(silent.openStream()).toBeNull();
      expect(silent.records).toEqual([]);
    }
  });
});

describe("whole answers", () => {
  test("are redacted in every choice and blocked with output_blocked", async () => {
    const run = started(enforced("r", redactor));
    const body = parsed({
      choices: [
        { message: { content: WORD } },
        { message: { content: null, tool_calls: [{ function: { name: "f", arguments: `{"a":"${WORD}"}` } }] } },
      ],
    });
    const result = await run.answer(body);
    expect(result.parsed.source).toBe(body.source.replaceAll(WORD, MARK));
    expect(verdicts(run)).toEqual(["r output redact enforce"]);

    const blocked = started(enforced("b", blocking), enforced("c", allowing));
    const error = await errorOf(() => blocked.answer(answer("x")));
    expect([error.code, error.status, error.message]).toEqual(["output_blocked", 409, "Answer blocked: no such talk"]);
    expect(verdicts(blocked)).toEqual(["b output block enforce", "c output skipped enforce"]);
  });

  test("lose the token lists that repeat what was taken out, of that choice only", async () => {
    const logprobs = { content: [{ token: WORD, logprob: -1 }] };
    const body = parsed({
      choices: [
        { index: 0, message: { content: WORD }, logprobs },
        { index: 1, message: { content: "fine" }, logprobs: { content: [{ token: "fine" }] } },
        { index: 2, message: { content: WORD }, logprobs: null },
      ],
    });
    const { parsed: out } = await started(enforced("r", redactor)).answer(body);
    expect(out.value).toEqual({
      choices: [
        { index: 0, message: { content: MARK }, logprobs: null },
        { index: 1, message: { content: "fine" }, logprobs: { content: [{ token: "fine" }] } },
        { index: 2, message: { content: MARK }, logprobs: null },
      ],
    });
  });

  test("that say a key twice go out as they were read", async () => {
    const source = `{"choices":[{"message":{"content":"${WORD} first","content":"last"}}]}`;
    const { parsed: out } = await started(enforced("a", allowing)).answer({ source, value: JSON.parse(source) });
    expect(out.source).toBe('{"choices":[{"message":{"content":"last"}}]}');
  });

  test("can be replaced whole: nothing of the old ones stays", async () => {
    const replacing = enforced("q", saying({ action: "replace", reasonCode: "quality.low", text: 'try "again"' }));
    const body = parsed({
      id: "x",
      choices: [
        {
          index: 0,
          message: { content: WORD, reasoning: WORD, tool_calls: [{}] },
          logprobs: { content: [] },
          finish_reason: "tool_calls",
        },
        { message: { content: WORD } },
      ],
      usage: { total_tokens: 3 },
    });
    const run = started(replacing, enforced("c", allowing));
    const { parsed: out } = await run.answer(body);
    const message = { role: "assistant", content: 'try "again"', refusal: null };
    expect(JSON.parse(out.source)).toEqual({
      id: "x",
      choices: [
        { index: 0, message, finish_reason: "stop", logprobs: null },
        { index: 1, message, finish_reason: "stop", logprobs: null },
      ],
      usage: { total_tokens: 3 },
    });
    expect(out.value).toEqual(JSON.parse(out.source));
    expect(run.verdict()).toBe("redact");
    expect(run.header()).toBe("q=replace, c=allow");

    const completions = createChain(optionsFor([replacing])).start(contextFor("completions"));
    const { parsed: text } = await completions.answer(parsed({ choices: [{ text: WORD, index: 0, logprobs: null }] }));
    expect(text.value).toEqual({ choices: [{ index: 0, text: 'try "again"', finish_reason: "stop", logprobs: null }] });
  });

  test("can be asked for again; the others judge this one too, so that it may pass after all", async () => {
    const run = started(enforced("q", saying({ action: "retry", reasonCode: "quality.low" })), enforced("r", redactor));
    const result = await run.answer(answer(WORD));
    expect(result).toMatchObject({ action: "retry", policy: "q", reasonCode: "quality.low" });
    expect(result.parsed.source).toBe(answer(MARK).source);
    expect(run.verdict()).toBe("redact");
  });

  test("are seen by tool policies before output policies", async () => {
    const run = started(
      enforced("out", allowing, ["output"]),
      enforced("tool", allowing, ["tool"]),
      enforced("in", allowing, ["input"]),
    );
    await run.answer(answer("x"));
    expect(run.records.map(({ policy, phase }) => `${policy} ${phase}`)).toEqual(["tool tool", "out output"]);
  });

  test("add to what was said of the request", async () => {
    const run = started(enforced("r", redactor), enforced("a", allowing));
    await run.request(chat(WORD));
    await run.answer(answer(`${WORD} and ${WORD}`));
    expect(run.header()).toBe("r=redact;3, a=allow");
    expect(run.records.map(({ phase }) => phase)).toEqual(["input", "input", "output", "output"]);
  });
});
