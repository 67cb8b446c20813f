import { describe, expect, test } from "bun:test";
import { refuseUnclearKeys } from "../../../src/gateway/intake/request-keys.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import { MAX_DEPTH } from "../../../src/lib/json/depth.ts";

/** `code: message (param)` of the refusal, or null. */
function refusal(source: string, endpoint: Parameters<typeof refuseUnclearKeys>[0] = "chat"): string | null {
  try {
    refuseUnclearKeys(endpoint, source, JSON.parse(source));
    return null;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    return `${thrown.code}: ${thrown.message} (${thrown.details.param ?? "-"})`;
  }
}

describe("refuseUnclearKeys", () => {
  test.each([
    ['{"Messages":[],"model":"m"}', '"Messages" differs only in case from "messages"', "Messages"],
    [
      '{"messages":[{"role":"user","Content":"x"}]}',
      '"Content" differs only in case from "content"',
      "messages[0].Content",
    ],
    ['{"messages":[{},{"content":[{"type":"text","TEXT":"x"}]}]}', '"TEXT"', "messages[1].content[0].TEXT"],
    ['{"messages":[{"tool_calls":[{"Function":{}}]}]}', '"Function"', "messages[0].tool_calls[0].Function"],
    [
      '{"messages":[{"tool_calls":[{"function":{"Arguments":"{}"}}]}]}',
      '"Arguments"',
      "messages[0].tool_calls[0].function.Arguments",
    ],
    ['{"tools":[{"function":{"Parameters":{}}}]}', '"Parameters"', "tools[0].function.Parameters"],
    ['{"response_format":{"json_schema":{"Schema":{}}}}', '"Schema"', "response_format.json_schema.Schema"],
    ['{"Max_Tokens":5}', '"Max_Tokens"', "Max_Tokens"],
    ['{"stream_options":{"Include_Usage":true}}', '"Include_Usage"', "stream_options.Include_Usage"],
    ['{"vetted":{"Region":"eu"}}', '"Region"', "vetted.Region"],
    ['{"\\u004dodel":"m"}', '"Model" differs only in case from "model"', "Model"],
    ['{"me\\u017fsages":[]}', 'from "messages"', "meſsages"],
    ['{"model":"m","model":"n"}', 'The key "model" stands twice in one object', "model"],
    ['{"x":[{"a":{"b":1,"B":2}}]}', 'The keys "b" and "B" of one object differ only in case', "x[0].a.B"],
    [
      '{"tools":[{"function":{"parameters":{"__proto__":{}}}}]}',
      'The key "__proto__" is not accepted',
      "tools[0].function.parameters.__proto__",
    ],
  ])("refuses %s", (source, message, param) => {
    expect(refusal(source)).toStartWith("invalid_json: ");
    expect(refusal(source)).toContain(message);
    expect(refusal(source)).toEndWith(`(${param})`);
  });

  test.each([
    '{"metadata":{"Model":"a","Messages":"b"},"messages":[]}',
    '{"tools":[{"function":{"name":"f","parameters":{"properties":{"Name":{},"Content":{},"messages":{}},"additionalProperties":false}}}]}',
    '{"response_format":{"json_schema":{"schema":{"Name":1,"Schema":2}}}}',
    '{"logit_bias":{"Model":1}}',
    '{"xModel":1,"messages":[{"role":"user","content":"x","cacheControl":{"Type":"a"}}]}',
    '{"messages":[{"tool_calls":[{"function":{"arguments":{"Content":"x"}}}]}]}',
    '{"x_mine":{"Messages":[{"Content":1}]}}',
    '{"messages":"no list","tools":[1,[{"Type":1}]]}',
    '"Messages"',
    "[]",
    "null",
  ])("accepts %s", (source) => {
    expect(refusal(source)).toBeNull();
  });

  test("knows the keys of every endpoint", () => {
    expect(refusal('{"Prompt":"x"}', "completions")).toContain("Prompt");
    expect(refusal('{"Suffix":"x"}', "fim")).toContain("Suffix");
    expect(refusal('{"Input":"x"}', "embeddings")).toContain("Input");
    expect(refusal('{"input":[{"Text":"x"}]}', "moderations")).toContain("input[0].Text");
    expect(refusal('{"Messages":[]}', "embeddings")).toBeNull();
  });

  test("accepts the deepest body there may be, and no deeper one", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(refusal(nested(MAX_DEPTH))).toBeNull();
    expect(refusal(nested(MAX_DEPTH + 1))).toContain(`nested more deeply than the ${MAX_DEPTH} levels accepted`);
    expect(refusal(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)).toContain("levels accepted");
  });

  test("shows no more of a key or a way than names it", () => {
    const long = refusal(`{"${"k".repeat(5000)}":1,"${"k".repeat(5000)}":2}`);
    expect(long!.length).toBeLessThan(300);
    const deep = refusal(`${'{"kkkk":'.repeat(500)}{"a":1,"a":2}${"}".repeat(500)}`);
    expect(deep!.length).toBeLessThan(300);
  });
});
