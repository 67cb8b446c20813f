import { type JsonObject, memberOf } from "../lib/json/json.ts";
import { COVERED, type Covered, type Effect, type Policy, type PolicyModule } from "./policy.ts";

/** What a policy does at every place. */
export type Coverage = Readonly<Record<Covered, Effect>>;

/** A policy as a configuration makes it. */
export interface Configured {
  readonly module: PolicyModule;
  readonly options: JsonObject;
  readonly policy: Policy;
  readonly mode: "enforce" | "monitor";
}

/** What the words of an `action` come to. An escalated request does not go on, so it is blocked. */
const ACTIONS: Readonly<Record<string, Effect>> = {
  block: "blocks",
  escalate: "blocks",
  retry: "blocks",
  redact: "redacts",
  tokenize: "redacts",
  fallback_message: "redacts",
  log: "observes",
};

/**
 * What a policy, as it is configured, does at each place. It reads a place where it has a hook in a phase that reaches
 * it, and does there what its `action` says, unless its module says otherwise (`effects`). Tool calls are those that a
 * model makes, in whole answers and in streams: where the two differ, the weaker effect is given.
 */
export function coverageOf({ module, options, policy, mode }: Configured): Coverage {
  const own = module.effects?.(options) ?? {};
  const usual = actionOf(options);
  const looks = reach(module, policy);
  const onlyWatches = looks.length === 0 && policy.settle !== undefined;
  const told = COVERED.map((place): readonly [Covered, Effect] => {
    const effect = own[place] ?? (onlyWatches ? "observes" : looks.includes(place) ? usual : "none");
    return [place, mode === "monitor" && effect !== "none" ? "observes" : effect];
  });
  return Object.fromEntries(told) as Record<Covered, Effect>;
}

/** Where the hooks of a policy let it look. */
function reach({ phases }: PolicyModule, policy: Policy): readonly Covered[] {
  const texts = phases.includes("input") || phases.includes("output");
  const found: Covered[] = [];
  if (policy.targets !== undefined && policy.request === undefined) found.push("request");
  if (policy.request !== undefined)
    found.push(...(texts ? (["request"] as const) : []), "tool_definition", "tool_result");
  if (policy.response !== undefined && texts && phases.includes("output")) found.push("answer");
  if (policy.stream !== undefined && texts && phases.includes("output")) found.push("stream");
  if (policy.response !== undefined && policy.stream !== undefined) found.push("tool_call");
  return found;
}

function actionOf(options: JsonObject): Effect {
  const { action, failure_action: nested } = options;
  const word = typeof action === "string" ? action : memberOf(nested, "action");
  return typeof word === "string" ? (ACTIONS[word] ?? "blocks") : "blocks";
}
