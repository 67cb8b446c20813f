import { GatewayError } from "../../lib/errors.ts";
import type { StreamTransform } from "../../policies/policy.ts";
import type { ChatCompletionChunk } from "../../schema/chat.ts";
import type { PolicyRecord } from "../../schema/event.ts";
import type { ComposedTransform } from "./chain-api.ts";
import { KeptLogprobs } from "./kept-logprobs.ts";
import { recordOf, type Step } from "./record.ts";
import { APPROVED, decorated, enforces, failed, isApproved, type RunState, reasonOf } from "./run.ts";

type Chunks = readonly ChatCompletionChunk[];

interface Stage {
  readonly step: Step;
  /** False: it sees the stream, and what it gives is dropped. */
  readonly enforced: boolean;
  /** Null once it has failed: the stream goes on without it. */
  transform: StreamTransform | null;
  readonly record: PolicyRecord;
}

/** The steps' transforms, each fed with what the one before lets out. Throws a GatewayError where one cannot be made. */
export function composeStream(state: RunState, steps: readonly Step[]): ComposedTransform {
  const { records } = state;
  const before = records.length;
  const stages = steps.map((step) => openStage(state, step));
  const own = records.slice(before);
  /** What came in and may leave as it is: everything else was written by a policy. */
  const untouched = new WeakSet<ChatCompletionChunk>();
  let closed = false;
  const close = () => {
    if (!closed) for (const stage of stages) settle(stage);
    closed = true;
  };
  const run = (stage: Stage, work: (transform: StreamTransform) => Chunks, pass: Chunks): Chunks => {
    if (stage.transform === null) return pass;
    try {
      const out = work(stage.transform);
      return stage.enforced ? out : pass;
    } catch (thrown) {
      return [...recovered(state, stage, { thrown, close }), ...pass];
    }
  };
  const through = (chunks: Chunks, stage: Stage): Chunks => {
    const only = chunks.length === 1 ? chunks[0] : undefined;
    if (only !== undefined) return run(stage, (transform) => transform.push(only), chunks);
    return chunks.flatMap((chunk) => run(stage, (transform) => transform.push(chunk), [chunk]));
  };
  const logprobs = new KeptLogprobs();
  const cleared = (chunks: Chunks): Chunks =>
    logprobs.isIdle && chunks.every((chunk) => untouched.has(chunk))
      ? chunks
      : chunks.map((chunk) => logprobs.leaving(chunk, untouched.has(chunk)));
  return {
    push(chunk) {
      if (closed) return [];
      untouched.add(chunk);
      logprobs.arrived(chunk);
      return cleared(stages.reduce<Chunks>(through, [chunk]));
    },
    flush() {
      if (closed) return [];
      const rest = stages.reduce<Chunks>(
        (chunks, stage) => [...through(chunks, stage), ...run(stage, (transform) => transform.flush(), [])],
        [],
      );
      close();
      return cleared(rest);
    },
    close,
    discard() {
      close();
      const goes = (record: PolicyRecord): boolean => own.includes(record) && record.verdict !== "retry";
      records.splice(0, records.length, ...records.filter((record) => !goes(record)));
    },
  };
}

function openStage(state: RunState, step: Step): Stage {
  const record = recordOf(step, { verdict: "allow", mode: enforces(state, step) ? "enforce" : "monitor" });
  state.records.push(record);
  const stage: Stage = { step, enforced: enforces(state, step), transform: null, record };
  try {
    stage.transform = step.policy.policy.stream?.(state.context) ?? null;
  } catch (thrown) {
    recovered(state, stage, { thrown, close: () => {} });
  }
  return stage;
}

interface Trouble {
  readonly thrown: unknown;
  /** Ends the whole composition. */
  close(): void;
}

/** What a failed stage still held, if it can be had; throws where the stream must end. */
function recovered(state: RunState, stage: Stage, { thrown, close }: Trouble): Chunks {
  const { step, record, transform } = stage;
  if (thrown instanceof GatewayError) {
    settle(stage);
    if (thrown.details.another === true) {
      Object.assign(record, { verdict: "retry", reason_code: reasonOf(thrown) });
      if (stage.enforced) throw decorated(state, step, thrown);
      return [];
    }
    stage.transform = null;
    const verdict = thrown.code === "escalation_required" ? "escalate" : "block";
    if (verdict === "escalate" && isApproved(state)) {
      Object.assign(record, APPROVED);
      return [];
    }
    const reason_code = reasonOf(thrown);
    // what ends a stream is found, as it is in a whole answer, also where the transform keeps no count
    const found = record.findings > 0 ? {} : { findings: 1, reasons: [reason_code] };
    Object.assign(record, { verdict, reason_code }, isBlock(thrown) ? found : {});
    if (!stage.enforced) return [];
    close();
    const error = decorated(state, step, thrown);
    void state.context.escalation?.held(error, true);
    throw error;
  }
  stage.transform = null;
  Object.assign(record, { verdict: "error", reason_code: "policy.error" });
  const end = failed(state, step, { failure: "error", thrown });
  if (end !== null) {
    close();
    throw end;
  }
  if (!stage.enforced || transform === null) return [];
  try {
    return transform.flush();
  } catch {
    return [];
  }
}

function isBlock({ code }: GatewayError): boolean {
  return code === "output_blocked" || code === "escalation_required";
}

/** Brings a stage's record up to what its transform says of the whole stream. */
function settle({ transform, record }: Stage): void {
  try {
    Object.assign(record, transform?.record?.());
  } catch {
    Object.assign(record, { verdict: "error", reason_code: "policy.error" });
  }
}
