import { trimmed } from "../../detect/pattern/trim.ts";
import { compileUserPattern } from "../../detect/pattern/user-pattern.ts";
import { PRIORITY, type RuleSet, type ScanRule, sharedRuleSet } from "../../detect/scan/rules.ts";
import { inAllForms } from "../../detect/terms/written-forms.ts";
import { fuzzyRules, namesEntities, namesEscapes } from "../texts/own-patterns.ts";
import type { SafetyOptions } from "./options.ts";

const PLAIN_WORDS = /^[\p{L}\p{N}' -]+$/u;

/** What the rules of `block_if` are called in findings. */
export const OWN_RULE = "block_if";

/** The rules of `block_if`; null where there are none. */
export function safetyPatterns(options: SafetyOptions): RuleSet | null {
  const { block_if, fuzzy_matching, max_distance } = options;
  if (block_if.length === 0) return null;
  const key = JSON.stringify(["safety-filter", block_if, fuzzy_matching, max_distance]);
  return sharedRuleSet(key, () => {
    const rules: ScanRule[] = block_if.flatMap((source) => {
      const compiled = compileUserPattern(source, { ignoreCase: true });
      if (!compiled.ok) return [];
      const trees = [trimmed(inAllForms(compiled.pattern.tree))];
      return [{ entity: OWN_RULE, trees, priority: PRIORITY, ...namesEntities(source), ...namesEscapes(source) }];
    });
    const words = block_if.filter((source) => PLAIN_WORDS.test(source));
    return fuzzy_matching ? [...rules, ...fuzzyRules(OWN_RULE, words, max_distance)] : rules;
  });
}
