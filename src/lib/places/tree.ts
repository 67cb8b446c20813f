import type { PlaceRule, PlaceTable } from "../../schema/place-rule.ts";

/** A {@link PlaceTable} by its steps, so that a value is walked once whatever the number of rules. */
export interface PlaceNode {
  /** What a string (or, below `deep`, anything) here is; null where no rule says. */
  rule: PlaceRule | null;
  /** The rule of everything below that has no rule of its own (`.**`). */
  deep: PlaceRule | null;
  readonly members: Map<string, PlaceNode>;
  /** Every member (`*`). */
  any: PlaceNode | null;
  /** Every element (`[]`). */
  item: PlaceNode | null;
}

/** A place without rules. */
export const emptyNode = (): PlaceNode => ({ rule: null, deep: null, members: new Map(), any: null, item: null });

/** `a.b[].c` as `["a", "b", "[]", "c"]`. */
export function placeSteps(place: string): readonly string[] {
  return place.replaceAll("[]", ".[]").split(".");
}

function child(node: PlaceNode, step: string): PlaceNode {
  if (step === "[]") {
    node.item ??= emptyNode();
    return node.item;
  }
  if (step === "*") {
    node.any ??= emptyNode();
    return node.any;
  }
  let next = node.members.get(step);
  if (next === undefined) {
    next = emptyNode();
    node.members.set(step, next);
  }
  return next;
}

/** The tree of a table. Made once a process. */
export function placeTree(table: PlaceTable): PlaceNode {
  const root = emptyNode();
  for (const [place, rule] of Object.entries(table)) {
    let node = root;
    const steps = placeSteps(place);
    const deep = steps.at(-1) === "**";
    for (const step of deep ? steps.slice(0, -1) : steps) node = child(node, step);
    if (deep) node.deep = rule;
    else node.rule = rule;
  }
  return root;
}
