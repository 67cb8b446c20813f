import { Value } from "@sinclair/typebox/value";
import { GatewayError } from "../../lib/errors.ts";
import { isObject } from "../../lib/json/json.ts";
import { PlaygroundAnswer, PlaygroundAsk } from "../../schema/views/policies-view.ts";
import type { ServerOptions } from "../options.ts";
import { textOf } from "../request-text.ts";
import { json, type Route } from "../route.ts";
import { ADMIN } from "./route-facts.ts";

/** Bytes of a playground request: 32,000 characters, however they are escaped. */
const MAX_BYTES = 262_144;

/** Runs a text through the chain; nothing of it is kept. */
export function playgroundRoute({ runtime }: ServerOptions): Route {
  return {
    ...ADMIN,
    method: "POST",
    path: "/api/policies/playground",
    summary: "What each policy sees and says of a text; nothing of it is kept",
    body: { description: "A text, as of a user or of a model", schema: PlaygroundAsk },
    answer: { description: "The verdict, and each policy's", schema: PlaygroundAnswer },
    errors: ["invalid_json", "invalid_request", "request_too_large"],
    handle: async ({ request }) => json(await runtime.gateway.tryPolicies(askOf(await textOf(request, MAX_BYTES)))),
  };
}

function askOf(body: string): PlaygroundAsk {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // the parser's own message quotes the body
    throw new GatewayError("invalid_json", "The body is not one JSON object: give text, and side: request or answer");
  }
  const ask: unknown = isObject(value) ? { side: "request", ...value } : value;
  if (Value.Check(PlaygroundAsk, ask)) return ask;
  const [fault] = Value.Errors(PlaygroundAsk, ask);
  const param = fault?.path.slice(1, 65) || null;
  const message = `Cannot try ${JSON.stringify(param ?? "this")}: give text of 1 to 32000 characters, side: request or answer, and perhaps chain: a name of /api/policies`;
  throw new GatewayError("invalid_request", message, { param });
}
