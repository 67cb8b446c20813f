import { type Static, Type } from "@sinclair/typebox";
import { ENTITIES, entitiesNamed, entityName, recognisersOf } from "../../detect/entities.ts";
import { trimmedHead } from "../../detect/pattern/trim.ts";
import { compileUserPattern } from "../../detect/pattern/user-pattern.ts";
import { bounded, PRIORITY, ruleOf, type ScanRule } from "../../detect/scan/rules.ts";
import { fuzzyTerms } from "../../detect/terms/fuzzy-terms.ts";
import { inAllForms } from "../../detect/terms/written-forms.ts";
import { Closed } from "../../schema/shapes.ts";
import type { OptionFault } from "../policy.ts";

const Source = Type.String({ minLength: 1, maxLength: 10_000 });
const Named = Closed({
  name: Type.String({ minLength: 1, maxLength: 40, description: "What is put in place of what it finds: [NAME]" }),
  pattern: Type.String({ ...Source, description: "The regular expression, or the name of an entity" }),
});

/** Regular expressions of one's own: a list of them, of names with them, or a map from name to expression. */
export const OwnPatterns = Type.Optional(
  // no default: filling in an empty list would make one of a map
  Type.Union([Type.Array(Type.Union([Source, Named])), Type.Record(Type.String(), Source)], {
    description:
      "Regular expressions of one's own (linear time: no look-around, no back-references; the longest match counts, but a lazy `.*?` in front of a pattern's last signs ends at the first of them; in JSON every string is read by itself, and what begins in a member's name may end in its value), or names of entities; {name, pattern} says how it is marked",
  }),
);
export type OwnPatterns = Static<typeof OwnPatterns> | undefined;

/** What the list is called in the settings of a policy. */
const KEY = "detect_patterns";
/** Before what we know ourselves: whoever writes a pattern means it. */
const OWN_PRIORITY = 10;

interface Entry {
  readonly path: readonly string[];
  readonly name: string;
  readonly source: string;
}

function entriesOf(patterns: OwnPatterns, unnamed: string): readonly Entry[] {
  if (patterns === undefined) return [];
  if (!Array.isArray(patterns)) {
    return Object.entries(patterns).map(([name, source]) => ({ path: [KEY, name], name: entityName(name), source }));
  }
  return patterns.map((entry, index) => {
    const path = [KEY, String(index)];
    return typeof entry === "string"
      ? { path, name: unnamed, source: entry }
      : { path: [...path, "pattern"], name: entityName(entry.name), source: entry.pattern };
  });
}

/** A pattern of entities of HTML: `&nbsp;`, `&#\d+;`, `&\w+;`, `&[a-z]+;`. */
const NAMES_ENTITY = /&(?:#|\\[#w]|\[[A-Za-z#]|[A-Za-z]{2,8}\d{0,2};)/;

/** Whether a pattern looks for entities of HTML as they are written, for its rule. */
export function namesEntities(source: string): Pick<ScanRule, "namesEntities"> {
  return NAMES_ENTITY.test(source) ? { namesEntities: true } : {};
}

/** Whether a pattern looks for a backslash as it is written, for its rule. */
export function namesEscapes(source: string): Pick<ScanRule, "namesEscapes"> {
  return source.includes("\\\\") ? { namesEscapes: true } : {};
}

/** What of `detect_patterns` cannot be taken, for lint. */
export function patternFaults(patterns: OwnPatterns): readonly OptionFault[] {
  return entriesOf(patterns, "").flatMap(({ path, source }) => {
    const compiled = compileUserPattern(source);
    const shown = JSON.stringify(source.length > 80 ? `${source.slice(0, 80)}…` : source);
    if (!compiled.ok) return [{ path, message: `the pattern ${shown} cannot be run: ${compiled.problem}` }];
    if (!compiled.pattern.matchesEmpty) return [];
    return [{ path, message: `the pattern ${shown} matches the empty text, so it would match everywhere` }];
  });
}

/**
 * The rules of patterns; `unnamed` is what those without a name are called. An entry that is the name of an entity
 * (`credit_card`) stands for what finds it, too. Throws a TypeError for what {@link patternFaults} tells of.
 */
export function patternRules(patterns: OwnPatterns, unnamed: string): readonly ScanRule[] {
  return entriesOf(patterns, unnamed).flatMap(({ name, source }) => {
    const compiled = compileUserPattern(source);
    if (!compiled.ok) throw new TypeError(`The pattern ${source} cannot be run: ${compiled.problem}`);
    const own = {
      entity: name === "" ? unnamed : name,
      // blanks and dashes of typesetting, full-width signs: what is written for one of them means all
      trees: [trimmedHead(inAllForms(compiled.pattern.tree))],
      priority: OWN_PRIORITY,
      fromNames: true,
      ...namesEntities(source),
      ...namesEscapes(source),
    };
    const meant = entitiesMeant(source);
    // what only looks like an entity hides nothing from a pattern
    return meant.length === 0 ? [own] : [own, ...recognisersOf(new Set(meant)).map(ruleOf)];
  });
}

/** The rules of terms with mistakes in them; none where no term allows for any. */
export function fuzzyRules(entity: string, terms: readonly string[], maxDistance: number): readonly ScanRule[] {
  const fuzzy = fuzzyTerms(terms, maxDistance);
  if (fuzzy === null) return [];
  const trees = [bounded(fuzzy.pattern, "word", "word")];
  return [{ entity, trees, priority: PRIORITY + 1, valid: (text) => fuzzy.valid(text) }];
}

/**
 * What of a list of regular expressions cannot be enforced, for lint; `key` is the list's, `everything` what one that
 * matches the empty text would match.
 */
export function listFaults(
  key: string,
  sources: readonly string[],
  { everything, ignoreCase = false }: { readonly everything: string; readonly ignoreCase?: boolean },
): readonly OptionFault[] {
  return sources.flatMap((source, at) => {
    const compiled = compileUserPattern(source, { ignoreCase });
    if (compiled.ok && !compiled.pattern.matchesEmpty) return [];
    const why = compiled.ok ? `it matches the empty text, and so ${everything}` : compiled.problem;
    return [{ path: [key, String(at)], message: `${key}[${at}] cannot be enforced: ${why}` }];
  });
}

/** `credit_card`, `email`, `ssn`: no pattern that anybody would write for anything else. Words such as `secret` are. */
function entitiesMeant(source: string): readonly string[] {
  const isName =
    /^[A-Za-z]+(?:_[A-Za-z]+)+$/.test(source) || ENTITIES.includes(entityName(source)) || /^ssn$/i.test(source);
  return isName && /^\w+$/.test(source) ? entitiesNamed(source) : [];
}

/** What patterns are called, as markers name them. */
export function patternNames(patterns: OwnPatterns, unnamed: string): ReadonlySet<string> {
  return new Set([unnamed, ...entriesOf(patterns, unnamed).map(({ name }) => name)]);
}
