import { describe, expect, test } from "bun:test";
import { isObject } from "../../../src/lib/json/json.ts";
import { promptTokens } from "../../../src/lib/tokens/budget.ts";
import { familyOf, TEMPLATES } from "../../../src/lib/tokens/family.ts";
import { promptsOf, toolTexts } from "../../../src/lib/tokens/prompt.ts";
import {
  type Exchange,
  hasRecordings,
  type Recorded,
  reassemble,
  reassembleWhole,
  records,
} from "../../support/replay.ts";
import { countAll } from "./support.ts";

interface Measured {
  readonly model: string;
  /** Ours minus theirs. */
  readonly off: number;
  readonly relative: number;
  readonly tools: boolean;
}

/** Text-only chats whose answer says how many prompt tokens there were. */
function measured(provider: Recorded): Measured[] {
  return records(provider).flatMap((exchange) => {
    const theirs = promptTokensOf(exchange);
    const { request: value } = exchange;
    if (theirs === null || value === null || exchange.endpoint !== "chat") return [];
    const model = String(value["model"]);
    const family = familyOf(provider, model);
    const template = TEMPLATES[family];
    const request = { source: JSON.stringify(value), value };
    const [prompt] = promptsOf("chat", request);
    if (prompt === undefined || prompt.media > 0) return [];
    const more = toolTexts(request, family);
    const texts = [...prompt.texts, ...more].reduce((sum, text) => sum + countAll(template.vocabulary, text), 0);
    const ours = promptTokens(prompt, template, { texts, tools: more.length > 0, margin: false });
    return [{ model, off: ours - theirs, relative: ours / theirs - 1, tools: more.length > 0 || prompt.calls > 0 }];
  });
}

function promptTokensOf(exchange: Exchange): number | null {
  if (exchange.status !== 200) return null;
  const { usage } = exchange.stream ? reassemble(exchange.body) : reassembleWhole(JSON.parse(exchange.body));
  return isObject(usage) && typeof usage["prompt_tokens"] === "number" ? usage["prompt_tokens"] : null;
}

function quantile(values: readonly number[], at: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * at)]!;
}
const offs = (rows: readonly Measured[]): number[] => rows.map((row) => row.off);

describe.skipIf(!hasRecordings)("counts against recorded usage: Mistral", () => {
  const rows = hasRecordings ? measured("mistral") : [];
  const plain = rows.filter((row) => !row.tools);
  const tools = rows.filter((row) => row.tools);

  test("plain text: median 0, and never more than a token or so above", () => {
    expect(plain.length).toBeGreaterThanOrEqual(50);
    expect(quantile(offs(plain), 0.5)).toBe(0);
    expect(quantile(offs(plain), 0.95)).toBeLessThanOrEqual(1);
  });

  test("plain text of the larger models: -4 to +1 for nine in ten", () => {
    const exact = plain.filter((row) => /large|medium|ministral-8b/.test(row.model));
    expect(exact.length).toBeGreaterThanOrEqual(10);
    expect(quantile(offs(exact), 0.05)).toBeGreaterThanOrEqual(-4);
    expect(quantile(offs(exact), 0.9)).toBeLessThanOrEqual(1);
  });

  test("the small model hides 12 to 15 tokens, which the margin covers", () => {
    const small = plain.filter((row) => row.model === "mistral-small-latest");
    expect(quantile(offs(small), 0)).toBeGreaterThanOrEqual(-15);
    expect(TEMPLATES.mistral.margin(0)).toBeGreaterThan(15);
  });

  test("tools: median within 2, nine in ten within the margin", () => {
    expect(tools.length).toBeGreaterThanOrEqual(90);
    expect(Math.abs(quantile(offs(tools), 0.5))).toBeLessThanOrEqual(2);
    expect(quantile(offs(tools), 0.05)).toBeGreaterThanOrEqual(-TEMPLATES.mistral.margin(0));
    expect(quantile(offs(tools), 0.95)).toBeLessThanOrEqual(TEMPLATES.mistral.margin(0));
  });
});

describe.skipIf(!hasRecordings)("counts against recorded usage: OpenAI", () => {
  const rows = hasRecordings ? measured("openai") : [];

  test("plain text: median 0, p5 to p95 within 15 %", () => {
    const plain = rows.filter((row) => !row.tools);
    expect(plain.length).toBeGreaterThanOrEqual(35);
    expect(quantile(offs(plain), 0.5)).toBe(0);
    expect(
      quantile(
        plain.map((row) => row.relative),
        0.05,
      ),
    ).toBeGreaterThanOrEqual(-0.15);
    expect(
      quantile(
        plain.map((row) => row.relative),
        0.95,
      ),
    ).toBeLessThanOrEqual(0.15);
  });

  test("tools: a few per cent above in the median, and rough", () => {
    const tools = rows.filter((row) => row.tools).map((row) => row.relative);
    expect(tools.length).toBeGreaterThanOrEqual(25);
    expect(quantile(tools, 0.5)).toBeWithin(-0.05, 0.12);
    expect(quantile(tools, 0.05)).toBeGreaterThan(-0.6);
    expect(quantile(tools, 0.95)).toBeLessThan(0.6);
  });
});
