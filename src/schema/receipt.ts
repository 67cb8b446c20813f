import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable } from "./shapes.ts";
import { Moment, SignalAccounting, SignalBasis, SignalClass } from "./signal.ts";

const number = nullable(Type.Number());
const text = nullable(Type.String());

/** One number an estimate rests on. */
export const ReceiptInput = Closed({
  value: Type.Number(),
  unit: Type.String(),
  source: Type.String({ description: "who says so" }),
  lo: Type.Optional(Type.Number({ description: "where the value is the mean of a range" })),
  hi: Type.Optional(Type.Number()),
});
export type ReceiptInput = Static<typeof ReceiptInput>;

/** The numbers an estimate rests on, by name; one that nobody knows is absent. */
export const ReceiptInputs = Type.Record(Type.String(), ReceiptInput);
export type ReceiptInputs = Static<typeof ReceiptInputs>;

/** What is left out of a receipt or unknown in it, by code; some carry a name behind a colon. */
export const EXCLUSIONS = {
  prompt_processing: "the methodology counts output tokens; reading the prompt is not counted",
  unknown_model_size:
    "nobody has said how large the model is: embodied emissions are unknown, and without telemetry energy and usage too",
  unknown_region: "the target has no region: the grid is unknown",
  unknown_grid_intensity: "no carbon intensity is known for the region",
  unknown_site_water: "the data centre's own water use per kWh is unknown",
  unknown_grid_water: "the water use of the country's electricity is unknown",
  unknown_usage: "nobody has said how many tokens the answer took",
  no_output_tokens: "the answer has no output tokens, which the methodology counts by",
  request_over_64_kb: "the request is too large to be committed to while it is served: request_commitment is null",
  answer_over_64_kb: "the answer is too large to be committed to while it is served: response_commitment is null",
  answer_without_text: "the answer has no choices (embeddings): response_commitment is null",
  unfinished_answer: "the stream ended before its last chunk: what was delivered until then is counted",
  failed_attempt: "this target was asked and gave no part of the answer; what it worked is unknown",
} as const;

const hash = (of: string) => nullable(Type.String({ description: `SHA-256, in hex, ${of}` }));

const estimates = {
  energy_wh: number,
  energy_wh_ci90_lo: number,
  energy_wh_ci90_hi: number,
  gco2e: nullable(Type.Number({ description: "usage and embodied" })),
  gco2e_ci90_lo: number,
  gco2e_ci90_hi: number,
  gco2e_usage: nullable(Type.Number({ description: "the only part in which regions differ" })),
  gco2e_embodied: number,
  ml_water: number,
  ml_water_ci90_lo: number,
  ml_water_ci90_hi: number,
};

const grid = {
  grid_zone: text,
  grid_intensity_gco2_per_kwh: number,
  grid_intensity_source: text,
  grid_intensity_observed_at: nullable(Moment),
  grid_intensity_requested_at: nullable(Moment),
  grid_intensity_age_minutes: number,
  grid_temporal_match: nullable(SignalClass),
  basis: nullable(SignalBasis),
  accounting: nullable(SignalAccounting),
};

/** The part of one target, where several worked on an answer (failed over, resumed). */
export const ReceiptPart = Closed({
  target: Type.String(),
  model: Type.String(),
  region: text,
  tier: Type.Integer(),
  completion_tokens: number,
  ...grid,
  ...estimates,
  inputs: ReceiptInputs,
});
export type ReceiptPart = Static<typeof ReceiptPart>;

/**
 * What really happened to one request, flat, as it stands in an answer's `vetted`. With several `parts` the estimates
 * are their sums, and the grid's fields and the inputs are those of the part that finished the answer.
 */
export const Receipt = Closed({
  receipt_id: Type.String(),
  query_id: Type.String({ description: "x-request-id" }),
  issued_at: Moment,
  issuer: Type.String(),
  tier: Type.Integer({ description: "3: telemetry of the operator, 2: parametric estimate" }),
  model: text,
  target: Type.String(),
  region: text,
  route_taken: Type.String(),
  ...grid,
  prompt_tokens: number,
  completion_tokens: number,
  ...estimates,
  inputs: ReceiptInputs,
  parts: Type.Optional(Type.Array(ReceiptPart)),
  exclusions: Type.Array(Type.String(), {
    description: `what is not counted, or not known and so null: ${Object.entries(EXCLUSIONS)
      .map(([code, what]) => `\`${code}\` (${what})`)
      .join(", ")}`,
  }),
  methodology_version: Type.String(),
  methodology_hash: Type.String(),
  routing_decision_hash: hash("of `routing_trace` as canonical JSON (RFC 8785)"),
  request_commitment: hash("of the text of `commitment_nonce`, then the request body as received"),
  response_commitment: hash(
    "of the text of `commitment_nonce`, then for each choice its content, then each tool call's name and arguments, each followed by a byte 0",
  ),
  commitment_nonce: Type.Optional(Type.String({ description: "in the client's block only" })),
  chain: Type.String({ description: "random id of the thread that signs, since its start" }),
  seq: Type.Integer({ description: "place in the chain, from 1" }),
  prev: hash("of the JWS before it in its chain; null: it is the first"),
  prev_chain: hash("of the last JWS known when the chain began, in its first receipt only"),
  jws: Type.String({
    description: "compact JWS (EdDSA) over the canonical JSON of this block without `jws` and `commitment_nonce`",
  }),
});
export type Receipt = Static<typeof Receipt>;

/** What is signed: the block without `jws` and `commitment_nonce`. */
export type ReceiptPayload = Omit<Receipt, "jws" | "commitment_nonce">;

/** A receipt before it has its place in a chain: `chain` is empty and `seq` 0. Its members stand in canonical order. */
export type UnsignedReceipt = ReceiptPayload;

/** A receipt that was signed. */
export interface SealedReceipt {
  /** The canonical JSON text of what was signed. */
  readonly payload: string;
  readonly jws: string;
  /** The JWS without its payload: header and signature (RFC 7515, appendix F). */
  readonly detached: string;
}

/** A receipt on its way to where it is kept: what was signed, once, and its JWS without that. */
export interface ReceiptRow extends Omit<KeptReceipt, "receipt">, Omit<SealedReceipt, "jws"> {
  readonly id: string;
}

/** A receipt as the gateway keeps it: without the nonce, which only the client has. */
export const KeptReceipt = Closed({
  at: Type.Number({ description: "when the request was received, epoch milliseconds" }),
  consumer: nullable(Type.String(), {
    description: "to whom it belongs; null: callers are not known",
  }),
  receipt: Receipt,
});
export type KeptReceipt = Static<typeof KeptReceipt>;

/** A public key as `/.well-known/jwks.json` shows it (RFC 8037). */
export const ReceiptKey = Closed({
  kty: Type.Literal("OKP"),
  crv: Type.Literal("Ed25519"),
  x: Type.String(),
  kid: Type.String({ description: "RFC 7638 thumbprint" }),
  use: Type.Literal("sig"),
  alg: Type.Literal("EdDSA"),
});
export type ReceiptKey = Static<typeof ReceiptKey>;

/** All keys that ever signed a receipt here, retired ones too. */
export const ReceiptKeys = Closed({ keys: Type.Array(ReceiptKey) });
export type ReceiptKeys = Static<typeof ReceiptKeys>;
