import type { PlaceRule, TextKind } from "../../schema/place-rule.ts";
import { nestsTooDeep } from "../json/depth.ts";
import { type JsonObject, type JsonPath, parsedJson } from "../json/json.ts";
import type { TextPlace } from "./text-place.ts";
import { type Found, pathOf, type Trail, type Walk, walkBegun, walkOn } from "./walk.ts";

/**
 * More texts than this in one body are refused: a body of a few megabytes can hold a million of one letter each, and no
 * conversation does.
 */
export const MAX_PLACES = 100_000;

/** So many values are looked at between two chances to let others run: a millisecond or two of work. */
const VALUES_A_STEP = 1_024;

const ARGUMENTS: PlaceRule = { is: "text", kind: "arguments" };

/** The texts of a walk, arguments that are JSON also value by value; null where there are more than {@link MAX_PLACES}. */
export function* placesInSteps(walk: Walk, value: JsonObject): Generator<undefined, TextPlace[] | null> {
  const places: TextPlace[] = [];
  if (walk.tree === null) return places;
  const walking = walkBegun(walk, value);
  let decoding: Found | null = null;
  const emit = (found: Found): boolean => {
    places.push(new FoundPlace(found, found.text, null));
    if (found.kind === "arguments") decoding = found;
    return decoding === null && places.length <= MAX_PLACES;
  };
  for (;;) {
    walkOn(walking, emit, VALUES_A_STEP);
    if (decoding !== null) yield* addDecoded(decoding, places);
    decoding = null;
    if (places.length > MAX_PLACES) return null;
    if (walking.stack.length === 0) return places;
    yield undefined;
  }
}

/** The strings and long numbers of arguments that are JSON; nothing where they are not. */
function* addDecoded(found: Found, places: TextPlace[]): Generator<undefined, void> {
  yield undefined;
  const decoded = containerIn(found.text);
  if (decoded === null) return;
  yield undefined;
  const walk = { tree: null, otherwise: ARGUMENTS, role: null, withKeys: false, withFiles: false };
  const walking = walkBegun(walk, decoded);
  const emit = (inside: Found): boolean => {
    places.push(new FoundPlace(found, inside.text, inside.trail));
    return places.length <= MAX_PLACES;
  };
  while (walkOn(walking, emit, VALUES_A_STEP) && walking.stack.length > 0) yield undefined;
}

/** The object or array that a text is the JSON of, else null; null too where it nests deeper than a body may. */
export function containerIn(text: string): object | null {
  if (!/^\s*[[{]/.test(text) || nestsTooDeep(text)) return null;
  return (parsedJson(text) as object | undefined) ?? null;
}

/** Paths are worked out when somebody asks for them: most places are never changed, and a body may have ten thousands. */
class FoundPlace implements TextPlace {
  readonly kind: TextKind;
  readonly text: string;
  readonly role: string | null;
  readonly isKey: boolean;
  readonly isFile: boolean;
  readonly isInner: boolean;
  readonly #trail: Trail;
  readonly #inner: Trail | null;

  constructor({ kind, role, isKey, isFile = false, trail }: Found, text: string, inner: Trail | null) {
    this.kind = kind;
    this.text = text;
    this.role = role;
    this.isKey = isKey;
    this.isFile = isFile;
    this.isInner = inner !== null;
    this.#trail = trail;
    this.#inner = inner;
  }

  get path(): JsonPath {
    return pathOf(this.#trail);
  }

  get inner(): JsonPath | null {
    return this.#inner === null ? null : pathOf(this.#inner);
  }
}
