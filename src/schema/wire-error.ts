import { type Static, Type } from "@sinclair/typebox";
import { Open } from "./vetted.ts";

/** Every error answer, on every route; policy and context errors add members. */
export const WireError = Type.Object({
  error: Open({
    message: Type.String(),
    type: Type.String(),
    param: Type.Union([Type.String(), Type.Null()]),
    code: Type.Union([Type.String(), Type.Null()]),
    request_id: Type.String(),
  }),
});
export type WireError = Static<typeof WireError>;
