import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import fc from "fast-check";
import { systemClock } from "../../src/lib/clock.ts";
import { sha256Hex } from "../../src/lib/digest.ts";
import { applyEdits } from "../../src/lib/edits/edits.ts";
import { editsInSteps } from "../../src/lib/edits/places.ts";
import { inOneGo } from "../../src/lib/in-one-go.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { answerPlaces, requestPlaces } from "../../src/lib/places/extract.ts";
import { piiDetector } from "../../src/policies/pii-detector.ts";
import type { Policy, Verdict } from "../../src/policies/policy.ts";
import type { ChatCompletionChunk } from "../../src/schema/chat.ts";
import { disguisedText, mixedText } from "../detect/mixed-text.ts";
import { contextFor, textOf } from "../gateway/chain/policies.ts";

type Given = Parameters<typeof piiDetector.create>[0];

function optionsOf(settings: object): Given {
  return Value.Default(piiDetector.options, structuredClone(settings)) as Given;
}

function detector(settings: object = {}): Policy {
  return piiDetector.create(optionsOf(settings), { fetch, clock: systemClock });
}

function check(settings: object) {
  return piiDetector.check!(optionsOf(settings)).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

async function redacted(policy: Policy, content: string): Promise<string> {
  const value = { messages: [{ role: "user", content }] };
  const parsed = { source: JSON.stringify(value), value };
  const verdict = await policy.request!(parsed, requestPlaces("chat", value), contextFor());
  const out = JSON.parse(applied(parsed.source, verdict)) as typeof value;
  return out.messages[0]!.content;
}

function applied(source: string, verdict: Verdict): string {
  return verdict.action === "redact" ? applyEdits(source, inOneGo(editsInSteps(source, verdict.edits))) : source;
}

const message = (content: string, args: string): JsonObject => ({
  role: "assistant",
  content,
  tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: args } }],
});

function cut(text: string, cuts: readonly number[]): string[] {
  const sorted = [...new Set(cuts.map((each) => each % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted]
    .map((from, index) => text.slice(from, sorted[index] ?? text.length))
    .filter((piece) => piece !== "");
}

describe("pii-detector", () => {
  test.each([
    [{}, "mail jane@example.com!", "mail [EMAIL_REDACTED]!"],
    [
      {},
      "<td>jane&commat;example.com</td><td>+49&nbsp;30&nbsp;901820</td><td>Name: J&ouml;rg Sch&auml;fer</td>",
      "<td>[EMAIL_REDACTED]</td><td>[PHONE_REDACTED]</td><td>Name: [PERSON_REDACTED]</td>",
    ],
    [{ redaction: { marker_format: "asterisk" } }, "jane@example.com", "********"],
    [{}, "KVNR A123456780, MRN: 00123456", "KVNR [DE_KVNR_REDACTED], MRN: 00123456"],
    [
      { healthcare_mode: true, entities: ["EMAIL"] },
      "KVNR A123456780, MRN: 00123456, BIC COBADEFF",
      "KVNR [DE_KVNR_REDACTED], MRN: [MEDICAL_RECORD_REDACTED], BIC COBADEFF",
    ],
    [{ redaction: { marker_format: "asterisk", preserve_length: true } }, "jane@example.com", "****************"],
    [{ redaction: { preserve_length: true } }, "jane.austen@example.com", "[EMAIL_REDACTED]*******"],
    [{ redaction: { preserve_length: true } }, "a@example.com", "*************"],
    [{ redaction: { include_metadata: true } }, "jane@example.com", "[EMAIL_REDACTED length=16]"],
    [{ redaction: { marker_format: "partial" } }, "jane@example.com", "j***@example.com"],
    [{ redaction: { marker_format: "partial" } }, "4111 1111 1111 1111", "**** **** **** 1111"],
    [{ redaction: { custom_markers: { email_address: "<mail>" } } }, "jane@example.com", "<mail>"],
    [{ entities: ["credit card"] }, "jane@example.com 4111111111111111", "jane@example.com [CREDIT_CARD_REDACTED]"],
    [{ entities: ["email"], pci_mode: true }, "4111111111111111", "[CREDIT_CARD_REDACTED]"],
    [{ pci_mode: false }, "jane@example.com 4111111111111111", "[EMAIL_REDACTED] 4111111111111111"],
    [{ detect_patterns: ["EMP-\\d{4}"] }, "EMP-1234", "[CUSTOM_REDACTED]"],
    [{ detect_patterns: { "badge no": "EMP-\\d{4}" } }, "EMP-1234", "[BADGE_NO_REDACTED]"],
    [{ detect_patterns: [{ name: "badge", pattern: "EMP-\\d{4}" }] }, "EMP-1234", "[BADGE_REDACTED]"],
    [{ detect_patterns: [".*secret.*"] }, "a secret b\nc", "a [CUSTOM_REDACTED]\nc"],
    [
      { detect_patterns: ["token: .*|(?m)^#.*$"] },
      "my token: a b\n# c\nd",
      "my [CUSTOM_REDACTED]\n[CUSTOM_REDACTED]\nd",
    ],
    [
      { apply_to: "both" },
      '{"mail":"jane\\u0040example.com","n":4111111111111111}',
      '{"mail":"[EMAIL_REDACTED]","n":"[CREDIT_CARD_REDACTED]"}',
    ],
  ])("with %j makes %j into %j", async (settings, text, expected) => {
    expect(await redacted(detector(settings), text)).toBe(expected);
  });

  test("hash: the same for the same value, another for another, and not the value's bare hash", async () => {
    const policy = detector({ redaction: { marker_format: "hash" } });
    const [one, again, other] = (await redacted(policy, "a@example.com a@example.com b@example.com")).split(" ");
    expect(one).toMatch(/^\[EMAIL:[0-9a-f]{12}\]$/);
    expect(again).toBe(one!);
    expect(other).not.toBe(one!);
    expect(one).not.toContain(sha256Hex("a@example.com").slice(0, 12));
  });

  test("apply_to leaves the other side alone, but placeholders always come back", () => {
    expect(detector({ apply_to: "input" }).response).toBeUndefined();
    expect(detector({ apply_to: "input" }).stream).toBeUndefined();
    expect(detector({ apply_to: "output" }).request).toBeUndefined();
    expect(detector({ apply_to: "input", action: "tokenize" }).stream).toBeDefined();
  });

  test("what was given back for its placeholder is not found once more by the member's name", async () => {
    const policy = detector({ action: "tokenize", detect_patterns: { pin: "pin\\s*[:=]\\s*\\S+" } });
    const context = contextFor();
    const value = { messages: [{ role: "user", content: '{"pin":"hunter2 x"}' }] };
    const parsed = { source: JSON.stringify(value), value };
    const asked = await policy.request!(parsed, requestPlaces("chat", value), context);
    expect(JSON.parse(applied(parsed.source, asked)).messages[0].content).toBe('{"pin":"⟦PIN:1⟧ x"}');
    const answer = { choices: [{ message: { role: "assistant", content: '{"pin":"⟦PIN:1⟧ x","n":{"pin":"1234"}}' } }] };
    const said = { source: JSON.stringify(answer), value: answer };
    const verdict = await policy.response!(said, answerPlaces("chat", answer), context);
    expect(JSON.parse(applied(said.source, verdict)).choices[0].message.content).toBe(
      '{"pin":"hunter2 x","n":{"pin":"[PIN_REDACTED]"}}',
    );
  });

  test.each([
    "the wifi password is mango-Tiger-88",
    "password: hT9!kd02Lq\nport: 80",
    "User Id=svc;Password=P4ss!word99;Encrypt=True",
    "API_TOKEN=Ab3dEf6hIj9lMn2pQr5tUv8x",
    "postgres://app:s3cr3tPw9@db.example/x",
    "DOB: 12/03/1984, phone: +49 30 901820, IBAN DE89 3704 0044 0532 0130 00",
  ])("tokenize: what stands behind its label comes back behind it: %s", async (content) => {
    const policy = detector({ action: "tokenize" });
    const context = contextFor();
    const value = { messages: [{ role: "user", content }] };
    const parsed = { source: JSON.stringify(value), value };
    const asked = await policy.request!(parsed, requestPlaces("chat", value), context);
    const sent = JSON.parse(applied(parsed.source, asked)).messages[0].content as string;
    expect(sent).toMatch(/⟦[A-Z_]+:1⟧/);
    const answer = { choices: [{ message: message(sent, JSON.stringify({ note: sent })) }] };
    const said = { source: JSON.stringify(answer), value: answer };
    const verdict = await policy.response!(said, answerPlaces("chat", answer), context);
    const back = JSON.parse(applied(said.source, verdict)).choices[0].message;
    expect([back.content, back.tool_calls[0].function.arguments]).toEqual([content, JSON.stringify({ note: content })]);
  });

  test("lint names what cannot be", () => {
    expect(check({ entities: ["EMIAL"] })).toEqual([
      expect.stringMatching(/^entities\.0: "EMIAL" is no entity: known are ADDRESS, /),
    ]);
    expect(check({ entities: ["email", "Phone Number", "NATIONAL_ID", "all"] })).toEqual([]);
    expect(check({ detect_patterns: ["(?=x)", "a*", "ok"] })).toEqual([
      expect.stringMatching(/^detect_patterns\.0: the pattern "\(\?=x\)" cannot be run: look-around/),
      expect.stringMatching(/^detect_patterns\.1: .*matches the empty text/),
    ]);
    expect(check({ detect_patterns: { badge: "x\\1" } })).toEqual([
      expect.stringMatching(/^detect_patterns\.badge: .*back-reference/),
    ]);
    expect(check({ redaction: { custom_markers: { nope: "x" } } })).toEqual([
      expect.stringMatching(/^redaction\.custom_markers\.nope/),
    ]);
    expect(check({ detect_patterns: { badge: "x" }, redaction: { custom_markers: { badge: "y" } } })).toEqual([]);
  });

  test("tells kinds and counts, and no text", async () => {
    const value = { messages: [{ role: "user", content: "a@example.com b@example.com 4111111111111111" }] };
    const parsed = { source: JSON.stringify(value), value };
    const verdict = await detector({ action: "block" }).request!(parsed, requestPlaces("chat", value), contextFor());
    expect(verdict).toEqual({
      action: "block",
      reasonCode: "pii.blocked",
      message: "personal data found (2 EMAIL, 1 CREDIT_CARD)",
      findings: [{ kind: "EMAIL" }, { kind: "EMAIL" }, { kind: "CREDIT_CARD" }],
    });
  });

  test("a long text is read in stretches, and others have their turn", async () => {
    const ticks: number[] = [];
    const timer = setInterval(() => ticks.push(performance.now()), 1);
    const text = "Some prose with jane@example.com and 12 34 56 78 in it. ".repeat(20_000);
    const out = await redacted(detector(), text);
    clearInterval(timer);
    expect(out).not.toContain("jane@");
    expect(ticks.length).toBeGreaterThan(3);
  });

  test("a stream counts what takes no place behind a value that runs on, wherever it is cut", () => {
    const [few, many, more] = [14, 71, 22].map((count) => "\u200b".repeat(count));
    const text = `p${few}assword: ${many}hunter2-Tr0ub4dor&3${more} ",`;
    const policy = detector();
    const streamed = (pieces: readonly string[]): string | undefined => {
      const stream = policy.stream!(contextFor());
      const chunks = pieces.map((content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] }));
      return textOf([...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.flush()])["0/-/content/content"];
    };
    const whole = streamed([text]);
    expect(whole).toContain("[PASSWORD_REDACTED]");
    for (let at = 1; at < text.length; at++) expect(streamed([text.slice(0, at), text.slice(at)])).toBe(whole);
  });

  for (const settings of [{}, { action: "tokenize" }, { redaction: { marker_format: "partial" } }]) {
    test(`a stream comes to the same as the whole answer: ${JSON.stringify(settings)}`, async () => {
      const policy = detector(settings);
      const anyText = fc.oneof(mixedText, disguisedText);
      const args = fc.oneof(
        anyText,
        fc
          .record({ to: anyText, n: fc.constantFrom(1, 4111111111111111, 12345), "a b": fc.array(mixedText) })
          .map((value) => JSON.stringify(value)),
      );
      await fc.assert(
        fc.asyncProperty(anyText, args, fc.array(fc.nat(), { maxLength: 20 }), async (content, call, cuts) => {
          const context = contextFor();
          const value = { choices: [{ index: 0, message: message(content, call), finish_reason: "stop" }] };
          const source = JSON.stringify(value);
          const verdict = await policy.response!({ source, value }, answerPlaces("chat", value), context);
          const whole = JSON.parse(applied(source, verdict)) as { choices: { message: Record<string, never> }[] };
          const stream = policy.stream!(context);
          const chunk = (delta: object, index: number): ChatCompletionChunk => ({
            choices: [{ index, delta: delta as JsonObject, finish_reason: null }],
          });
          const pieces = [
            ...cut(content, cuts).flatMap((piece) => [chunk({ content: piece }, 0), chunk({ content: piece }, 1)]),
            ...cut(call, cuts).map((piece) => chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }, 0)),
          ];
          const out = [...pieces.flatMap((piece) => stream.push(piece)), ...stream.flush()];
          const lanes = textOf(out);
          const said = whole.choices[0]!.message as unknown as {
            content: string;
            tool_calls: [{ function: { arguments: string } }];
          };
          expect(lanes["0/-/content/content"] ?? "").toBe(said.content);
          expect(lanes["1/-/content/content"] ?? "").toBe(said.content);
          expect(lanes["0/0/function.arguments/arguments"] ?? "").toBe(said.tool_calls[0].function.arguments);
        }),
        { numRuns: 120 },
      );
    });
  }
});
