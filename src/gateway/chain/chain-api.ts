import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import type { Logger } from "../../lib/logger.ts";
import type { MaybePromise } from "../../lib/maybe-promise.ts";
import type { Phase, Policy } from "../../policies/policy.ts";
import type { ChatCompletionChunk } from "../../schema/chat.ts";
import type { PolicyRecord, RequestEvent } from "../../schema/event.ts";
import type { TargetGate } from "./targets.ts";

/** One policy of a chain, as the configuration names it. */
export interface ChainPolicy {
  readonly name: string;
  /** `monitor` records the verdict it would have given and lets everything pass. */
  readonly mode: "enforce" | "monitor";
  /** Hooks outside these phases are never called: `request` needs input or tool, `response` and `stream` output or tool. */
  readonly phases: readonly Phase[];
  /**
   * False where it judges who asks rather than what is said. Only such policies are enforced on `/v1/moderations`,
   * whose texts are meant to be bad. Default true.
   */
  readonly content?: boolean;
  /** True where it is asked after all others, in every phase. Default false. */
  readonly isLast?: boolean;
  /** Whether it looks for strings that must not pass wherever they stand. */
  readonly scans?: boolean;
  /** Whether it keeps the texts of requests on the ledger. */
  readonly keepsText?: boolean;
  readonly policy: Policy;
}

/** What a chain is made of. */
export interface ChainOptions {
  /** The policies in the order of the configuration. */
  readonly policies: readonly ChainPolicy[];
  /** What happens when a policy throws or runs past its time: refuse with 503, or go on with a degraded mark. */
  readonly failMode: "block" | "allow";
  /** How long one hook of one policy may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Where a policy's failure outside a request is said. */
  readonly log?: Logger;
  /** HTTP status of a blocked or escalated request or answer (`server.policy_block_status`). */
  readonly blockStatus: number;
}

/** What the policies made of a whole answer. */
export type AnswerResult =
  /** Goes to the client; the same object where nothing had to change. */
  | { readonly action: "pass"; readonly parsed: Parsed }
  /** A policy wants another answer: ask once more and give that one to `answer`, or let `parsed` pass. */
  | { readonly action: "retry"; readonly parsed: Parsed; readonly policy: string; readonly reasonCode: string };

/** All stream transforms of one streamed answer, composed. Synchronous. */
export interface ComposedTransform {
  /**
   * What may leave after this chunk, in order; the same object where it may leave unchanged. Throws a GatewayError
   * (`output_blocked`, `policy_error`, …) when the stream must end here.
   */
  push(chunk: ChatCompletionChunk): readonly ChatCompletionChunk[];
  /** What was still held, once the upstream has ended well. Throws as `push` does. Closes. */
  flush(): readonly ChatCompletionChunk[];
  /** Brings `run.records` up to date; call it when the stream ends any other way. Calling it again does nothing. */
  close(): void;
  /**
   * Closes, because nothing of it reaches the client: its records are removed, save those of policies that wanted
   * another answer.
   */
  discard(): void;
}

/** The chain's walk through one request. Make it with {@link Chain.start}; never share it. */
export interface ChainRun {
  /** What every policy said so far, in the order they were asked: for the ledger, also after a throw. */
  readonly records: readonly PolicyRecord[];
  /** Marks for the ledger where a policy failed and the chain went on: `policy_error:NAME`, `policy_timeout:NAME`. */
  readonly degraded: readonly string[];
  /** Whether {@link answer} would read anything; false where this endpoint's answers hold no text. */
  readonly readsAnswers: boolean;
  /**
   * The request as it may go on: the same object where nothing was redacted, and then at once where every policy is
   * synchronous. Throws or rejects with a GatewayError: `input_blocked`, `escalation_required`, `policy_error`, or what
   * a policy itself threw as one.
   */
  request(parsed: Parsed): MaybePromise<Parsed>;
  /** What policies say of the targets of a request that has passed; null where none has anything to say. */
  targets(parsed: Parsed): TargetGate | null;
  /** The same for a whole answer: `output_blocked` instead of `input_blocked`. Again after `retry`, with whichever answer. */
  answer(parsed: Parsed): MaybePromise<AnswerResult>;
  /**
   * Null where no policy reads streams: the bytes may pass untouched. Opening another one (a further attempt) discards
   * the one before, unless it is opened `beside` it.
   */
  openStream(beside?: boolean): ComposedTransform | null;
  /** The value of `x-weir-policy` as known now; null where no policy was asked. */
  header(): string | null;
  /** The strongest verdict that was enforced so far. */
  verdict(): "allow" | "redact" | "escalate" | "block";
}

/** The policies of one configuration, ready to run. */
export interface Chain {
  /** What it was made of. */
  readonly options: ChainOptions;
  /** Whether any policy reads requests, whole answers, streams. False: nothing is extracted, nothing costs. */
  readonly readsRequests: boolean;
  readonly readsAnswers: boolean;
  readonly readsStreams: boolean;
  /** Whether any policy reads what a request says, not only who asks for what. */
  readonly readsTexts: boolean;
  /** Begins one request. `blockStatus` replaces the chain's own where the consumer has one. */
  start(context: RequestContext, blockStatus?: number): ChainRun;
  /** Hands the finished event to every policy that wants it; what they throw is logged and dropped. */
  settle(event: RequestEvent, context: RequestContext): void;
}
