import type { CommittedStream } from "../../carbon/commitment.ts";
import type { GatewayError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import type { DecodeChunk } from "../../providers/provider.ts";
import type { Riders } from "../carbon/riders.ts";
import type { ComposedTransform } from "../chain/chain-api.ts";

/** What decides how one stream is read and written. */
export interface StreamRules {
  /** Choices the caller asked for (`n`): an early end is only seen once so many have finished. */
  readonly choices: number;
  /** The caller asked for a usage chunk of its own. */
  readonly includeUsage: boolean;
  /** UTF-8 bytes of text above which the stream fails; absent: any. */
  readonly maxBytes?: number | undefined;
  /** Usage comes by itself (Mistral) and stays on the finish chunk; where we asked for it, it is taken out again. */
  readonly keepUsage: boolean;
  /** For Mistral's own clients: the form of what leaves. They read usage on the finish chunk, wherever it came. */
  readonly toMistral?: ((chunk: JsonObject) => JsonObject) | undefined;
  /** No usage is to be expected, so the finish chunk need not wait for it. */
  readonly noUsage: boolean;
  readonly decode: DecodeChunk;
  /** Output policies; null: bytes go as they came. */
  readonly transform: ComposedTransform | null;
  /** The error an `error` event of the upstream tells of. */
  readonly decodeError: (data: string) => GatewayError;
  /** UTF-8 bytes of the prompt, asked for only where no usage comes. */
  readonly promptBytes: () => number;
  /** The estimate itself, where this stream is not the whole of an answer. */
  readonly estimateUsage?: (() => JsonObject) | undefined;
  /**
   * Members that ride on the last chunks (`vetted`, `routing_trace`). Asked once, when the client takes the chunk that
   * ends the answer: before that nobody knows that it gets this stream.
   */
  readonly riders?: (() => Riders | null) | undefined;
  /** Gathers what the client gets, for a receipt; absent: nobody asks. */
  readonly sent?: CommittedStream | undefined;
  /** Called for an event that was dropped because it is not JSON and shows no sign of content. */
  readonly onDropped: () => void;
}
