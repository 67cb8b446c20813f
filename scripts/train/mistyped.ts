/** Texts as people type them in haste: what is learnt must not hang on spelling, nor must bad spelling be a sign of anything. */
import type { Row } from "./rows.ts";

/** Longer texts are seldom typed in haste. */
const LONGEST = 400;
/** Share of the words of a text that are mistyped, at most. */
const SHARE = 0.35;
/** Shorter words are spelt right. */
const SHORTEST_WORD = 4;

const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: "s",
  c: "v",
  e: "r",
  i: "o",
  l: "k",
  n: "m",
  o: "p",
  r: "t",
  s: "d",
  t: "y",
  u: "i",
};

/** One slip: two letters that changed places, one that is missing, doubled, or its neighbour on the keyboard. */
function slip(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.length - 2));
  const [front, letter, back] = [word.slice(0, at), word[at]!, word.slice(at + 1)];
  const kind = random();
  if (kind < 0.3) return front + back[0] + letter + back.slice(1);
  if (kind < 0.6) return front + back;
  if (kind < 0.8) return front + letter + letter + back;
  return front + (NEIGHBOURS[letter] ?? letter) + back;
}

/** The text with slips, often in small letters, sometimes without accents or all in capitals. */
function mistyped(text: string, random: () => number): string {
  const share = SHARE * random();
  const typed = text.replace(/\p{L}+/gu, (word) =>
    word.length < SHORTEST_WORD || random() > share ? word : slip(word, random),
  );
  const how = random();
  if (how < 0.1) return typed.toUpperCase();
  if (how < 0.5) return typed.toLowerCase();
  return how < 0.65 ? typed.normalize("NFD").replace(/\p{M}/gu, "") : typed;
}

/** Some of the short texts once more, mistyped; the same share of attacks and of others. */
export function mistypedRows(
  rows: readonly Row[],
  { random, share }: { readonly random: () => number; readonly share: number },
): readonly Row[] {
  return rows
    .filter((row) => row.text.length <= LONGEST && row.text.length >= SHORTEST_WORD && random() < share)
    .map((row) => ({ ...row, text: mistyped(row.text, random) }));
}
