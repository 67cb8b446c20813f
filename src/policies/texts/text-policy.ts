import type { Replacer } from "../../detect/filter/replacing.ts";
import { prepared } from "../../detect/scan/prepared.ts";
import type { RuleSet } from "../../detect/scan/rules.ts";
import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import type { TextPlace } from "../../lib/places/text-place.ts";
import { inSlices } from "../../lib/slices.ts";
import { endOfStream, type Stop } from "../_blocked-answer.ts";
import { recordOf } from "../_reasons.ts";
import type { Policy, StreamTransform, Verdict } from "../policy.ts";
import { counting, filteredPlaces } from "./filtered-places.ts";
import { FilteredStream } from "./filtered-stream.ts";
import { Tally } from "./tally.ts";

/** What is done with text on its way in or out. */
export interface Handling {
  readonly set: RuleSet;
  /** Whether anything found ends it. */
  readonly block: boolean;
  /** Makes what replaces things in one request; `found` is to be called for what counts as a finding. */
  replacer(context: RequestContext, found: (entity: string) => void): Replacer;
}

/** A policy that takes things out of texts. */
export interface TextPolicyOptions {
  readonly reasons: { readonly redacted: string; readonly blocked: string };
  /** What is found, in words: "personal data". */
  readonly what: string;
  readonly clock: Clock;
  /** Null: requests are not read. */
  readonly input: Handling | null;
  /** Null: answers are not read. */
  readonly output: Handling | null;
}

const WARM_UP_AFTER_MS = 20;

/** A policy that reads whole texts and growing ones with the same scanner, so that both come to the same. */
export function textPolicy(options: TextPolicyOptions): Policy {
  const { input, output, clock } = options;
  // neither the start of the process nor the first request is to wait for the automaton
  clock.after(WARM_UP_AFTER_MS, () => {
    for (const handling of [input, output]) if (handling !== null) void inSlices(prepared(handling.set), clock);
  });
  const whole = (handling: Handling) => (_parsed: unknown, places: readonly TextPlace[], context: RequestContext) =>
    inSlices(verdictOf(options, handling, { places, context }), clock, context.signal);
  return {
    ...(input !== null && { request: whole(input) }),
    ...(output !== null && {
      response: whole(output),
      stream: (context: RequestContext) => streamOf(options, output, context),
    }),
  };
}

function* verdictOf(
  options: TextPolicyOptions,
  handling: Handling,
  { places, context }: { readonly places: readonly TextPlace[]; readonly context: RequestContext },
): Generator<undefined, Verdict> {
  const tally = new Tally();
  const found = (entity: string) => tally.note(entity);
  const replacer = handling.block ? counting(found) : handling.replacer(context, found);
  const edits = yield* filteredPlaces(places, handling.set, replacer);
  const findings = tally.findings();
  if (handling.block && findings.length > 0) return stopOf(options, tally);
  if (edits.length === 0) return { action: "allow", findings };
  return { action: "redact", reasonCode: options.reasons.redacted, edits, findings };
}

function streamOf(options: TextPolicyOptions, handling: Handling, context: RequestContext): StreamTransform {
  const tally = new Tally();
  const found = (entity: string) => tally.note(entity);
  const refusing: Replacer = {
    replace(rule) {
      tally.note(rule.entity);
      throw endOfStream(stopOf(options, tally));
    },
    rest: () => "",
  };
  const own = handling.block ? refusing : handling.replacer(context, found);
  let changed = false;
  const replacer: Replacer = {
    replace(rule, value) {
      const text = own.replace(rule, value);
      changed ||= text !== value;
      return text;
    },
    rest: own.rest,
  };
  const filter = new FilteredStream(context.endpoint, handling.set, replacer);
  return {
    push: (chunk) => filter.push(chunk),
    flush: () => filter.flush(),
    record() {
      const findings = tally.findings();
      return recordOf(
        changed ? { action: "redact", reasonCode: options.reasons.redacted, findings } : { action: "allow", findings },
      );
    },
  };
}

function stopOf({ reasons, what }: TextPolicyOptions, tally: Tally): Stop {
  const message = `${what} found (${tally.summary()})`;
  return { action: "block", reasonCode: reasons.blocked, message, findings: tally.findings() };
}
