import { keyedSet } from "../filter/keyed-values.ts";
import { finderOf } from "./match-finder.ts";
import type { RuleSet } from "./rules.ts";
import { Scanner } from "./scanner.ts";

/** What leads recognisers to the tables of names, labels and dates that they make when they first ask them. */
const SAMPLES = [
  "Dear Anna Smith, my number is 030 1234567.",
  "Name: Jonas Weber, date of birth: 01/02/1990, phone: +49 30 1234567, ssn 123-45-6789",
  "Karl-Marx-Allee 4, 10178 Berlin; 221 Baker Street, London NW1 6XE",
  "jane.doe@example.com, 4111 1111 1111 1111, cvv 123, password: hunter2hunter2, 10.0.0.1",
] as const;

/** Makes all that is needed to read with a rule set, step by step, whoever else has begun with it; nothing where all is made. */
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
  for (const sample of SAMPLES) {
    new Scanner(set).flush(sample);
    yield undefined;
  }
}
