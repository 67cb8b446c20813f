/** How many words in a row are compared. */
const RUN = 5;
const FEWEST_WORDS = 24;
/** Songs, tables and lists repeat themselves too: this share of what was said before is no loop. */
const ORDINARY_SHARE = 0.5;

/** How much of a text says again what it has said before, 0 to 1: nothing below what ordinary texts have. */
export function repetition(text: string): number {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length < FEWEST_WORDS) return loopOfSigns(text);
  const seen = new Set<string>();
  let again = 0;
  for (let at = 0; at + RUN <= words.length; at++) {
    const run = `${words[at]} ${words[at + 1]} ${words[at + 2]} ${words[at + 3]} ${words[at + 4]}`;
    if (seen.has(run)) again++;
    else seen.add(run);
  }
  const share = again / (words.length - RUN + 1);
  const loop = share <= ORDINARY_SHARE ? 0 : (share - ORDINARY_SHARE) / (1 - ORDINARY_SHARE);
  return Math.max(loop, loopOfSigns(text), endsInLoop(words) ? STUCK : 0);
}

/** What an answer that began well and then never came out of a loop counts as. */
const STUCK = 0.8;
/** Refrains come back four times, a model that is stuck never stops. */
const MOST_TIMES = 7;
const LONGEST_PHRASE = 40;
const FEWEST_LOOPED = 30;

/** Whether a text ends by saying the same phrase over and over. Rows of figures and single words are none. */
function endsInLoop(words: readonly string[]): boolean {
  for (let size = 2; size <= LONGEST_PHRASE && size * MOST_TIMES < words.length; size++) {
    let at = words.length - 1;
    while (at >= size && words[at] === words[at - size]) at--;
    const looped = words.length - 1 - at;
    if (looped < size * MOST_TIMES || looped < FEWEST_LOOPED) continue;
    if (new Set(words.slice(-size).filter((word) => SPOKEN.test(word))).size > 1) return true;
  }
  return false;
}

const SPOKEN = /\p{L}{2}/u;

const TABLE_ROW = /^[ \t]*\|.*\|[ \t]*$/gm;

/** A text without the rows of its tables, where most of them differ: their columns are alike, and nobody is stuck. */
function withoutTables(text: string): string {
  const rows = text.match(TABLE_ROW) ?? [];
  return 2 * new Set(rows).size > rows.length ? text.replace(TABLE_ROW, "") : text;
}

const NO_SIGN = /[^\p{L}\p{N}]+/gu;

/** One sign or short group of signs, over and over, that most of the text is made of. Lines and frames do not count. */
function loopOfSigns(text: string): number {
  const signs = withoutTables(text).replace(NO_SIGN, "");
  for (const size of [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40]) {
    if (signs.length < 12 * Math.min(size, 4) || signs.length < 4 * size) break;
    let same = 0;
    for (let at = size; at < signs.length; at++) {
      if (signs.charCodeAt(at) === signs.charCodeAt(at - size)) same++;
    }
    const share = same / (signs.length - size);
    if (share > 0.7) return share;
  }
  return 0;
}
