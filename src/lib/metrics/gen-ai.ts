import type { AttemptRecord, RequestEvent } from "../../schema/event.ts";
import type { MetricRegistry } from "./registry.ts";

/** Boundaries of `gen_ai.client.operation.duration` (OpenTelemetry semantic conventions for generative AI metrics). */
export const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/** Boundaries of `gen_ai.client.token.usage` (same source). */
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
/** Boundaries of `gen_ai.server.time_to_first_token` (same source). */
export const FIRST_TOKEN_SECONDS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** `gen_ai.operation.name` of each endpoint; the well-known values of the conventions where there is one. */
const OPERATIONS: Readonly<Record<string, string>> = {
  chat: "chat",
  completions: "text_completion",
  fim: "text_completion",
  embeddings: "embeddings",
  moderations: "moderation",
};
/** `gen_ai.provider.name` where the well-known value differs from our provider's name. */
const PROVIDERS: Readonly<Record<string, string>> = { mistral: "mistral_ai" };

/** Boundaries of `gen_ai.server.time_per_output_token` (same source). */
const TOKEN_SECONDS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];

const GEN_AI_LABELS = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"] as const;

/** The families of the conventions: one observation per attempt, since each was a call to a model. */
export function genAiFamilies({ histogram }: Pick<MetricRegistry, "histogram">) {
  const duration = histogram(
    {
      name: "gen_ai_client_operation_duration_seconds",
      otel: { name: "gen_ai.client.operation.duration", unit: "s" },
      help: "GenAI operation duration (gen_ai.client.operation.duration)",
      labels: [...GEN_AI_LABELS, "error_type"],
    },
    SECONDS,
  );
  const usage = histogram(
    {
      name: "gen_ai_client_token_usage",
      otel: { name: "gen_ai.client.token.usage", unit: "{token}" },
      help: "Tokens per operation (gen_ai.client.token.usage)",
      labels: [...GEN_AI_LABELS, "gen_ai_token_type"],
    },
    TOKENS,
  );
  const firstToken = histogram(
    {
      name: "gen_ai_server_time_to_first_token_seconds",
      otel: { name: "gen_ai.server.time_to_first_token", unit: "s" },
      help: "Time to the first token (gen_ai.server.time_to_first_token)",
      labels: GEN_AI_LABELS,
    },
    FIRST_TOKEN_SECONDS,
  );
  const perToken = histogram(
    {
      name: "gen_ai_server_time_per_output_token_seconds",
      otel: { name: "gen_ai.server.time_per_output_token", unit: "s" },
      help: "Time per token after the first (gen_ai.server.time_per_output_token)",
      labels: GEN_AI_LABELS,
    },
    TOKEN_SECONDS,
  );
  return (event: RequestEvent): void => {
    for (const attempt of event.attempts) {
      const labels = genAiLabels(event.endpoint, attempt);
      const errorType = attempt.outcome === "ok" ? "" : attempt.outcome;
      duration.observe([...labels, errorType], (attempt.ended_ms - attempt.started_ms) / 1000);
      if (attempt.first_token_ms !== null) {
        firstToken.observe(labels, (attempt.first_token_ms - attempt.started_ms) / 1000);
      }
      const { prompt_tokens, completion_tokens } = attempt.usage;
      if (attempt.first_token_ms !== null && attempt.outcome === "ok" && (completion_tokens ?? 0) > 1) {
        perToken.observe(labels, (attempt.ended_ms - attempt.first_token_ms) / 1000 / (completion_tokens! - 1));
      }
      if (prompt_tokens !== null) usage.observe([...labels, "input"], prompt_tokens);
      if (completion_tokens !== null) usage.observe([...labels, "output"], completion_tokens);
    }
  };
}

/** `gen_ai.operation.name` of an endpoint. */
export function genAiOperation(endpoint: string): string {
  return OPERATIONS[endpoint] ?? endpoint;
}

/** `gen_ai.operation.name`, `gen_ai.provider.name` and `gen_ai.request.model` of one attempt. */
export function genAiLabels(endpoint: string, attempt: AttemptRecord): [string, string, string] {
  return [genAiOperation(endpoint), PROVIDERS[attempt.provider] ?? attempt.provider, attempt.model];
}
