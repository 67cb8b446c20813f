import { GatewayError } from "../../lib/errors.ts";
import { type JsonObject, type Parsed, reparsed } from "../../lib/json/json.ts";
import { type MaybePromise, whenKnown } from "../../lib/maybe-promise.ts";
import type { TextPlace } from "../../lib/places/text-place.ts";
import { stopError } from "../../policies/_blocked-answer.ts";
import type { Verdict } from "../../policies/policy.ts";
import { ClientGone } from "../attempts/failure.ts";
import { inTime, type NoVerdict, type Said } from "./in-time.ts";
import { recordOf, type Step, verdictFacts } from "./record.ts";
import { type AlsoEdit, inTurns, redacting } from "./redaction.ts";
import {
  APPROVED,
  decorated,
  enforces,
  type Failure,
  failed,
  isApproved,
  type RunState,
  reasonOf,
  skip,
} from "./run.ts";

/** One walk of a chain over one body, request or whole answer. */
export interface Walk {
  readonly state: RunState;
  readonly steps: readonly Step[];
  readonly hook: "request" | "response";
  /** Gives way now and then. */
  places(value: JsonObject): Iterator<unknown, readonly TextPlace[]>;
  readonly alsoEdit: AlsoEdit;
  /** The member of this body that holds its text as token numbers that nobody could read; null: there is none. */
  tokensIn(value: JsonObject): string | null;
  /** The body with all its text replaced; null where this body has no such form. */
  replace(parsed: Parsed, text: string): string | null;
  /** The first policy that asked for another answer; null: none did. */
  retry: { readonly policy: string; readonly reasonCode: string } | null;
}

interface At {
  readonly parsed: Parsed;
  /** Null until somebody reads them. */
  readonly places: readonly TextPlace[] | null;
}

/** What a step said, with the body that an enforced redaction leaves, or why it said nothing. */
type Reply = { readonly verdict: Verdict; readonly redacted?: Parsed } | NoVerdict;

/** Asks the steps from `index` on, at once as long as each answers at once. Throws or rejects with a GatewayError. */
export function walkFrom(walk: Walk, index: number, at: At): MaybePromise<Parsed> {
  let here = at;
  for (let next = index; next < walk.steps.length; next++) {
    const { parsed } = here;
    const places = here.places ?? inTurns(parsed, walk.places(parsed.value), walk.state.options.clock);
    if (places instanceof Promise) return places.then((known) => walkFrom(walk, next, { parsed, places: known }));
    const reply = answered(walk, next, { parsed, places });
    if (reply instanceof Promise) {
      return reply.then((said) => walkFrom(walk, next + 1, heed(walk, next, { parsed, places, said })));
    }
    here = heed(walk, next, { parsed, places, said: reply });
  }
  return here.parsed;
}

interface Asked {
  readonly parsed: Parsed;
  readonly places: readonly TextPlace[];
}

/** What a step says, its redaction already made. */
function answered(walk: Walk, index: number, asked: Asked): MaybePromise<Reply> {
  const { mode } = walk.steps[index]!.policy;
  const carriedOut = (said: Said): MaybePromise<Reply> =>
    said.verdict?.action === "redact" && mode === "enforce" ? redact(walk, asked.parsed, said.verdict) : said;
  return whenKnown(ask(walk, index, asked), carriedOut);
}

/** Throws or rejects as {@link redacting} does where the body is at fault; else it is the policy that has failed. */
function redact(walk: Walk, parsed: Parsed, verdict: Extract<Verdict, { action: "redact" }>): MaybePromise<Reply> {
  const failed = (thrown: unknown): Reply => {
    if (thrown instanceof GatewayError) throw thrown;
    return { verdict: null, failure: "error", thrown };
  };
  try {
    const body = inTurns(parsed, redacting(parsed, verdict.edits, walk.alsoEdit), walk.state.options.clock);
    return body instanceof Promise
      ? body.then((redacted) => ({ verdict, redacted }), failed)
      : { verdict, redacted: body };
  } catch (thrown) {
    return failed(thrown);
  }
}

function ask(walk: Walk, index: number, { parsed, places }: Asked): MaybePromise<Said> {
  const { context, options } = walk.state;
  const { policy, content } = walk.steps[index]!.policy;
  if (content !== false) {
    const param = walk.tokensIn(parsed.value);
    if (param !== null) return { verdict: null, failure: "error", thrown: unreadable(param) };
  }
  try {
    const said = policy[walk.hook]?.(parsed, places, context) ?? { action: "allow" };
    return said instanceof Promise
      ? inTime(said, options, context.deadlineMs ?? Number.POSITIVE_INFINITY)
      : { verdict: said };
  } catch (thrown) {
    return { verdict: null, failure: "error", thrown };
  }
}

/** What refuses a text that cannot be judged: it would be a way around every policy. */
function unreadable(param: string): GatewayError {
  const message = `"${param}" holds token numbers that are none of cl100k_base, or of a model that has another vocabulary, which no policy can read: send the text itself (LangChain in Python: check_embedding_ctx_length=False)`;
  return new GatewayError("invalid_request", message, { param, extra: { reason_code: "policy.unreadable" } });
}

/** Does what a reply says, notes it, and gives the body for the next step. */
function heed(walk: Walk, index: number, asked: Asked & { readonly said: Reply }): At {
  const { parsed, places, said } = asked;
  if (said.verdict === null) return { parsed: withoutVerdict(walk, index, { ...said, parsed }), places };
  try {
    const changed = obey(walk, index, { parsed, verdict: said.verdict, redacted: said.redacted });
    return changed === parsed ? { parsed, places } : { parsed: changed, places: null };
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    // a verdict that this hook does not know
    return { parsed: withoutVerdict(walk, index, { parsed, failure: "error", thrown }), places };
  }
}

function withoutVerdict(
  walk: Walk,
  index: number,
  { parsed, failure, thrown }: { parsed: Parsed; failure: Failure; thrown: unknown },
): Parsed {
  const { state, steps } = walk;
  const step = steps[index]!;
  const { signal } = state.context;
  if (signal.aborted && thrown === signal.reason) throw new ClientGone("The client went away while its text was read");
  if (thrown instanceof GatewayError) {
    const enforced = enforces(state, step);
    const mode = enforced ? "enforce" : "monitor";
    state.records.push(recordOf(step, { verdict: "block", mode, reason_code: reasonOf(thrown) }));
    if (!enforced) return parsed;
    skip(state, steps.slice(index + 1));
    throw decorated(state, step, thrown);
  }
  state.records.push(recordOf(step, { verdict: "error", reason_code: `policy.${failure}` }));
  const end = failed(state, step, { failure, thrown });
  if (end === null) return parsed;
  skip(state, steps.slice(index + 1));
  throw end;
}

interface Obeyed {
  readonly parsed: Parsed;
  readonly verdict: Verdict;
  readonly redacted: Parsed | undefined;
}

function obey(walk: Walk, index: number, { parsed, verdict, redacted }: Obeyed): Parsed {
  const { state, steps } = walk;
  const step = steps[index]!;
  const { policy } = step;
  if (verdict.action === "escalate" && isApproved(state)) {
    state.records.push(recordOf(step, { ...verdictFacts(verdict), ...APPROVED }));
    return parsed;
  }
  const enforced = verdict.action === "redact" ? policy.mode === "enforce" : enforces(state, step);
  const changed = enforced ? (redacted ?? changedBody(walk, parsed, verdict)) : parsed;
  state.records.push(recordOf(step, { ...verdictFacts(verdict), mode: enforced ? "enforce" : "monitor" }));
  if (!enforced) return parsed;
  if (verdict.action === "retry") walk.retry ??= { policy: policy.name, reasonCode: verdict.reasonCode };
  if (verdict.action === "block" || verdict.action === "escalate") {
    skip(state, steps.slice(index + 1));
    throw decorated(state, step, stopError(walk.hook === "request" ? "Request" : "Answer", verdict));
  }
  return changed;
}

function changedBody(walk: Walk, parsed: Parsed, verdict: Verdict): Parsed {
  if (verdict.action === "retry" && walk.hook === "request") throw new TypeError("A request cannot be retried");
  if (verdict.action === "replace") {
    const source = walk.replace(parsed, verdict.text);
    if (source === null) throw new TypeError("This body cannot be replaced by a text");
    return reparsed(source);
  }
  return parsed;
}
