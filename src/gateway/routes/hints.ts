import { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject } from "../../lib/json/json.ts";
import type { Vetted } from "../../schema/vetted.ts";

/** What a caller asks of routing and receipts, in `vetted` or in headers; null: nothing. */
export interface RoutingHints {
  readonly region: string | null;
  readonly secondaryRegion: string | null;
  readonly routing: "carbon_aware" | "standard" | null;
  readonly latencyBudgetMs: number | null;
  readonly receipt: boolean | null;
  /** Whether anything of it was said. */
  readonly asked: boolean;
}

/** The headers that mean the same as members of `vetted`, for clients that cannot send extra body fields. */
const HEADERS = {
  "x-weir-region": "region",
  "x-weir-secondary-region": "secondary_region",
  "x-weir-routing": "routing",
  "x-weir-latency-budget-ms": "latency_budget_ms",
} as const;

/** What every receipt counts: not the accelerators alone (`narrow`) but their server, the data centre and embodied shares. */
const BOUNDARY = "comprehensive";

const NOTHING: RoutingHints = {
  region: null,
  secondaryRegion: null,
  routing: null,
  latencyBudgetMs: null,
  receipt: null,
  asked: false,
};

/**
 * What the caller asks of routing, in the body's `vetted` object or in headers. Throws `invalid_request` where the two
 * differ, a header is repeated, a value is not a valid one, or the wish stands where nobody would read it
 * (`extra_body`): a pin that is ignored would be worse than an error. Whether a region exists is checked later.
 */
export function readHints(body: JsonObject, headers: Headers): RoutingHints {
  const wrapped = body["extra_body"];
  if (isObject(wrapped) && wrapped["vetted"] !== undefined) {
    // an argument of the Python SDK, which other clients send as it stands
    const message = "Cannot read vetted inside of extra_body: send it as a field of the body itself";
    throw new GatewayError("invalid_request", message, { param: "extra_body.vetted" });
  }
  // its shape was checked with the rest of the body
  let vetted: Vetted | null = isObject(body["vetted"]) ? body["vetted"] : null;
  for (const header in HEADERS) {
    const value = headers.get(header);
    if (value !== null) vetted = withHeader(vetted ?? {}, header as keyof typeof HEADERS, value);
  }
  if (vetted === null) return NOTHING;
  if (vetted.boundary !== undefined && vetted.boundary !== BOUNDARY) {
    const message = `Cannot make a receipt of another vetted.boundary than ${BOUNDARY}: accelerators, their server and PUE count`;
    throw new GatewayError("invalid_request", message, { param: "vetted.boundary" });
  }
  return {
    region: vetted.region ?? null,
    secondaryRegion: vetted.secondary_region ?? null,
    routing: vetted.routing ?? null,
    latencyBudgetMs: vetted.latency_budget_ms ?? null,
    receipt: vetted.receipt ?? null,
    asked: Object.keys(vetted).length > 0,
  };
}

function withHeader(vetted: Vetted, header: keyof typeof HEADERS, text: string): Vetted {
  const name = HEADERS[header];
  const param = `vetted.${name}`;
  if (text.includes(",")) {
    const message = `The header ${header} was sent more than once: send it once`;
    throw new GatewayError("invalid_request", message, { param: header });
  }
  const value = readValue(header, text);
  if (vetted[name] !== undefined && vetted[name] !== value) {
    const message = `The header ${header} and ${param} of the body differ: send one of them`;
    throw new GatewayError("invalid_request", message, { param });
  }
  return { ...vetted, [name]: value };
}

function readValue(header: keyof typeof HEADERS, text: string): string | number {
  const name = HEADERS[header];
  const param = `vetted.${name}`;
  const refuse = (wanted: string): never => {
    const message = `The header ${header} must be ${wanted}, not ${JSON.stringify(text.slice(0, 64))}`;
    throw new GatewayError("invalid_request", message, { param });
  };
  if (name === "latency_budget_ms") {
    const ms = Number(text);
    return /^\d{1,9}(\.\d{1,9})?$/.test(text) && ms > 0 ? ms : refuse("a number of milliseconds above 0");
  }
  if (name === "routing" && text !== "carbon_aware" && text !== "standard") refuse("carbon_aware or standard");
  return text;
}
