import { beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fold } from "../../../src/detect/decode/fold.ts";
import { loadLanguages } from "../../../src/detect/language.ts";
import { refuses } from "../../../src/detect/quality/refusals.ts";
import { isJson, jsonIn, qualityOf, sentenceCount } from "../../../src/detect/quality/signals.ts";

beforeAll(async () => {
  await loadLanguages();
});

const signalsOf = (text: string, question = ""): readonly string[] =>
  qualityOf({ text: question, wantsJson: false }, { text, callsTools: false, finishReason: "stop" }).signals;

describe("qualityOf", () => {
  test.each([
    "Paris.",
    "1. one\n2. two\n3. three",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 |\n| 1 | 2 |",
    "----------------------------------------\nTitle\n----------------------------------------",
    "```sql\nINSERT INTO t (a, b) VALUES (1, 'x');\nINSERT INTO t (a, b) VALUES (2, 'y');\nINSERT INTO t (a, b) VALUES (3, 'z');\n```",
    JSON.stringify(Array.from({ length: 30 }, (_, id) => ({ id, type: "string", required: true, nullable: false }))),
    "Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.",
  ])("finds nothing wrong with %j", (text) => {
    expect(signalsOf(text)).toEqual([]);
  });

  test.each([
    ["the ".repeat(60), "repetition"],
    ["I will do it. ".repeat(20), "repetition"],
    ["ha".repeat(200), "repetition"],
    ["", "empty"],
    ["~~~\ncode", "open_code_fence"],
  ])("finds %j wanting: %s", (text, signal) => {
    expect(signalsOf(text)).toContain(signal);
  });

  test("takes a language that was asked for as it is", () => {
    const german = "Guten Morgen, ich hätte gerne ein Zimmer mit Blick auf den See für drei Nächte.";
    expect(
      signalsOf(german, "Please translate into German: I would like a room with a view of the lake for three nights."),
    ).toEqual([]);
    expect(
      signalsOf(german, "What would be a good sentence to begin my letter to the hotel on the lake with?"),
    ).toContain("language:de");
  });

  test("scores stay between 0 and 1, and time stays in bounds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 100 }), (text, question) => {
        const { relevancy, coherence, completeness } = qualityOf(
          { text: question, wantsJson: text.length % 2 === 0 },
          { text, callsTools: false, finishReason: null },
        );
        for (const score of [relevancy, coherence, completeness]) expect(score >= 0 && score <= 1).toBe(true);
      }),
    );
  });
});

test.each([
  "I'm sorry, but I can't help with that.",
  "As an AI language model, I cannot provide that.",
  "Das kann ich leider nicht beantworten.",
  "Je suis désolé, je ne peux pas répondre.",
  "Lo siento, pero no puedo ayudarte con eso.",
  "Mi dispiace, non posso aiutarti.",
  "Desculpe, não posso ajudar com isso.",
  "Sorry, daar kan ik je helaas niet mee helpen. Ik kan je hier niet mee helpen.",
  "Przykro mi, nie mogę w tym pomóc.",
  "Unfortunately, I'm not able to provide that information.",
  "I'm sorry for the trouble, but I can't help with that.",
  "Je suis désolée, mais je ne peux pas répondre à cette demande.",
  '"I cannot help you with this."',
])("refuses: %s", (text) => {
  expect(refuses(fold(text).text.toLowerCase())).toBe(true);
});

test.each([
  "I can help with that: first, open the settings.",
  "Sorry for the delay, here is the answer.",
  "The court cannot provide a remedy in such cases.",
  "Ich kann dir das gerne erklären.",
  "I can't help but admire the design of this bridge.",
  "I'm sorry to hear you can't sleep. Try going to bed at the same time every day.",
  "Je suis désolé que vous ne puissiez pas dormir. Essayez des horaires fixes.",
  "A polite refusal could read: \"I'm sorry, but I can't attend on Friday.\"",
  "Como modelo de gestión no tiene rival en el sector.",
])("does not refuse: %s", (text) => {
  expect(refuses(fold(text).text.toLowerCase())).toBe(false);
});

test("knows JSON with and without a fence, and sentences", () => {
  expect(jsonIn('```json\n{"a":1}\n```')).toEqual({ a: 1 });
  expect([isJson("[1,2]"), isJson("null"), isJson("{a:1}"), isJson("")]).toEqual([true, true, false, false]);
  expect([sentenceCount("One. Two! Three"), sentenceCount(""), sentenceCount("3.5 per cent")]).toEqual([3, 0, 1]);
});
