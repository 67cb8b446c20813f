import { GatewayError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import { retryAfterMs } from "../../lib/retry-after.ts";
import type { UpstreamFailure } from "../provider.ts";
import { type ErrorFacts, readErrorBody, readErrorValue } from "./body.ts";
import { missingCapability } from "./capabilities.ts";
import { isContentRefusal, isContextOverflow, isKeyTrouble, isQuotaExhausted, isUnpaid, saysQuota } from "./kinds.ts";
import { isUnknownModel } from "./models.ts";

/** Statuses of credentials that are not ours to use, a proxy's on the way among them. */
const NO_ENTRY: ReadonlySet<number> = new Set([401, 403, 407]);

/** Statuses with which upstreams say that they have no such model, or none any more. */
const MODEL_STATUSES: ReadonlySet<number> = new Set([400, 404, 410, 422]);

/** What an upstream that failed is known to have said. */
interface Failure {
  readonly status: number;
  readonly headers: Headers;
  readonly facts: ErrorFacts;
  readonly nowMs?: number | undefined;
  /** True: nobody named a status, it stands for what the error means. */
  readonly isOurs?: boolean;
}

/**
 * `decodeError` of every provider that speaks OpenAI's or Mistral's error forms. An error behind a success (status below
 * 300) is read as if it had come with the status its body names or means. Never throws.
 */
export function decodeUpstreamError(failure: UpstreamFailure): GatewayError {
  const facts = readErrorBody(failure.body);
  if (failure.status < 300) return inAnswer(facts, failure);
  return classify({ ...failure, facts });
}

/** The error of an answer that began as a success: a 200 whose body is an error, or an error event in a stream. */
export function errorInAnswer(value: JsonObject): GatewayError {
  return inAnswer(readErrorValue(value), { headers: new Headers() });
}

function inAnswer(facts: ErrorFacts, { headers, nowMs }: Pick<UpstreamFailure, "headers" | "nowMs">): GatewayError {
  const status = facts.status ?? statusOfKind(facts);
  return classify({ status, headers, facts, nowMs, isOurs: facts.status === null });
}

/** Errors inside a stream seldom carry a status; their type or code says the same. */
function statusOfKind(facts: ErrorFacts): number {
  const kind = `${facts.type ?? ""} ${facts.code ?? ""}`;
  if (/rate_limit|quota|too_many_requests/i.test(kind)) return 429;
  if (/authentication|permission|api_key/i.test(kind)) return 401;
  if (/invalid_request|context_length|not_found|content_filter|invalid_model/i.test(kind)) return 400;
  return 502;
}

/** Whether an answer or a stream event of status 200 is an error in truth. */
export function saysError(value: JsonObject): boolean {
  const error = value["error"];
  if (error !== undefined && error !== null && error !== false) return true;
  const object = value["object"];
  return object === "error" || object === "Error";
}

function classify(failure: Failure): GatewayError {
  const { status, facts, headers } = failure;
  // OpenRouter and xAI refuse a prompt with the status of a wrong key
  if (status === 403 && isContentRefusal(facts)) return rejected(failure);
  if (NO_ENTRY.has(status) || (status === 400 && isKeyTrouble(facts))) return authFailed(status);
  if (status === 429 || isAllowance(failure)) return rateLimited(failure);
  if (status === 408) {
    return new GatewayError("upstream_timeout", "The upstream gave up waiting for the request (408)", {
      upstreamStatus: status,
    });
  }
  if ((status < 500 || status === 500) && isContextOverflow(facts)) {
    return new GatewayError(
      "context_length_exceeded",
      facts.message ?? "The prompt is too long for the upstream's model",
      {
        param: facts.param ?? "messages",
        upstreamStatus: status,
      },
    );
  }
  if (MODEL_STATUSES.has(status) && isUnknownModel(facts)) {
    return new GatewayError(
      "upstream_model_missing",
      `The upstream does not know the model it was asked for (${status})`,
      {
        param: "model",
        upstreamStatus: status,
        ...missingCapability(status, facts),
        cause: facts.message ?? undefined,
      },
    );
  }
  if ((status >= 400 && status < 500) || isIncapable(failure)) return rejected(failure);
  return new GatewayError("upstream_failed", failedMessage(failure), {
    upstreamStatus: status,
    retryAfterMs: retryAfterMs(headers, failure.nowMs),
    cause: facts.message ?? undefined,
  });
}

/** Its wording stays here: it may quote the key. */
function authFailed(status: number): GatewayError {
  return new GatewayError("upstream_auth_failed", `The upstream refused the gateway's credentials (${status})`, {
    upstreamStatus: status,
  });
}

/**
 * Whether another 4xx is about what we may use there, which waiting does not mend: money, a quota, or Groq's 413 for a
 * request that is larger than what any minute allows.
 */
function isAllowance({ status, facts }: Failure): boolean {
  if (status === 402) return isUnpaid(facts);
  return status < 500 && (saysQuota(facts) || (status === 413 && facts.code === "rate_limit_exceeded"));
}

/** The wording is for the log: vendors name our organisation and its limits in it. */
function rateLimited({ status, headers, facts, nowMs }: Failure): GatewayError {
  const spent = status !== 429 || isQuotaExhausted(facts, headers);
  const why = spent ? "the gateway's allowance there is used up" : "too many requests or tokens for now";
  return new GatewayError("upstream_rate_limited", `The upstream refused the request (${status}): ${why}`, {
    upstreamStatus: status,
    retryAfterMs: retryAfterMs(headers, nowMs),
    quotaExhausted: spent ? true : undefined,
    cause: facts.message ?? undefined,
  });
}

/** Some say that they cannot do something with a status that otherwise means a failure (llama.cpp: 500). */
function isIncapable({ status, facts }: Failure): boolean {
  return (status === 500 || status === 501) && missingCapability(status, facts).lacks !== undefined;
}

function rejected({ status, facts }: Failure): GatewayError {
  return new GatewayError(
    "upstream_rejected",
    facts.message ?? `The upstream refused the request (${status}) without a reason`,
    {
      status: status < 500 ? status : 400,
      upstreamStatus: status,
      ...missingCapability(status, facts),
      type: facts.type ?? "invalid_request_error",
      filtered: isContentRefusal(facts) ? true : undefined,
      wireCode: facts.code ?? undefined,
      param: facts.param,
    },
  );
}

function failedMessage({ status, facts, isOurs = false }: Failure): string {
  if (status >= 300 && status < 400)
    return `The upstream answered with a redirect (${status}), which is never followed`;
  if (status === 529) return "The upstream is overloaded (529)";
  const said = facts.message;
  const failed = isOurs ? "The upstream failed" : `The upstream failed (${status})`;
  return said === null || said.length > 300 ? failed : `${failed}: ${said}`;
}
