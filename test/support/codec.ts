import { applyEdits } from "../../src/lib/edits/edits.ts";
import type { JsonObject, Parsed } from "../../src/lib/json/json.ts";
import type { Codec, Destination, Dialect } from "../../src/providers/provider.ts";

const DESTINATION: Destination = { model: "m", stream: false, askUsage: false };

/** A body, from its text or from a value. */
export function parsed(body: string | object): Parsed {
  const source = typeof body === "string" ? body : JSON.stringify(body);
  return { source, value: JSON.parse(source) as JsonObject };
}

/** The text a codec sends for a request. */
export function sentText(codec: Codec, body: string | object, to: Partial<Destination> = {}): string {
  const request = parsed(body);
  return applyEdits(request.source, codec.encode(request, { ...DESTINATION, ...to }));
}

/** The value a codec sends for a request. */
export function sent(codec: Codec, body: string | object, to: Partial<Destination> = {}): JsonObject {
  return JSON.parse(sentText(codec, body, to)) as JsonObject;
}

/** The text a client gets for an answer. */
export function givenText(codec: Codec, answer: string | object, request: object = {}, dialect?: Dialect): string {
  return codec.decode(parsed(answer), parsed({ model: "m", ...request }), dialect);
}

/** The value a client gets for an answer. */
export function given(codec: Codec, answer: string | object, request: object = {}): JsonObject {
  return JSON.parse(givenText(codec, answer, request)) as JsonObject;
}

/** A chat answer with these choices. */
export function chat(...choices: object[]): object {
  return { id: "c1", object: "chat.completion", created: 1, model: "m", choices };
}

/** One choice of a chat answer. */
export function choice(message: object, rest: object = {}): object {
  return { index: 0, message: { role: "assistant", ...message }, finish_reason: "stop", ...rest };
}

/** One chunk of a chat stream with these choices. */
export function chunk(...choices: object[]): JsonObject {
  return { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices };
}

/** One choice of a chunk. */
export function delta(given: object, rest: object = {}): object {
  return { index: 0, delta: given, finish_reason: null, ...rest };
}
