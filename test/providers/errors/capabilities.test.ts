import { describe, expect, test } from "bun:test";
import type { Capability } from "../../../src/lib/capability.ts";
import { decodeUpstreamError } from "../../../src/providers/errors/upstream-errors.ts";

const lacks = (status: number, body: unknown): Capability | undefined =>
  decodeUpstreamError({
    status,
    headers: new Headers(),
    body: typeof body === "string" ? body : JSON.stringify(body),
  }).details.lacks;
const openai = (message: string, more: object = {}) => ({
  error: { message, type: "invalid_request_error", param: null, code: null, ...more },
});

describe("an upstream that cannot do something", () => {
  test.each<[string, number, unknown, Capability]>([
    ["Ollama", 400, { error: "registry.ollama.ai/library/gemma:2b does not support tools" }, "tools"],
    ["Ollama's OpenAI form", 400, openai("gemma:2b does not support tools", { type: "api_error" }), "tools"],
    ["DeepSeek", 400, openai("deepseek-reasoner does not support Function Calling"), "tools"],
    ["Groq", 400, openai("`tool calling` is not supported with this model"), "tools"],
    [
      "vLLM",
      400,
      {
        object: "error",
        message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        code: 400,
      },
      "tools",
    ],
    ["OpenRouter", 404, openai("No endpoints found that support tool use. Try disabling tools."), "tools"],
    ["llama.cpp", 500, openai("tools param requires --jinja flag", { code: 500, type: "server_error" }), "tools"],
    [
      "OpenAI",
      400,
      openai("Unsupported parameter: this model", { code: "unsupported_parameter", param: "tools" }),
      "tools",
    ],
    ["Mistral", 400, { object: "error", message: "Image input is not enabled for this model", code: "3051" }, "vision"],
    ["OpenAI", 400, openai("Invalid content type. image_url is only supported by certain models."), "vision"],
    ["vLLM", 400, { object: "error", message: "meta/llama is not a multimodal model", code: 400 }, "vision"],
    ["vLLM", 400, openai("At most 0 image(s) may be provided in one prompt."), "vision"],
    [
      "llama.cpp",
      500,
      openai("image input is not supported - hint: you may need to provide the mmproj", { code: 500 }),
      "vision",
    ],
    ["OpenRouter", 404, openai("No endpoints found that support image input"), "vision"],
    [
      "DeepSeek",
      400,
      openai("Failed to deserialize: messages[0]: unknown variant `image_url`, expected `text`"),
      "vision",
    ],
    ["DeepSeek", 400, openai("Failed to deserialize: messages[0]: unknown variant `input_audio`"), "audio"],
    ["Gemini", 400, openai("Image input modality is not enabled for models/gemma-3-1b-it"), "vision"],
    [
      "Groq",
      400,
      openai("'messages.0' : one must be satisfied[('messages.0.content' : value must be a string)]"),
      "vision",
    ],
    ["DeepSeek", 422, openai("messages[0].content: invalid type: sequence, expected a string"), "vision"],
    ["Ollama", 500, openai("this model is missing data required for image input", { code: 500 }), "vision"],
    ["SGLang", 400, openai("Unknown part type: image_url"), "vision"],
    ["a server", 400, openai("This model only supports text input"), "vision"],
    ["a server", 400, openai("This model does not support the use of tools"), "tools"],
    ["a server", 400, openai("Tools are currently not supported for model m"), "tools"],
    ["OpenRouter", 404, openai("No endpoints found that support input audio"), "audio"],
    ["a server", 400, openai("This model does not support audio input"), "audio"],
    ["FastAPI", 404, { detail: "Not Found" }, "endpoint"],
    ["Go", 404, "404 page not found\n", "endpoint"],
    ["nginx", 404, "<html><head><title>404 Not Found</title></head></html>", "endpoint"],
    ["FastAPI", 405, { detail: "Method Not Allowed" }, "endpoint"],
    ["Azure", 404, { error: { code: "404", message: "Resource not found" } }, "endpoint"],
    ["Kubernetes", 404, "default backend - 404", "endpoint"],
    [
      "Fastify",
      404,
      { message: "Route POST:/v1/chat/completions not found", error: "Not Found", statusCode: 404 },
      "endpoint",
    ],
    ["Spring", 404, { timestamp: "2026-11-21", status: 404, error: "Not Found", path: "/v1/embeddings" }, "endpoint"],
    ["Flask", 404, { message: "The requested URL was not found on the server. If you entered it" }, "endpoint"],
    ["Envoy", 404, "", "endpoint"],
    ["vLLM", 400, openai("The model does not support Embeddings API"), "endpoint"],
    ["OpenAI", 404, openai("This is a chat model and not supported in the v1/completions endpoint."), "endpoint"],
  ])("is understood: %s (%p)", (_who, status, body, capability) => {
    expect(lacks(status, body)).toBe(capability);
  });

  test.each<[number, unknown]>([
    [400, openai("temperature must be below 2")],
    [400, openai("Invalid value for 'tools[0].function.name'", { param: "tools" })],
    [400, openai("tool_call_id is required")],
    [400, openai("Unsupported value: 'messages[0].role' does not support 'system' with this model.")],
    [400, openai("Unsupported parameter", { code: "unsupported_parameter", param: "temperature" })],
    [400, openai(`${"x".repeat(400)} does not support tools`)],
    [400, "not found"],
    [404, openai("No such file: file-123")],
    [404, openai("Not found", { param: "messages[0].content[1].file.file_id" })],
    [404, openai("Resource not found in the conversation")],
    [422, { detail: [{ loc: ["body", "messages"], msg: "Field required" }] }],
    [500, openai("The server had an error")],
    [503, openai("overloaded")],
    [413, "Request Entity Too Large"],
  ])("is not meant by %p %p", (status, body) => {
    expect(lacks(status, body)).toBeUndefined();
  });

  test("says so without a failure of the server's: nothing counts against it, and the caller is told in a 4xx", () => {
    const body = JSON.stringify(openai("tools param requires --jinja flag", { code: 500 }));
    const error = decodeUpstreamError({ status: 500, headers: new Headers(), body });
    expect([error.code, error.status, error.details.upstreamStatus]).toEqual(["upstream_rejected", 400, 500]);
  });
});
