import { type Static, Type } from "@sinclair/typebox";
import type { DataPolicy } from "../schema/config/values.ts";
import { Closed, oneOf } from "../schema/shapes.ts";
import type { PolicyModule, TargetFilter } from "./policy.ts";

const NAME = "data-routing-policy";

const Options = Closed({
  require_zero_data_retention: Type.Boolean({
    default: false,
    description: "Only targets that keep nothing (data_policy.zero_data_retention: true)",
  }),
  require_no_training: Type.Boolean({
    default: false,
    description: "Only targets that do not train on prompts and answers (data_policy.training_opt_out: true)",
  }),
  max_retention_days: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 36_500,
      description: "Only targets that keep nothing, or nothing for longer than this (data_policy.retention_days)",
    }),
  ),
  on_no_compliant_provider: oneOf(["block"], {
    default: "block",
    description: "What happens where no target complies; mode: monitor looks on without blocking",
  }),
  log_provider_selection: Type.Boolean({
    default: false,
    description: "One log line per request: which targets are asked, and why others are not",
  }),
});
type Options = Static<typeof Options>;

/**
 * Leaves out every target whose operator has not promised what is required (`targets[].data_policy`), before a request
 * is routed: no retry, failover or continuation of a stream asks it either. A target that declares nothing is out,
 * whatever is required. Where none is left: `data_routing.no_compliant_target`. Each reason stands with its candidate in
 * the ledger.
 */
export const dataRoutingPolicy: PolicyModule<typeof NAME, typeof Options> = {
  name: NAME,
  summary: "Sends requests only to targets whose operators have promised enough about data",
  phases: ["input"],
  content: false,
  options: Options,
  create: (options) => ({
    targets: (_parsed, context) =>
      filterFor(options, (fields) =>
        context.log.info(
          { request_id: context.id, policy: NAME, ...fields },
          "targets were chosen by what they promise about data",
        ),
      ),
  }),
};

function filterFor(options: Options, log: (fields: object) => void): TargetFilter {
  const dropped = new Map<string, string>();
  let complies = false;
  return {
    objection({ id, dataPolicy }) {
      const missing = missingPromise(options, dataPolicy);
      if (missing === null) {
        complies = true;
        return null;
      }
      const reason = `data policy: ${missing}`;
      dropped.set(id, reason);
      return reason;
    },
    verdict(order) {
      if (options.log_provider_selection)
        log({ order, dropped: [...dropped].map(([target, reason]) => ({ target, reason })) });
      const findings = [...dropped.values()].map((kind) => ({ kind }));
      if (complies || dropped.size === 0) return { action: "allow", findings };
      return {
        action: "block",
        reasonCode: "data_routing.no_compliant_target",
        message: `no target promises what data-routing-policy requires (${requirements(options)})`,
        findings,
      };
    },
  };
}

/** What a target has not promised, in words; null where it complies. */
function missingPromise(options: Options, promised: DataPolicy | undefined): string | null {
  if (promised === undefined) return "nothing declared";
  const { zero_data_retention: zero, training_opt_out: noTraining, retention_days: days } = promised;
  // who says both that nothing is kept and for how many days has promised the less of the two
  const keepsNothing = zero && (days ?? 0) === 0;
  if (options.require_zero_data_retention && !keepsNothing) return "no zero data retention";
  if (options.require_no_training && !noTraining) return "no training opt-out";
  const most = options.max_retention_days;
  if (most === undefined) return null;
  const kept = days ?? (zero ? 0 : undefined);
  if (kept === undefined) return `retention not declared, at most ${daysText(most)} accepted`;
  return kept > most ? `retention ${daysText(kept)}, at most ${daysText(most)} accepted` : null;
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

function requirements(options: Options): string {
  const { max_retention_days: most } = options;
  const required = [
    ...(options.require_zero_data_retention ? ["zero data retention"] : []),
    ...(options.require_no_training ? ["no training"] : []),
    ...(most === undefined ? [] : [`retention of at most ${daysText(most)}`]),
  ];
  return required.length === 0 ? "a declared data_policy" : required.join(", ");
}
