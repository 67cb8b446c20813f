import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Pin } from "./wish.ts";

/** Whether the time of a request is over. */
export function isLate({ deadlineMs }: Pick<RequestContext, "deadlineMs">, clock: Clock): boolean {
  return deadlineMs !== null && clock.monotonic() >= deadlineMs;
}

/**
 * What the attempts of a request come to, with failures under a pin told by region; where the time of the whole request
 * was over, that is what is told.
 */
export async function underPin<T>(pin: Pin | null, answering: Promise<T>, late: () => boolean): Promise<T> {
  if (pin === null) return answering;
  try {
    return await answering;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || (thrown.code === "upstream_timeout" && late())) throw thrown;
    throw regionUnavailable(pin, thrown);
  }
}

/**
 * What a pinned request is told where its region did not answer: `service_unavailable`, never another region. Errors that
 * are the caller's own stay what they are.
 */
export function regionUnavailable({ primary, secondary }: Pin, error: GatewayError): GatewayError {
  const { code, details, message } = error;
  const missing = code === "service_unavailable" || (error.failover && code !== "context_length_exceeded");
  if (!missing) return error;
  const which =
    secondary === null
      ? `The region ${primary} cannot answer`
      : `Neither the region ${primary} nor its secondary ${secondary} can answer`;
  return new GatewayError("service_unavailable", `${which}, and no other may: ${message}`, {
    type: "region_unavailable",
    param: "vetted.region",
    retryAfterMs: details.retryAfterMs,
    upstreamStatus: details.upstreamStatus,
    headers: details.headers,
    cause: error,
  });
}
