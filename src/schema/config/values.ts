import { type Static, Type } from "@sinclair/typebox";
import { Closed } from "../shapes.ts";

/**
 * Members of a schema that only the configuration loader reads; they are taken out of the published JSON Schema.
 *
 * - `expects`: what a value must look like, in words, where the schema's own words (a pattern) would not help a person.
 * - `derived`: the default follows from other values (in words); the loader fills it in, so it is never required.
 * - `unknownCode`: the lint code of an undeclared key or value, where it is not the usual one.
 * - `opaque`: everything below is data for somebody else: no expansion of null, no aliases.
 */
export const LOADER_KEYWORDS = ["expects", "derived", "unknownCode", "opaque", "foreignKeys"] as const;

/** Whole seconds from 1 to a day. */
export const seconds = (options: Record<string, unknown>) => Type.Integer({ minimum: 1, maximum: 86_400, ...options });

/** Whole milliseconds from 0 to an hour. */
export const milliseconds = (options: Record<string, unknown>) =>
  Type.Integer({ minimum: 0, maximum: 3_600_000, ...options });

/** Where a secret is found; the secret itself never stands in a configuration. */
export const SecretRef = Type.Object(
  {
    env: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
        expects: "the name of an environment variable, such as MISTRAL_API_KEY",
        description: "Environment variable that holds the secret",
      }),
    ),
    file: Type.Optional(
      Type.String({ minLength: 1, description: "File that holds the secret; one end of line is cut off" }),
    ),
    store: Type.Optional(Type.String({ minLength: 1, description: "Name in the secret store" })),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description: "A reference to a secret: exactly one of env, file, store",
  },
);
export type SecretRef = Static<typeof SecretRef>;

/** Statuses a policy block may have: 409 is what callers expect, some SDKs retry it. */
export const policyBlockStatus = (options: Record<string, unknown>) =>
  Type.Unsafe<400 | 403 | 409 | 422>(
    Type.Union(
      [400, 403, 409, 422].map((status) => Type.Literal(status)),
      { description: "HTTP status of a policy block", ...options },
    ),
  );

/** Text that may stand in a header value: no control characters, so that no header can be smuggled in. */
export const HeaderValue = Type.String({
  pattern: "^[\\t\\x20-\\x7e\\x80-\\xff]*$",
  maxLength: 8192,
  expects: "at most 8192 characters of Latin-1 without line breaks and control characters",
});

/** The name of an HTTP header (RFC 9110 token). */
export const HEADER_NAME = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

/** The pattern of an {@link identifier}. */
export const IDENTIFIER = "^[!-~]([ -~]{0,198}[!-~])?$";

/** An id or name of one's own: it goes out in headers and into environment variable names. */
export const identifier = (description: string) =>
  Type.String({
    pattern: IDENTIFIER,
    expects: "1 to 200 printable ASCII characters",
    description,
  });

/** A model name: passed upstream as it is. */
export const modelName = (description: string, more: { readonly derived?: string } = {}) =>
  Type.String({ minLength: 1, maxLength: 500, description, ...more });

/** `data_policy` of a target: what its operator promised about prompts and answers. */
export const DataPolicy = Closed(
  {
    zero_data_retention: Type.Boolean({ default: false, description: "The provider keeps nothing" }),
    training_opt_out: Type.Boolean({ default: false, description: "The provider does not train on it" }),
    retention_days: Type.Optional(
      Type.Integer({ minimum: 0, description: "Days the provider keeps prompts and answers" }),
    ),
  },
  { description: "What its operator has promised about prompts and answers" },
);
export type DataPolicy = Static<typeof DataPolicy>;
