import { GatewayError, toGatewayError } from "../../lib/errors.ts";
import { certificateFault } from "../../lib/tls-failure.ts";
import { EventTooLarge } from "../streams/sse.ts";

/** The kinds of failure a configuration can name as triggers; `ours` (our key, our model name) always moves on. */
export type Trigger = "rate_limit" | "server_error" | "timeout" | "connection" | "ours" | "context_window";

/** What kind of failure this is for the fallback rules; null: the client's own, answered as it is. */
export function triggerOf(error: GatewayError): Trigger | null {
  switch (error.code) {
    case "upstream_rate_limited":
      return "rate_limit";
    case "upstream_timeout":
      return "timeout";
    case "upstream_cut":
      return "connection";
    case "upstream_failed":
      return error.details.upstreamStatus === undefined ? "connection" : "server_error";
    case "upstream_invalid_answer":
      return "server_error";
    case "upstream_auth_failed":
    case "upstream_model_missing":
      return "ours";
    case "context_length_exceeded":
      return "context_window";
    default:
      return null;
  }
}

/** A machine's word for what is wrong, or for where: `messages[0].content`. */
const FACT = /^[\w.[\]:/-]{1,80}$/;

/**
 * Why an attempt or a stream failed, for the ledger. The caller sees what an upstream said of a request it refused or
 * failed at; the ledger does not, because such wording may quote the prompt.
 */
export function causeOf({ code, message, details }: GatewayError): string {
  if (details.lacks !== undefined) return `The upstream cannot do what the request needs (${details.lacks})`;
  if (code === "upstream_rejected") {
    const facts = [details.wireCode, details.param].filter((fact) => typeof fact === "string" && FACT.test(fact));
    return `The upstream refused the request (${[details.upstreamStatus, ...facts].join(", ")})`;
  }
  if (code === "context_length_exceeded") return "The upstream says that the request is too long for its model";
  const said = details.cause;
  if (code === "upstream_failed" && typeof said === "string" && message.endsWith(`: ${said}`)) {
    return message.slice(0, -said.length - 2);
  }
  return message;
}

/** Thrown through an attempt when the client has gone; never shown to anybody. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/** Thrown through an attempt that is not waited for any more, because another target was faster. */
export class HedgedOut extends Error {
  override readonly name = "HedgedOut";
}

/** What fetch, a body or a local transport threw, as an error of ours. `reason` is what the attempt was aborted with. */
export function connectionError(thrown: unknown, reason: unknown): GatewayError | ClientGone | HedgedOut {
  if (reason instanceof ClientGone || reason instanceof HedgedOut || reason instanceof GatewayError) return reason;
  if (thrown instanceof GatewayError || thrown instanceof ClientGone) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown";
  return new GatewayError("upstream_failed", `Could not get an answer from the upstream: ${explain(code)}`, {
    cause: thrown,
    // another target would fare no better: what is used up is ours
    blameless: OURS.has(code),
  });
}

/** The process, or the machine, may open no more files. */
const OURS: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);

/** Whether this is what an idle connection gives that had died before it was used. */
export function isStaleConnection(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "ECONNRESET" || thrown.code === "EPIPE");
}

function explain(code: string): string {
  switch (code) {
    case "ECONNREFUSED":
    case "ConnectionRefused":
      return "it refused the connection";
    case "ECONNRESET":
    case "EPIPE":
    case "ConnectionClosed":
      return "it closed the connection";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its name could not be resolved";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "there is no way to it in the network";
    case "EMFILE":
    case "ENFILE":
      return "the gateway has as many files and connections open as it may (ulimit -n)";
    case "ERR_PROXY_TUNNEL":
      return "its proxy opened no way to it";
    default:
      return `${CERTIFICATE_FAULTS[certificateFault(code) ?? "none"]} (${code.replace(/[^\w-]/g, "").slice(0, 64)})`;
  }
}

const CERTIFICATE_FAULTS = {
  untrusted: "its certificate is not trusted here",
  "other name": "its certificate is of another name",
  expired: "its certificate has run out or does not count yet",
  none: "the connection failed",
};

/** Whether a policy would rather have another target's answer. */
export function isUnwanted(thrown: unknown): thrown is GatewayError {
  return thrown instanceof GatewayError && thrown.details.another === true;
}

/** An answer of more bytes than `size_limits.max_response_bytes`: the limit is ours, no fault of the target's. */
export function answerTooLong(maxBytes: number): GatewayError {
  const message = `The upstream's answer is larger than ${maxBytes} bytes`;
  return new GatewayError("upstream_invalid_answer", message, { blameless: true, tooLong: true });
}

/** What ended the reading of a stream, as an error of ours. */
export function streamError(thrown: unknown): GatewayError {
  if (thrown instanceof EventTooLarge) return new GatewayError("upstream_invalid_answer", thrown.message);
  if (thrown instanceof GatewayError) return thrown;
  if (thrown instanceof Error && ("code" in thrown || thrown.name === "AbortError")) {
    return new GatewayError("upstream_cut", "The upstream's connection broke before its stream was finished", {
      cause: thrown,
    });
  }
  return toGatewayError(thrown);
}
