import type { Static, TSchema } from "@sinclair/typebox";
import type { RequestContext, Services } from "../lib/context.ts";
import type { Parsed } from "../lib/json/json.ts";
import type { MaybePromise } from "../lib/maybe-promise.ts";
import type { TextPlace } from "../lib/places/text-place.ts";
import type { ChatCompletionChunk } from "../schema/chat.ts";
import type { DataPolicy } from "../schema/config/values.ts";
import type { PolicyRecord, RequestEvent } from "../schema/event.ts";

/** When a policy is asked: before routing, about tools, about answers. */
export type Phase = "input" | "tool" | "output";

/** Replaces `[start, end)` of one place's text (UTF-16 units of the decoded text) by `text`. */
export interface Edit {
  readonly place: TextPlace;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What was found, without the text itself. */
export interface Finding {
  /** What kind of thing: an entity, a category, a feature. */
  readonly kind: string;
  readonly score?: number;
}

interface Findings {
  readonly findings?: readonly Finding[];
  /** The policy's own score of the whole, 0..1. */
  readonly score?: number;
}

/** What a policy says of a request or an answer. `retry` and `replace` are for whole answers only. */
export type Verdict =
  | ({ readonly action: "allow"; readonly reasonCode?: string } & Findings)
  | ({ readonly action: "redact"; readonly reasonCode: string; readonly edits: readonly Edit[] } & Findings)
  | ({
      readonly action: "block" | "escalate";
      readonly reasonCode: string;
      readonly message: string;
      /** The message is the operator's own: the caller gets it as it was written, with nothing of ours before it. */
      readonly ownWords?: boolean;
    } & Findings)
  | ({ readonly action: "retry"; readonly reasonCode: string } & Findings)
  | ({ readonly action: "replace"; readonly reasonCode: string; readonly text: string } & Findings);

/** The verdict of a policy that found nothing. */
export const ALLOW: Verdict & { readonly action: "allow" } = { action: "allow" };

/** What the ledger says of a stream. */
export type StreamRecord = Pick<PolicyRecord, "verdict" | "reason_code" | "findings" | "score" | "reasons">;

/**
 * Sees every chunk of one stream in order and gives what may leave. Synchronous. `push` may return none (held), the
 * same chunk, or others; `flush` gives what is still held when the stream ends. Throws a GatewayError with
 * `output_blocked` to end the stream.
 */
export interface StreamTransform {
  push(chunk: ChatCompletionChunk): readonly ChatCompletionChunk[];
  flush(): readonly ChatCompletionChunk[];
  /** What to write on the ledger once the stream is over. */
  record?(): StreamRecord;
}

/** What a policy may know of a target. */
export interface TargetFacts {
  readonly id: string;
  /** The model it is asked for where the request names one that it does not serve. */
  readonly model: string;
  /** Every name it can be asked for: its id, its model, further models. */
  readonly names: readonly string[];
  /** Whether the caller asked for a group by its name and this is one of its own targets. */
  readonly inGroup: boolean;
  /** What its operator promised; undefined: nothing. */
  readonly dataPolicy: DataPolicy | undefined;
}

/** Leaves targets out of one request's route. Synchronous; what it leaves out is never asked, whatever happens. */
export interface TargetFilter {
  /** Why this target may not take the request, for the ledger; null: it may. Asked of every candidate, perhaps again. */
  objection(target: TargetFacts): string | null;
  /** Its verdict, once all candidates were seen; `order` are the ids in the order in which they will be asked. */
  verdict(order: readonly string[]): Verdict & { readonly action: "allow" | "block" };
}

/** One policy of a running chain. Every hook is optional: the absence of all means it only watches. */
export interface Policy {
  /** Reads a request before routing. */
  request?(parsed: Parsed, places: readonly TextPlace[], context: RequestContext): MaybePromise<Verdict>;
  /** Chooses among the targets of a request that has passed; null where it has nothing to say about this one. */
  targets?(parsed: Parsed, context: RequestContext): TargetFilter | null;
  /** Reads a whole answer. */
  response?(parsed: Parsed, places: readonly TextPlace[], context: RequestContext): MaybePromise<Verdict>;
  /** Reads a streamed answer as it grows. */
  stream?(context: RequestContext): StreamTransform;
  /** Called once when the event of a request is complete. Must not throw. Its id may be that of another request, too. */
  settle?(event: RequestEvent, context: RequestContext): void;
}

/** Where texts and tools stand, as `weir policy coverage` tells them apart. */
export const COVERED = ["request", "answer", "stream", "tool_definition", "tool_call", "tool_result"] as const;
export type Covered = (typeof COVERED)[number];

/** The most a policy does at a place when it finds what it looks for; `none`: it does not look there. */
export type Effect = "blocks" | "redacts" | "observes" | "none";

/** The same effect wherever there is something to look at. */
export function everywhere(effect: Effect): Readonly<Record<Covered, Effect>> {
  return Object.fromEntries(COVERED.map((place) => [place, effect])) as Record<Covered, Effect>;
}

/** What of a policy's settings contradicts itself or cannot be enforced; `path` below the policy's block. */
export interface OptionFault {
  readonly path: readonly string[];
  readonly message: string;
  /** What was probably meant, ready to be put in its place. */
  readonly suggestion?: string | undefined;
}

/** Whether a policy acts or only watches: where it has words of its own for `mode`, they say how it judges. */
export function modeOf({ mode }: { readonly mode?: unknown }): "enforce" | "monitor" {
  return mode === "monitor" ? "monitor" : "enforce";
}

/** One policy kind: its name in YAML, its options, and how to make one. */
export interface PolicyModule<Name extends string = string, Options extends TSchema = TSchema> {
  readonly name: Name;
  /** One line for the reference: what it does. */
  readonly summary: string;
  readonly phases: readonly Phase[];
  /** False where it judges who asks, not what is said: then it is enforced on `/v1/moderations` too. Default true. */
  readonly content?: boolean;
  /** True where it sees what all others have let through, wherever the chain names it. Default false. */
  readonly isLast?: boolean;
  /** True where it looks for strings that must not pass wherever they stand, in an upstream's error as well. */
  readonly scans?: boolean;
  /** Whether the ledger keeps texts by these options: then persons may see what waits for them. Default: it does not. */
  keepsText?(options: Static<Options>): boolean;
  /** A closed TypeBox object; every key has a default or is optional. `mode` is added by the configuration. */
  readonly options: Options;
  /** Contradictions that a schema cannot say, as lint findings E007. */
  check?(options: Static<Options>): readonly OptionFault[];
  /**
   * What it does, by these options, at places where its hooks and its `action` are not the whole truth (see
   * `_coverage.ts`). test/contract/coverage.test.ts holds it to that.
   */
  effects?(options: Static<Options>): Partial<Readonly<Record<Covered, Effect>>>;
  create(options: Static<Options>, services: Services): Policy;
}
