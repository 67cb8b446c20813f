import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { createChain } from "../../src/gateway/chain/chain.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { auditLogger } from "../../src/policies/audit-logger.ts";
import { piiDetector as pii } from "../../src/policies/pii-detector.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { chat, contextFor, enforced, optionsFor } from "../gateway/chain/policies.ts";
import { parsed } from "../support/codec.ts";
import { anEvent } from "../support/events.ts";

const { options } = auditLogger;
type Options = Parameters<NonNullable<typeof auditLogger.check>>[0];
const defaults = Value.Default(options, {}) as Options;
const faults = (given: Partial<Options>) => auditLogger.check?.({ ...defaults, ...given }) ?? [];

describe("audit-logger's options", () => {
  test("have the defaults of the contract", () => {
    expect(defaults).toEqual({
      immutable: true,
      retention_days: 365,
      log_all_access: false,
      hipaa_audit_controls: false,
      content: "none",
    });
    expect(faults({})).toEqual([]);
  });

  test.each([
    [{ retention_days: 0 }],
    [{ retention_days: 36_501 }],
    [{ retention_days: 1.5 }],
    [{ retention_days: "365" }],
    [{ immutable: "true" }],
    [{ content: "all" }],
    [{ retention: 1 }],
  ])("%j is refused by the schema", (given) => {
    expect(Value.Check(options, { ...defaults, ...given })).toBe(false);
  });

  test.each([1, 36_500])("retention_days %d is accepted", (retention_days) => {
    expect(Value.Check(options, { ...defaults, retention_days })).toBe(true);
  });

  test.each([
    [{ immutable: false }, ["immutable"]],
    [{ content: "hash" }, []],
    [{ content: "redacted" }, []],
    [{ hipaa_audit_controls: true, log_all_access: true, retention_days: 2190, content: "hash" }, []],
    [{ hipaa_audit_controls: true, log_all_access: true, retention_days: 2190, content: "redacted" }, ["content"]],
    [{ hipaa_audit_controls: true }, ["log_all_access", "retention_days"]],
    [{ hipaa_audit_controls: true, log_all_access: true, retention_days: 2189 }, ["retention_days"]],
    [{ hipaa_audit_controls: true, log_all_access: true, retention_days: 2190 }, []],
    [{ log_all_access: true, retention_days: 1 }, []],
  ] as const)("%j contradicts itself at %j", (given, paths) => {
    const found = faults(given);
    expect(found.map(({ path }) => path.join("."))).toEqual([...paths]);
    for (const { message } of found) expect(message.length).toBeGreaterThan(20);
  });
});

describe("audit-logger", () => {
  const services = { fetch, clock: systemClock };

  test("hands each event on as it is, and has no hook that could change anything", () => {
    const kept: RequestEvent[] = [];
    const policy = auditLogger.create(defaults, { ...services, ledger: { push: (event) => kept.push(event) } });
    const event = Object.freeze(anEvent());
    policy.settle?.(event, contextFor());
    expect(kept).toEqual([event]);
    expect(kept[0]).toBe(event);
    expect(Object.keys(policy)).toEqual(["settle"]);
  });

  test("does nothing where nothing is written down", () => {
    expect(auditLogger.create(defaults, services)).toEqual({});
  });
});

describe("audit-logger with content", () => {
  const setup = (content: "hash" | "redacted", personal: object = {}) => {
    const kept: RequestEvent[] = [];
    const services = { fetch, clock: systemClock, ledger: { push: (event: RequestEvent) => void kept.push(event) } };
    const keyed = { ...services, digest: (text: string) => `<${text}>` };
    const policy = auditLogger.create({ ...defaults, content }, keyed);
    const redact = pii.create(Value.Default(pii.options, personal) as never, services);
    const watching = { ...enforced("audit-logger", policy, auditLogger.phases), isLast: true };
    // it stands first in the list, and sees what the other has left
    const chain = createChain(optionsFor([watching, enforced("pii-detector", redact, pii.phases)]));
    const context = contextFor();
    const settle = () => chain.settle(anEvent({ id: context.id, at: context.receivedAtMs }), context);
    return { chain, context, settle, kept };
  };
  const answer = (content: string) => parsed({ choices: [{ index: 0, message: { role: "assistant", content } }] });
  const chunk = (content: string) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] }) as never;
  const MAIL = "Write to jane.doe@example.com";
  const MARKED = "Write to [EMAIL_REDACTED]";

  test("keeps what the chain let through, of whole answers and of streams alike", async () => {
    for (const streamed of [false, true]) {
      const { chain, context, settle, kept } = setup("redacted");
      const run = chain.start(context);
      await run.request(chat("first", MAIL));
      if (streamed) {
        const stream = run.openStream()!;
        for (const piece of ["Write to ja", "ne.doe@exa", "mple.com"]) stream.push(chunk(piece));
        stream.flush();
      } else await run.answer(answer(MAIL));
      settle();
      expect(kept[0]!.content).toEqual({ form: "redacted", request: `user: first\nuser: ${MARKED}`, answer: MARKED });
    }
  });

  test("puts the choices and calls of a stream in their order, whichever began first, so that its hash is that of the answer", () => {
    const { chain, context, settle, kept } = setup("redacted");
    const stream = chain.start(context).openStream()!;
    for (const [index, content] of ["10 c", "0 a", "10 d", "2 b", "0 a"].map((said) => said.split(" "))) {
      stream.push({ id: "c", choices: [{ index: Number(index), delta: { content: content! }, finish_reason: null }] });
    }
    for (const [index, call] of [{ name: "x" }, { name: "y" }, { arguments: "{}" }, { arguments: "[]" }].entries()) {
      const delta = { tool_calls: [{ index: index % 2, function: call }] };
      stream.push({ id: "c", choices: [{ index: 2, delta, finish_reason: null }] });
    }
    stream.flush();
    settle();
    expect(kept[0]!.content!.answer).toBe("aa\nb\nx\n{}\ny\n[]\ncd");
  });

  test("keeps no value that an answer was given back", async () => {
    for (const streamed of [false, true]) {
      const { chain, context, settle, kept } = setup("redacted", { action: "tokenize" });
      const run = chain.start(context);
      const asked = await run.request(chat(MAIL, "and to jo@example.org"));
      expect(JSON.stringify(asked.value)).not.toContain("example");
      const said = "⟦EMAIL:1⟧ and ⟦EMAIL:2⟧ are told.";
      if (streamed) {
        const stream = run.openStream()!;
        const out = [stream.push(chunk(said.slice(0, 4))), stream.push(chunk(said.slice(4))), stream.flush()];
        expect(JSON.stringify(out)).toContain("jane.doe@example.com");
      } else expect(await run.answer(answer(said))).toMatchObject({ action: "pass" });
      settle();
      expect(kept[0]!.content!.answer).toBe(said);
      expect(JSON.stringify(kept)).not.toContain("example");
    }
  });

  test("keeps no half of such a value where it is cut", async () => {
    const { chain, context, settle, kept } = setup("redacted", { action: "tokenize" });
    const run = chain.start(context);
    await run.request(chat(MAIL));
    await run.answer(answer(`${"word ".repeat(3276)}⟦EMAIL:1⟧ is told.`));
    settle();
    expect(kept[0]!.content!.answer).toHaveLength(16_384);
    expect(JSON.stringify(kept)).not.toContain("jan");
  });

  test("hashes the same texts with the key it is given", async () => {
    const { chain, context, settle, kept } = setup("hash");
    const run = chain.start(context);
    await run.request(chat(MAIL));
    await run.answer(answer("fine"));
    settle();
    expect(kept[0]!.content).toEqual({ form: "hash", request: `<user: ${MARKED}>`, answer: "<fine>" });
  });

  test("keeps nothing of what was blocked, and only so much of the rest", async () => {
    const { chain, context, settle, kept } = setup("redacted");
    settle();
    expect(kept[0]!.content).toEqual({ form: "redacted", request: null, answer: null });
    const run = chain.start(context);
    await run.request(chat("word ".repeat(10_000)));
    settle();
    expect(kept[1]!.content).toMatchObject({ truncated: true, answer: null });
    expect(kept[1]!.content!.request).toHaveLength(16_384);
  });

  test("of several attempts it keeps the one that was heard", async () => {
    const { chain, context, settle, kept } = setup("redacted");
    const run = chain.start(context);
    run.openStream()!.push(chunk("a first attempt that "));
    const second = run.openStream()!;
    second.push(chunk("the second"));
    second.flush();
    settle();
    expect(kept[0]!.content!.answer).toBe("the second");
  });

  test("keeps apart what came with one id in one millisecond", async () => {
    const { chain, kept } = setup("redacted");
    const [one, other] = [contextFor(), contextFor()];
    for (const [context, text] of [
      [one, "one"],
      [other, "other"],
    ] as const)
      await chain.start(context).request(chat(text));
    for (const context of [one, other]) chain.settle(anEvent({ id: one.id, at: one.receivedAtMs }), context);
    expect(kept.map(({ content }) => content!.request)).toEqual(["user: one", "user: other"]);
  });

  test("a request without an event of its own leaves nothing behind", async () => {
    const { chain, context, settle, kept } = setup("redacted");
    await chain.start(context).request(chat("one"));
    settle();
    settle();
    expect(kept.map(({ content }) => content!.request)).toEqual(["user: one", null]);
  });
});
