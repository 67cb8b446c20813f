import { type TSchema, Type } from "@sinclair/typebox";
import { Closed } from "../shapes.ts";
import { EMISSIONS, SPENDING } from "./limits.ts";
import { latencyBudget, regionCode } from "./regions.ts";
import { identifier, modelName, policyBlockStatus, SecretRef } from "./values.ts";

const count = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description }));

/** The value of `consumers[].routing` that is no strategy: the gateway's own, and the default path in place of carbon-aware. */
export const ROUTING_WORDS = ["standard"] as const;

/**
 * Who may call. `chain` and `routing` are given by whoever knows the registries of policies and strategies: the shape of
 * a consumer is the same whatever there is.
 */
export const consumer = <Chain extends TSchema, Routing extends TSchema>(kinds: { chain: Chain; routing: Routing }) =>
  Closed({
    id: identifier("Unique id; stands in the ledger"),
    key_ref: Type.Optional(SecretRef),
    key_sha256: Type.Optional(
      Type.String({
        pattern: "^[0-9a-fA-F]{64}$",
        expects: "the SHA-256 of the key as 64 hexadecimal digits, never the key itself",
        description: "SHA-256 of the key, in hexadecimal",
      }),
    ),
    expires_at: Type.Optional(
      Type.String({
        pattern: "^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d))?$",
        expects:
          "a date (2027-01-31, from its first moment in UTC) or a date-time with its zone (2027-01-31T12:00:00Z)",
        description: "From then on the key is refused",
      }),
    ),
    allowed_models: Type.Optional(
      Type.Array(modelName("Name of a group, a model or a target"), {
        minItems: 1,
        description: "What may be asked for; left out: everything",
      }),
    ),
    allowed_regions: Type.Optional(
      Type.Array(regionCode("A region"), {
        minItems: 1,
        description: "Regions that may answer; a target without one never does. Left out: every region that is allowed",
      }),
    ),
    pin: Type.Optional(
      Closed(
        {
          primary: regionCode("Region of every request"),
          secondary: Type.Optional(regionCode("Region that serves when the primary cannot; without it none does")),
        },
        { description: "The only regions that may answer this consumer" },
      ),
    ),
    latency_budget_ms: Type.Optional(latencyBudget("As providers.routing.latency_budget_ms, for this consumer")),
    roles: Type.Array(identifier("A role, for policies that know roles"), {
      default: [],
      description: "What rbac and agent-firewall know it by",
    }),
    rate_limits: Type.Optional(
      Closed(
        {
          requests_per_minute: count("Requests within any 60 seconds"),
          tokens_per_minute: count("Prompt and completion tokens within any 60 seconds"),
          tokens_per_day: count("Prompt and completion tokens within any 24 hours"),
          max_parallel_requests: count("Requests at once"),
        },
        { description: "How much this consumer may ask for; above it 429" },
      ),
    ),
    budget: Type.Optional(
      Closed({ ...SPENDING, ...EMISSIONS }, { minProperties: 1, description: "What this consumer may spend and emit" }),
    ),
    chain: Type.Optional(kinds.chain),
    routing: Type.Optional(kinds.routing),
    policy_block_status: Type.Optional(policyBlockStatus({})),
  });
