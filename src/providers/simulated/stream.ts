import type { Clock } from "../../lib/clock.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import { pause } from "../../lib/pause.ts";
import { type Envelope, usageOf } from "./answers.ts";
import type { Plan, PlannedChoice } from "./chat.ts";
import { countTokens } from "./text.ts";

/** Which events a stream consists of. */
export type StreamForm = "chat" | "completion";

/** One event of a stream: its JSON, and the tokens that have been given once it is out. */
interface Timed {
  readonly data: JsonObject | null;
  readonly tokens: number;
}

/** How a stream runs. */
export interface Pace {
  readonly tokensPerSecond: number;
  /** The connection breaks once so many tokens are out; null: it does not. */
  readonly cutAfterTokens: number | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The events of a plan, choices interleaved token by token; `usage` rides on the last finish chunk. */
export function* eventsOf(plan: Plan, envelope: Envelope, form: StreamForm): Generator<Timed> {
  const base = { ...envelope, object: form === "chat" ? "chat.completion.chunk" : "text_completion" };
  const chunk = (choice: JsonObject, rest: JsonObject = {}): JsonObject => ({ ...base, choices: [choice], ...rest });
  let tokens = 0;
  if (form === "chat") {
    for (const { index } of plan.choices)
      yield { data: chunk(deltaOf(index, { role: "assistant", content: "" })), tokens };
  }
  const pieces = plan.choices.map((choice) => piecesOf(choice, form));
  const longest = Math.max(0, ...pieces.map((list) => list.length));
  for (let at = 0; at < longest; at++) {
    for (const [index, list] of pieces.entries()) {
      const piece = list[at];
      if (piece === undefined) continue;
      tokens += piece.tokens;
      yield {
        data: chunk(
          form === "chat"
            ? deltaOf(index, piece.delta)
            : { index, ...piece.delta, logprobs: null, finish_reason: null },
        ),
        tokens,
      };
    }
  }
  for (const [at, { index, finishReason }] of plan.choices.entries()) {
    const end = form === "chat" ? { index, delta: {} } : { index, text: "" };
    const usage = at === plan.choices.length - 1 ? { usage: usageOf(plan) } : {};
    yield { data: chunk({ ...end, logprobs: null, finish_reason: finishReason }, usage), tokens };
  }
  yield { data: null, tokens };
}

function deltaOf(index: number, delta: JsonObject): JsonObject {
  return { index, delta, logprobs: null, finish_reason: null };
}

interface Piece {
  readonly delta: JsonObject;
  readonly tokens: number;
}

function piecesOf({ tokens, call }: PlannedChoice, form: StreamForm): readonly Piece[] {
  if (call === null)
    return tokens.map((token) => ({ delta: form === "chat" ? { content: token } : { text: token }, tokens: 1 }));
  // whole, as Mistral sends it: its own client refuses a piece without a name, and OpenAI's take both
  const whole = { index: 0, id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } };
  return [{ delta: { tool_calls: [whole] }, tokens: countTokens(call.name) + countTokens(call.arguments) }];
}

const encoder = new TextEncoder();

/**
 * The events as server-sent bytes, no faster than the pace and no faster than they are read: nothing is made before it is
 * pulled. Errors with the signal's reason when that is aborted, and with a broken connection where the pace says so.
 */
export function pacedStream(events: Iterator<Timed>, pace: Pace): ReadableStream<Uint8Array> {
  const { clock, signal } = pace;
  const startedMs = clock.monotonic();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = events.next();
        if (next.done === true) return controller.close();
        const { data, tokens } = next.value;
        if (pace.cutAfterTokens !== null && tokens > pace.cutAfterTokens) return controller.error(brokenConnection());
        const dueMs = startedMs + (tokens * 1000) / pace.tokensPerSecond;
        await pause(dueMs - clock.monotonic(), clock, signal);
        if (signal.aborted) return controller.error(signal.reason);
        controller.enqueue(encoder.encode(`data: ${data === null ? "[DONE]" : JSON.stringify(data)}\n\n`));
      },
    },
    { highWaterMark: 0 },
  );
}

/** What a connection that was cut looks like to the code that reads it. */
export function brokenConnection(): Error {
  return Object.assign(new Error("The simulated upstream cut the connection"), { code: "ECONNRESET" });
}
