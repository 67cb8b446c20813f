import type { PlaceRule, PlaceTable } from "../../schema/place-rule.ts";
import { ANSWER_PLACES, CHUNK_PLACES, REQUEST_PLACES } from "../../schema/text-places.ts";
import type { Endpoint } from "../context.ts";
import { GatewayError } from "../errors.ts";
import { inOneGo } from "../in-one-go.ts";
import { isObject, type JsonObject } from "../json/json.ts";
import { onceEach } from "../once.ts";
import { MAX_PLACES, placesInSteps } from "./list.ts";
import type { ChunkPlace, TextPlace } from "./text-place.ts";
import { placeTree } from "./tree.ts";
import { type Found, pathOf, walkTexts } from "./walk.ts";

const UNNAMED: PlaceRule = { is: "text", kind: "other" };

const treesOf = (tables: Readonly<Record<Endpoint, PlaceTable | null>>) =>
  onceEach((endpoint: Endpoint) => (tables[endpoint] === null ? null : placeTree(tables[endpoint])));

const requestTree = treesOf(REQUEST_PLACES);
const answerTree = treesOf(ANSWER_PLACES);
const chunkTree = treesOf(CHUNK_PLACES);

/** Every text of a request body, in the order of its members. Throws `request_too_large` above {@link MAX_PLACES}. */
export function requestPlaces(endpoint: Endpoint, value: JsonObject): readonly TextPlace[] {
  return inOneGo(requestPlacesInSteps(endpoint, value));
}

/** {@link requestPlaces} for a long body: gives way now and then. */
export function* requestPlacesInSteps(
  endpoint: Endpoint,
  value: JsonObject,
): Generator<undefined, readonly TextPlace[]> {
  const walk = { tree: requestTree(endpoint), otherwise: UNNAMED, role: null, withKeys: true, withFiles: true };
  const places = yield* placesInSteps(walk, value);
  if (places !== null) return places;
  throw new GatewayError(
    "request_too_large",
    `The request holds more than ${MAX_PLACES} texts: send fewer, longer ones`,
  );
}

/** The member that may hold a text as the numbers of its tokens. */
const TOKENISED: Partial<Readonly<Record<Endpoint, string>>> = { completions: "prompt", embeddings: "input" };

/** The member of a request body that holds token numbers instead of text; null where none does. */
export function tokenNumbers(endpoint: Endpoint, value: JsonObject): string | null {
  const member = TOKENISED[endpoint];
  const given = member === undefined ? undefined : value[member];
  const isText = (one: unknown): boolean => typeof one === "string" || isObject(one);
  return member !== undefined && Array.isArray(given) && !given.every(isText) ? member : null;
}

/**
 * Every text of a whole answer, all choices; none for endpoints whose answers hold no text. Throws
 * `upstream_invalid_answer` above {@link MAX_PLACES}.
 */
export function answerPlaces(endpoint: Endpoint, value: JsonObject): readonly TextPlace[] {
  return inOneGo(answerPlacesInSteps(endpoint, value));
}

/** {@link answerPlaces} for a long answer: gives way now and then. */
export function* answerPlacesInSteps(
  endpoint: Endpoint,
  value: JsonObject,
): Generator<undefined, readonly TextPlace[]> {
  const walk = { tree: answerTree(endpoint), otherwise: UNNAMED, role: "assistant", withKeys: false, withFiles: false };
  const places = yield* placesInSteps(walk, value);
  if (places !== null) return places;
  const message = `The upstream's answer holds more than ${MAX_PLACES} texts: it cannot be checked`;
  throw new GatewayError("upstream_invalid_answer", message);
}

/** Whether whole answers and chunks of this endpoint hold text at all. */
export function answersHoldText(endpoint: Endpoint): boolean {
  return ANSWER_PLACES[endpoint] !== null;
}

/**
 * Every text of one streamed chunk, with the lane it is a piece of. Arguments are pieces here and are not decoded.
 * Throws `upstream_invalid_answer` above {@link MAX_PLACES}.
 */
export function chunkPlaces(endpoint: Endpoint, chunk: JsonObject): readonly ChunkPlace[] {
  const tree = chunkTree(endpoint);
  const places: ChunkPlace[] = [];
  if (tree === null) return places;
  const complete = walkTexts(
    { tree, otherwise: UNNAMED, role: "assistant", withKeys: false, withFiles: false },
    chunk,
    (found) => {
      places.push(chunkPlace(chunk, found));
      return places.length <= MAX_PLACES;
    },
  );
  if (complete) return places;
  throw new GatewayError("upstream_invalid_answer", `One event of the upstream holds more than ${MAX_PLACES} texts`);
}

function chunkPlace(chunk: JsonObject, found: Found): ChunkPlace {
  const path = pathOf(found.trail);
  const [root, position, holder, member, call] = path;
  const choices = chunk["choices"];
  const own = root === "choices" && Array.isArray(choices) ? (choices[position as number] as JsonObject) : undefined;
  const choice = indexIn(own, typeof position === "number" ? position : 0);
  const delta = own?.[holder as string] as JsonObject | undefined;
  const calls = member === "tool_calls" ? delta?.[member] : undefined;
  const tool = Array.isArray(calls) ? indexIn(calls[call as number] as JsonObject, call as number) : null;
  const field = tool === null ? (member ?? holder ?? root) : path.slice(5).join(".");
  return {
    kind: found.kind,
    text: found.text,
    role: found.role,
    path,
    inner: null,
    choice,
    tool,
    lane: `${choice}/${tool ?? "-"}/${field}/${found.kind}`,
  };
}

function indexIn(value: JsonObject | undefined, position: number): number {
  const index = value?.["index"];
  return typeof index === "number" ? index : position;
}
