import { beforeAll, describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import fc from "fast-check";
import { loadLanguages } from "../../src/detect/language.ts";
import { answerPlaces, requestPlaces } from "../../src/lib/places/extract.ts";
import { languageValidator } from "../../src/policies/language-validator.ts";
import { parsed } from "../support/codec.ts";
import { asker, chunk, policyOf, streamed } from "./asking.ts";

beforeAll(async () => {
  await loadLanguages();
});

const ENGLISH = "The weather is nice today, shall we go for a walk by the river?";
const FRENCH = "Bonjour, pourriez-vous me dire où se trouve la gare la plus proche ?";

async function asking(settings: object, ...contents: string[]) {
  const value = { messages: contents.map((content) => ({ role: "user", content })) };
  return await policyOf(languageValidator, settings).request!(parsed(value), requestPlaces("chat", value), asker());
}

async function answering(settings: object, ...contents: string[]) {
  const value = { choices: contents.map((content, index) => ({ index, message: { role: "assistant", content } })) };
  return await policyOf(languageValidator, settings).response!(parsed(value), answerPlaces("chat", value), asker());
}

describe("language-validator", () => {
  test("judges only what it is as sure of as is asked", async () => {
    const says = async (text: string, min_confidence: number) =>
      (await asking({ allowed_languages: ["fr"], min_confidence }, text)).action;
    expect([await says(ENGLISH, 0.5), await says("ok thanks", 0.5)]).toEqual(["block", "block"]);
    expect([await says(ENGLISH, 0.99), await says("ok thanks", 0.99)]).toEqual(["block", "allow"]);
  });

  test("a script that no allowed language is written in is enough, whichever language it is", async () => {
    const says = async (settings: object, text: string) => (await asking(settings, text)).action;
    const short = ["Помоги мне написать письмо", "Допоможи мені написати листа", "एक पत्र लिखने में मदद करो"];
    for (const text of short) expect(await says({ allowed_languages: ["de", "en"] }, text)).toBe("block");
    expect(await says({ allowed_languages: ["de", "bg"] }, short[0]!)).toBe("allow");
    expect(await says({ denied_languages: ["ru", "uk", "bg", "sr", "be"] }, short[1]!)).toBe("block");
    expect(await says({ denied_languages: ["ru"] }, short[1]!)).toBe("allow");
    expect(await says({ allowed_languages: ["de"] }, "Wer war Лев Толстой?")).toBe("allow");
    expect(await says({ allowed_languages: ["de"] }, "Лев Толстой")).toBe("allow");
  });

  test("stops a request in another language and lets the others through", async () => {
    expect(await asking({ allowed_languages: ["en"] }, FRENCH)).toMatchObject({
      action: "block",
      reasonCode: "language.not_allowed",
      findings: [{ kind: "language:fr" }],
    });
    expect(await asking({ allowed_languages: ["en"] }, ENGLISH, FRENCH)).toMatchObject({ action: "block" });
    expect(await asking({ allowed_languages: ["en"] }, ENGLISH)).toEqual({ action: "allow" });
    expect(await asking({ denied_languages: ["French"] }, FRENCH)).toMatchObject({ action: "block" });
    expect(await asking({ denied_languages: ["fr-CA"], action: "escalate" }, FRENCH)).toMatchObject({
      action: "escalate",
    });
    expect(await asking({ denied_languages: ["fr"], action: "log" }, FRENCH)).toMatchObject({
      action: "allow",
      reasonCode: "language.not_allowed",
    });
  });

  test("lets pass what is too short to tell, and what no person says", async () => {
    expect(await asking({ allowed_languages: ["en"] }, "ok", "12 + 4 =")).toEqual({ action: "allow" });
    const value = { messages: [{ role: "system", content: FRENCH }] };
    const policy = policyOf(languageValidator, { allowed_languages: ["en"] });
    expect(await policy.request!(parsed(value), requestPlaces("chat", value), asker())).toEqual({ action: "allow" });
  });

  test("hears what is cut into parts", async () => {
    const parts = FRENCH.split(" ");
    expect(await asking({ allowed_languages: ["en"] }, ...parts)).toMatchObject({ action: "block" });
  });

  test("judges every choice of an answer, and only where it is to", async () => {
    expect(await answering({ allowed_languages: ["en"] }, ENGLISH, FRENCH)).toMatchObject({ action: "block" });
    expect(await asking({ allowed_languages: ["en"], apply_to: "output" }, FRENCH)).toEqual({ action: "allow" });
    expect(policyOf(languageValidator, { allowed_languages: ["en"], apply_to: "input" }).response).toBeUndefined();
  });

  test("comes to the same in streams, wherever they are cut", async () => {
    const sentences = fc.array(fc.constantFrom(ENGLISH, FRENCH, "Ok.", "1. 2. 3.", "Wie geht es dir heute?"), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(sentences, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), async (said, cuts) => {
        const text = said.join(" ");
        const policy = policyOf(languageValidator, { allowed_languages: ["en"] });
        const whole = await answering({ allowed_languages: ["en"] }, text);
        const chunks = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = cuts[turn % cuts.length]!;
          chunks.push(chunk({ content: text.slice(at, at + size) }));
          at += size;
        }
        const { ended } = streamed(policy.stream!(asker()), [...chunks, chunk({}, "stop")]);
        expect(ended).toBe(whole.action === "block" ? "language.not_allowed" : null);
      }),
      { numRuns: 60 },
    );
  });

  test("names languages that cannot be told, and those that are both allowed and denied", () => {
    const options = Value.Default(languageValidator.options, {
      allowed_languages: ["en", "klingon"],
      denied_languages: ["english"],
    }) as never;
    const faults = languageValidator.check!(options);
    expect(faults.map(({ path }) => path)).toEqual([
      ["allowed_languages", "1"],
      ["allowed_languages", "0"],
    ]);
  });
});
