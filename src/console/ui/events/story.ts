import type { PolicyRecord } from "../../../schema/event.ts";
import { duration, grams, inWords, NOTHING, usd } from "../format.ts";
import type { EventRow } from "./model.ts";

/** What a policy gives as its reasons, in one line; a dash where it gives none. */
export function becauseOf(
  said: Pick<PolicyRecord, "reason_code" | "score" | "reasons"> & Partial<Pick<PolicyRecord, "findings">>,
): string {
  const { reason_code: code, findings = 0, score, reasons = [] } = said;
  const parts = [code, findings > 0 ? `${findings} found` : null, score === null ? null : `score ${score}`, ...reasons];
  return parts.filter((part) => part !== null).join(", ") || NOTHING;
}

/** A request in sentences, in the order in which it went. */
export function storyOf(event: EventRow): string[] {
  return [
    asked(event),
    ...policies(event, "request"),
    ...routed(event),
    ...attempted(event),
    ...policies(event, "answer"),
    ended(event),
  ];
}

function asked({ consumer, model, endpoint, stream }: EventRow): string {
  const who = consumer === null ? "A caller without a key" : `Consumer ${consumer}`;
  return `${who} asked ${endpoint} for ${model ?? "no model"}${stream ? ", as a stream" : ""}.`;
}

/** Those that spoke of the request, and those of the answer. A policy of tools alone looks at both, in this order. */
function ofSides({ policies }: EventRow): Readonly<Record<"request" | "answer", EventRow["policies"]>> {
  const sides: Record<"request" | "answer", EventRow["policies"]> = { request: [], answer: [] };
  const seen = new Set<string>();
  for (const record of policies) {
    const again = record.phase === "tool" && seen.has(record.policy);
    seen.add(record.policy);
    sides[record.phase === "output" || again || sides.answer.length > 0 ? "answer" : "request"].push(record);
  }
  return sides;
}

function policies(event: EventRow, side: "request" | "answer"): string[] {
  const ofSide = ofSides(event)[side];
  const said = ofSide.filter(({ verdict }) => verdict !== "allow" && verdict !== "skipped");
  if (said.length === 0) {
    const one = ofSide.length === 1;
    return ofSide.length === 0
      ? []
      : [`${ofSide.length} ${one ? "policy" : "policies"} looked at the ${side} and let it pass.`];
  }
  return said.map(({ policy, verdict, reason_code, mode, findings }) => {
    const why = reason_code === null ? "" : ` because of ${reason_code}`;
    const found = findings === 0 ? "" : ` (${findings} found)`;
    const only = mode === "monitor" ? " It only watches, so nothing came of it." : "";
    return `Policy ${policy} said ${verdict}${why}${found}.${only}`;
  });
}

function routed({ route }: EventRow): string[] {
  if (route === null) return ["It ended before a target was chosen."];
  const dropped = route.candidates.filter((candidate) => candidate.dropped !== null).length;
  const left = route.candidates.length - dropped;
  const first = route.order[0];
  const reason = route.decision === undefined ? "" : `: ${route.decision}`;
  const could =
    route.candidates.length === 1
      ? `its only target ${left === 0 ? "could not" : "could"}`
      : `of ${route.candidates.length} targets ${left === 0 ? "none" : left} could`;
  const of = `By ${route.strategy}, ${could} serve it`;
  return first === undefined ? [`${of}: ${whyNot(route.candidates)}.`] : [`${of}; ${first} came first${reason}.`];
}

/** Why targets were dropped, each reason with how often or, where it is one target's, its name. */
function whyNot(candidates: NonNullable<EventRow["route"]>["candidates"]): string {
  const targets = new Map<string, string[]>();
  for (const { target, dropped } of candidates)
    if (dropped !== null) targets.set(dropped, [...(targets.get(dropped) ?? []), target]);
  return [...targets]
    .sort(([, a], [, b]) => a.length - b.length)
    .map(([why, names]) => `${names.length === 1 ? names[0] : `${names.length} targets`} ${inWords(why)}`)
    .join(", ");
}

function attempted({ attempts }: EventRow): string[] {
  return attempts.map(({ target, outcome, started_ms, ended_ms, cause, hedge, resent }) => {
    const took = duration(ended_ms - started_ms);
    const slow = hedge === true ? " beside the one before, which was slow" : "";
    const beside = resent === true ? `${slow}, twice since its connection closed under the first,` : slow;
    if (outcome === "ok") return `${target} was asked${beside} and answered in ${took}.`;
    return `${target} was asked${beside}; after ${took} it was ${outcome}${cause === null ? "" : `: ${cause}`}.`;
  });
}

function ended({ status, outcome, duration_ms, cost, carbon: kept, attempts }: EventRow): string {
  const none = attempts.length === 0 ? "without asking a target" : "at an unknown cost";
  const spent = cost?.usd == null ? none : `at ${usd(cost.usd)} (${cost.basis})`;
  const carbon = kept?.gco2e == null ? "" : ` and ${grams(kept.gco2e)} CO₂e`;
  const how = outcome === "ok" ? `answered with ${status}` : `ended as ${outcome} with status ${status}`;
  return `The request was ${how} after ${duration(duration_ms)}, ${spent}${carbon}.`;
}
