import { ERRORS, type ErrorCode } from "../../lib/errors.ts";
import { code, type DocsPage, prose, table } from "./html.ts";

/** What each code tells a caller. */
const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  invalid_json: "The body is not JSON, or not UTF-8",
  invalid_request: "A field is missing, unknown or of the wrong form; `param` names it",
  invalid_region: "There is no region of that code",
  context_length_exceeded: "The request fits no target that is left",
  invalid_api_key: "No key, or one that nobody has",
  key_expired: "The key is past its `expires_at`",
  budget_exceeded: "The budget of the consumer or of the gateway is spent, or this request would go beyond it",
  model_not_allowed: "This consumer may not ask for that model",
  region_not_allowed: "No request, or none of this consumer, may go to that region",
  model_not_found: "Nobody serves a model of that name",
  not_found: "There is nothing at this path, or nothing with that id",
  method_not_allowed: "The path is served, with the methods of `Allow`",
  unsupported_media_type: "The body is not sent as `application/json`",
  input_blocked: "A policy stopped the request; the status is `policy_block_status`",
  output_blocked: "A policy stopped the answer; the status is `policy_block_status`",
  escalation_required: "The request waits for a person; `escalation_id` says under which id",
  request_too_large: "The body has more bytes or messages than `size_limits` lets in",
  rate_limited: "Too many requests or tokens; `Retry-After` says when to come back",
  too_many_streams: "This consumer has as many requests open as it may",
  upstream_rate_limited: "Every target that is left is busy",
  upstream_rejected:
    "The upstream refused the request itself; status and message are its own, and so is the code where it has one",
  upstream_auth_failed: "The upstream does not take the gateway's key",
  upstream_model_missing: "The upstream does not know the model that the gateway asks it for",
  upstream_failed: "The upstream could not be reached, or failed",
  upstream_invalid_answer: "The upstream's answer could not be read",
  upstream_cut: "The upstream's connection broke within its answer",
  upstream_timeout: "The upstream took too long",
  service_unavailable: "No target can be asked at the moment; for a pin none of its regions (`region_unavailable`)",
  overloaded: "The gateway has no place free, or cannot write its ledger",
  policy_error: "A policy failed, and `--fail-mode block` refuses what it could not judge",
  gateway_disabled: "The configuration says `pack.enabled: false`",
  admin_token_missing:
    "There is no admin token yet: make one with `weir admin token`, or give `server.admin_token_ref` a secret that is there",
  internal: "A mistake of the gateway's; its log says more under the same request id",
};

const SHORT_WAIT = "where `Retry-After` is at most 20 s";
/** What a retry may mend only sometimes: `isFinal` of `error-response.ts` in words. */
const SOMETIMES: Partial<Readonly<Record<ErrorCode, string>>> = {
  upstream_rate_limited: SHORT_WAIT,
  service_unavailable: SHORT_WAIT,
  invalid_request: "only with status 408",
  upstream_rejected: "only with status 408, 409 or 425",
};

/** Every code of `error.code`. */
export const errorsPage: DocsPage = {
  path: "/docs/errors",
  title: "Errors",
  summary:
    'Every error has the body `{"error": {"message", "type", "param", "code", "request_id"}}`; in a stream that has begun it stands in a `data:` line. Those that a retry cannot mend, and those that were retried already, carry `x-should-retry: false`.',
  body() {
    const rows = Object.entries(ERRORS).map(([name, { status, type, failover, final }]) => ({
      id: name,
      cells: [
        code(name),
        String(status),
        code(type),
        failover ? "yes" : "no",
        prose(SOMETIMES[name as ErrorCode] ?? (final ? "no" : "yes")),
        prose(MEANINGS[name as ErrorCode]),
      ],
    }));
    return table(["code", "status", "type", "next target", "worth a retry", "meaning"], rows);
  },
};
