import { GatewayError } from "../../lib/errors.ts";
import type { Target } from "./target.ts";

/** Shorter values are versions and words, and nobody's key. */
const SHORTEST = 8;

/**
 * The same error without the credentials of the target that it comes from: an upstream, or a proxy in front of it, may
 * quote the head of our request, and its words go to callers, to the ledger and to logs. Also constant headers count,
 * which may hold secrets of the environment.
 */
export function withoutCredentials(error: GatewayError, target: Target): GatewayError {
  const { message, details } = error;
  const { param, type, wireCode, cause } = details;
  const hidden = credentialsOf(target).filter((credential) =>
    [message, param, type, wireCode, cause].some((said) => typeof said === "string" && said.includes(credential)),
  );
  if (hidden.length === 0) return error;
  const clean = <Said>(said: Said): Said | string =>
    typeof said === "string"
      ? hidden.reduce((text, credential) => text.replaceAll(credential, "[secret]"), said)
      : said;
  return new GatewayError(error.code, clean(message), {
    ...details,
    param: clean(param),
    type: clean(type),
    wireCode: clean(wireCode),
    cause: clean(cause),
  });
}

/** The key alone, without `Bearer`, and whatever else the configuration sends with each request. */
function credentialsOf({ headers, config }: Target): string[] {
  const key = headers[config.api_key_header.toLowerCase()]?.slice(config.api_key_prefix.length) ?? "";
  return [key, ...Object.values(config.headers)].filter(({ length }) => length >= SHORTEST);
}
