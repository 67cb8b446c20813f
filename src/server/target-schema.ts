import { Type } from "@sinclair/typebox";
import { Closed } from "../schema/vetted.ts";

const text = Type.Union([Type.String(), Type.Null()]);

/** A target as `/api/targets` shows it (`TargetView` of the gateway). */
export const TargetSchema = Closed({
  id: Type.String(),
  provider: Type.String(),
  model: Type.String(),
  models: Type.Array(Type.String()),
  description: text,
  base_url: text,
  region: text,
  available: Type.Boolean(),
  reason: text,
  in_flight: Type.Integer(),
  requests: Type.Integer(),
  failures: Type.Integer(),
  last_error: text,
  last_success_at: Type.Union([Type.Number(), Type.Null()]),
});
