import { describe, expect, test } from "bun:test";
import { applyEdits } from "../../src/lib/edits/edits.ts";
import { type ErrorCode, GatewayError } from "../../src/lib/errors.ts";
import type { JsonObject, Parsed } from "../../src/lib/json/json.ts";
import { providers } from "../../src/providers/index.ts";
import type { Codec, Provider } from "../../src/providers/provider.ts";
import { parsed } from "../support/codec.ts";
import { problems } from "../support/mistral-schema.ts";
import {
  type Exchange,
  eventData,
  hasRecordings,
  RECORDED,
  type Recorded,
  reassemble,
  reassembleChunks,
  reassembleWhole,
  records,
} from "../support/replay.ts";
import { MISTRAL_FILE } from "../support/vendor-schema.ts";

/** Recorded exchanges per endpoint; `!` counts those with an error status. */
const EXPECTED: Readonly<Record<Recorded, Readonly<Record<string, number>>>> = {
  mistral: { chat: 183, "chat!": 13, embeddings: 16, "embeddings!": 1, models: 2 },
  openai: {
    chat: 86,
    "chat!": 10,
    completions: 13,
    "completions!": 1,
    embeddings: 8,
    "embeddings!": 2,
    moderations: 2,
    models: 4,
  },
  groq: { chat: 44, "chat!": 3, models: 1 },
  deepseek: { chat: 22, "chat!": 7 },
  openrouter: { chat: 16, "chat!": 2 },
  vllm: { chat: 7, completions: 4, embeddings: 1 },
  ollama: { chat: 19, "chat!": 2 },
  azure: { chat: 35, "chat!": 2, embeddings: 1 },
};

/** Recorded answers of status 200 that are errors in truth, and what they are. */
const FAILED_WITHIN: Readonly<Record<string, ErrorCode>> = {
  "azure-0052-4aac6f51": "upstream_rejected",
};

const providerOf = (name: Recorded): Provider =>
  name === "mistral" || name === "openai" ? providers[name] : providers["openai-compatible"];
const requestOf = (record: Exchange): Parsed => parsed(record.request ?? { model: "m", messages: [] });
const codecOf = (record: Exchange, provider: Provider): Codec => {
  if (record.endpoint === "models") throw new Error("models have no codec");
  return provider.codecs[record.endpoint]!;
};

describe.skipIf(!hasRecordings)("recorded traffic (skipped only where ../shared/data/wire is missing)", () => {
  describe.each([...RECORDED])("%s", (name) => {
    const provider = providerOf(name);
    // describe.skipIf runs its body even when it skips
    const all = hasRecordings ? records(name) : [];
    const answered = all.filter((record) => record.endpoint !== "models" && record.status < 300);

    test("has the number of cases that were recorded", () => {
      const counts: Record<string, number> = {};
      for (const { endpoint, status } of all) {
        const key = status < 300 ? endpoint : `${endpoint}!`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
      expect(counts).toEqual({ ...EXPECTED[name] });
    });

    test("its whole answers give the client what the upstream sent", () => {
      for (const record of answered.filter((one) => !one.stream)) {
        const answer = { source: record.body, value: JSON.parse(record.body) as JsonObject };
        const decode = (): string => codecOf(record, provider).decode(answer, requestOf(record));
        const failure = FAILED_WITHIN[record.id];
        if (failure !== undefined) expect(decode).toThrow(expect.objectContaining({ code: failure }));
        else {
          const given = JSON.parse(decode()) as JsonObject;
          expect({ id: record.id, seen: reassembleWhole(given) }).toEqual({
            id: record.id,
            seen: reassembleWhole(answer.value),
          });
          expect(unusual(given)).toEqual([]);
        }
      }
    });

    test("its streams give the client what the upstream sent", () => {
      for (const record of answered.filter((one) => one.stream)) {
        const sent = reassemble(record.body);
        const { chunks, error } = decodeAll(record, codecOf(record, provider));
        const seen = reassembleChunks(chunks);
        expect({ id: record.id, choices: seen.choices }).toEqual({ id: record.id, choices: sent.choices });
        if (sent.usage !== null)
          expect({ id: record.id, usage: seen.usage }).toEqual({ id: record.id, usage: sent.usage });
        expect({ id: record.id, failed: error !== null }).toEqual({ id: record.id, failed: sent.error !== null });
        expect(chunks.flatMap(unusual)).toEqual([]);
      }
    });
  });

  test.each(RECORDED.filter((name) => name !== "mistral"))(
    "%s's requests need no edit for it but the asking for usage",
    (name) => {
      const provider = providerOf(name);
      const asked = records(name).filter((one) => one.request !== null && one.endpoint !== "models");
      for (const record of asked) {
        const request = requestOf(record);
        const to = { model: String(record.request!["model"] ?? "m"), stream: record.stream, askUsage: false };
        const own = withoutOptions(record.request!, record.stream);
        const encoded = applyEdits(request.source, codecOf(record, provider).encode(request, to));
        expect(JSON.parse(encoded)).toEqual({ model: to.model, ...own });
        const asking = applyEdits(request.source, codecOf(record, provider).encode(request, { ...to, askUsage: true }));
        const options = record.stream
          ? { stream_options: { ...Object(record.request!["stream_options"]), include_usage: true } }
          : {};
        expect(JSON.parse(asking)).toEqual({ model: to.model, ...record.request!, ...options });
      }
    },
  );

  test("errors are recognised", () => {
    const seen: Record<string, number> = {};
    for (const name of RECORDED) {
      for (const { status, headers, body, endpoint } of records(name)) {
        if (status < 300 || endpoint === "models") continue;
        const error = providerOf(name).decodeError({ status, headers: new Headers(headers), body });
        expect(error.details.upstreamStatus).toBe(status);
        const key = `${name} ${status} ${error.code}${error.details.quotaExhausted === true ? " quota" : ""}`;
        seen[key] = (seen[key] ?? 0) + 1;
      }
    }
    expect(seen).toEqual(ERRORS);
  });

  test("azure's 429 says when to come back: its `retry-after-ms: 0` means nothing", () => {
    const record = records("azure").find(({ status }) => status === 429)!;
    const error = providers["openai-compatible"].decodeError({ ...record, headers: new Headers(record.headers) });
    expect(error.details.retryAfterMs).toBe(1000);
  });
});

const ERRORS: Readonly<Record<string, number>> = {
  "mistral 400 upstream_rejected": 5,
  "mistral 400 upstream_model_missing": 3,
  "mistral 401 upstream_auth_failed": 2,
  "mistral 422 upstream_rejected": 2,
  "mistral 429 upstream_rate_limited": 2,
  "openai 400 upstream_rejected": 5,
  "openai 401 upstream_auth_failed": 3,
  "openai 404 upstream_model_missing": 3,
  "openai 429 upstream_rate_limited": 1,
  "openai 429 upstream_rate_limited quota": 1,
  "groq 400 upstream_rejected": 1,
  "groq 401 upstream_auth_failed": 1,
  "groq 404 upstream_model_missing": 1,
  "deepseek 400 upstream_rejected": 3,
  "deepseek 400 upstream_model_missing": 1,
  "deepseek 400 context_length_exceeded": 1,
  "deepseek 401 upstream_auth_failed": 2,
  "openrouter 400 context_length_exceeded": 1,
  "openrouter 401 upstream_auth_failed": 1,
  "ollama 400 context_length_exceeded": 1,
  "ollama 401 upstream_auth_failed": 1,
  "azure 401 upstream_auth_failed": 1,
  "azure 429 upstream_rate_limited": 1,
};

/** What Mistral's file says against recorded requests of other vendors: fields neither of them defines, and audio. */
const FOREIGN = [
  "$.search_settings: unknown",
  "$.thinking: unknown",
  "$.reasoning: unknown",
  "$.tools: not null",
  "$.messages[].content: not string",
];

describe.skipIf(!hasRecordings || !MISTRAL_FILE.isHere)("recorded requests, sent to Mistral", () => {
  const recorded = (endpoint: string): readonly Exchange[] =>
    RECORDED.flatMap((name) => records(name)).filter((one) => one.request !== null && one.endpoint === endpoint);

  test("Mistral's own go as they came, but for foreign tool-call ids and logprobs", () => {
    const changed = records("mistral")
      .filter((record) => record.request !== null && record.endpoint !== "models")
      .filter((record) => encodeForMistral(record).length > 0);
    const reasons = changed.map(({ request }) => (request!["logprobs"] === undefined ? "other" : "logprobs"));
    expect({ changed: changed.length, logprobs: reasons.filter((one) => one === "logprobs").length }).toEqual({
      changed: 5,
      logprobs: 4,
    });
  });

  test("everybody's chat requests fit Mistral's schema, but for what neither vendor defines", () => {
    const found = recorded("chat").flatMap((record) => {
      const value: unknown = JSON.parse(applyEdits(requestOf(record).source, encodeForMistral(record)));
      return problems(MISTRAL_FILE.look("ChatCompletionRequest"), value).map((one) => one.replace(/\[\d+\]/g, "[]"));
    });
    expect([...new Set(found)].filter((one) => !FOREIGN.includes(one))).toEqual([]);
    expect(found.length).toBeLessThan(30);
  });

  test("embeddings requests fit, and token arrays are refused", () => {
    let refused = 0;
    for (const record of recorded("embeddings")) {
      try {
        const value: unknown = JSON.parse(applyEdits(requestOf(record).source, encodeForMistral(record)));
        expect(problems(MISTRAL_FILE.look("EmbeddingRequest"), value)).toEqual([]);
      } catch (thrown) {
        if (!(thrown instanceof GatewayError)) throw thrown;
        expect(thrown.details.param).toBe("input");
        refused++;
      }
    }
    expect(refused).toBe(4);
  });
});

function encodeForMistral(record: Exchange): ReturnType<Codec["encode"]> {
  const model = String(record.request!["model"]);
  return codecOf(record, providers.mistral).encode(requestOf(record), {
    model,
    stream: record.stream,
    askUsage: false,
  });
}

function decodeAll(record: Exchange, codec: Codec): { chunks: JsonObject[]; error: GatewayError | null } {
  const decode = codec.decodeStream(requestOf(record));
  const chunks: JsonObject[] = [];
  for (const data of eventData(record.body)) {
    if (data === "[DONE]") continue;
    try {
      const chunk = decode(JSON.parse(data) as JsonObject);
      if (chunk !== null) chunks.push(chunk);
    } catch (thrown) {
      if (thrown instanceof GatewayError) return { chunks, error: thrown };
      throw thrown;
    }
  }
  return { chunks, error: null };
}

/** What a strict OpenAI client would stumble over. */
function unusual(value: JsonObject): string[] {
  const found: string[] = [];
  const choices = Array.isArray(value["choices"]) ? (value["choices"] as JsonObject[]) : [];
  if (choices.length === 0 && value["usage"] === undefined && value["choices"] !== undefined)
    found.push("a chunk of nothing");
  for (const choice of choices) {
    const message = (choice["delta"] ?? choice["message"] ?? {}) as JsonObject;
    if (Array.isArray(message["content"])) found.push("array content");
    const calls = message["tool_calls"];
    if (calls === null || (Array.isArray(calls) && calls.length === 0)) found.push("empty tool_calls");
    if (choice["finish_reason"] === "model_length") found.push("model_length");
    if (choice["message"] === undefined) continue;
    for (const call of (calls ?? []) as JsonObject[]) {
      if (typeof call["id"] !== "string" || call["type"] !== "function") found.push("a call without id or type");
    }
  }
  return found;
}

function withoutOptions(request: JsonObject, stream: boolean): JsonObject {
  if (!stream) return request;
  const { stream_options: _options, ...rest } = request;
  return rest;
}
