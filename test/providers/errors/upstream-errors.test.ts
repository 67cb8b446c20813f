import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GatewayError } from "../../../src/lib/errors.ts";
import { providers } from "../../../src/providers/index.ts";

const decode = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  providers.mistral.decodeError({
    status,
    headers: new Headers(headers),
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const detail = (loc: unknown[], msg: string) => ({
  type: "extra_forbidden",
  loc,
  msg,
  input: "SECRET PROMPT",
  url: "u",
});

describe("error bodies", () => {
  test.each([
    // Mistral's five
    [
      { object: "error", message: "M", type: "t", param: null, code: "3051", raw_status_code: 400 },
      "M",
      "t",
      "3051",
      null,
    ],
    [
      {
        object: "error",
        message: { detail: [detail(["body", "a", 0, "b"], "M")] },
        type: "t",
        param: null,
        code: null,
      },
      "a.0.b: M",
      "t",
      null,
      "a.0.b",
    ],
    [
      { object: "Error", detail: [detail(["body", "a"], "M")], message: ["x"], type: "t", code: 3001 },
      "a: M",
      "t",
      "3001",
      "a",
    ],
    [
      { detail: [detail(["body", "a"], "M"), detail(["query", "b"], "N")] },
      "a: M; query.b: N",
      "invalid_request_error",
      null,
      "a",
    ],
    [{ detail: "M" }, "M", "invalid_request_error", null, null],
    [{ message: "M" }, "M", "invalid_request_error", null, null],
    [
      {
        object: "error",
        message: JSON.stringify({ detail: [detail(["body", "a"], "M")] }),
        type: "internal_error_proxy",
        code: "1000",
      },
      "a: M",
      "internal_error_proxy",
      "1000",
      "a",
    ],
    // OpenAI, Azure, vLLM old and new, Ollama, OpenRouter, Google
    [{ error: { message: "M", type: "t", param: "p", code: "c" } }, "M", "t", "c", "p"],
    [{ error: { message: "M", type: null, param: null, code: null } }, "M", "invalid_request_error", null, null],
    [
      { error: { code: "content_filter", message: "M", innererror: { code: "x" } } },
      "M",
      "invalid_request_error",
      "content_filter",
      null,
    ],
    [
      { object: "error", message: "M", type: "BadRequestError", param: null, code: 400 },
      "M",
      "BadRequestError",
      "400",
      null,
    ],
    [{ error: { message: "M", type: "BadRequestError", code: 400 } }, "M", "BadRequestError", "400", null],
    [{ error: "M" }, "M", "invalid_request_error", null, null],
    [{ error: true, message: "M" }, "M", "invalid_request_error", null, null],
    [
      {
        error: {
          message: "Provider returned error",
          code: 400,
          metadata: { raw: '{"error":{"message":"M","type":"t"}}' },
        },
      },
      "M",
      "t",
      "400",
      null,
    ],
    [[{ error: { code: 400, message: "M", status: "INVALID_ARGUMENT" } }], "M", "invalid_request_error", "400", null],
    ["M", "M", "invalid_request_error", null, null],
    ["{broken", "The upstream refused the request (418) without a reason", "invalid_request_error", null, null],
  ])("%j", (body, message, type, code, param) => {
    const error = decode(418, body);
    expect([
      error.code,
      error.message,
      error.details.type ?? null,
      error.details.wireCode ?? null,
      error.details.param ?? null,
    ]).toEqual(["upstream_rejected", message, type, code, param]);
    expect(error.status).toBe(418);
  });

  test.each([
    ["", 500],
    ["<html><body>Bad gateway</body></html>", 502],
    ["null", 503],
    ["[]", 503],
    ['"x"', 500],
    ["x".repeat(5_000_000), 500],
    [JSON.stringify({ error: { message: "x".repeat(1_000_000) } }), 500],
    [`${'{"error":'.repeat(20_000)}1${"}".repeat(20_000)}`, 500],
    [`${"[".repeat(100_000)}`, 500],
  ])("nothing to be read: %p", (body, status) => {
    const error = decode(status, body);
    expect(error.code).toBe("upstream_failed");
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toContain("<");
  });

  test.each([
    [{ error: { message: "boom", type: "server_error" } }, "The upstream failed: boom"],
    [{ error: { message: "boom", code: 503 } }, "The upstream failed (503): boom"],
    [{ error: "" }, "The upstream failed"],
  ])("an error behind a success names no status that nobody named: %j", (body, message) => {
    expect(decode(200, body)).toMatchObject({ code: "upstream_failed", message });
  });

  test("an overlong reason is cut, an echoed input left out", () => {
    expect(decode(400, { error: { message: "x".repeat(9000) } }).message.length).toBe(2001);
    expect(JSON.stringify(decode(422, { detail: [detail(["body", "a"], "M")] }))).not.toContain("SECRET");
    expect(decode(422, { detail: [detail(["body", "a"], "M")] }).message).not.toContain("SECRET");
  });

  test("hostile ones never throw anything but give a GatewayError", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"error":${json}}`),
        ),
        (status, body) => {
          const error = decode(status, body);
          expect(error).toBeInstanceOf(GatewayError);
          expect(error.status).toBeGreaterThanOrEqual(400);
          expect(error.details.upstreamStatus).toBe(status);
        },
      ),
    );
  });
});

describe("what went wrong", () => {
  const openai = (message: string, rest: object = {}) => ({
    error: { message, type: "invalid_request_error", param: null, code: null, ...rest },
  });

  test.each([
    [301, "", "upstream_failed"],
    [302, "", "upstream_failed"],
    [307, openai("x"), "upstream_failed"],
    [400, openai("x"), "upstream_rejected"],
    [401, openai("x"), "upstream_auth_failed"],
    [407, openai("x"), "upstream_auth_failed"],
    [403, { detail: "x" }, "upstream_auth_failed"],
    [400, openai("Incorrect API key provided: abc"), "upstream_auth_failed"],
    [402, openai("Insufficient Balance"), "upstream_rate_limited"],
    [402, openai("x"), "upstream_rejected"],
    [404, openai("x"), "upstream_rejected"],
    [404, { message: "no Route matched with those values" }, "upstream_rejected"],
    [405, "", "upstream_rejected"],
    [408, "", "upstream_timeout"],
    [409, openai("x"), "upstream_rejected"],
    [413, openai("x"), "upstream_rejected"],
    [422, openai("x"), "upstream_rejected"],
    [429, openai("x"), "upstream_rate_limited"],
    [500, openai("x"), "upstream_failed"],
    [502, "<html>", "upstream_failed"],
    [503, openai("x"), "upstream_failed"],
    [504, "", "upstream_failed"],
    [529, openai("Overloaded"), "upstream_failed"],
  ])("%i %j is %s", (status, body, code) => {
    expect(decode(status, body).code).toBe(code as GatewayError["code"]);
  });

  test.each([401, 403])("the words of a %i stay here", (status) => {
    const error = decode(status, openai("Incorrect API key provided: sk-abc", { param: "sk-abc" }));
    expect(Bun.inspect(error)).not.toContain("sk-abc");
    expect(JSON.stringify({ ...error, message: error.message, cause: String(error.cause) })).not.toContain("sk-abc");
  });

  test.each([
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "prompt too long; exceeded max context length by 10 tokens",
    "The input token count (2000000) exceeds the maximum number of tokens allowed (1048575).",
    "Input Tokens Exceeded: Number of input tokens exceeds maximum length",
    "too many tokens: size limit exceeded by 100 tokens",
    "the request exceeds the available context size, try increasing it",
    "Please reduce the length of the messages or completion.",
    "Input is too long for requested model.",
    "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000",
    "the input length exceeds the context length",
    "Your input exceeds the context window of this model.",
    "The decoder prompt (length 40960) is longer than the maximum model length of 32768.",
    "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000",
    "Prompt exceeds max length",
    "Range of input length should be [1, 30720]",
    "Invalid request: Your request exceeded model token limit: 131072",
    "Request body too large for gpt-4o model. Max size: 8000 tokens.",
    "Your prompt contains 50000 tokens, more than the 32768 this model can handle",
    "The total number of tokens (9000) exceeds the model limit (8192)",
    "The request has 140000 input tokens but the limit is 131072",
    "messages too long: 210000 tokens > 200000",
  ])("does not fit: %s", (message) => {
    for (const status of [400, 413, 422, 500])
      expect(decode(status, openai(message)).code).toBe("context_length_exceeded");
    expect(decode(429, openai(message)).code).toBe("upstream_rate_limited");
  });

  test.each([[{ code: "context_length_exceeded" }], [{ type: "TOO_MANY_TOKENS" }]])("does not fit: %j", (rest) => {
    expect(decode(400, openai("x", rest)).code).toBe("context_length_exceeded");
  });

  test.each([
    "The model `gpt-9` does not exist or you do not have access to it.",
    "Invalid model: definitely-not-a-model",
    'model "llama9" not found, try pulling it first',
    "model 'nonexistent:latest' not found",
    "The supported API model names are a or b, but you passed c.",
    "gpt-9 is not a valid model ID",
    "No endpoints found for foo/bar.",
    "models/gemini-9 is not found for API version v1beta",
    "Unknown model: x",
    "Model not found: x",
    "Not found the model moonshot-9 or Permission denied",
    "The model `x` has been decommissioned and is no longer supported.",
    "The model 'x' is not available in your region",
    "The API deployment for this resource does not exist.",
    "Model Not Exist",
    "The provided model identifier is invalid.",
    "Unable to access model foo/bar. Please visit the list of models.",
    "The requested model 'x/y' is not supported by any provider you have enabled.",
    "Publisher Model `projects/p/models/m` was not found or your project does not have access to it.",
    "Invalid model name passed in model=foo. Call `/v1/models` to view available models for your key.",
    "Model is disabled: m",
    "There is no model m",
    "No model named m",
    "Could not find model m",
    "model m couldn't be found",
    "This model is no longer available",
    "This model version has reached the end of its life.",
    "Invocation of model ID x.r1-v1:0 with on-demand throughput isn’t supported.",
    "You do not have access to model m",
    "Le modèle « m » n'existe pas.",
    "Das Modell „m“ wurde nicht gefunden.",
    "El modelo m no existe",
    "Il modello m non esiste",
    "模型不存在，请检查模型代码。",
  ])("knows no such model: %s", (message) => {
    for (const status of [400, 404]) expect(decode(status, openai(message)).code).toBe("upstream_model_missing");
  });

  test.each([[{ code: "model_not_found" }], [{ code: "DeploymentNotFound" }], [{ type: "invalid_model" }]])(
    "knows no such model: %j",
    (rest) => {
      expect(decode(404, openai("x", rest)).code).toBe("upstream_model_missing");
    },
  );

  test.each([
    [413, { code: "rate_limit_exceeded", type: "tokens" }],
    [400, { code: "insufficient_quota" }],
    [400, { code: "Arrearage" }],
    [400, { code: "billing_hard_limit_reached" }],
    [403, { type: "insufficient_quota" }],
  ])("%d %j is about our allowance, which waiting does not mend", (status, rest) => {
    const error = decode(
      status,
      openai("Request too large for model `x` on tokens per minute (TPM): Limit 6000", rest),
    );
    const wanted = status === 403 ? "upstream_auth_failed" : "upstream_rate_limited";
    expect([error.code, error.details.quotaExhausted]).toEqual([wanted, status === 403 ? undefined : true]);
  });

  test.each([
    ["Invalid format for Authorization header", {}],
    ["Your API key has expired", {}],
    ["Invalid API token", {}],
    ["Authentication error", {}],
    ["x", { type: "authentication_error" }],
    ["x", { code: "API_KEY_INVALID" }],
  ])("400 is about our key: %s %j", (message, rest) => {
    const error = decode(400, openai(message, rest));
    expect([error.code, error.message]).toEqual([
      "upstream_auth_failed",
      "The upstream refused the gateway's credentials (400)",
    ]);
  });

  test("400 about a token of a text is the caller's own", () => {
    expect(decode(400, openai("Invalid token id in logit_bias: 999999")).code).toBe("upstream_rejected");
  });

  test.each([
    "Your credit balance is too low to access the API. Please go to Plans & Billing.",
    "You exceeded your current quota, please check your plan and billing details.",
    "Insufficient account balance",
  ])("400 is about our allowance: %s", (message) => {
    const { code, details } = decode(400, openai(message));
    expect([code, details.quotaExhausted]).toEqual(["upstream_rate_limited", true]);
  });

  test.each([
    [400, "Content Exists Risk"],
    [400, "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."],
    [400, "Output blocked by content filtering policy"],
    [400, "Invalid prompt: your prompt was flagged as potentially violating our usage policy."],
    [403, 'x/y requires moderation on OpenRouter. Your input was flagged for "sexual".'],
    [403, "Content violates usage guidelines."],
    [400, "Input data may contain inappropriate content."],
  ])("%d is the provider's content filter: %s", (status, message) => {
    const error = decode(status, openai(message));
    expect([error.code, error.details.filtered, error.message]).toEqual(["upstream_rejected", true, message]);
  });

  test.each(["Your account was flagged for violating our usage policies", "Your request was blocked", "Forbidden"])(
    "403 is about us: %s",
    (message) => {
      expect(decode(403, openai(message)).code).toBe("upstream_auth_failed");
    },
  );

  test("knows no such model: one that is named as the field at fault, said as Anthropic says it, or gone", () => {
    const at = (status: number, body: unknown) => decode(status, JSON.stringify(body)).code;
    expect(at(422, { detail: [{ type: "enum", loc: ["body", "model"], msg: "Input should be 'x'" }] })).toBe(
      "upstream_model_missing",
    );
    expect(at(404, { type: "error", error: { type: "not_found_error", message: "model: claude-9" } })).toBe(
      "upstream_model_missing",
    );
    expect(at(410, { error: { message: "The model m has reached its end of life" } })).toBe("upstream_model_missing");
    // here the model is known, and the request asks what it cannot take
    expect(at(400, { error: { message: "This model wants audio", param: "model", code: "invalid_value" } })).toBe(
      "upstream_rejected",
    );
  });

  test.each([
    "Conversation 'model-1' not found",
    "tool 'model_lookup' not found in tools",
    "Logprobs are not enabled for this model",
    "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    "Web search options not supported with this model.",
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    "max_tokens is too large: 99999. This model supports at most 4096 completion tokens",
    "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
    "Function name was get_weather, but tool result for it was not found",
    "Too many tokens in batch. Max is 16384, split into more batches",
    "Invalid model parameter: temperature",
    "`max_completion_tokens` (100000) exceeds the model's maximum output of 16384 tokens",
    "max_tokens (9000) exceeds the limit of 8192 output tokens",
    "Requested 9000 output tokens exceeds the limit of 8192",
    "input array exceeds the maximum of 2048 items",
    "The user field is too long",
    "'stop': array too long. Expected an array with maximum length 4, but got 6",
    "the number of stop tokens exceeds 4",
  ])("is the client's own: %s", (message) => {
    expect(decode(400, openai(message)).code).toBe("upstream_rejected");
  });
});

describe("a 429", () => {
  const wait = (headers: Record<string, string>) => decode(429, "", headers).details.retryAfterMs;

  test.each([
    [{}, undefined],
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after-ms": "150", "retry-after": "9" }, 150],
    [{ "retry-after-ms": "0", "retry-after": "1" }, 1000],
    [{ "retry-after-ms": "0" }, 0],
    [{ "retry-after": "-1" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, 30_000],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", date: "Wed, 21 Oct 2026 07:29:00 GMT" }, 0],
  ])("%j: wait %p ms", (headers, ms) => {
    expect(wait(headers as Record<string, string>)).toBe(ms as number);
  });

  test("a date is measured against our clock where the upstream sent none", () => {
    const nowMs = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");
    const headers = new Headers({ "retry-after": "Wed, 21 Oct 2026 07:28:05 GMT" });
    expect(providers.openai.decodeError({ status: 503, headers, body: "", nowMs }).details.retryAfterMs).toBe(5000);
  });

  test("about a quota that is used up is not worth a retry", () => {
    const quota = { error: { message: "x", type: "insufficient_quota", param: null, code: "insufficient_quota" } };
    expect(decode(429, quota).details.quotaExhausted).toBeTrue();
    expect(decode(429, "", { "x-ratelimit-limit-req-minute": "0" }).details.quotaExhausted).toBeTrue();
    expect(decode(429, "", { "x-ratelimit-limit-req-minute": "60" }).details.quotaExhausted).toBeUndefined();
    expect(decode(402, { error: { message: "Insufficient Balance" } }).details.quotaExhausted).toBeTrue();
    expect(
      decode(429, { error: { message: "Rate limit reached", code: "rate_limit_exceeded" } }).details.quotaExhausted,
    ).toBeUndefined();
  });

  test("does not tell the client about our organisation", () => {
    expect(decode(429, { error: { message: "Rate limit reached in organization org-42" } }).message).not.toContain(
      "org-42",
    );
  });
});
