import { describe, expect, test } from "bun:test";
import { withPrefix } from "../../../src/gateway/attempts/resume.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";

const parsed = (source: string) => ({ source, value: JSON.parse(source) as JsonObject });

describe("withPrefix", () => {
  test("adds what was delivered as the beginning of the answer and leaves the rest of the text alone", () => {
    const source = '{"model":"m", "seed":12345678901234567890, "messages":[ {"role":"user","content":"hi"} ]}';
    expect(withPrefix(parsed(source), 'so "far"').source).toBe(
      '{"model":"m", "seed":12345678901234567890, "messages":[ {"role":"user","content":"hi"} ,{"role":"assistant","content":"so \\"far\\"","prefix":true}]}',
    );
  });

  test("joins a prefix of the caller's own", () => {
    const source = '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Once ","prefix":true}]}';
    expect(withPrefix(parsed(source), "upon").value["messages"]).toEqual([
      { role: "user", content: "hi" },
      { role: "assistant", content: "Once upon", prefix: true },
    ]);
  });

  test("asks only for the tokens that are left", () => {
    const source = '{"max_tokens":100,"messages":[{"role":"user","content":"hi"}]}';
    expect(withPrefix(parsed(source), "x".repeat(40)).value["max_tokens"]).toBe(90);
    expect(withPrefix(parsed(source), "x".repeat(4000)).value["max_tokens"]).toBe(1);
  });
});
