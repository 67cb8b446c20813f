import { expect, test } from "bun:test";
import { dialectOf } from "../../src/providers/index.ts";

test.each([
  ["mistral-client-typescript/2.7.0", "mistral"],
  ["mistral-client-python/1.9.3", "mistral"],
  ["ai-sdk/mistral/3.0.69 ai-sdk/provider-utils/4.0.56 runtime/node.js/v20.20.2", "mistral"],
  ["ai-sdk-mistral/4.0.87 ai-sdk-provider-utils/5.0.81 runtime/bun/1.4.5", "mistral"],
  ["mistral/1.0", "openai"],
  ["OpenAI/JS 7.55.0", "openai"],
  ["my-mistral-app/1.0", "openai"],
  ["curl/8.0 (mistral-large)", "openai"],
  ["", "openai"],
  [null, "openai"],
] as const)("dialectOf tells Mistral's libraries from the rest: %s", (userAgent, dialect) => {
  expect(dialectOf(userAgent, false)).toBe(dialect);
  expect(dialectOf(userAgent, true)).toBe(dialect === "mistral" ? "mistral-plain" : "openai");
});

const said = (content: unknown, role = "user") => ({ role, content });
const text = { type: "text", text: "hi" };

test.each([
  ["mistral", [said("be brief", "system"), said([text])]],
  ["mistral", [said([text, text]), said([text], "assistant"), said([text])]],
  ["openai", [said("hi")]],
  ["openai", [said([text, { type: "image_url", image_url: { url: "https://a.example" } }])]],
  ["openai", [said([{ ...text, cache_control: { type: "ephemeral" } }])]],
  ["openai", [said([text], "system"), said([text], "assistant"), null, said([])]],
  ["openai", "hi"],
  ["openai", undefined],
] as const)(
  "the AI SDK, where it does not name its provider, is told by how it sends a text: %s",
  (dialect, messages) => {
    const request = messages === undefined ? {} : { messages };
    expect(dialectOf("ai/7.0.173 ai-sdk-provider-utils/5.0.81 node.js/v20.20.2", false, request)).toBe(dialect);
    for (const other of ["OpenAI/JS 7.55.0", "python-httpx/0.28.1", "my-ai/7.0", "node"])
      expect(dialectOf(other, false, request)).toBe("openai");
  },
);
