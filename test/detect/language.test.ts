import { beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LANGUAGES, languageOf, loadLanguages } from "../../src/detect/language.ts";

beforeAll(async () => {
  await loadLanguages();
});

describe("languageOf", () => {
  test.each([
    ["The weather is nice today, shall we go for a walk?", "en"],
    ["Bonjour, comment allez-vous aujourd'hui ?", "fr"],
    ["Wie geht es dir heute, hast du gut geschlafen?", "de"],
    ["¿Dónde está la estación de tren más cercana?", "es"],
    ["Vorrei prenotare un tavolo per due persone.", "it"],
    ["Você pode me ajudar com a lição de casa?", "pt"],
    ["Ik wil graag een afspraak maken voor morgen.", "nl"],
    ["Dzień dobry, chciałbym zamówić kawę.", "pl"],
    ["Привет, как у тебя дела сегодня?", "ru"],
    ["日本語のテキストです。東京に行きたい。", "ja"],
    ["今天天气很好，我们去散步吧。", "zh"],
    ["Mødet er blevet flyttet til torsdag, fordi to af talerne er syge.", "da"],
    ["Kokous on siirretty torstaille, koska kaksi puhujista on sairaana.", "fi"],
    ["Schůzka byla přesunuta na čtvrtek, protože dva z řečníků jsou nemocní.", "cs"],
    ["La munte apa fierbe la o temperatură mai mică decât pe coastă.", "ro"],
    ["Možeš li sažeti izvješće i navesti tri glavna rizika za naše klijente?", "hr"],
  ])("tells %p", (text, language) => {
    const guess = languageOf(text);
    expect(guess.language).toBe(language);
    expect(guess.confidence).toBeGreaterThan(0.8);
  });

  test.each(["", "ok", "12345 67", "a@b.example", "```js\nconst x = 1;\n```"])("says nothing of %p", (text) => {
    expect(languageOf(text)).toEqual({ language: "", confidence: 0 });
  });

  test.each(["Dr. Anna Schmidt, Siemens AG", "Berlin Paris Madrid", "GPT-4 vs. ACME INC"])(
    "names are in no language: %p",
    (text) => {
      expect(languageOf(text).confidence).toBeLessThan(0.8);
    },
  );

  test.each([
    ["Dobré ráno všetkým", "sk"],
    ["Много благодаря!", "bg"],
    ["Щиро дякую!", "uk"],
  ])("of related languages nothing is sure in two words: %p", (text, language) => {
    const guess = languageOf(text);
    expect(guess.language === language || guess.confidence < 0.8).toBe(true);
  });

  test.each([
    "SELECT name, age\nFROM people p\nJOIN cats c ON c.id = p.cat\nWHERE p.age > 18",
    "import os\nfor line in sys.stdin:\n    print(line)",
    "const the = value;\nfunction doThis(that) {\n  return that;\n}",
  ])("does not count code that stands without fences: %p", (code) => {
    expect(languageOf(code).language).toBe("");
    expect(languageOf(`Was macht das hier und wie wird es schneller?\n${code}`).language).toBe("de");
  });

  test.each([
    "Select the best answer from the list and explain it, please.",
    "If you can, tell me this: what is the weather (in Paris) today;",
    "WHERE is my order from last week?",
  ])("counts sentences that begin as code does: %p", (text) => {
    expect(languageOf(text).language).toBe("en");
  });

  test("does not count code and addresses", () => {
    const code = "```python\nfor item in the_list:\n    print(item)\n```\nhttps://example.org/the/way/of/the/world\n";
    expect(languageOf(`${code}Voilà la fonction que vous avez demandée.`).language).toBe("fr");
  });

  test("takes the language that most of a long text is in", () => {
    const german = "Der Hund schläft unter dem Tisch und träumt. ".repeat(100);
    expect(languageOf(`The dog sleeps. ${german}`).language).toBe("de");
  });

  test("knows every language it names, and never leaves 0 to 1", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        const { language, confidence } = languageOf(text);
        expect(language === "" || LANGUAGES.includes(language)).toBe(true);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("a short text", () => {
  test.each([
    "Albert Einstein",
    "1. Tokyo 2. Paris 3. Berlin",
    "config.yaml parse error line 3",
    "LGTM, merge it",
    "Pizza Margherita recipe",
    "Book a table at La Piazza in Roma",
    '{"name": "Jean", "ville": "Paris"}',
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit",
    "git commit -m 'fix bug'",
    "John Smith, 42 Baker Street, London",
  ])("of names, code or words that are everywhere is no sure thing: %p", (text) => {
    const { language, confidence } = languageOf(text);
    expect(language === "en" ? 0 : confidence).toBeLessThan(0.8);
  });

  test.each([
    ["fr", "Bonjour, comment ça va ?"],
    ["es", "Hola, ¿cómo estás?"],
    ["de", "Wie geht es dir?"],
    ["it", "Ciao, come stai?"],
    ["pt", "Olá, tudo bem com você?"],
    ["nl", "Hoe gaat het met je?"],
    ["pl", "Cześć, jak się masz?"],
    ["en", "What is the capital of France?"],
    ["sv", "Vad heter huvudstaden i Frankrike?"],
    ["hu", "Hol van a legközelebbi vasútállomás?"],
  ])("that is a sentence is told: %s", (language, text) => {
    const guess = languageOf(text);
    expect(guess.language).toBe(language);
    expect(guess.confidence).toBeGreaterThanOrEqual(0.8);
  });
});
