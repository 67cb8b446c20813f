import { asObject, isObject, type JsonObject } from "../../lib/json/json.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../schema/chat.ts";
import type { StreamTransform } from "../policy.ts";
import { choiceIndex, finishing } from "../texts/stream-chunks.ts";
import { MAX_NAME_UNITS, messageCalls, type ToolCall } from "./tool-uses.ts";

/** Who decides about the calls of a stream. Both throw the GatewayError that ends it. */
export interface CallJudge {
  /** Called once per call, as soon as its name is known; before anything of the call has left. */
  named(name: string): void;
  /** Called once per call when all of it is there; where it is given, calls are held until then. */
  complete?(call: ToolCall): void;
  /** What to throw where a call holds what no client could read as one call. */
  malformed(why: string): never;
}

/** What is held of one stream at most; far above what a model can say in one answer. */
const MAX_HELD_UNITS = 4_000_000;
const MAX_HELD_PIECES = 100_000;
/** Calls of one choice: OpenAI takes 128 tools at most, and no model calls them all. */
const MAX_CALLS = 1_024;

/** A piece that has not left, and the chunk and choice it came in. */
interface Held {
  readonly chunk: ChatCompletionChunk;
  readonly choice: ChunkChoice;
  readonly delta: JsonObject;
}

/** One call while it grows. */
interface Growing {
  name: string;
  input: string;
  /** Whether its name is complete: something else of the call, or of another one, has followed. */
  known: boolean;
  released: boolean;
  held: Held[];
}

interface Piece {
  readonly key: string;
  readonly name: string;
  readonly input: string;
  /** The part of the delta that carries it. */
  readonly delta: JsonObject;
}

/** What all choices of one stream hold together. */
interface Load {
  units: number;
  pieces: number;
}

/** The calls of one choice. */
class ChoiceCalls {
  readonly #judge: CallJudge;
  readonly #load: Load;
  readonly #calls = new Map<string, Growing>();

  constructor(judge: CallJudge, load: Load) {
    this.#judge = judge;
    this.#load = load;
  }

  get holding(): boolean {
    for (const call of this.#calls.values()) if (call.held.length > 0) return true;
    return false;
  }

  /** Takes a piece in; it is held until {@link ready} gives it. */
  add(piece: Piece, from: Omit<Held, "delta">): void {
    const call = this.#calls.get(piece.key) ?? { name: "", input: "", known: false, released: false, held: [] };
    this.#calls.set(piece.key, call);
    call.held.push({ ...from, delta: piece.delta });
    this.#weigh(call, piece);
    if (piece.name !== "" && call.known) this.#judge.malformed("its name goes on after it was complete");
    call.name += piece.name;
    if (this.#judge.complete !== undefined) call.input += piece.input;
    if (call.name.length > MAX_NAME_UNITS) this.#judge.malformed(`its name is over ${MAX_NAME_UNITS} characters long`);
    if (piece.input !== "") this.#settleName(call);
  }

  /** Judges what is complete, in order, and gives what may leave; with `ended` everything is complete. */
  ready(ended: boolean): readonly Held[] {
    const out: Held[] = [];
    let before = this.#calls.size;
    let blocked = false;
    for (const call of this.#calls.values()) {
      before--;
      if (!(call.released || blocked)) {
        if (ended || before > 0) this.#settleName(call);
        blocked = !(call.known && (ended || this.#judge.complete === undefined));
        if (!blocked) {
          this.#judge.complete?.({ name: call.name, input: call.input });
          call.released = true;
        }
      }
      if (call.released) out.push(...call.held.splice(0));
    }
    return out;
  }

  #settleName(call: Growing): void {
    if (call.known) return;
    call.known = true;
    this.#judge.named(call.name);
  }

  #weigh(call: Growing, { input }: Piece): void {
    if (this.#judge.complete !== undefined) this.#load.units += input.length;
    if (!call.released) this.#load.pieces++;
    if (this.#load.units > MAX_HELD_UNITS || this.#load.pieces > MAX_HELD_PIECES)
      this.#judge.malformed("it has no end");
    if (this.#calls.size > MAX_CALLS) this.#judge.malformed(`it is one of more than ${MAX_CALLS}`);
  }
}

/**
 * Holds each tool call of a stream until its name is known, or, with `complete`, until all of it is there, and then lets
 * it go as it came. Everything else passes at once. Calls are told apart by choice and index; the legacy
 * `function_call` is one more. However a call is cut into pieces, the judge hears the same.
 */
export function toolGate(judge: CallJudge): StreamTransform {
  const choices = new Map<number, ChoiceCalls>();
  const load: Load = { units: 0, pieces: 0 };

  /** What may leave before the choice, and what is left of it: null where all of it is held. */
  const pass = (chunk: ChatCompletionChunk, choice: ChunkChoice, at: number): Passed => {
    judgeMessage(choice, judge);
    const index = choiceIndex(choice, at);
    const delta: JsonObject = asObject(choice.delta);
    const pieces = piecesOf(delta, judge);
    const calls = choices.get(index) ?? new ChoiceCalls(judge, load);
    if (pieces.length === 0) return { freed: finishing(choice) ? calls.ready(true) : [], rest: choice };
    choices.set(index, calls);
    const held = calls.holding;
    for (const piece of pieces) calls.add(piece, { chunk, choice });
    const freed = calls.ready(finishing(choice));
    // nothing was held before, and nothing is now: it leaves as it came
    if (!held && freed.length === pieces.length) return { freed: [], rest: choice };
    return { freed, rest: restOf(choice, delta) };
  };

  return {
    push(chunk) {
      const given = chunk.choices;
      if (!Array.isArray(given) || !given.some(isObject)) return [chunk];
      const out: ChatCompletionChunk[] = [];
      const kept: ChunkChoice[] = [];
      for (const [at, choice] of given.entries()) {
        if (!isObject(choice)) continue;
        const { freed, rest } = pass(chunk, choice, at);
        out.push(...freed.map(chunkOf));
        if (rest !== null) kept.push(rest);
      }
      if (kept.length === given.length && kept.every((choice, at) => choice === given[at])) out.push(chunk);
      else if (kept.length > 0) out.push({ ...chunk, choices: kept });
      return out;
    },
    flush: () => [...choices.values()].flatMap((calls) => calls.ready(true).map(chunkOf)),
  };
}

interface Passed {
  readonly freed: readonly Held[];
  readonly rest: ChunkChoice | null;
}

/** Some upstreams end a stream with the whole message. */
function judgeMessage(choice: ChunkChoice, judge: CallJudge): void {
  const message = choice["message"];
  for (const call of isObject(message) ? messageCalls(message) : []) {
    judge.named(call.name);
    judge.complete?.(call);
  }
}

/** A held piece as a chunk of its own: its choice has not ended with it, and its usage has been counted. */
function chunkOf({ chunk, choice, delta }: Held): ChatCompletionChunk {
  const { usage: _usage, ...envelope } = chunk;
  const { message: _message, ...rest } = choice;
  return { ...envelope, choices: [{ ...rest, delta, finish_reason: null }] };
}

function restOf(choice: ChunkChoice, delta: JsonObject): ChunkChoice | null {
  const { tool_calls: _calls, function_call: _call, ...rest } = delta;
  const said = Object.values(rest).some((value) => value !== null && value !== undefined && value !== "");
  return said || finishing(choice) ? { ...choice, delta: rest } : null;
}

/** The pieces of calls in one delta, each with the part of the delta that carries it. */
function piecesOf(delta: JsonObject, judge: CallJudge): readonly Piece[] {
  const pieces: Piece[] = [];
  const { tool_calls: list, function_call: legacy } = delta;
  if (Array.isArray(list)) {
    for (const [at, call] of list.entries()) {
      if (!isObject(call)) continue;
      const key = typeof call["index"] === "number" ? String(call["index"]) : `at ${at}`;
      pieces.push({ key, ...partsOf(call, judge), delta: { tool_calls: [call] } });
    }
  }
  if (isObject(legacy)) {
    pieces.push({ key: "legacy", ...textsOf(legacy, "arguments"), delta: { function_call: legacy } });
  }
  return pieces;
}

function partsOf(call: JsonObject, judge: CallJudge): { name: string; input: string } {
  const { function: fn, custom } = call;
  if (isObject(fn) && isObject(custom)) judge.malformed("it is a function and a custom tool at once");
  if (isObject(custom)) return textsOf(custom, "input");
  return isObject(fn) ? textsOf(fn, "arguments") : textsOf(call, "arguments");
}

function textsOf(part: JsonObject, member: "arguments" | "input"): { name: string; input: string } {
  const { name, [member]: input } = part;
  const text = typeof input === "string" ? input : input == null ? "" : JSON.stringify(input);
  return { name: typeof name === "string" ? name : "", input: text };
}
