/**
 * The one error class of Weir and the one table that says what each code means outside.
 *
 * Only {@link GatewayError} crosses a folder boundary; anything else that is thrown becomes `internal` at the edge, and
 * its text stays in the log.
 */

import type { Capability } from "./capability.ts";

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

const row = (status: number, type: string, rules: Partial<ErrorRow> = {}): ErrorRow => ({
  status,
  type,
  failover: false,
  final: true,
  ...rules,
});

const NEXT_TARGET = { failover: true };
const WORTH_A_RETRY = { final: false };

/** code → status, type, failover?, final?. The reference at `/docs/errors` and the tests read it from here. */
export const ERRORS = {
  invalid_json: row(400, "invalid_request_error"),
  invalid_request: row(400, "invalid_request_error"),
  invalid_region: row(400, "invalid_request_error"),
  context_length_exceeded: row(400, "invalid_request_error", NEXT_TARGET),
  invalid_api_key: row(401, "authentication_error"),
  key_expired: row(401, "authentication_error"),
  budget_exceeded: row(402, "insufficient_quota"),
  model_not_allowed: row(403, "permission_error"),
  region_not_allowed: row(403, "permission_error"),
  model_not_found: row(404, "invalid_request_error"),
  not_found: row(404, "invalid_request_error"),
  method_not_allowed: row(405, "invalid_request_error"),
  unsupported_media_type: row(415, "invalid_request_error"),
  input_blocked: row(409, "policy_violation"),
  output_blocked: row(409, "policy_violation"),
  escalation_required: row(409, "policy_violation"),
  request_too_large: row(413, "invalid_request_error"),
  rate_limited: row(429, "rate_limit_error", WORTH_A_RETRY),
  too_many_streams: row(429, "rate_limit_error", WORTH_A_RETRY),
  upstream_rate_limited: row(429, "rate_limit_error", NEXT_TARGET),
  upstream_rejected: row(400, "invalid_request_error"),
  upstream_auth_failed: row(502, "upstream_error", NEXT_TARGET),
  upstream_model_missing: row(502, "upstream_error", NEXT_TARGET),
  upstream_failed: row(502, "upstream_error", NEXT_TARGET),
  upstream_invalid_answer: row(502, "upstream_error", NEXT_TARGET),
  upstream_cut: row(502, "upstream_error", NEXT_TARGET),
  upstream_timeout: row(504, "timeout_error", NEXT_TARGET),
  service_unavailable: row(503, "service_unavailable"),
  overloaded: row(503, "service_unavailable", WORTH_A_RETRY),
  policy_error: row(503, "service_unavailable"),
  gateway_disabled: row(503, "service_unavailable"),
  admin_token_missing: row(503, "service_unavailable"),
  internal: row(500, "internal_error"),
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
  /** Not the target's fault although it names the upstream: counts for nothing with its circuit breaker. */
  readonly blameless?: boolean | undefined;
  /** An answer that a policy would rather have from another target; where none can give one, it is asked once more. */
  readonly another?: boolean | undefined;
  /** The answer is longer than we let any be: what the client has got stays all it gets. */
  readonly tooLong?: boolean | undefined;
  /** What the upstream says it cannot do, so that another target may be able to. */
  readonly lacks?: Capability | undefined;
  /** The words of the upstream that {@link lacks} was read from; absent: a code said it, or a status. */
  readonly lacksSaid?: string | undefined;
  /** The provider's own content filter refused what the request says. */
  readonly filtered?: boolean | undefined;
  /** What this provider's form has no words for, or what is not found at our address: another target may take it. */
  readonly elsewhere?: boolean | undefined;
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
