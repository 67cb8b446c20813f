import type { PlaceRule, PlaceTable } from "../schema/place-rule.ts";
import { ANSWER_PLACES, CHUNK_PLACES, REQUEST_PLACES } from "../schema/text-places.ts";
import type { Endpoint } from "./context.ts";
import { GatewayError } from "./errors.ts";
import { nestsTooDeep } from "./json/depth.ts";
import { isObject, type JsonObject, parsedJson } from "./json/json.ts";
import { once } from "./once.ts";
import { type PlaceNode, placeTree } from "./place-tree.ts";
import { type Found, pathOf, type Trail, type Walk, walkTexts } from "./place-walk.ts";
import type { ChunkPlace, TextPlace } from "./text-places.ts";

/**
 * More texts than this in one body are refused: a body of a few megabytes can hold a million of one letter each, and no
 * conversation does.
 */
export const MAX_PLACES = 100_000;

const UNNAMED: PlaceRule = { is: "text", kind: "other" };
const ARGUMENTS: PlaceRule = { is: "text", kind: "arguments" };

type Trees = Readonly<Record<Endpoint, () => PlaceNode | null>>;

/** Each tree is made when its endpoint is first asked for, and kept. */
function treesOf(tables: Readonly<Record<Endpoint, PlaceTable | null>>): Trees {
  const tree = (table: PlaceTable | null) => once(() => (table === null ? null : placeTree(table)));
  return {
    chat: tree(tables.chat),
    completions: tree(tables.completions),
    fim: tree(tables.fim),
    embeddings: tree(tables.embeddings),
    moderations: tree(tables.moderations),
  };
}

const REQUESTS = treesOf(REQUEST_PLACES);
const ANSWERS = treesOf(ANSWER_PLACES);
const CHUNKS = treesOf(CHUNK_PLACES);

/** Every text of a request body, in the order of its members. Throws `request_too_large` above {@link MAX_PLACES}. */
export function requestPlaces(endpoint: Endpoint, value: JsonObject): readonly TextPlace[] {
  const places = placesIn(
    { tree: REQUESTS[endpoint](), otherwise: UNNAMED, role: null, withKeys: true, withFiles: true },
    value,
  );
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
  const places = placesIn(
    { tree: ANSWERS[endpoint](), otherwise: UNNAMED, role: "assistant", withKeys: false, withFiles: false },
    value,
  );
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
  const tree = CHUNKS[endpoint]();
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

/** Null where there are too many. */
function placesIn(walk: Walk, value: JsonObject): TextPlace[] | null {
  const places: TextPlace[] = [];
  if (walk.tree === null) return places;
  const complete = walkTexts(walk, value, (found) => {
    places.push(placeOf(found, null));
    if (found.kind === "arguments") addDecoded(found, places);
    return places.length <= MAX_PLACES;
  });
  return complete ? places : null;
}

/** The path is worked out when somebody asks for it, since most places are never changed. */
function placeOf({ kind, text, role, trail, isKey, isFile = false }: Found, inner: Trail | null): TextPlace {
  return {
    kind,
    text,
    role,
    isKey,
    isFile,
    get path() {
      return pathOf(trail);
    },
    get inner() {
      return inner === null ? null : pathOf(inner);
    },
  };
}

/** The strings and long numbers of arguments that are JSON; nothing where they are not. */
function addDecoded(found: Found, places: TextPlace[]): void {
  const decoded = containerIn(found.text);
  if (decoded === null) return;
  walkTexts({ tree: null, otherwise: ARGUMENTS, role: null, withKeys: false, withFiles: false }, decoded, (inside) => {
    places.push(placeOf({ ...found, text: inside.text }, inside.trail));
    return places.length <= MAX_PLACES;
  });
}

/** The object or array that a text is the JSON of, else null; null too where it nests deeper than a body may. */
export function containerIn(text: string): object | null {
  if (!/^\s*[[{]/.test(text) || nestsTooDeep(text)) return null;
  return (parsedJson(text) as object | undefined) ?? null;
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
