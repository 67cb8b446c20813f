import type { Endpoint } from "../../lib/context.ts";
import { chunkPlaces } from "../../lib/places/extract.ts";
import type { ChunkPlace } from "../../lib/places/text-place.ts";
import type { ChatCompletionChunk } from "../../schema/chat.ts";
import { grows } from "./filtered-stream.ts";
import { GrowingArguments } from "./growing-arguments.ts";
import { checkLanes, choiceIndex, choicesIn, finishing } from "./stream-chunks.ts";

/** Reads one text as it grows. Throws a GatewayError to end the stream. */
export interface TextSink {
  push(text: string): void;
  /** Called once, when nothing more follows. */
  end(): void;
}

interface Lane {
  readonly sink: TextSink;
  readonly choice: number;
}

/**
 * Hands each text of a stream to a sink of its own as it grows: one for each choice, kind of part and tool call. A text
 * is over when its choice finishes, before the chunk that says so leaves, or when the stream ends. Where arguments are
 * JSON, each string in them has a further sink of its own, as it is a place of its own in a whole answer.
 */
export class GrowingTexts {
  readonly #endpoint: Endpoint;
  readonly #open: (place: ChunkPlace) => TextSink | null;
  readonly #lanes = new Map<string, Lane | null>();

  /** `open` makes the sink of a text, null for texts of no interest. */
  constructor(endpoint: Endpoint, open: (place: ChunkPlace) => TextSink | null) {
    this.#endpoint = endpoint;
    this.#open = open;
  }

  /** Reads one chunk. */
  push(chunk: ChatCompletionChunk): void {
    for (const place of chunkPlaces(this.#endpoint, chunk)) {
      if (grows(place)) this.#laneOf(place)?.sink.push(place.text);
      else this.#whole(place);
    }
    choicesIn(chunk).forEach((choice, at) => {
      if (finishing(choice)) this.#endOf(choiceIndex(choice, at));
    });
  }

  /** Nothing more follows. */
  end(): void {
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    for (const lane of lanes) lane?.sink.end();
  }

  #laneOf(place: ChunkPlace): Lane | null {
    const known = this.#lanes.get(place.lane);
    if (known !== undefined) return known;
    checkLanes(this.#lanes.size);
    const sink = this.#sinkOf(place);
    const lane = sink === null ? null : { sink, choice: place.choice };
    this.#lanes.set(place.lane, lane);
    return lane;
  }

  #whole(place: ChunkPlace): void {
    const sink = this.#sinkOf(place);
    sink?.push(place.text);
    sink?.end();
  }

  #sinkOf(place: ChunkPlace): TextSink | null {
    const sink = this.#open(place);
    return sink === null || place.kind !== "arguments" ? sink : new GrowingArguments(sink, () => this.#open(place));
  }

  #endOf(choice: number): void {
    for (const [name, lane] of this.#lanes) {
      if (lane === null || lane.choice !== choice) continue;
      this.#lanes.delete(name);
      lane.sink.end();
    }
  }
}
