import { expect, test } from "bun:test";
import { ENTITIES, recognisersOf } from "../../../src/detect/entities.ts";
import { prepared } from "../../../src/detect/scan/prepared.ts";
import { laterRuleSet, type RuleSet, ruleOf, ruleSet, rulesOf } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";

const RECOGNISERS = recognisersOf(new Set(ENTITIES));
const TEXT = "Write to jane.doe@example.com, card 4111 1111 1111 1111, from Karl-Marx-Allee 4, 10178 Berlin.";

function found(set: RuleSet): readonly string[] {
  const { text, hits } = new Scanner(set).flush(TEXT);
  return hits.map(({ start, end, rule }) => `${set.rules[rule]!.entity}: ${text.slice(start, end)}`);
}

test("what is made in steps, whoever does them, finds what is found by what was made at once", () => {
  const whole = found(ruleSet(RECOGNISERS.map(ruleOf)));
  expect(whole.length).toBe(3);
  const steps = laterRuleSet(() => rulesOf(RECOGNISERS));
  const [one, other] = [prepared(steps), prepared(steps)];
  let count = 0;
  // by turns, as two requests would
  while (one.next().done !== true && other.next().done !== true) count++;
  // all recognisers take a fifth of a second
  expect(count).toBeGreaterThan(500);
  expect(steps.prepare()).toBe(false);
  expect(found(steps)).toEqual(whole);
});

test("whoever cannot wait has the rest made at once", () => {
  const set = laterRuleSet(() => rulesOf(RECOGNISERS.slice(0, 4)));
  const steps = prepared(set);
  for (let step = 0; step < 20; step++) expect(steps.next().done).toBe(false);
  expect(set.rules.length).toBe(4);
  expect(set.prepare()).toBe(false);
  // what had begun notices
  expect([...steps].length).toBeLessThan(10);
});
