import { describe, expect, test } from "bun:test";
import { finishes, hasContent, textBytes } from "../../../src/gateway/streams/stream-chunk.ts";
import type { ChunkChoice } from "../../../src/schema/chat.ts";

describe("what a choice delivers is counted", () => {
  test.each<[string, ChunkChoice, number]>([
    ["a text", { delta: { content: "abc" } }, 3],
    ["in bytes", { delta: { content: "aé€" } }, 6],
    ["of a completion", { text: "abc" }, 3],
    ["of a whole answer", { message: { content: "abc", refusal: "no" } }, 5],
    ["what it thinks", { delta: { reasoning_content: "hmm" } }, 3],
    ["by its other name", { delta: { content: "", reasoning: "hmm" } }, 3],
    ["once where it has both", { delta: { reasoning: "hmm", reasoning_content: "hmm" } }, 3],
    [
      "parts, and parts of parts",
      {
        delta: {
          content: [
            { type: "thinking", thinking: [{ type: "text", text: "hmm" }] },
            { type: "text", text: "ab" },
            null,
          ],
        },
      },
      5,
    ],
    ["calls", { delta: { tool_calls: [{ function: { name: "f", arguments: "{}" } }, { index: 1 }, null] } }, 3],
    ["a call of old", { delta: { function_call: { name: "f", arguments: "{}" } } }, 3],
    ["nothing", { delta: { role: "assistant", content: null } }, 0],
    ["not even a delta", {}, 0],
  ])("%s", (_name, choice, bytes) => {
    expect(textBytes(choice)).toBe(bytes);
  });
});

test.each<[ChunkChoice, boolean]>([
  [{ delta: { role: "assistant", content: "", tool_calls: [] } }, false],
  [{ delta: { content: null } }, false],
  [{ delta: { reasoning: "hm" } }, true],
  [{ delta: { content: " " } }, true],
  [{ text: "" }, false],
  [{ text: "a" }, true],
])("%j says something: %p", (choice, expected) => {
  expect(hasContent(choice)).toBe(expected);
});

test.each<[unknown, boolean]>([
  ["stop", true],
  ["", false],
  [null, false],
  [undefined, false],
])("the finish reason %p ends a choice: %p", (finish_reason, expected) => {
  expect(finishes({ finish_reason } as never)).toBe(expected);
});
