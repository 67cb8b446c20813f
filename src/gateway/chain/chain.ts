import type { Parsed } from "../../lib/json/json.ts";
import { whenKnown } from "../../lib/maybe-promise.ts";
import { answerPlacesInSteps, answersHoldText, requestPlacesInSteps, tokenNumbers } from "../../lib/places/extract.ts";
import type { Phase } from "../../policies/policy.ts";
import { dropLogprobs, replacedAnswer, unambiguous } from "./answer.ts";
import type { AnswerResult, Chain, ChainOptions, ChainPolicy, ChainRun, ComposedTransform } from "./chain-api.ts";
import { headerOf, type Step, strongest } from "./record.ts";
import type { RunState } from "./run.ts";
import { composeStream } from "./stream.ts";
import { openTargets } from "./targets.ts";
import { type Walk, walkFrom } from "./walk.ts";

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

/**
 * The policies of each hook in the order in which they are asked: requests see input before tool, answers tool before
 * output.
 */
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
      return whenKnown(walkFrom(walk, 0, { parsed: unambiguous(parsed), places: null }), tell);
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
