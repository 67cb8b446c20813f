import { parsePattern } from "../../detect/pattern/parser.ts";
import type { ScanRule } from "../../detect/scan/rules.ts";
import type { RequestContext } from "../../lib/context.ts";
import { oncePer } from "../../lib/once.ts";

// The brackets as JSON and programs write them, as HTML does, and as addresses do.
const OPEN = "(?:⟦|\\\\{1,2}u27[eE]6|&#(?:10214|[xX]27[eE]6);|%[eE]2%9[fF]%[aA]6)";
const CLOSE = "(?:⟧|\\\\{1,2}u27[eE]7|&#(?:10215|[xX]27[eE]7);|%[eE]2%9[fF]%[aA]7)";
const GAP = "[ \\n\u00a0]?";
/**
 * What placeholders look like: `⟦EMAIL:7⟧`. The bracket closes them, so none is the beginning of another. Models do not
 * always repeat them to the letter: small letters and single blanks are read, too, underscores that Markdown escapes, and
 * brackets that the text around escapes.
 */
const GRAMMAR = `${OPEN}${GAP}[A-Za-z](?:[A-Za-z0-9]|\\\\?_){0,39}${GAP}(?:[:：]|%3[aA])${GAP}[0-9]{1,6}${GAP}${CLOSE}`;
const PARTS = new RegExp(`^${OPEN}([\\w\\\\\\s]*)\\W(?:3[aA])?\\s?(\\d+)`, "u");
/** The kind of a placeholder that stands for text which looked like one. */
const LITERAL = "TEXT";

/** Finds placeholders, before anything else. */
export const PLACEHOLDER: ScanRule = {
  entity: "PLACEHOLDER",
  get trees() {
    const parsed = parsePattern(GRAMMAR);
    if ("problem" in parsed) throw new TypeError(parsed.problem);
    return [parsed.tree];
  },
  priority: -1,
  namesEscapes: true,
};

/**
 * The placeholders of one request: each value has one, and it leads back to it. Text of the user that looks like a
 * placeholder becomes a value itself, so that it comes back as it was.
 */
export class Vault {
  readonly #byValue = new Map<string, string>();
  readonly #byPlaceholder = new Map<string, string>();
  readonly #given = new Set<string>();

  /** The placeholder of a value. The same for the same value. */
  placeholder({ entity }: ScanRule, value: string): string {
    const kind = entity === PLACEHOLDER.entity ? LITERAL : entity;
    const key = `${kind}\0${value}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    const made = `⟦${kind}:${this.#byValue.size + 1}⟧`;
    this.#byValue.set(key, made);
    this.#byPlaceholder.set(made, value);
    return made;
  }

  /** The value a placeholder stands for, escaped as its brackets are; where it is none of this request's, itself. */
  value(placeholder: string): string {
    const [, kind = "", number = ""] = PARTS.exec(placeholder) ?? [];
    const value = this.#byPlaceholder.get(`⟦${kind.replaceAll(/[\s\\]/g, "").toUpperCase()}:${number}⟧`);
    if (value === undefined) return placeholder;
    this.#given.add(value);
    return escapedAs(placeholder, value);
  }

  /** Whether a value was given back for its placeholder. */
  gave(value: string): boolean {
    return this.#given.has(value);
  }

  /**
   * The text with placeholders where its values stand, as they are or as JSON, HTML or addresses write them: what may
   * be kept of an answer that was given its values back.
   */
  hide(text: string): string {
    let hidden = text;
    const longestFirst = [...this.#byPlaceholder].sort(([, one], [, other]) => other.length - one.length);
    for (const [placeholder, value] of longestFirst) {
      if (placeholder.startsWith(`⟦${LITERAL}:`)) continue;
      hidden = hidden.replaceAll(value, placeholder);
      for (const written of new Set([inJson(value), inHtml(value), encodeURIComponent(value.toWellFormed())])) {
        if (written !== value) hidden = hidden.replaceAll(written, placeholder);
      }
    }
    return hidden;
  }
}

/** A value as the text around its placeholder wants it. */
function escapedAs(placeholder: string, value: string): string {
  switch (placeholder[0]) {
    case "\\":
      return placeholder[1] === "\\" ? inJson(inJson(value)) : inJson(value);
    case "&":
      return inHtml(value);
    case "%":
      return encodeURIComponent(value.toWellFormed());
    default:
      return value;
  }
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function inHtml(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** The one vault of a request, made when it is first asked for. */
export const vaultOf: (context: RequestContext) => Vault = oncePer(() => new Vault());
