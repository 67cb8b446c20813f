import { keyedSet } from "./keyed-values.ts";
import { finderOf } from "./match-finder.ts";
import type { RuleSet } from "./scan-rules.ts";

/** Makes all that is needed to read with a rule set, step by step, whoever else has begun with it. */
export function* prepared(set: RuleSet): Generator<undefined, void> {
  yield* preparedAlone(set);
  const keyed = keyedSet(set);
  if (keyed !== null) yield* preparedAlone(keyed);
}

function* preparedAlone(set: RuleSet): Generator<undefined, void> {
  if (!set.prepare()) return;
  yield undefined;
  while (set.prepare()) yield undefined;
  finderOf(set);
  yield undefined;
}
