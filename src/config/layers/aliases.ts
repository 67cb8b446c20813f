import type { JsonPath } from "../../lib/json/json.ts";
import { strategies } from "../../routing/index.ts";
import type { Strategy } from "../../routing/strategy.ts";

/** A key that may also be written elsewhere or otherwise; `note` is for the JSON Schema. */
export interface MovedKey {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Every accepted second spelling of a key, in the order they are resolved. */
export const MOVED_KEYS: readonly MovedKey[] = [
  { from: ["provider_routing", "strategy"], to: ["providers", "strategy"] },
  { from: ["provider_routing"], to: ["providers", "routing"] },
  { from: ["provider_fallback"], to: ["providers", "fallback"] },
  {
    from: ["providers", "circuit_breaker", "cooldown_seconds"],
    to: ["providers", "circuit_breaker", "recovery_timeout_seconds"],
  },
  {
    from: ["providers", "circuit_breaker", "recovery_timeout"],
    to: ["providers", "circuit_breaker", "recovery_timeout_seconds"],
  },
  { from: ["providers", "routing", "strategy"], to: ["providers", "strategy"] },
  ...injectionAliases(),
  { from: ["policy", "agent-firewall", "denied_tools"], to: ["policy", "agent-firewall", "blocked_tools"] },
];

function injectionAliases(): readonly MovedKey[] {
  const moved = (from: string, to: string): MovedKey => ({
    from: ["policy", "prompt-injection", ...from.split(".")],
    to: ["policy", "prompt-injection", to],
  });
  return [
    moved("embedding_threshold", "threshold"),
    moved("detection.embedding_threshold", "threshold"),
    moved("detection.threshold", "threshold"),
    moved("detection.attack_patterns", "attack_patterns"),
    moved("response.action", "action"),
  ];
}

/** Second spellings inside every target. */
export const TARGET_MOVED_KEYS: readonly MovedKey[] = [
  { from: ["zdr"], to: ["data_policy", "zero_data_retention"] },
  { from: ["data_policy", "zdr"], to: ["data_policy", "zero_data_retention"] },
];

/** The second spellings that a map of the document takes beside its own keys; of `detection.threshold` the first step. */
export function spellingsIn(map: JsonPath): readonly string[] {
  const isTarget = map[0] === "providers" && map[1] === "targets" && map.length > 2;
  const keys = isTarget ? TARGET_MOVED_KEYS : MOVED_KEYS;
  const path = isTarget ? map.slice(3) : map;
  const inside = keys.filter(
    ({ from }) => from.length > path.length && path.every((step, index) => step === from[index]),
  );
  return [...new Set(inside.map(({ from }) => from[path.length]!))];
}

/** Second names of fallback triggers. */
export const TRIGGER_ALIASES: Readonly<Record<string, string>> = {
  rate_limit_exceeded: "rate_limit",
  service_unavailable: "server_error",
  "5xx": "server_error",
};

const registered: readonly Strategy[] = Object.values(strategies);

/** Second names of strategies, as each strategy states them. */
export const STRATEGY_ALIASES: Readonly<Record<string, string>> = Object.fromEntries(
  registered.flatMap((strategy) => strategy.aliases.map((alias) => [alias, strategy.name])),
);
