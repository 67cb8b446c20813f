import { Type } from "@sinclair/typebox";
import { Closed } from "../shapes.ts";
import { SecretRef } from "./values.ts";

/** Receipts: what an answer took, signed. */
export const Receipts = Closed(
  {
    enabled: Type.Boolean({ default: true, description: "false: no answer carries a receipt, whoever asks" }),
    issuer: Type.String({
      minLength: 1,
      maxLength: 200,
      default: "weir",
      description: "Who stands behind the receipts, as it is written in them",
    }),
    key_ref: Type.Optional(SecretRef),
  },
  {
    default: {},
    description: "Signed receipts of answers; without key_ref the key is made in the state directory",
  },
);

const positive = (description: string) => Type.Optional(Type.Number({ exclusiveMinimum: 0, description }));

/** What the operator knows of the machine behind a target: wins over every table, and counts as known. */
export const Energy = Closed(
  {
    active_params_b: positive("Parameters that work on one token, in 1e9"),
    total_params_b: positive("All parameters, in 1e9; without it those that are active"),
    gpus: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: "GPUs of 80 GB of one instance" })),
    bits: Type.Optional(Type.Integer({ minimum: 1, maximum: 64, description: "Bits of one parameter; 16" })),
    pue: Type.Optional(Type.Number({ minimum: 1, maximum: 10, description: "Power usage effectiveness" })),
    wue: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1000, description: "Litres of water per kWh of the data centre itself" }),
    ),
    measured_wh_per_token: positive("Wh per output token of the server, PUE not included: telemetry, tier 3"),
  },
  { minProperties: 1, description: "Size and machine of the model, for energy and emissions" },
);
