/**
 * Text that a reader cannot see: Unicode tag characters (U+E0020 to U+E007E are ASCII in disguise) and bytes in variation
 * selectors (U+FE00 to U+FE0F are 0 to 15, U+E0100 to U+E01EF are 16 to 255), as described in Paul Butler, "Smuggling
 * arbitrary data through an emoji", 2025.
 */

/** What was hidden in a text. */
export interface Hidden {
  readonly how: "tags" | "variation-selectors";
  readonly text: string;
}

/** Shorter runs are flags of regions (five letters at most) or an emoji's own selector. */
const SHORTEST = 6;
/** The longest hidden text that is read. */
const LONGEST = 65_536;

const TAGS = /[\u{e0020}-\u{e007e}]/gu;
const FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}/gu;
const SELECTORS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** Every text hidden in `source`, decoded; empty where there is none, which costs one search. */
export function hiddenTexts(source: string): readonly Hidden[] {
  if (!/\udb40|[\ufe00-\ufe0f]/.test(source)) return [];
  const found: Hidden[] = [];
  const tags = source.replaceAll(FLAG, "").match(TAGS) ?? [];
  if (tags.length >= SHORTEST) {
    const text = tags
      .slice(0, LONGEST)
      .map((tag) => String.fromCharCode(tag.codePointAt(0)! - 0xe0000))
      .join("");
    found.push({ how: "tags", text });
  }
  const bytes = (source.match(SELECTORS) ?? []).slice(0, LONGEST).map((each) => byteOf(each.codePointAt(0)!));
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  // emoji in a row carry selector 16 (byte 15) each: that is no text
  if (bytes.length >= SHORTEST && /[ -~]{4}/.test(text)) found.push({ how: "variation-selectors", text });
  return found;
}

function byteOf(codePoint: number): number {
  return codePoint >= 0xe0100 ? codePoint - 0xe0100 + 16 : codePoint - 0xfe00;
}
