/**
 * The one error class of Weir and the one table that says what each code means outside.
 *
 * Only {@link GatewayError} crosses a folder boundary; anything else that is thrown becomes `internal` at the edge, and
 * its text stays in the log.
 */

interface ErrorRow {
  /** HTTP status of the answer. `upstream_rejected` carries the upstream's own in {@link GatewayErrorDetails.status}. */
  readonly status: number;
  /** The `type` of the error object on the wire. */
  readonly type: string;
  /** Whether a failed attempt with this code lets the next target be asked. */
  readonly failover: boolean;
  /** `x-should-retry: false` goes out when true: a retry of the caller cannot mend it, or we have retried ourselves. */
  readonly final: boolean;
}

const row = (status: number, type: string, failover: boolean, final: boolean): ErrorRow => ({
  status,
  type,
  failover,
  final,
});

/** code → status, type, failover?, final?. The source of `http.md`'s table; docs and tests read it from here. */
export const ERRORS = {
  invalid_json: row(400, "invalid_request_error", false, true),
  invalid_request: row(400, "invalid_request_error", false, true),
  invalid_region: row(400, "invalid_request_error", false, true),
  context_length_exceeded: row(400, "invalid_request_error", true, true),
  invalid_api_key: row(401, "authentication_error", false, true),
  key_expired: row(401, "authentication_error", false, true),
  budget_exceeded: row(402, "insufficient_quota", false, true),
  model_not_allowed: row(403, "permission_error", false, true),
  region_not_allowed: row(403, "permission_error", false, true),
  model_not_found: row(404, "invalid_request_error", false, true),
  not_found: row(404, "invalid_request_error", false, true),
  method_not_allowed: row(405, "invalid_request_error", false, true),
  unsupported_media_type: row(415, "invalid_request_error", false, true),
  input_blocked: row(409, "policy_violation", false, true),
  output_blocked: row(409, "policy_violation", false, true),
  escalation_required: row(409, "policy_violation", false, true),
  request_too_large: row(413, "invalid_request_error", false, true),
  rate_limited: row(429, "rate_limit_error", false, false),
  too_many_streams: row(429, "rate_limit_error", false, false),
  upstream_rate_limited: row(429, "rate_limit_error", true, true),
  upstream_rejected: row(400, "invalid_request_error", false, true),
  upstream_auth_failed: row(502, "upstream_error", true, true),
  upstream_model_missing: row(502, "upstream_error", true, true),
  upstream_failed: row(502, "upstream_error", true, true),
  upstream_invalid_answer: row(502, "upstream_error", true, true),
  upstream_cut: row(502, "upstream_error", true, true),
  upstream_timeout: row(504, "timeout_error", true, true),
  service_unavailable: row(503, "service_unavailable", false, true),
  overloaded: row(503, "service_unavailable", false, false),
  policy_error: row(503, "service_unavailable", false, true),
  gateway_disabled: row(503, "service_unavailable", false, true),
  admin_token_missing: row(503, "service_unavailable", false, true),
  internal: row(500, "internal_error", false, true),
} as const satisfies Record<string, ErrorRow>;

/** Every code an error of Weir can have. */
export type ErrorCode = keyof typeof ERRORS;

/** What an error may carry beside its code and message. */
export interface GatewayErrorDetails {
  /** The request field at fault, as a dotted path. */
  readonly param?: string | null | undefined;
  /** Replaces the table's status: `upstream_rejected` (the upstream's own 4xx) and `policy_block_status`. */
  readonly status?: number | undefined;
  /** Replaces the table's type: `upstream_rejected` keeps the upstream's own. */
  readonly type?: string | undefined;
  /** Replaces `code` on the wire: `upstream_rejected` shows the upstream's own code where it has one. */
  readonly wireCode?: string | null | undefined;
  /** Milliseconds until a retry may help; becomes `Retry-After` (seconds, rounded up). */
  readonly retryAfterMs?: number | undefined;
  /** A 429 that waiting does not mend (`insufficient_quota`): not retried on the same target. */
  readonly quotaExhausted?: boolean | undefined;
  /** Status the upstream answered with; for the ledger and the retry rules. */
  readonly upstreamStatus?: number | undefined;
  /** Further members of the wire error object (`policy`, `reason_code`, `escalation_id`, `estimate`, …). */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
  /** Further answer headers (`allow`). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly cause?: unknown;
}

/**
 * The only error that crosses a folder boundary.
 *
 * `message` says what could not be done, with which value, and what would be accepted. It never holds prompt text,
 * a secret, or the text of an upstream's 401/403.
 */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: ErrorCode;
  readonly details: GatewayErrorDetails;

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  /** The HTTP status of the answer. */
  get status(): number {
    return this.details.status ?? ERRORS[this.code].status;
  }

  /** Whether the next target may be asked after this. */
  get failover(): boolean {
    return ERRORS[this.code].failover;
  }
}

/** Turns anything thrown into a {@link GatewayError}; an unknown one becomes `internal` and keeps its cause for the log. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError("internal", "The gateway could not finish this request: an internal error, see its log", {
    cause: thrown,
  });
}
