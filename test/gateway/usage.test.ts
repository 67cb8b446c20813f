import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { textBytes } from "../../src/gateway/streams/stream-chunk.ts";
import { estimateUsage, promptBytes, readUsage, usageBlock, usageIn } from "../../src/gateway/usage.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { MEDIA_TOKENS } from "../../src/lib/tokens/budget.ts";

describe("usage", () => {
  test("stands at the top, or where Groq puts it", () => {
    const usage = { prompt_tokens: 1 };
    expect(usageIn({ usage })).toBe(usage);
    expect(usageIn({ x_groq: { usage } })).toBe(usage);
    for (const body of [{}, { usage: null }, { usage: 5 }, { x_groq: null }, { x_groq: { id: "x" } }])
      expect(usageIn(body)).toBeNull();
  });

  test("is read with its details, and without what is no number", () => {
    expect(
      readUsage({
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      }),
    ).toEqual({ prompt_tokens: 10, completion_tokens: 5, cached_tokens: 4, reasoning_tokens: 3, basis: "exact" });
    const nonsense = { prompt_tokens: "10", completion_tokens: Number.NaN, prompt_tokens_details: null };
    expect(readUsage(nonsense)).toMatchObject({ prompt_tokens: null, completion_tokens: null, cached_tokens: null });
  });

  test.each([
    ["Mistral's older place for cached tokens", { num_cached_tokens: 6 }, { cached_tokens: 6 }],
    ["DeepSeek's", { prompt_cache_hit_tokens: 7 }, { cached_tokens: 7 }],
    [
      "sound, which Mistral counts apart from the text",
      { total_tokens: 40, prompt_tokens_details: { audio_tokens: 25 } },
      { prompt_tokens: 35, completion_tokens: 5, reasoning_tokens: null },
    ],
    ["thinking that only the total shows", { total_tokens: 22 }, { completion_tokens: 12, reasoning_tokens: 7 }],
    ["a total that is less than its parts", { total_tokens: 3 }, { prompt_tokens: 10, completion_tokens: 5 }],
    ["what OpenRouter charged", { cost: 0.0052, is_byok: false }, { billed_usd: 0.0052 }],
  ])("reads %s", (_, more, expected) => {
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 5, ...more })).toMatchObject({
      basis: "exact",
      ...expected,
    } as never);
  });

  test("what somebody else's key was charged is no cost of ours, and a negative count is none", () => {
    expect(readUsage({ prompt_tokens: 1, cost: 1, is_byok: true })).not.toHaveProperty("billed_usd");
    expect(readUsage({ prompt_tokens: 1, cost: -1 })).not.toHaveProperty("billed_usd");
    expect(readUsage({ prompt_tokens: -1, completion_tokens: -2 }).basis).toBe("unknown");
    expect(readUsage({}).basis).toBe("unknown");
  });

  test("says that embeddings have no output, as their total does", () => {
    const usage = { prompt_tokens: 7, completion_tokens: 0, basis: "exact" };
    expect(readUsage({ prompt_tokens: 7, total_tokens: 7 })).toMatchObject(usage);
    expect(readUsage({ prompt_tokens: 7, completion_tokens: null, total_tokens: 7 })).toMatchObject(usage);
    expect(readUsage({ prompt_tokens: 7 })).toMatchObject({ prompt_tokens: 7, completion_tokens: null });
  });

  test.each([1e308, 1e23, 1e9, Number.POSITIVE_INFINITY])(
    "%p tokens or dollars are none: they would stay in every sum",
    (much) => {
      expect(readUsage({ prompt_tokens: much, completion_tokens: much }).basis).toBe("unknown");
      const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: much, cost: much };
      expect(readUsage(usage)).toMatchObject({ prompt_tokens: 1, completion_tokens: 2 });
      expect(readUsage(usage)).not.toHaveProperty("billed_usd");
    },
  );

  test("estimated is never less than nothing nor more than a token a unit, and adds up", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (prompt, answer) => {
        const usage = estimateUsage(prompt, answer);
        expect(usage.basis).toBe("estimated");
        expect(usage.prompt_tokens!).toBeLessThanOrEqual(prompt);
        expect(usage.completion_tokens! * 4).toBeGreaterThanOrEqual(answer);
        const block = usageBlock(usage);
        expect(block["total_tokens"]).toBe(usage.prompt_tokens! + usage.completion_tokens!);
        expect(block["estimated"]).toBe(true);
      }),
    );
  });
});

describe("the length of a prompt, where nobody counts it", () => {
  const asked = (value: JsonObject) => ({ value, source: JSON.stringify(value) });
  const image = "A".repeat(400_000);

  test("is that of its text", () => {
    const text = asked({ messages: [{ role: "user", content: "word ".repeat(100_000) }] });
    expect(promptBytes(text)).toBe(text.source.length);
    const parts = asked({ messages: [{ role: "user", content: [{ type: "text", text: "word ".repeat(100_000) }] }] });
    expect(promptBytes(parts)).toBe(parts.source.length);
  });

  test("is that of its bytes: text of other scripts has more tokens than a quarter of its characters", () => {
    const said = "水は低いところへ流れ、堰はその流れをせき止める。".repeat(20);
    const { source } = asked({ messages: [{ role: "user", content: said }] });
    const { prompt_tokens: tokens } = estimateUsage(promptBytes({ source, value: {} }), 0);
    expect(tokens! / said.length).toBeWithin(0.7, 0.9);
    expect(textBytes({ index: 0, delta: { content: "水😀" } })).toBe(7);
  });

  test.each<[string, JsonObject]>([
    ["an image", { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } }],
    ["Mistral's form of one", { type: "image_url", image_url: `data:image/png;base64,${image}` }],
    ["a sound", { type: "input_audio", input_audio: { data: image, format: "wav" } }],
    ["a file", { type: "file", file: { filename: "a.pdf", file_data: image } }],
  ])("counts %s by what it costs, not by its base64", (_, part) => {
    const value = { messages: [{ role: "user", content: [{ type: "text", text: "What is it?" }, part] }] };
    const { prompt_tokens: tokens } = estimateUsage(promptBytes(asked(value)), 0);
    expect(tokens).toBeGreaterThanOrEqual(MEDIA_TOKENS);
    expect(tokens).toBeLessThan(MEDIA_TOKENS + 60);
  });
});
