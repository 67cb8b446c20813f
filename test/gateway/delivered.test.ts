import { describe, expect, test } from "bun:test";
import { Delivered } from "../../src/gateway/delivered.ts";
import type { JsonObject } from "../../src/lib/json.ts";

const chunk = (delta: JsonObject): JsonObject => ({ id: "c", choices: [{ index: 0, delta, finish_reason: null }] });

describe("what is kept of a stream", () => {
  test("its text, as long as it is plain", () => {
    const delivered = new Delivered();
    const decode = delivered.follow((value) => value);
    decode(chunk({ role: "assistant", content: "a weir " }));
    decode(chunk({ content: "holds" }));
    expect(delivered).toMatchObject({ text: "a weir holds", plain: true });
    decode(chunk({ tool_calls: [{ index: 0 }] }));
    decode(chunk({ content: " water" }));
    expect(delivered).toMatchObject({ text: "", plain: false });
  });

  test("nothing of one that is longer than any answer: it has no end", () => {
    const delivered = new Delivered();
    const decode = delivered.follow((value) => value);
    const piece = "x".repeat(65_536);
    for (let at = 0; at < 16; at++) decode(chunk({ content: piece }));
    expect({ plain: delivered.plain, length: delivered.text.length }).toEqual({ plain: true, length: 1_048_576 });
    for (let at = 0; at < 3; at++) decode(chunk({ content: "x" }));
    expect(delivered).toMatchObject({ text: "", plain: false });
  });

  test("no more of one that goes on with another", () => {
    const delivered = new Delivered();
    const before = { promptTokens: 0, completionTokens: 0 };
    const how = { echo: "", required: false, before, onDiffers: () => expect.unreachable() };
    const decode = delivered.continueWith((value) => value, how);
    for (let at = 0; at < 17; at++) decode(chunk({ content: "x".repeat(65_536) }));
    expect(delivered).toMatchObject({ text: "", plain: false, ownBytes: 17 * 65_536 });
  });
});
