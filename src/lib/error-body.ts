import type { WireError } from "../schema/wire-error.ts";
import { ERRORS, type GatewayError } from "./errors.ts";

/** The wire form of an error: what a body holds and what an error event of a stream holds. */
export function errorBody(error: GatewayError, requestId: string): WireError {
  const { details } = error;
  return {
    error: {
      ...details.extra,
      message: error.message,
      type: details.type ?? ERRORS[error.code].type,
      param: details.param ?? null,
      code: details.wireCode === undefined ? error.code : details.wireCode,
      request_id: requestId,
    },
  };
}
