import type { TSchema } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { Clock } from "../../lib/clock.ts";
import type { Endpoint, RequestContext } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import { inOneGo } from "../../lib/in-one-go.ts";
import { MAX_COMMAS, MAX_PARTS, tooMuch } from "../../lib/json/depth.ts";
import { isObject, type JsonObject, type Parsed } from "../../lib/json/json.ts";
import { stringEnd } from "../../lib/json/scan.ts";
import type { MaybePromise } from "../../lib/maybe-promise.ts";
import { onceEach } from "../../lib/once.ts";
import { inSlices } from "../../lib/slices.ts";
import { REQUEST_SCHEMAS } from "../../schema/requests.ts";
import { refuseUnclearKeys, tooDeep } from "./request-keys.ts";
import { describeMismatch } from "./schema-error.ts";

/** UTF-16 units of a body from which on its nesting is looked at before it is parsed. */
const LONG_UNITS = 65_536;

const checkOf = onceEach((endpoint: Endpoint) => TypeCompiler.Compile<TSchema>(REQUEST_SCHEMAS[endpoint]));

/**
 * Reads a body: strict UTF-8, JSON, no two spellings of one key, the endpoint's schema. Throws `invalid_json` or
 * `invalid_request` with the path at fault; a message never shows the caller's text. A long one is read in turns, and
 * given up where the client leaves: it rejects with the signal's reason then.
 */
export function readRequest(
  { endpoint, signal }: Pick<RequestContext, "endpoint" | "signal">,
  bytes: Uint8Array,
  { limits, clock }: { readonly limits: { readonly max_messages?: number | undefined }; readonly clock: Clock },
): MaybePromise<Parsed> {
  const steps = reading(endpoint, bytes, limits.max_messages);
  if (bytes.length > LONG_UNITS) return inSlices(steps, clock, signal);
  return inOneGo(steps);
}

/** Step by step: of ten megabytes each takes some ten milliseconds. */
function* reading(
  endpoint: Endpoint,
  bytes: Uint8Array,
  maxMessages: number | undefined,
): Generator<undefined, Parsed> {
  const source = decodeStrict(bytes);
  yield undefined;
  if (source === null) throw invalidJson("it is not valid UTF-8, or begins with a byte order mark");
  // of a long body this is asked first, because parsing what is nested so deeply, or is in so many parts, keeps everybody waiting
  const much = source.length > LONG_UNITS ? tooMuch(source) : null;
  if (much !== null) throw much === "levels" ? tooDeep() : tooManyParts();
  yield undefined;
  const value = parse(source);
  yield undefined;
  refuseUnclearKeys(endpoint, source, value);
  yield undefined;
  if (SURROGATE_ESCAPE.test(source)) refuseLoneSurrogates(source);
  if (!isObject(value)) throw invalidJson("it is not a JSON object");
  const check = checkOf(endpoint);
  if (!check.Check(value)) throw describeMismatch(value, check);
  refuseTooMany(value, maxMessages);
  if (endpoint === "chat") refuseContentless(value["messages"] as readonly JsonObject[]);
  return { source, value };
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // the parser's own message quotes the body
    throw invalidJson(source.trim() === "" ? "it is empty" : "it does not parse");
  }
}

function invalidJson(reason: string): GatewayError {
  return new GatewayError("invalid_json", `The body is not one JSON object in UTF-8: ${reason}`);
}

function tooManyParts(): GatewayError {
  const most = `${MAX_PARTS} objects, lists and members, or more than ${MAX_COMMAS} values`;
  const message = `The body has more than ${most}: send fewer of them, longer ones`;
  return new GatewayError("request_too_large", message);
}

const SURROGATE_ESCAPE = /\\u[dD][89abAB-Fc-f]/;

/** A lone surrogate has no UTF-8 form: what was inspected could not be what is forwarded. */
function refuseLoneSurrogates(source: string): void {
  for (let at = source.indexOf('"'); at !== -1; ) {
    const end = stringEnd(source, at);
    const literal = source.slice(at, end);
    if (SURROGATE_ESCAPE.test(literal) && !(JSON.parse(literal) as string).isWellFormed()) {
      throw invalidJson("a string holds half of a surrogate pair");
    }
    at = source.indexOf('"', end);
  }
}

/** Only an assistant may have said nothing: it called tools instead. */
function refuseContentless(messages: readonly JsonObject[]): void {
  for (const [index, { role, content }] of messages.entries()) {
    if (content !== undefined || role === "assistant") continue;
    const param = `messages[${index}].content`;
    throw new GatewayError("invalid_request", `Missing required field '${param}'`, { param });
  }
}

function refuseTooMany(value: JsonObject, maxMessages: number | undefined): void {
  const messages = value["messages"];
  if (maxMessages === undefined || !Array.isArray(messages) || messages.length <= maxMessages) return;
  const message = `The conversation has ${messages.length} messages, at most ${maxMessages} are accepted (size_limits.max_messages)`;
  throw new GatewayError("request_too_large", message, { param: "messages" });
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-8 without mending it: null for invalid bytes (lone surrogates and overlong forms are such) and for a byte
 * order mark, which JSON forbids (RFC 8259, section 8.1).
 */
function decodeStrict(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return null;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}
