import { errorBody } from "../lib/error-body.ts";
import { ERRORS, GatewayError } from "../lib/errors.ts";

/** The longest wait a client is told of an upstream, unless the configuration says otherwise (`max_retry_after_seconds`). */
const MAX_RELAYED_RETRY_AFTER_MS = 20_000;

/**
 * What `Retry-After` says where the error itself does not know; each of these carries one. Providers count rates by the
 * minute, so an upstream that names no time gets a minute, which is longer than a client should wait.
 */
const DEFAULT_RETRY_AFTER_MS: Partial<Record<GatewayError["code"], number>> = {
  rate_limited: 1_000,
  too_many_streams: 1_000,
  overloaded: 1_000,
  policy_error: 1_000,
  gateway_disabled: 30_000,
  upstream_rate_limited: 60_000,
};

/**
 * The wire form of every error, on every route: OpenAI's error object, `x-request-id`, `x-should-retry: false` where
 * a retry of the client cannot help, `Retry-After` in whole seconds (rounded up; what an upstream asked for is capped at
 * `maxRetryAfterMs`), `www-authenticate` on 401 and whatever headers the error brings (`allow`).
 */
export function errorResponse(
  error: GatewayError,
  requestId: string,
  maxRetryAfterMs: number = MAX_RELAYED_RETRY_AFTER_MS,
): Response {
  const headers: Record<string, string> = {
    ...error.details.headers,
    "content-type": "application/json",
    "x-request-id": requestId,
  };
  if (error.status === 401) headers["www-authenticate"] = 'Bearer realm="weir"';
  const retryAfterMs = retryAfter(error, maxRetryAfterMs);
  if (retryAfterMs !== null) headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  if (isFinal(error)) headers["x-should-retry"] = "false";
  return new Response(JSON.stringify(errorBody(error, requestId)), { status: error.status, headers });
}

function retryAfter(error: GatewayError, maxRelayedMs: number): number | null {
  const known = error.details.retryAfterMs;
  if (known === undefined || !Number.isFinite(known)) {
    return error.details.quotaExhausted === true ? null : (DEFAULT_RETRY_AFTER_MS[error.code] ?? null);
  }
  return isRelayed(error) ? Math.min(known, maxRelayedMs) : known;
}

/** Whether an upstream said it, also where a pin tells it otherwise. */
function isRelayed({ code, details: { cause } }: GatewayError): boolean {
  return code.startsWith("upstream_") || (cause instanceof GatewayError && cause.code.startsWith("upstream_"));
}

/** Refusals of a moment: a body that did not arrive, an upstream's two requests at once, and one that came too early. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425]);
const MAY_PASS: ReadonlySet<string> = new Set(["invalid_request", "upstream_rejected"]);

/** A short wait that an upstream asked for, or that a target needs, is worth a retry; all else follows the table. */
function isFinal({ code, details, status }: GatewayError): boolean {
  if (MAY_PASS.has(code) && PASSING.has(status)) return false;
  if (code !== "upstream_rate_limited" && code !== "service_unavailable") return ERRORS[code].final;
  const { quotaExhausted, retryAfterMs } = details;
  return quotaExhausted === true || retryAfterMs === undefined || !(retryAfterMs <= MAX_RELAYED_RETRY_AFTER_MS);
}
