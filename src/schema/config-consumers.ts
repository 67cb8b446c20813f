import { Type } from "@sinclair/typebox";
import { SPENDING } from "./config-limits.ts";
import { identifier, modelName, policyBlockStatus, SecretRef } from "./config-values.ts";
import { Closed } from "./vetted.ts";

type OptionalType = Parameters<typeof Type.Optional>[0];

const count = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description }));

/** Values of `consumers[].routing` besides the strategies: the gateway's own, and one that regions bring. */
export const ROUTING_WORDS = ["standard", "carbon_aware"] as const;

/**
 * Who may call. `chain` and `routing` are given by whoever knows the registries of policies and strategies: the shape of
 * a consumer is the same whatever there is.
 */
export const consumer = <Chain extends OptionalType, Routing extends OptionalType>(kinds: {
  chain: Chain;
  routing: Routing;
}) =>
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
    roles: Type.Array(identifier("A role, for policies that know roles"), { default: [] }),
    rate_limits: Type.Optional(
      Closed({
        requests_per_minute: count("Requests within any 60 seconds"),
        tokens_per_minute: count("Prompt and completion tokens within any 60 seconds"),
        tokens_per_day: count("Prompt and completion tokens within any 24 hours"),
        max_parallel_requests: count("Requests at once"),
      }),
    ),
    budget: Type.Optional(Closed(SPENDING, { minProperties: 1 })),
    chain: Type.Optional(kinds.chain),
    routing: Type.Optional(kinds.routing),
    policy_block_status: Type.Optional(policyBlockStatus({})),
  });
