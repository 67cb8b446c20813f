import { beforeAll, describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import fc from "fast-check";
import { loadLanguages } from "../../src/detect/language.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { answerPlaces } from "../../src/lib/places/extract.ts";
import { qualityScorer } from "../../src/policies/quality-scorer.ts";
import { parsed } from "../support/codec.ts";
import { asker, assembled, chunk, policyOf, streamed } from "./asking.ts";

beforeAll(async () => {
  await loadLanguages();
});

const GOOD = "Rayleigh scattering: short waves of light are scattered more strongly than long ones by the air.";
const LOOP = "and then we went home ".repeat(30);

const asking = (content: string, more: JsonObject = {}) =>
  asker({ asked: parsed({ messages: [{ role: "user", content }], ...more }) });
const QUESTION = asking(
  "Why does the atmosphere scatter blue light during daytime, and why is everything red towards evening?",
);

const whole = (...contents: string[]): JsonObject => ({
  choices: contents.map((content, index) => ({
    index,
    message: { role: "assistant", content },
    finish_reason: "stop",
  })),
});

const REFUSED = whole("I'm sorry, but I can't help with that.");
const CUT: JsonObject = { choices: [{ index: 0, message: { content: GOOD }, finish_reason: "length" }] };

async function scored(settings: object, value: JsonObject, context = QUESTION) {
  return await policyOf(qualityScorer, settings).response!(parsed(value), answerPlaces("chat", value), context);
}

const kinds = ({ findings = [] }: { readonly findings?: readonly { kind: string }[] }) =>
  findings.map(({ kind }) => kind);

describe("quality-scorer", () => {
  test("gives good answers the best score and writes it down", async () => {
    expect(await scored({}, whole(GOOD))).toEqual({ action: "allow", findings: [], score: 1 });
    expect(await scored({}, whole("42"), asking("What is six times seven?"))).toMatchObject({ score: 1 });
  });

  test.each([
    ["nothing at all", whole("  \n"), "empty"],
    ["a loop", whole(LOOP), "repetition"],
    ["a refusal", whole("I'm sorry, but I can't help with that."), "refusal"],
    ["a refusal in German", whole("Es tut mir leid, dabei kann ich leider nicht helfen."), "refusal"],
    [
      "another language",
      whole("Das liegt an der Streuung des Sonnenlichts in der Atmosphäre, sagt man."),
      "language:de",
    ],
    ["an open code fence", whole("Here it is:\n```js\nconst a = 1;"), "open_code_fence"],
    [
      "nothing of the question",
      whole("Bananas ripen faster inside a paper bag because ethylene gas collects."),
      "no_overlap",
    ],
  ])("sees %s", async (_what, value, signal) => {
    const verdict = await scored({ failure_action: { action: "log" } }, value);
    expect(kinds(verdict)).toContain(signal);
    expect(verdict.action === "allow" && verdict.score).toBeLessThan(1);
  });

  test("sees an answer that was cut off, and JSON that is none where JSON was asked for", async () => {
    const cut = { choices: [{ index: 0, message: { content: GOOD }, finish_reason: "length" }] };
    expect(kinds(await scored({}, cut))).toEqual(["truncated"]);
    const json = asking("List three towns as JSON.", { response_format: { type: "json_object" } });
    expect(kinds(await scored({}, whole("Sure! 1. Rome"), json))).toContain("broken_json");
    expect(await scored({}, whole('```json\n{"towns":["Rome"]}\n```'), json)).toMatchObject({ score: 1 });
  });

  test("asks nothing of who calls a tool instead of speaking", async () => {
    const call = { id: "c", type: "function", function: { name: "look", arguments: "{}" } };
    const value = {
      choices: [{ index: 0, message: { content: null, tool_calls: [call] }, finish_reason: "tool_calls" }],
    };
    const settings = { min_output_chars: 10, assertions: [{ type: "contains", value: "x" }] };
    expect(await scored(settings, value)).toEqual({ action: "allow", findings: [], score: 1 });
  });

  test("blocks, replaces or lets pass what is below a threshold", async () => {
    const strict = { thresholds: { min_coherence: 0.8 } };
    expect(await scored(strict, whole(LOOP))).toMatchObject({ action: "block", reasonCode: "quality.below_threshold" });
    expect(await scored(strict, whole(GOOD, LOOP))).toMatchObject({ action: "block" });
    expect(await scored({ min_output_chars: 500 }, whole(GOOD))).toMatchObject({ action: "block" });
    expect(kinds(await scored({ min_sentences: 2 }, whole(GOOD)))).toContain("too_few_sentences");
    expect(await scored({ min_sentences: 2 }, whole(`${GOOD} That is why the sky is blue.`))).toMatchObject({
      score: 1,
    });
    const fallback = { ...strict, failure_action: { action: "fallback_message", message: "Later." } };
    expect(await scored(fallback, whole(LOOP))).toMatchObject({ action: "replace", text: "Later." });
    expect(await scored(fallback, whole(GOOD))).toMatchObject({ action: "allow" });
    const log = { ...strict, failure_action: { action: "log" } };
    expect(await scored(log, whole(LOOP))).toMatchObject({ action: "allow", reasonCode: "quality.below_threshold" });
  });

  test.each([
    ["min_relevancy", REFUSED, CUT],
    ["min_coherence", whole(LOOP), REFUSED],
    ["min_completeness", CUT, whole("Bananas ripen faster inside a paper bag because ethylene gas collects.")],
  ])("%s looks at its own score", async (name, low, other) => {
    const settings = { thresholds: { min_aggregate: 0, [name]: 0.7 } };
    expect(await scored(settings, low)).toMatchObject({ action: "block" });
    expect(await scored(settings, other)).toMatchObject({ action: "allow" });
    expect(await scored({ thresholds: { min_aggregate: 0 } }, low)).toMatchObject({ action: "allow" });
    expect(await scored({ thresholds: { min_aggregate: 0.9 } }, other)).toMatchObject({ action: "block" });
  });

  test("weighs its scores as it is told", async () => {
    const refused = whole("I'm sorry, but I can't help with that.");
    const only = (name: string) => ({
      weights: { relevancy: 0, coherence: 0, completeness: 0, [name]: 2 },
      failure_action: { action: "log" },
    });
    expect(await scored(only("relevancy"), refused)).toMatchObject({ score: 0.2 });
    expect(await scored(only("coherence"), refused)).toMatchObject({ score: 1 });
  });

  test.each([
    [{ type: "contains", value: "light" }, true],
    [{ type: "contains", value: "LIGHT" }, false],
    [{ type: "contains", value: "LIGHT", case_sensitive: false }, true],
    [{ type: "not_contains", value: ["heavy", "waves"] }, false],
    [{ type: "contains_any", value: ["nope", "waves"] }, true],
    [{ type: "contains_all", value: ["nope", "waves"] }, false],
    [{ type: "starts_with", value: "Rayleigh" }, true],
    [{ type: "ends_with", value: "air." }, true],
    [{ type: "equals", value: "air." }, false],
    [{ type: "regex", pattern: "sca(?:tter)+" }, true],
    [{ type: "regex", value: "^Mie" }, false],
    [{ type: "not_regex", value: "[0-9]{4}" }, true],
    [{ type: "json" }, false],
    [{ type: "language", value: "en" }, true],
    [{ type: "language", value: ["fr", "German"] }, false],
    [{ type: "min_length", value: 1_000 }, false],
    [{ type: "max_length", max: 20 }, false],
    [{ type: "max_length", value: 200 }, true],
    [{ type: "min_words", min: 10 }, true],
    [{ type: "max_words", max: 10 }, false],
  ])("holds answers to %j: %p", async (assertion, holds) => {
    const verdict = await scored({ assertions: [assertion] }, whole(GOOD));
    expect(verdict.action).toBe(holds ? "allow" : "block");
    if (!holds) expect(kinds(verdict)).toEqual([`assertion:${assertion.type}`]);
  });

  test("the same letters are the same, however they are put together or written large", async () => {
    const parted = whole("Herr Müller wohnt in der Straße am Fluss.".normalize("NFD"));
    expect(await scored({ assertions: [{ type: "contains", value: "Müller" }] }, parted)).toMatchObject({
      action: "allow",
    });
    const large = { type: "contains", value: "STRASSE", case_sensitive: false };
    expect(await scored({ assertions: [large] }, parted)).toMatchObject({ action: "allow" });
  });

  test("counts characters, whatever their UTF-16 takes", async () => {
    const ten = whole("😀".repeat(10));
    const exactly = (length: number) => [
      { type: "min_length", value: length },
      { type: "max_length", value: length },
    ];
    expect(await scored({ assertions: exactly(10), min_output_chars: 10 }, ten)).toMatchObject({ action: "allow" });
    expect(kinds(await scored({ assertions: exactly(11), min_output_chars: 11 }, ten))).toEqual([
      "too_short",
      "assertion:min_length",
    ]);
  });

  test("holds JSON to a schema", async () => {
    const schema = {
      type: "object",
      properties: { age: { type: "integer", minimum: 0 }, next: { $ref: "#/$defs/town" } },
      required: ["age"],
      additionalProperties: false,
      $defs: { town: { enum: ["Rome", "Oslo"] } },
    };
    const settings = { assertions: [{ type: "json_schema", schema }] };
    expect(await scored(settings, whole('{"age":3,"next":"Oslo"}'))).toMatchObject({ action: "allow" });
    for (const text of ['{"age":-3}', '{"age":3,"next":"Bonn"}', '{"age":3,"more":1}', "{}", "no json"]) {
      expect(await scored(settings, whole(text))).toMatchObject({ action: "block" });
    }
  });

  test("wants another answer once, then does what it is told to", async () => {
    const settings = (otherwise: string) => ({
      thresholds: { min_coherence: 0.5 },
      failure_action: { action: "retry", otherwise },
    });
    for (const [otherwise, then] of [
      ["log", "allow"],
      ["block", "block"],
      ["fallback_message", "replace"],
    ] as const) {
      const policy = policyOf(qualityScorer, settings(otherwise));
      const value = whole(LOOP);
      const ask = async (context = QUESTION) =>
        (await policy.response!(parsed(value), answerPlaces("chat", value), context)).action;
      const one = asking("Tell me a story.");
      expect([await ask(one), await ask(one), await ask(asking("Another one."))]).toEqual(["retry", then, "retry"]);
    }
  });

  test("refuses settings that say nothing or cannot be enforced", () => {
    const faults = (settings: object) =>
      qualityScorer.check!(Value.Default(qualityScorer.options, settings) as never).map(({ path }) => path.join("."));
    expect(faults({})).toEqual([]);
    expect(faults({ assertions: [{ type: "regex", value: "(?=x)" }] })).toEqual(["assertions.0.value"]);
    expect(faults({ assertions: [{ type: "contains" }] })).toEqual(["assertions.0.type"]);
    expect(faults({ assertions: [{ type: "contains", pattern: "x" }] })).toEqual(["assertions.0.pattern"]);
    expect(faults({ assertions: [{ type: "max_length", value: "long" }] })).toEqual(["assertions.0.value"]);
    expect(faults({ assertions: [{ type: "max_length", value: 2, max: 3 }] })).toEqual(["assertions.0.value"]);
    expect(faults({ assertions: [{ type: "language", value: "klingon" }] })).toEqual(["assertions.0.value"]);
    expect(faults({ assertions: [{ type: "json_schema", schema: { format: "email" } }] })).toEqual([
      "assertions.0.schema",
    ]);
    expect(faults({ assertions: [{ type: "json_schema", schema: { $ref: "#/$defs/no" } }] })).toEqual([
      "assertions.0.schema",
    ]);
    expect(faults({ weights: { relevancy: 0, coherence: 0, completeness: 0 } })).toEqual(["weights"]);
    expect(faults({ failure_action: { action: "block", message: "x" } })).toEqual(["failure_action.message"]);
    expect(faults({ failure_action: { action: "log", otherwise: "block" } })).toEqual(["failure_action.otherwise"]);
  });
});

describe("quality-scorer on streams", () => {
  const cut = (text: string, sizes: readonly number[]) => {
    const chunks = [chunk({ role: "assistant", content: "" })];
    for (let at = 0, turn = 0; at < text.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      chunks.push(chunk({ content: text.slice(at, at + size) }));
      at += size;
    }
    return [...chunks, chunk({}, "stop")];
  };

  test("comes to the score of the whole answer, wherever it is cut", async () => {
    const texts = fc.constantFrom(GOOD, LOOP, "", "I cannot help with that.", "```\nopen");
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (text, sizes) => {
        const verdict = await scored({ failure_action: { action: "log" } }, whole(text));
        const stream = policyOf(qualityScorer, {}).stream!(QUESTION);
        const { ended } = streamed(stream, cut(text, sizes));
        expect(ended).toBeNull();
        expect(stream.record!()).toMatchObject({
          verdict: "allow",
          score: verdict.action === "allow" ? (verdict.score ?? null) : null,
          findings: kinds(verdict).length,
        });
      }),
      { numRuns: 60 },
    );
  });

  test("sees a stream that was cut off", () => {
    const stream = policyOf(qualityScorer, {}).stream!(QUESTION);
    streamed(stream, [chunk({ role: "assistant", content: GOOD }), chunk({}, "length")]);
    expect(stream.record!()).toMatchObject({ verdict: "allow", findings: 1, reasons: ["truncated"] });
  });

  test("lets everything pass at once where it only logs, and holds everything where it buffers", () => {
    const chunks = cut(GOOD, [7]);
    const passing = policyOf(qualityScorer, {}).stream!(QUESTION);
    expect(chunks.flatMap((each) => passing.push(each))).toEqual(chunks);
    const holding = policyOf(qualityScorer, { on_stream: "buffer" }).stream!(QUESTION);
    expect(chunks.flatMap((each) => holding.push(each))).toEqual([]);
    expect(holding.flush()).toEqual(chunks);
  });

  test("acts on what it held", () => {
    const settings = { on_stream: "buffer", thresholds: { min_coherence: 0.5 } };
    const run = (failure_action: object) =>
      streamed(policyOf(qualityScorer, { ...settings, failure_action }).stream!(QUESTION), cut(LOOP, [9]));
    expect(run({ action: "block" })).toEqual({ out: [], ended: "quality.below_threshold" });
    const { out } = run({ action: "fallback_message", message: "Later." });
    const replaced = assembled(out);
    expect([replaced.text, replaced.finished]).toEqual([{ 0: "Later." }, { 0: "stop" }]);
    // clients read `delta` blindly
    expect(out.every(({ choices }) => choices?.every(({ delta }) => typeof delta === "object"))).toBe(true);
    expect(assembled(run({ action: "log" }).out).text).toEqual({ 0: LOOP });
  });

  test("gives what it held where nobody else could be asked", () => {
    const failure = { action: "retry" };
    const settings = { on_stream: "buffer", thresholds: { min_coherence: 0.5 }, failure_action: failure };
    const stream = policyOf(qualityScorer, settings).stream!(asking("A story, please."));
    expect(streamed(stream, cut(LOOP, [9]))).toEqual({ out: [], ended: "quality.below_threshold" });
    expect(stream.record!()).toMatchObject({ verdict: "retry" });
    expect(assembled(stream.flush()).text).toEqual({ 0: LOOP });
    expect(stream.record!()).toMatchObject({ verdict: "allow", reason_code: "quality.below_threshold" });
  });

  test("judges the same of equal choices, whichever began first", () => {
    const assertions = ["first", "second"].map((value) => ({ type: "contains", value }));
    const settings = { assertions, failure_action: { action: "log" } };
    const said = (order: readonly number[]) => {
      const stream = policyOf(qualityScorer, settings).stream!(QUESTION);
      const texts = ["It is the first of the two.", "It is the other of the two."];
      streamed(
        stream,
        order.flatMap((at) => [chunk({ content: texts[at]! }, null, at), chunk({}, "stop", at)]),
      );
      return stream.record!();
    };
    // beside the question, and without the second word
    expect(said([0, 1]).findings).toBe(2);
    expect(said([1, 0])).toEqual(said([0, 1]));
  });

  test("says nothing of a stream that broke off", () => {
    const stream = policyOf(qualityScorer, {}).stream!(QUESTION);
    stream.push(chunk({ content: "Half an ans" }));
    expect(stream.record!()).toEqual({ verdict: "allow", reason_code: null, findings: 0, score: null });
  });
});
