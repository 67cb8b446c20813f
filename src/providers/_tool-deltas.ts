import { isObject, type JsonObject, memberOf } from "../lib/json/json.ts";
import { shortId } from "./_tool-call-id.ts";

interface OpenCall {
  readonly index: number;
  readonly id: string;
  named: boolean;
}

/**
 * Brings the tool-call pieces of one choice into the form OpenAI's clients put together: every piece has an `index`;
 * `id`, `type` and `function.name` stand in a call's first piece alone (clients append what they get, so a name repeated
 * or empty would spoil it). A piece with an index that is taken and an id of its own is a further call, which happens
 * where an upstream numbers every delta from 0.
 */
export class ToolDeltas {
  readonly #seed: string;
  /** Open calls by the upstream's index, and by what it was renumbered to. */
  readonly #calls = new Map<number, OpenCall>();
  readonly #taken = new Set<number>();
  /** Calls of functions, by index, none of whose arguments have come. */
  readonly #bare = new Set<number>();
  #last: OpenCall | undefined;

  /** Ids that the upstream left out are made of `seed`: always the same for the same answer. */
  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Empty objects for the calls whose arguments never came: clients parse what they have put together. */
  rest(): readonly JsonObject[] {
    const bare = [...this.#bare];
    this.#bare.clear();
    return bare.map((index) => ({ index, function: { arguments: "{}" } }));
  }

  /** The pieces of one delta; the same array where nothing had to change. */
  next(pieces: readonly unknown[]): readonly unknown[] {
    let changed = false;
    const result = pieces.map((piece) => {
      const next = isObject(piece) ? this.#piece(piece) : piece;
      if (next !== piece) changed = true;
      return next;
    });
    return changed ? result : pieces;
  }

  #piece(piece: JsonObject): JsonObject {
    const id = idOf(piece);
    const given = typeof piece["index"] === "number" ? piece["index"] : undefined;
    const known = given === undefined ? (id === null ? this.#last : this.#byId(id)) : this.#calls.get(given);
    if (known === undefined || isFurther(piece, id, known)) return this.#open(piece, given, id);
    this.#last = known;
    return this.#continue(piece, known);
  }

  #byId(id: string): OpenCall | undefined {
    for (const call of this.#calls.values()) if (call.id === id) return call;
    return undefined;
  }

  #open(piece: JsonObject, given: number | undefined, id: string | null): JsonObject {
    let index = given ?? 0;
    while (this.#taken.has(index)) index++;
    this.#taken.add(index);
    const fn = stringArguments(piece["function"]);
    const call = { index, id: id ?? shortId(`${this.#seed}/${index}`), named: nameOf(piece) !== null };
    if (isObject(fn) && !hasArguments(fn)) this.#bare.add(index);
    this.#calls.set(given ?? index, call);
    this.#last = call;
    if (given === index && id !== null && typeof piece["type"] === "string" && fn === piece["function"]) return piece;
    return {
      ...piece,
      index,
      id: call.id,
      type: typeof piece["type"] === "string" ? piece["type"] : "function",
      function: fn,
    };
  }

  #continue(piece: JsonObject, call: OpenCall): JsonObject {
    const fn = stringArguments(piece["function"]);
    if (hasArguments(fn)) this.#bare.delete(call.index);
    const name = nameOf(piece);
    const spareName = isObject(fn) && fn["name"] !== undefined && (name === null || call.named);
    if (name !== null) call.named = true;
    const unchanged = fn === piece["function"] && piece["index"] === call.index;
    if (unchanged && !spareName && piece["id"] === undefined && piece["type"] === undefined) return piece;
    const { id: _id, type: _type, ...rest } = piece;
    if (!isObject(fn)) return { ...rest, index: call.index };
    const { name: given, ...others } = fn;
    return {
      ...rest,
      index: call.index,
      function: spareName || given === undefined ? others : { name: given, ...others },
    };
  }
}

function hasArguments(fn: unknown): boolean {
  return isObject(fn) && fn["arguments"] !== undefined && fn["arguments"] !== "";
}

/** Whether a piece begins another call than the one under its index: vLLM has written a new id into every piece of one. */
function isFurther(piece: JsonObject, id: string | null, known: OpenCall): boolean {
  return id !== null && id !== known.id && (!known.named || nameOf(piece) !== null);
}

/** Mistral's schema gives an absent id the text `"null"`. */
function idOf(piece: JsonObject): string | null {
  const id = piece["id"];
  return typeof id === "string" && id !== "" && id !== "null" ? id : null;
}

function nameOf(piece: JsonObject): string | null {
  const fn = piece["function"];
  const name = memberOf(fn, "name");
  return typeof name === "string" && name !== "" ? name : null;
}

/** Clients append what they get: arguments that are null or left out would spoil it like an object. */
function stringArguments(fn: unknown): unknown {
  if (!isObject(fn) || typeof fn["arguments"] === "string") return fn;
  const given = fn["arguments"];
  if (given === undefined || given === null) return { ...fn, arguments: "" };
  return isObject(given) ? { ...fn, arguments: JSON.stringify(given) } : fn;
}
