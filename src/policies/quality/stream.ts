import type { RequestContext } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isObject } from "../../lib/json/json.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../schema/chat.ts";
import { endOfStream } from "../_blocked-answer.ts";
import { recordOf } from "../_reasons.ts";
import { ALLOW, type StreamTransform, type Verdict } from "../policy.ts";
import { choiceIndices } from "../texts/stream-chunks.ts";
import { SaidByChoice } from "./answers.ts";

/** Chunks and characters of a stream that is held; beyond them it is ended rather than let into memory. */
const MOST_CHUNKS = 200_000;
const MOST_UNITS = 16_777_216;

/** What is done with a stream once all of it is known. */
export interface AtEnd {
  /** Judges what was said. Called once, or again where nobody else could be asked after `retry`. */
  readonly verdict: (said: SaidByChoice) => Verdict;
  /** Whether everything is held until then: otherwise the verdict is only written down. */
  readonly holds: boolean;
}

/** A stream that is judged at its end. */
export function judgedAtEnd(context: RequestContext, { verdict, holds }: AtEnd): StreamTransform {
  const said = new SaidByChoice();
  let held: ChatCompletionChunk[] = [];
  let units = 0;
  let last: Verdict | null = null;
  let broken = false;
  const judge = (): Verdict => {
    broken = true;
    last = verdict(said);
    broken = false;
    return last;
  };
  return {
    push(chunk) {
      said.push(context.endpoint, chunk);
      if (!holds) return [chunk];
      units += JSON.stringify(chunk).length;
      if (held.length >= MOST_CHUNKS || units > MOST_UNITS) throw tooLong();
      held.push(chunk);
      return [];
    },
    flush() {
      // whoever lets a stream go on although it could not be judged gets what is held
      const judged = broken ? null : judge();
      if (!holds) return [];
      if (judged === null) return held;
      if (judged.action === "retry") throw another(judged);
      if (judged.action === "block") throw endOfStream(judged);
      const out = judged.action === "replace" ? replaced(held, judged.text) : held;
      held = [];
      return out;
    },
    record() {
      // a stream that broke off is no answer: nobody judges it
      const judged = last ?? ALLOW;
      return recordOf(holds ? judged : { ...judged, action: "allow" });
    },
  };
}

function tooLong(): GatewayError {
  const message = "The upstream's stream is too long to be held until its end, as quality-scorer.on_stream asks for";
  return new GatewayError("upstream_invalid_answer", message);
}

/** Asks for another target's answer; whoever cannot give one flushes once more. */
function another({ reasonCode }: Verdict): GatewayError {
  const message = "Answer blocked: its quality is too low and nobody else could be asked";
  return new GatewayError("output_blocked", message, { another: true, extra: { reason_code: reasonCode } });
}

/** A stream that says `text` in every choice instead of what was said. */
function replaced(held: readonly ChatCompletionChunk[], text: string): readonly ChatCompletionChunk[] {
  const first = held.find(({ choices }) => Array.isArray(choices) && choices.length > 0);
  if (first === undefined) return held;
  const indices = new Set(held.flatMap(choiceIndices));
  const { usage: _, ...envelope } = first;
  const isPlain = (first.choices as readonly ChunkChoice[]).some((choice) => isObject(choice) && "text" in choice);
  const says = (index: number) =>
    isPlain
      ? { index, text, finish_reason: null }
      : { index, delta: { role: "assistant", content: text }, finish_reason: null };
  const ends = (index: number) => ({ index, ...(isPlain ? { text: "" } : { delta: {} }), finish_reason: "stop" });
  return [...indices].flatMap((index) => [
    { ...envelope, choices: [says(index)] },
    { ...envelope, choices: [ends(index)] },
  ]) as unknown as readonly ChatCompletionChunk[];
}
