import { asObject, asText, isObject, type JsonObject } from "../lib/json/json.ts";
import { ToolDeltas } from "./_tool-deltas.ts";
import type { DecodeChunk } from "./provider.ts";

interface GatheredCall {
  readonly index: number;
  readonly id: unknown;
  name: string;
  text: string;
}

/** The calls of one choice as far as they are known. */
interface Gathered {
  readonly deltas: ToolDeltas;
  readonly calls: Map<number, GatheredCall>;
}

/**
 * Gives the tool calls of a stream whole, on the chunk that ends their choice, as Mistral does. Its own clients read
 * nothing else: `@mistralai/mistralai` demands a name in every piece, and LangChain's numbers the pieces of each delta
 * anew. Every choice gets an `index`, a `delta` and a `finish_reason`, which they demand too.
 */
export function wholeCalls(decode: DecodeChunk): DecodeChunk {
  const gathered = new Map<number, Gathered>();
  return (given) => {
    const chunk = decode(given);
    if (chunk === null || !Array.isArray(chunk["choices"]) || chunk["choices"].length === 0) return chunk;
    const choices: readonly unknown[] = chunk["choices"];
    const seed = asText(chunk["id"]);
    const next = choices.map((choice, at) => (isObject(choice) ? fitChoice(choice, { at, seed, gathered }) : choice));
    if (next.every((choice, at) => choice === choices[at])) return chunk;
    const left = next.filter((choice) => choice !== null);
    if (left.length > 0) return { ...chunk, choices: left };
    return isObject(chunk["usage"]) ? { ...chunk, choices: [] } : null;
  };
}

/** Null: everything in it waits for the rest of a call. */
function fitChoice(
  choice: JsonObject,
  { at, seed, gathered }: { at: number; seed: string; gathered: Map<number, Gathered> },
): JsonObject | null {
  const index = typeof choice["index"] === "number" ? choice["index"] : at;
  const given = choice["delta"];
  const delta = asObject(given);
  const reason = choice["finish_reason"];
  const ends = typeof reason === "string" && reason !== "";
  const calls = delta["tool_calls"];
  const hasCalls = Array.isArray(calls) && calls.length > 0;
  const known = gathered.get(index);
  if (!hasCalls && !(ends && known !== undefined)) {
    const fits = delta === given && choice["index"] === index && (ends || reason === null);
    return fits ? choice : { ...choice, index, delta, finish_reason: ends ? reason : null };
  }
  const { tool_calls: _pieces, ...rest } = delta;
  const own = known ?? { deltas: new ToolDeltas(`${seed}/${index}`), calls: new Map<number, GatheredCall>() };
  if (known === undefined) gathered.set(index, own);
  if (hasCalls) gather(own, calls);
  if (ends) return { ...choice, index, delta: { ...rest, tool_calls: wholeOf(own) } };
  const isEmpty = Object.values(rest).every((value) => value === null || value === "");
  return isEmpty ? null : { ...choice, index, delta: rest, finish_reason: null };
}

function gather({ deltas, calls }: Gathered, pieces: readonly unknown[]): void {
  for (const piece of deltas.next(pieces)) {
    if (!isObject(piece) || typeof piece["index"] !== "number") continue;
    const { index, id } = piece;
    const call = calls.get(index) ?? { index, id, name: "", text: "" };
    calls.set(index, call);
    const fn = asObject(piece["function"]);
    if (typeof fn["name"] === "string") call.name += fn["name"];
    if (typeof fn["arguments"] === "string") call.text += fn["arguments"];
  }
}

function wholeOf({ calls }: Gathered): JsonObject[] {
  const inOrder = [...calls.values()].toSorted((one, other) => one.index - other.index);
  return inOrder.map(({ index, id, name, text }) => ({
    id,
    type: "function",
    function: { name, arguments: text === "" ? "{}" : text },
    index,
  }));
}
