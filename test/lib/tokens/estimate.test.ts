import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { estimateTokens } from "../../../src/lib/tokens/estimate.ts";
import { VOCABULARIES } from "../../../src/lib/tokens/vocabulary.ts";
import { cpuMs } from "../../support/cpu-ms.ts";
import { hasRecordings, RECORDED, records } from "../../support/replay.ts";
import { countAll, HOSTILE } from "./support.ts";

const LANGUAGES: Readonly<Record<string, string>> = {
  English: "Today we talk here about how language models cut text into tokens. ",
  German: "Heute besprechen wir hier die Zerlegung von Texten in Wortteile großer Sprachmodelle. ",
  French: "Aujourd'hui, nous discutons ici de la façon dont les modèles découpent les textes. ",
  Russian: "Сегодня мы обсуждаем токенизацию языковых моделей. ",
  Arabic: "نناقش اليوم الترميز في نماذج اللغة. ",
  Hindi: "आज हम यहां भाषा मॉडल के टोकनकरण पर चर्चा कर रहे हैं। ",
  Thai: "วันนี้เราจะพูดคุยเกี่ยวกับการแบ่งโทเค็นของแบบจำลองภาษา",
  Chinese: "我们今天在这里讨论关于语言模型的标记化问题。",
  Japanese: "私たちは今日ここで言語モデルのトークン化について議論しています。",
  Korean: "우리는 오늘 여기서 언어 모델의 토큰화에 대해 논의합니다. ",
  Amharic: "ዛሬ ስለ ቋንቋ ሞዴሎች እንወያያለን። ",
  emoji: "😀🎉🚀👩‍👩‍👧",
  hexadecimal: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  code: "export const count = (text: string): number => text.split(' ').filter((word) => word !== '').length;\n",
};

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length > 80 ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const quantile = (sorted: readonly number[], at: number): number => sorted[Math.floor((sorted.length - 1) * at)]!;

describe.each(VOCABULARIES)("the guess against %s", (name) => {
  test.each(Object.entries(LANGUAGES))("is not below, and at most five times above: %s", (_, sentence) => {
    const text = sentence.repeat(20);
    const ratio = estimateTokens(text) / countAll(name, text);
    expect(ratio).toBeGreaterThanOrEqual(0.95);
    expect(ratio).toBeLessThan(5);
  });

  test.skipIf(!hasRecordings)("errs upwards on recorded texts, by a third or so", () => {
    const requests = RECORDED.flatMap((provider) => records(provider)).map((one) => one.request?.["messages"]);
    const texts = [...new Set(requests.flatMap(textsOf))];
    const ratios = texts.map((text) => estimateTokens(text) / countAll(name, text)).sort((a, b) => a - b);
    expect(ratios.length).toBeGreaterThan(90);
    expect(quantile(ratios, 0.02)).toBeGreaterThanOrEqual(1);
    expect(quantile(ratios, 0.5)).toBeWithin(1.2, 1.5);
    expect(quantile(ratios, 0.95)).toBeLessThan(2);
  });
});

describe("the guess", () => {
  test("is 0 for nothing, and finite and whole for anything", () => {
    expect(estimateTokens("")).toBe(0);
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 500 }), (text) => {
        expect(Number.isSafeInteger(estimateTokens(text))).toBe(true);
        expect(estimateTokens(text)).toBeGreaterThan(0);
      }),
    );
  });

  test("stops just above what was asked for", () => {
    const text = "some words ".repeat(100_000);
    expect(estimateTokens(text, 100)).toBeWithin(101, 110);
    expect(estimateTokens(text, -1)).toBe(0);
  });

  test.each(Object.entries(HOSTILE))("takes some 30 ms of CPU for a million units: %s", (_, make) => {
    const text = make();
    // ten times as much on a slow machine, and a collection of garbage; what is quadratic takes minutes
    expect(cpuMs(() => estimateTokens(text))).toBeLessThan(1_000);
  });
});
