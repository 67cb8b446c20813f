import { asObject, type JsonObject } from "../../lib/json/json.ts";

/** Faults as the target's block asks for them (`faults: {error_rate, latency_ms, cut_after_tokens, status}`). */
export interface Faults {
  /** Share of requests that fail; a `status` alone means all of them. */
  readonly errorRate: number;
  readonly latencyMs: number;
  readonly cutAfterTokens: number | null;
  readonly status: number;
}

/** Reads the faults of a target's block; absent keys mean no fault. */
export function faultsOf(settings: JsonObject): Faults {
  const faults = asObject(settings["faults"]);
  const number = (key: string): number | null => (typeof faults[key] === "number" ? faults[key] : null);
  return {
    errorRate: number("error_rate") ?? (number("status") === null ? 0 : 1),
    latencyMs: number("latency_ms") ?? 0,
    cutAfterTokens: number("cut_after_tokens"),
    status: number("status") ?? 503,
  };
}

/** Requests so far, per target block (one object for as long as a configuration lives). */
const counts = new WeakMap<object, number>();

/**
 * Whether the next request of this target fails. Failures are spread evenly, so that a rate of 0.5 is every second
 * request and a drill gives the same picture every time.
 */
export function failsNext(settings: JsonObject, rate: number): boolean {
  const count = counts.get(settings) ?? 0;
  counts.set(settings, count + 1);
  return Math.floor((count + 1) * rate) > Math.floor(count * rate);
}

const KINDS: Readonly<Record<number, { readonly type: string; readonly code: string }>> = {
  401: { type: "invalid_request_error", code: "invalid_api_key" },
  404: { type: "invalid_request_error", code: "model_not_found" },
  429: { type: "requests", code: "rate_limit_exceeded" },
};

/** A failure in OpenAI's error form. */
export function failure(status: number): Response {
  const fallback = status >= 500 ? { type: "server_error", code: null } : { type: "invalid_request_error", code: null };
  const error = { message: `Simulated failure with status ${status}`, param: null, ...(KINDS[status] ?? fallback) };
  const headers = status === 429 ? { "retry-after": "1" } : {};
  return Response.json({ error }, { status, headers });
}
