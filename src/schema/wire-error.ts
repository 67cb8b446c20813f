import { type Static, Type } from "@sinclair/typebox";
import { nullable, Open } from "./shapes.ts";

/** Every error answer, on every route; policy and context errors add members. */
export const WireError = Type.Object({
  error: Open({
    message: Type.String(),
    type: Type.String(),
    param: nullable(Type.String()),
    code: nullable(Type.String()),
    request_id: Type.String(),
  }),
});
export type WireError = Static<typeof WireError>;
