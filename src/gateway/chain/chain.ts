import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import type { Logger } from "../../lib/logger.ts";
import type { MaybePromise } from "../../lib/maybe-promise.ts";
import { answerPlacesInSteps, answersHoldText, requestPlacesInSteps, tokenNumbers } from "../../lib/places/extract.ts";
import type { Phase, Policy } from "../../policies/policy.ts";
import type { ChatCompletionChunk } from "../../schema/chat.ts";
import type { PolicyRecord, RequestEvent } from "../../schema/event.ts";
import { dropLogprobs, replacedAnswer, unambiguous } from "./answer.ts";
import { headerOf, type Step, strongest } from "./record.ts";
import type { RunState } from "./run.ts";
import { composeStream } from "./stream.ts";
import { openTargets, type TargetGate } from "./targets.ts";
import { type Walk, walkFrom } from "./walk.ts";

/** One policy of a chain, as the configuration names it. */
export interface ChainPolicy {
  readonly name: string;
  /** `monitor` records the verdict it would have given and lets everything pass. */
  readonly mode: "enforce" | "monitor";
  /** Hooks outside these phases are never called: `request` needs input or tool, `response` and `stream` output or tool. */
  readonly phases: readonly Phase[];
  /**
   * False where it judges who asks rather than what is said, so that it is enforced on `/v1/moderations` too, where the
   * texts are meant to be bad. Default true.
   */
  readonly content?: boolean;
  /** True where it is asked after all others, in every phase. Default false. */
  readonly isLast?: boolean;
  /** Whether it looks for strings that must not pass wherever they stand. */
  readonly scans?: boolean;
  /** Whether it takes things out of requests. */
  readonly redacts?: boolean;
  /** Whether it keeps the texts of requests on the ledger. */
  readonly keepsText?: boolean;
  readonly policy: Policy;
}

/** What a chain is made of. */
export interface ChainOptions {
  /** In the order of the configuration. */
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
  /** Closes, and takes its records back but for those of who wanted another: nothing of it reached the client. */
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

/** The run of a chain that only watches: the same for every request. */
const IDLE_RUN: ChainRun = Object.freeze({
  records: [],
  degraded: [],
  readsAnswers: false,
  request: (parsed: Parsed) => parsed,
  targets: () => null,
  answer: (parsed: Parsed): AnswerResult => ({ action: "pass", parsed }),
  openStream: () => null,
  header: () => null,
  verdict: () => "allow" as const,
});

interface Steps {
  readonly request: readonly Step[];
  readonly targets: readonly Step[];
  readonly answer: readonly Step[];
  readonly stream: readonly Step[];
}

/** The chain of a configuration. Phase by phase, in list order inside a phase; the first block ends it. */
export function createChain(options: ChainOptions): Chain {
  const steps = stepsOf(options.policies);
  const nothingToDo = Object.values(steps).every((list) => list.length === 0);
  return {
    options,
    readsRequests: steps.request.length > 0,
    readsAnswers: steps.answer.length > 0,
    readsStreams: steps.stream.length > 0,
    readsTexts: steps.request.some(({ policy }) => policy.content !== false),
    start(context, blockStatus = options.blockStatus) {
      if (nothingToDo) return IDLE_RUN;
      return startRun({ options, context, blockStatus, records: [], degraded: [] }, steps);
    },
    settle(event, context) {
      for (const { name, policy } of options.policies) {
        try {
          policy.settle?.(event, context);
        } catch (thrown) {
          const error = thrown instanceof Error ? thrown.name : typeof thrown;
          options.log?.error({ request_id: event.id, policy: name, error }, "policy failed to settle an event");
        }
      }
    },
  };
}

/** Who is asked when: requests see input before tool, answers tool before output. */
function stepsOf(policies: readonly ChainPolicy[]): Steps {
  const inPhase = (phase: Phase, instead: Phase | null) =>
    policies
      .filter(({ phases }) => phases.includes(phase) && (instead === null || !phases.includes(instead)))
      .map((policy): Step => ({ policy, phase }));
  const ordered = (steps: readonly Step[]) =>
    steps.toSorted((a, b) => Number(a.policy.isLast ?? false) - Number(b.policy.isLast ?? false));
  const asked = ordered([...inPhase("input", null), ...inPhase("tool", "input")]);
  const answered = ordered([...inPhase("tool", "output"), ...inPhase("output", null)]);
  return {
    request: asked.filter(({ policy }) => policy.policy.request !== undefined),
    targets: asked.filter(({ policy }) => policy.policy.targets !== undefined),
    answer: answered.filter(({ policy }) => policy.policy.response !== undefined),
    stream: answered.filter(({ policy }) => policy.policy.stream !== undefined),
  };
}

function startRun(state: RunState, steps: Steps): ChainRun {
  const { records, degraded, context } = state;
  const readsAnswers = steps.answer.length > 0 && answersHoldText(context.endpoint);
  let open: ComposedTransform | null = null;
  /** Where the records of an answer begin that was not wanted. */
  let unwanted = -1;
  return {
    records,
    degraded,
    readsAnswers,
    request(parsed) {
      return steps.request.length === 0
        ? parsed
        : walkFrom(requestWalk(state, steps.request), 0, { parsed, places: null });
    },
    targets: (parsed) => (steps.targets.length === 0 ? null : openTargets(state, steps.targets, parsed)),
    answer(parsed) {
      if (!readsAnswers) return { action: "pass", parsed };
      // of an answer that nobody gets only who did not want it is told; of one that is judged again, nothing
      if (unwanted >= 0) records.push(...records.splice(unwanted).filter(({ target }) => target !== undefined));
      const first = records.length;
      const walk = answerWalk(state, steps.answer);
      const tell = (answer: Parsed): AnswerResult => {
        unwanted = walk.retry === null ? -1 : first;
        return resultOf(walk, answer);
      };
      const passed = walkFrom(walk, 0, { parsed: unambiguous(parsed), places: null });
      return passed instanceof Promise ? passed.then(tell) : tell(passed);
    },
    openStream(beside = false) {
      if (steps.stream.length === 0 || !answersHoldText(context.endpoint)) return null;
      if (!beside) open?.discard();
      open = composeStream(state, steps.stream);
      return open;
    },
    header: () => headerOf(records),
    verdict: () => strongest(records),
  };
}

function resultOf(walk: Walk, parsed: Parsed): AnswerResult {
  return walk.retry === null ? { action: "pass", parsed } : { action: "retry", parsed, ...walk.retry };
}

function requestWalk(state: RunState, steps: readonly Step[]): Walk {
  return {
    state,
    steps,
    hook: "request",
    places: (value) => requestPlacesInSteps(state.context.endpoint, value),
    tokensIn: (value) => tokenNumbers(state.context.endpoint, value),
    alsoEdit: () => [],
    replace: () => null,
    retry: null,
  };
}

function answerWalk(state: RunState, steps: readonly Step[]): Walk {
  return {
    state,
    steps,
    hook: "response",
    places: (value) => answerPlacesInSteps(state.context.endpoint, value),
    tokensIn: () => null,
    alsoEdit: dropLogprobs,
    replace: replacedAnswer,
    retry: null,
  };
}
