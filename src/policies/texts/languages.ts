import { LANGUAGES } from "../../detect/language.ts";
import { once } from "../../lib/once.ts";

/** Codes by English names. Made when first asked for: the names take 2 ms to load. */
const byName = once((): ReadonlyMap<string, string> => {
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  return new Map(LANGUAGES.map((code) => [(names.of(code) ?? code).toLowerCase(), code]));
});

/** Second codes of languages that are told apart under one. */
const SAME: Readonly<Record<string, string>> = { nb: "no", nn: "no", fil: "tl", bs: "hr", id: "ms", iw: "he" };

/** The ISO 639-1 code for `fr`, `FR`, `fr-CA`, `fr_CA` or `French`; null for what is no language that can be told. */
export function languageCode(written: string): string | null {
  const plain = written.trim().toLowerCase();
  const code = byName().get(plain);
  if (code !== undefined) return code;
  const [head = ""] = plain.split(/[-_]/);
  const short = SAME[head] ?? head;
  return LANGUAGES.includes(short) ? short : null;
}

/** What is said of a language that cannot be told. */
export function unknownLanguage(written: string): string {
  return `${JSON.stringify(written)} is no language that can be told apart: give ISO 639-1 codes, of ${LANGUAGES.join(", ")}`;
}
