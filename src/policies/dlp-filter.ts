import { type Static, Type } from "@sinclair/typebox";
import { type ScanRule, sharedRuleSet } from "../detect/scan/rules.ts";
import { type Spelling, termPattern, termRule } from "../detect/terms/terms.ts";
import { Closed, oneOf } from "../schema/shapes.ts";
import { everywhere, type PolicyModule } from "./policy.ts";
import { fuzzyRules, OwnPatterns, patternFaults, patternRules } from "./texts/own-patterns.ts";
import { type Handling, textPolicy } from "./texts/text-policy.ts";

const Options = Closed({
  detect_patterns: OwnPatterns,
  blocked_terms: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
    default: [],
    maxItems: 100_000,
    description: "Words and phrases that must not pass: thousands cost as much as one",
  }),
  action: oneOf(["redact", "block"], {
    default: "redact",
    description: "redact: a marker in its place; block: 409",
  }),
  fuzzy_matching: Type.Boolean({ default: false, description: "Terms count with mistakes in them, too" }),
  max_distance: Type.Integer({
    minimum: 0,
    maximum: 8,
    default: 1,
    description: "How many letters may be added, missing or wrong with fuzzy_matching; never most of a term's",
  }),
  sensitivity_level: oneOf(["low", "medium", "high"], {
    default: "medium",
    description:
      "low: terms exactly as written; medium: in capitals or not, in other forms of letters, quotes and dashes and in letters that look like them, words joined by a dash or broken by a line too; high: inside words too, with signs between the letters or without its own, without accents, and with digits in their place",
  }),
});
type DlpOptions = Static<typeof Options>;

const SPELLINGS: Readonly<Record<DlpOptions["sensitivity_level"], Spelling>> = {
  low: "exact",
  medium: "folded",
  high: "loose",
};
const REASONS = { redacted: "dlp.redacted", blocked: "dlp.blocked" };
const TERM = "BLOCKED_TERM";

/** Keeps terms and patterns of the operator's from leaving, or from coming in. */
export const dlpFilter: PolicyModule<"dlp-filter", typeof Options> = {
  name: "dlp-filter",
  summary: "Finds terms and patterns of your own, also misspelt, and takes them out or stops the request",
  phases: ["input", "output"],
  scans: true,
  options: Options,
  check(options) {
    const blank = options.blocked_terms.flatMap((term, index) => {
      const message = `${JSON.stringify(term)} has no character that is seen: it would match everywhere, or nothing`;
      return termPattern([term], SPELLINGS[options.sensitivity_level]) === null
        ? [{ path: ["blocked_terms", String(index)], message }]
        : [];
    });
    return [...blank, ...patternFaults(options.detect_patterns)];
  },
  effects({ blocked_terms, detect_patterns }) {
    const looks = blocked_terms.length > 0 || patternRules(detect_patterns, "PATTERN").length > 0;
    return looks ? {} : everywhere("none");
  },
  create(options, services) {
    const { action: _, ...looking } = options;
    const set = sharedRuleSet(JSON.stringify(["dlp-filter", looking]), () => rulesOf(options));
    const handling: Handling = {
      set,
      block: options.action === "block",
      replacer: (_context, found) => ({
        replace({ entity }) {
          found(entity);
          return `[${entity}_REDACTED]`;
        },
        rest: () => "",
      }),
    };
    return textPolicy({
      reasons: REASONS,
      what: "protected content",
      clock: services.clock,
      input: handling,
      output: handling,
    });
  },
};

function rulesOf(options: DlpOptions): readonly ScanRule[] {
  const rules = [...patternRules(options.detect_patterns, "PATTERN")];
  const terms = termRule(TERM, options.blocked_terms, SPELLINGS[options.sensitivity_level]);
  if (terms !== null) rules.push(terms);
  if (options.fuzzy_matching) rules.push(...fuzzyRules(TERM, options.blocked_terms, options.max_distance));
  return rules;
}
