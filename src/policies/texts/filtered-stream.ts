import { JsonFilter } from "../../detect/filter/json-filter.ts";
import type { Replacer, TextFilter } from "../../detect/filter/replacing.ts";
import type { RuleSet } from "../../detect/scan/rules.ts";
import type { Endpoint } from "../../lib/context.ts";
import { chunkPlaces } from "../../lib/places/extract.ts";
import type { ChunkPlace } from "../../lib/places/text-place.ts";
import type { ChatCompletionChunk } from "../../schema/chat.ts";
import type { StreamTransform } from "../policy.ts";
import {
  checkLanes,
  choiceIndex,
  choiceIndices,
  choicesIn,
  finishing,
  isEmptied,
  pieceOf,
  speaks,
} from "./stream-chunks.ts";
import { withText } from "./with-text.ts";

/** Members of a delta that grow from chunk to chunk; everything else in a chunk is whole. */
const GROWING = new Set(
  "content text refusal reasoning reasoning_content reasoning_text thinking thought thoughts arguments input transcript summary output_text".split(
    " ",
  ),
);

/** One text that grows, with what is needed to send more of it. */
interface Lane {
  readonly filter: TextFilter;
  readonly choice: number;
  readonly tool: number | null;
  /** Whether another part of its choice came behind it. */
  isOver: boolean;
  chunk: ChatCompletionChunk;
  path: ChunkPlace["path"];
}

/** Chunks in which a choice went over to another part, and the texts that hold something and may be over with it. */
interface Turn {
  readonly lanes: Set<Lane>;
  /** The texts that these chunks go on with. */
  readonly said: Set<string>;
  /** In the order they leave in: what a text holds stands behind its own chunk, and before those of the next part. */
  readonly waiting: ({ readonly lane: Lane } | { readonly chunk: ChatCompletionChunk })[];
  chunks: number;
}

function addChunks(turn: Turn, chunks: readonly ChatCompletionChunk[]): void {
  for (const chunk of chunks) turn.waiting.push({ chunk });
  turn.chunks += chunks.length;
}

/** More chunks than this do not wait for what the next one tells. */
const MOST_WAITING = 4;
/** Nor more than this, those that say nothing among them. */
const MOST_BLANK = 64;

/**
 * Replaces what is found in the texts of a stream: one filter for each text that grows (choice, kind of part, tool
 * call). What is held leaves before the choice's finish, before a tool call or another kind of part, and at the end.
 * A choice whose parts take turns is read as if they did not: what is held of them waits for its own next piece. So the
 * first chunk of another part waits for the next one, which tells.
 */
export class FilteredStream implements Pick<StreamTransform, "push" | "flush"> {
  readonly #endpoint: Endpoint;
  readonly #set: RuleSet;
  readonly #replacer: Replacer;
  readonly #lanes = new Map<string, Lane>();
  /** Choices whose role the client knows. */
  readonly #begun = new Set<number>();
  readonly #turns = new Map<number, Turn>();
  /** Choices whose parts grow side by side. */
  readonly #mixed = new Set<number>();

  constructor(endpoint: Endpoint, set: RuleSet, replacer: Replacer) {
    this.#endpoint = endpoint;
    this.#set = set;
    this.#replacer = replacer;
  }

  push(chunk: ChatCompletionChunk): readonly ChatCompletionChunk[] {
    const places = chunkPlaces(this.#endpoint, chunk);
    const present = new Map<string, { readonly path: ChunkPlace["path"]; text: string }>();
    let out = chunk;
    let changed = false;
    for (const place of places) {
      const lane = this.#laneOf(place, chunk);
      const text = lane === null ? this.#whole(place.text) : lane.filter.push(place.text);
      if (lane !== null) present.set(place.lane, { path: place.path, text });
      if (text === place.text) continue;
      changed = true;
      out = withText(out, place.path, text);
    }
    const before: ChatCompletionChunk[] = [];
    const activity = this.#activity(chunk);
    const turning: Lane[] = [];
    for (const [choice, ends] of activity) {
      const waits = !ends && activity.length === 1 && this.#isUndecided(choice, present);
      if (!waits) before.push(...this.#endTurn(choice, present));
      for (const [name, lane] of this.#lanes) {
        if (lane.choice !== choice || !lane.filter.holds) continue;
        const here = present.get(name);
        // calls that are asked side by side may be written side by side
        if (!ends && (here !== undefined || lane.tool !== null || this.#mixed.has(choice))) continue;
        // a chunk of several choices cannot wait for one of them; what is held can
        if (!ends && activity.length > 1) continue;
        if (!ends) turning.push(lane);
        else if (here === undefined) before.push(...this.#rest(lane));
        else {
          changed = true;
          out = withText(out, here.path, here.text + lane.filter.flush());
        }
      }
    }
    const given = changed && isEmptied(out, this.#begun) ? [] : [out];
    const waits = activity.length === 0 && this.#waitsToo(chunk, given);
    for (const index of choiceIndices(chunk)) this.#begun.add(index);
    if (waits) return before;
    if (turning.length === 0) return [...before, ...given];
    this.#wait(turning, present.keys(), given);
    return before;
  }

  flush(): readonly ChatCompletionChunk[] {
    const turned = [...this.#turns.keys()].flatMap((choice) => this.#endTurn(choice, new Map()));
    return [...turned, ...[...this.#lanes.values()].flatMap((lane) => this.#rest(lane))];
  }

  /** A chunk waits for what the next one tells of its choice. */
  #wait(lanes: readonly Lane[], said: Iterable<string>, given: readonly ChatCompletionChunk[]): void {
    const { choice } = lanes[0]!;
    const turn = this.#turns.get(choice) ?? { lanes: new Set(), said: new Set(), waiting: [], chunks: 0 };
    for (const lane of lanes) {
      if (!turn.lanes.has(lane)) turn.waiting.push({ lane });
      turn.lanes.add(lane);
    }
    for (const name of said) turn.said.add(name);
    addChunks(turn, given);
    this.#turns.set(choice, turn);
  }

  /** Whether a chunk that says nothing does not leave yet, since it would overtake what waits: a tool call before its id. */
  #waitsToo(chunk: ChatCompletionChunk, given: readonly ChatCompletionChunk[]): boolean {
    const [turn] = choiceIndices(chunk).flatMap((choice) => this.#turns.get(choice) ?? []);
    if (turn === undefined) return false;
    // one with nothing in it is missed by nobody; some upstreams count usage in every chunk
    if (isEmptied(chunk, this.#begun)) return true;
    if (turn.chunks >= MOST_BLANK) return false;
    addChunks(turn, given);
    return true;
  }

  /** Whether a chunk leaves open if what is held of a choice goes on; that its parts take turns is noted. */
  #isUndecided(choice: number, present: ReadonlyMap<string, unknown>): boolean {
    const turn = this.#turns.get(choice);
    let isOther = present.size > 0 && turn !== undefined && turn.said.size > 0 && turn.chunks < MOST_WAITING;
    for (const name of present.keys()) {
      const lane = this.#lanes.get(name);
      if (lane !== undefined && (lane.isOver || turn?.lanes.has(lane))) this.#mixed.add(choice);
      if (turn?.said.has(name)) isOther = false;
    }
    return isOther && !this.#mixed.has(choice);
  }

  /**
   * Ends the turn of a choice at its next chunk: gives what waited for that chunk, and what was held of texts that have
   * ended. What is held of a text that the chunk continues leaves with the chunk.
   */
  #endTurn(choice: number, present: ReadonlyMap<string, unknown>): readonly ChatCompletionChunk[] {
    const turn = this.#turns.get(choice);
    if (turn === undefined) return [];
    this.#turns.delete(choice);
    const isMixed = this.#mixed.has(choice);
    return turn.waiting.flatMap((waiting) => {
      if ("chunk" in waiting) return [waiting.chunk];
      const { lane } = waiting;
      if (isMixed || [...present.keys()].some((name) => this.#lanes.get(name) === lane)) return [];
      lane.isOver = true;
      return this.#rest(lane);
    });
  }

  /** What a text holds, in a chunk of its own. */
  #rest(lane: Lane): readonly ChatCompletionChunk[] {
    return lane.filter.holds ? this.#piece(lane, lane.filter.flush()) : [];
  }

  #piece({ chunk, path }: Lane, text: string): readonly ChatCompletionChunk[] {
    return text === "" ? [] : [pieceOf(chunk, path, text)];
  }

  /** Choices in which something is said, asked of tools or finished, and whether it is finished. */
  #activity(chunk: ChatCompletionChunk): readonly (readonly [number, boolean])[] {
    return choicesIn(chunk).flatMap((choice, position) => {
      const ends = finishing(choice);
      return ends || speaks(choice) ? [[choiceIndex(choice, position), ends] as const] : [];
    });
  }

  #laneOf(place: ChunkPlace, chunk: ChatCompletionChunk): Lane | null {
    const known = this.#lanes.get(place.lane);
    if (!grows(place)) return null;
    if (known !== undefined) {
      known.chunk = chunk;
      known.path = place.path;
      return known;
    }
    checkLanes(this.#lanes.size);
    const { choice, tool, path } = place;
    const lane = { filter: new JsonFilter(this.#set, this.#replacer), choice, tool, isOver: false, chunk, path };
    this.#lanes.set(place.lane, lane);
    return lane;
  }

  #whole(text: string): string {
    const filter = new JsonFilter(this.#set, this.#replacer);
    return filter.push(text) + filter.flush();
  }
}

/** Whether a text of a chunk is a piece of one that grows from chunk to chunk. */
export function grows({ path }: ChunkPlace): boolean {
  const last = path.at(-1);
  const inside = path[0] === "choices" && (path[2] === "delta" || path[2] === "text");
  return inside && typeof last === "string" && GROWING.has(last);
}
