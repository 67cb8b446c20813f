import { LANGUAGES } from "../detect/language.ts";

const NAMES = new Intl.DisplayNames(["en"], { type: "language" });
const BY_NAME = new Map(LANGUAGES.map((code) => [(NAMES.of(code) ?? code).toLowerCase(), code]));

/** Second codes of languages that are told apart under one. */
const SAME: Readonly<Record<string, string>> = { nb: "no", nn: "no", fil: "tl", bs: "hr", id: "ms", iw: "he" };

/** The ISO 639-1 code for `fr`, `FR`, `fr-CA`, `fr_CA` or `French`; null for what is no language that can be told. */
export function languageCode(written: string): string | null {
  const plain = written.trim().toLowerCase();
  const named = BY_NAME.get(plain);
  if (named !== undefined) return named;
  const [head = ""] = plain.split(/[-_]/);
  const code = SAME[head] ?? head;
  return LANGUAGES.includes(code) ? code : null;
}

/** What is said of a language that cannot be told. */
export function unknownLanguage(written: string): string {
  return `${JSON.stringify(written)} is no language that can be told apart: give ISO 639-1 codes, of ${LANGUAGES.join(", ")}`;
}
