import { contentText } from "../lib/content-text.ts";
import { asList, asObject, isObject, type JsonObject, memberOf } from "../lib/json/json.ts";

/** Bytes of a request or an answer above which nothing is hashed while it is served. */
export const MAX_COMMITTED_BYTES = 65_536;

/** One choice of an answer, as far as a commitment holds it. */
export interface CommittedChoice {
  readonly content: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
}

/**
 * What `response_commitment` hashes behind the nonce: for each choice in order its content, then each tool call's name
 * and arguments, each followed by a zero byte. The same for a whole answer and for the stream of it.
 */
export function committedText(choices: readonly CommittedChoice[]): string {
  let all = "";
  for (const { content, toolCalls } of choices) {
    all += `${content}\0`;
    for (const call of toolCalls) all += `${call.name}\0${call.arguments}\0`;
  }
  return all;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The choices of a whole answer, in order of their `index`; of embeddings and the like none. */
export function choicesOfAnswer(answer: unknown): readonly CommittedChoice[] {
  if (!isObject(answer)) return [];
  const choices = asList(answer["choices"]).filter(isObject);
  const order = choices.map((choice, at) => ({ choice, index: numberOf(choice["index"], at) }));
  order.sort((a, b) => a.index - b.index);
  return order.map(({ choice }) => {
    const message = isObject(choice["message"]) ? choice["message"] : choice;
    return {
      content: contentText(message["content"] ?? choice["text"]),
      toolCalls: asList(message["tool_calls"]).filter(isObject).map(callOf),
    };
  });
}

function callOf(call: JsonObject): { name: string; arguments: string } {
  const made = asObject(call["function"]);
  const given = made["arguments"];
  return { name: text(made["name"]), arguments: typeof given === "string" ? given : JSON.stringify(given ?? "") };
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

interface Growing {
  content: string;
  readonly calls: Map<number, { name: string; arguments: string }>;
}

/** Gathers from the chunks of a stream what {@link choicesOfAnswer} reads from the whole. */
export class CommittedStream {
  readonly #choices = new Map<number, Growing>();
  #units = 0;

  /** Whether there is more than will be hashed: then nothing more is gathered. */
  get isTooLarge(): boolean {
    return this.#units > MAX_COMMITTED_BYTES;
  }

  /** Takes one chunk as the client gets it. */
  add(chunk: unknown): void {
    if (!isObject(chunk) || this.isTooLarge) return;
    for (const [at, choice] of asList(chunk["choices"]).entries()) {
      if (!isObject(choice)) continue;
      const growing = this.#choice(numberOf(choice["index"], at));
      const delta = isObject(choice["delta"]) ? choice["delta"] : choice;
      const content = contentText(delta["content"] ?? choice["text"]);
      growing.content += content;
      this.#units += content.length;
      for (const [place, call] of asList(delta["tool_calls"]).entries())
        if (isObject(call)) this.#units += addCall(growing, call, place);
    }
  }

  choices(): readonly CommittedChoice[] {
    const byIndex = [...this.#choices].sort(([a], [b]) => a - b);
    return byIndex.map(([, { content, calls }]) => ({
      content,
      toolCalls: [...calls].sort(([a], [b]) => a - b).map(([, call]) => call),
    }));
  }

  #choice(index: number): Growing {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const made: Growing = { content: "", calls: new Map() };
    this.#choices.set(index, made);
    return made;
  }
}

/** Adds a fragment of a call, and says how many UTF-16 units it had. */
function addCall({ calls }: Growing, call: JsonObject, place: number): number {
  const index = numberOf(call["index"], place);
  const { name } = callOf(call);
  const given = argumentsIn(call);
  const known = calls.get(index);
  if (known === undefined) calls.set(index, { name, arguments: given });
  else {
    known.name ||= name;
    known.arguments += given;
  }
  return name.length + given.length;
}

/** A fragment without arguments adds none. */
function argumentsIn(call: JsonObject): string {
  const given = memberOf(call["function"], "arguments");
  return given === undefined ? "" : callOf(call).arguments;
}
