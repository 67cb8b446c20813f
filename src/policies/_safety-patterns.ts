import { fuzzyTerms } from "../detect/fuzzy-terms.ts";
import { trimmed } from "../detect/pattern-trim.ts";
import { bounded, PRIORITY, type RuleSet, type ScanRule, sharedRuleSet } from "../detect/scan-rules.ts";
import { compileUserPattern } from "../detect/user-pattern.ts";
import type { SafetyOptions } from "./_safety-options.ts";

const PLAIN_WORDS = /^[\p{L}\p{N}' -]+$/u;

/** What the rules of `block_if` are called in findings. */
export const OWN_RULE = "block_if";

/** What of `block_if` cannot be taken, for lint. */
export function safetyPatternFaults(patterns: readonly string[]): { path: readonly string[]; message: string }[] {
  return patterns.flatMap((source, at) => {
    const compiled = compileUserPattern(source, { ignoreCase: true });
    if (compiled.ok && !compiled.pattern.matchesEmpty) return [];
    const why = compiled.ok ? "it matches the empty text, and so everything" : compiled.problem;
    return [{ path: ["block_if", String(at)], message: `block_if[${at}] cannot be enforced: ${why}` }];
  });
}

/** The rules of `block_if`; null where there are none. */
export function safetyPatterns(options: SafetyOptions): RuleSet | null {
  const { block_if, fuzzy_matching, max_distance } = options;
  if (block_if.length === 0) return null;
  const key = JSON.stringify(["safety-filter", block_if, fuzzy_matching, max_distance]);
  return sharedRuleSet(key, () => {
    const rules: ScanRule[] = block_if.flatMap((source) => {
      const compiled = compileUserPattern(source, { ignoreCase: true });
      return compiled.ok ? [{ entity: OWN_RULE, trees: [trimmed(compiled.pattern.tree)], priority: PRIORITY }] : [];
    });
    const words = block_if.filter((source) => PLAIN_WORDS.test(source));
    const fuzzy = fuzzy_matching ? fuzzyTerms(words, max_distance) : null;
    if (fuzzy !== null) {
      const trees = [bounded(fuzzy.pattern, "word", "word")];
      rules.push({ entity: OWN_RULE, trees, priority: PRIORITY + 1, valid: (text) => fuzzy.valid(text) });
    }
    return rules;
  });
}
