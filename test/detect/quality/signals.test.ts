import { beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fold } from "../../../src/detect/decode/fold.ts";
import { loadLanguages } from "../../../src/detect/language.ts";
import { refuses } from "../../../src/detect/quality/refusals.ts";
import { isJson, jsonIn, qualityOf, sentenceCount } from "../../../src/detect/quality/signals.ts";

beforeAll(async () => {
  await loadLanguages();
});

const signalsOf = (text: string, question = "", setting = ""): readonly string[] =>
  qualityOf({ text: question, setting, wantsJson: false }, { text, callsTools: false, finishReason: "stop" }).signals;

describe("qualityOf", () => {
  test.each([
    "Paris.",
    "1. one\n2. two\n3. three",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 |\n| 1 | 2 |",
    "----------------------------------------\nTitle\n----------------------------------------",
    "```sql\nINSERT INTO t (a, b) VALUES (1, 'x');\nINSERT INTO t (a, b) VALUES (2, 'y');\nINSERT INTO t (a, b) VALUES (3, 'z');\n```",
    JSON.stringify(Array.from({ length: 30 }, (_, id) => ({ id, type: "string", required: true, nullable: false }))),
    `| year | sold |\n${Array.from({ length: 30 }, (_, at) => `| ${2000 + at} | no data |`).join("\n")}`,
    `A lullaby goes on: ${"la la la, ".repeat(3)}and then the child sleeps, as everybody in the house had hoped.`,
    "Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.",
  ])("finds nothing wrong with %j", (text) => {
    expect(signalsOf(text)).toEqual([]);
  });

  test.each([
    ["the ".repeat(60), "repetition"],
    ["I will do it. ".repeat(20), "repetition"],
    ["ha".repeat(200), "repetition"],
    [
      `Rivers carry water through valleys and plains to the sea. ${"They shape the coasts of whole continents, while others fall dry in summer and come back with the rains of autumn. "}${"I hope this helps! ".repeat(12)}`,
      "repetition",
    ],
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

  test("one that is named in the question's language, or by the application, is asked for as well", () => {
    const swedish = "Hej! Värmen i min lägenhet har slutat fungera sedan i går kväll. Kan du skicka någon snart?";
    const english =
      "Hello! The heating in my flat has not been working since last night. Could you send somebody soon?";
    expect(signalsOf(swedish, "Write a short message in Swedish to my landlord about the broken heating.")).toEqual([]);
    expect(
      signalsOf(
        swedish,
        "Schreib meinem Vermieter bitte auf Schwedisch, dass die Heizung seit gestern nicht mehr geht.",
      ),
    ).toEqual([]);
    const question = "Schreib meinem Vermieter bitte eine kurze Nachricht, dass die Heizung nicht mehr geht.";
    expect(signalsOf(english, question)).toContain("language:en");
    expect(signalsOf(english, question, "Always answer in English, whatever people write.")).toEqual([]);
    expect(signalsOf(english, question, "Du hilfst den Mietern einer Wohnanlage.")).toContain("language:en");
  });

  test("JSON that was asked for in words is broken where it does not end or cannot be read", () => {
    const asked = "Give me the three largest cities of Spain as JSON, please.";
    const broken = ['{"cities": [{"name": "Madrid"}, {"name": "Barc', '```json\n{"a": [1, 2,]}\n```', "[{'a': 1}]"];
    for (const text of broken) expect(signalsOf(text, asked)).toContain("broken_json");
    const whole = [
      '{"a": "}"}',
      "```json\n[1]\n```\nThese are all.",
      '{"a":1}\n{"a":2}',
      "[JSON](https://json.org) is",
      "In JSON: {",
    ];
    for (const text of whole) expect(signalsOf(text, asked)).not.toContain("broken_json");
    expect(signalsOf(broken[0]!, "Which cities?")).not.toContain("broken_json");
  });

  test("scores stay between 0 and 1, and time stays in bounds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 100 }), (text, question) => {
        const { relevancy, coherence, completeness } = qualityOf(
          { text: question, setting: "", wantsJson: text.length % 2 === 0 },
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
  "I’d rather not help with this one.",
  "That's not something I can help with.",
  "This request violates our usage policies.",
  "Leider kann ich dir dabei nicht weiterhelfen.",
  "Ich kann diese Anfrage nicht bearbeiten.",
  "Als KI-Sprachmodell kann ich keine Meinung haben.",
  "Bei diesem Anliegen kann ich Ihnen nicht behilflich sein.",
  "Je regrette, mais il m'est impossible de répondre.",
  "Non posso soddisfare questa richiesta.",
  "Sorry, dat kan ik niet doen.",
  "I must respectfully decline to help with this.",
  "Ich darf dazu keine Auskunft geben.",
  "Entschuldigung, aber das kann ich nicht tun.",
  "Lamento no poder ayudarte con esta solicitud.",
  "No me es posible proporcionar esa información.",
  "No puedo hacer eso.",
  "No estoy en condiciones de responder a esa pregunta.",
  "Non sono in grado di fornire queste informazioni.",
  "Não sou capaz de fornecer essa informação.",
  "Helaas kan ik deze vraag niet beantwoorden.",
  "Nie jestem w stanie udzielić takich informacji.",
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
  "As an AI I can't press the button for you, but here is how: hold it for ten seconds.",
  "If they say 'I am sorry, I cannot help you', hold the button yourself.",
  "Ich kann diese Frage kurz beantworten: nein, das geht nicht.",
  "Als Sprachmodell für Chemie eignet es sich gut.",
  "Il m'est impossible de dire mieux : la soupe est prête en dix minutes.",
  "Como modelo de gestión no tiene rival en el sector.",
  "Thank you for the invitation. Unfortunately I must decline your kind offer.",
  "Querida Ana: siento no poder asistir a tu boda en junio.",
  "Estimada directora: esta semana no estoy en condiciones de trabajar.",
  "Der Zeuge kann dazu keine Angaben machen, schreibt das Blatt.",
])("does not refuse: %s", (text) => {
  expect(refuses(fold(text).text.toLowerCase())).toBe(false);
});

test("knows JSON with and without a fence, and sentences", () => {
  expect(jsonIn('```json\n{"a":1}\n```')).toEqual({ a: 1 });
  expect([isJson("[1,2]"), isJson("null"), isJson("{a:1}"), isJson("")]).toEqual([true, true, false, false]);
  expect([sentenceCount("One. Two! Three"), sentenceCount(""), sentenceCount("3.5 per cent")]).toEqual([3, 0, 1]);
});
