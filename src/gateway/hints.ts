import { GatewayError } from "../lib/errors.ts";
import { isObject, type JsonObject } from "../lib/json.ts";

/** The headers that mean the same as members of `vetted`, for clients that cannot send extra body fields. */
const HEADERS = {
  "x-weir-region": "region",
  "x-weir-secondary-region": "secondary_region",
  "x-weir-routing": "routing",
  "x-weir-latency-budget-ms": "latency_budget_ms",
} as const;

/** What a caller may ask for without regions: the absence of what regions bring. */
const HARMLESS: JsonObject = { routing: "standard", receipt: false };

/**
 * Checks what the caller asks of routing, in the body's `vetted` object or in headers. Throws `invalid_request` where the
 * two differ or a header is repeated, and refuses what this gateway cannot keep: a pin that is ignored would be worse
 * than an error.
 */
export function checkHints(body: JsonObject, headers: Headers): void {
  const vetted = body["vetted"];
  const hints: Record<string, unknown> = isObject(vetted) ? { ...vetted } : {};
  for (const header in HEADERS) {
    const value = headers.get(header);
    if (value !== null) mergeHeader(hints, header as keyof typeof HEADERS, value);
  }
  for (const name in hints) {
    if (hints[name] !== HARMLESS[name]) throw unserved(name);
  }
}

function mergeHeader(hints: Record<string, unknown>, header: keyof typeof HEADERS, value: string): void {
  const name = HEADERS[header];
  if (value.includes(",")) {
    throw new GatewayError("invalid_request", `The header ${header} was sent more than once: send it once`, {
      param: header,
    });
  }
  const given = hints[name];
  if (given !== undefined && String(given) !== value) {
    throw new GatewayError(
      "invalid_request",
      `The header ${header} and vetted.${name} of the body differ: send one of them`,
      {
        param: `vetted.${name}`,
      },
    );
  }
  hints[name] = given ?? value;
}

function unserved(name: string): GatewayError {
  const param = `vetted.${name}`;
  if (name.endsWith("region")) {
    return new GatewayError("invalid_region", `Cannot pin to a region: no target of this gateway has one`, { param });
  }
  return new GatewayError("invalid_request", `Cannot keep ${param}: no target of this gateway has a region`, { param });
}
