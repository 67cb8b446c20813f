import { describe, expect, test } from "bun:test";
import { endpointUrl } from "../../src/providers/index.ts";

const CHAT = "/chat/completions";

describe("endpointUrl", () => {
  test.each([
    "https://api.mistral.ai",
    "https://api.mistral.ai/",
    "https://api.mistral.ai/v1",
    "https://api.mistral.ai/v1/",
    "https://api.mistral.ai/v1//",
    "https://api.mistral.ai/v1#note",
    "https://api.mistral.ai/v1?",
  ])("%s reaches one path", (base) => {
    expect(endpointUrl(base, CHAT)).toBe("https://api.mistral.ai/v1/chat/completions");
  });

  test.each([
    ["http://127.0.0.1:9", "http://127.0.0.1:9/v1/chat/completions"],
    ["http://v1", "http://v1/v1/chat/completions"],
    ["https://api.groq.com/openai", "https://api.groq.com/openai/v1/chat/completions"],
    ["https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"],
    ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions"],
    ["https://api.scaleway.ai/0f3c/v1", "https://api.scaleway.ai/0f3c/v1/chat/completions"],
    ["https://host/proxy/mistral", "https://host/proxy/mistral/v1/chat/completions"],
    ["https://g.example/v1beta/openai/", "https://g.example/v1beta/openai/chat/completions"],
    ["https://z.example/api/paas/v4", "https://z.example/api/paas/v4/chat/completions"],
    ["https://a.azure.example/models?api-version=1", "https://a.azure.example/models/chat/completions?api-version=1"],
    [
      "https://a.azure.example/openai/v1?api-version=p",
      "https://a.azure.example/openai/v1/chat/completions?api-version=p",
    ],
    [
      "https://a.azure.example/openai/deployments/gpt?api-version=2024-06-01",
      "https://a.azure.example/openai/deployments/gpt/chat/completions?api-version=2024-06-01",
    ],
  ])("%s becomes %s", (base, url) => {
    expect(endpointUrl(base, CHAT)).toBe(url);
  });
});
