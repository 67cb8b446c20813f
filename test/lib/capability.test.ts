import { describe, expect, test } from "bun:test";
import { type Capability, needs } from "../../src/lib/capability.ts";
import type { Endpoint } from "../../src/lib/context.ts";

const said = (...content: unknown[]) => ({ messages: [{ role: "user", content }] });

describe("needs", () => {
  test.each<[Capability, Endpoint, object, boolean]>([
    ["tools", "chat", { tools: [{ type: "function" }] }, true],
    ["tools", "chat", { functions: [{ name: "f" }] }, true],
    ["tools", "chat", { tools: [] }, false],
    ["tools", "chat", { tools: null, messages: "tools" }, false],
    ["vision", "chat", said({ type: "text", text: "a" }, { type: "image_url", image_url: "x" }), true],
    ["vision", "chat", said({ type: "input_image" }), true],
    ["vision", "chat", said({ type: "text", text: "image_url" }), false],
    ["vision", "chat", { messages: [{ role: "user", content: "image_url" }, null, 3] }, false],
    ["audio", "chat", said({ type: "input_audio" }), true],
    ["audio", "chat", { audio: { voice: "x" } }, true],
    ["audio", "chat", said(null, 3, { type: 5 }), false],
    ["endpoint", "fim", {}, true],
    ["endpoint", "embeddings", {}, true],
    ["endpoint", "chat", {}, false],
  ])("%p of %p with %p: %p", (capability, endpoint, value, expected) => {
    expect(needs(capability, endpoint, value as never)).toBe(expected);
  });
});
