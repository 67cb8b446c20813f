import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { type Problem, problem } from "../problem.ts";
import { casesIn } from "../test-cases.ts";
import { MOVED_KEYS, STRATEGY_ALIASES, TARGET_MOVED_KEYS, TRIGGER_ALIASES } from "./aliases.ts";
import { moveKey } from "./move-key.ts";
import { itemsOf, type ListNode, type MapNode, mapAt, member, type Node, scalar, textOf } from "./tree.ts";

/**
 * Brings one layer into the one spelling that everything behind it reads, in place: aliases of keys, strategies and
 * triggers, the target shorthand, model names as plain strings. Two spellings that contradict each other are E007. What
 * has the wrong type is left as it is: the check of shapes names it.
 */
export function normalise(layer: MapNode): readonly Problem[] {
  const problems: Problem[] = [];
  renameStrategies(layer);
  for (const moved of MOVED_KEYS) moveKey(layer, moved, { base: [], problems });
  renameTriggers(layer);
  const suites = member(mapAt(layer, ["testing"]), "suites");
  if (suites?.kind === "list") suites.items = [...casesIn(suites)];
  itemsOf(member(layer, "providers"), "targets").forEach((target, index) => {
    if (target.kind !== "map") return;
    const base: JsonPath = ["providers", "targets", index];
    for (const moved of TARGET_MOVED_KEYS) moveKey(target, moved, { base, problems });
    splitShorthand(target, base, problems);
    spellOutModels(target);
  });
  return problems;
}

function renameStrategies(layer: MapNode): void {
  const owners = [
    mapAt(layer, ["providers"]),
    mapAt(layer, ["providers", "routing"]),
    mapAt(layer, ["provider_routing"]),
    ...itemsOf(layer, "model_groups"),
  ];
  for (const owner of owners) {
    if (owner?.kind === "map") rename(owner, "strategy", STRATEGY_ALIASES);
  }
  for (const consumer of itemsOf(layer, "consumers")) {
    if (consumer.kind === "map") rename(consumer, "routing", STRATEGY_ALIASES);
  }
}

function rename(owner: MapNode, key: string, aliases: Readonly<Record<string, string>>): void {
  const entry = owner.entries.get(key);
  const name = entry === undefined ? undefined : canonical(entry.node, aliases);
  if (entry !== undefined && name !== undefined) owner.entries.set(key, { ...entry, node: name });
}

/** A scalar with its canonical name; undefined where the value is no alias. */
function canonical(node: Node, aliases: Readonly<Record<string, string>>): Node | undefined {
  const text = textOf(node);
  return text !== undefined && Object.hasOwn(aliases, text) ? scalar(aliases[text]!, node.origin) : undefined;
}

function renameTriggers(layer: MapNode): void {
  const list = member(mapAt(layer, ["providers", "fallback"]), "triggers");
  if (list?.kind !== "list") return;
  const seen = new Set<string>();
  list.items = list.items
    .map((item) => canonical(item, TRIGGER_ALIASES) ?? item)
    .filter((item) => {
      const text = textOf(item);
      if (text === undefined) return true;
      const fresh = !seen.has(text);
      seen.add(text);
      return fresh;
    });
}

/** `<provider>:chat:<model>`, split at the first two colons only: a model name may hold colons itself. */
function splitShorthand(target: MapNode, base: JsonPath, problems: Problem[]): void {
  const entry = target.entries.get("provider");
  const written = textOf(entry?.node);
  const parts = written === undefined ? null : /^([^:]*):chat:([\s\S]*)$/.exec(written);
  if (entry === undefined || parts === null) return;
  const [, provider = "", model = ""] = parts;
  const origin = entry.node.origin;
  target.entries.set("provider", { ...entry, node: scalar(provider, origin) });
  const explicit = member(target, "model");
  if (explicit === undefined) {
    target.entries.set("model", { node: scalar(model, origin), keyOrigin: entry.keyOrigin });
  } else if (textOf(explicit) !== undefined && textOf(explicit) !== model) {
    const path = [...base, "model"];
    const message = `${showPath(path)} and the model in the shorthand of provider are different: give the model once`;
    problems.push(problem({ code: "E007", at: explicit.origin, path, message }));
  }
}

function spellOutModels(target: MapNode): void {
  const list = member(target, "models");
  if (list?.kind === "list") list.items = list.items.map((item) => spellOut(item, list));
}

/** `name` becomes `{name, upstream: name}`, and so does `{name}`. */
function spellOut(item: Node, list: ListNode): Node {
  if (item.kind === "map") {
    const name = item.entries.get("name");
    if (name !== undefined && member(item, "upstream") === undefined) item.entries.set("upstream", name);
    return item;
  }
  if (textOf(item) === undefined) return item;
  const entry = { node: item, keyOrigin: list.origin };
  return {
    kind: "map",
    entries: new Map([
      ["name", entry],
      ["upstream", entry],
    ]),
    origin: item.origin,
  };
}
