import { columnsOf } from "../injection/columns.ts";
import { nextNode, vocabulary } from "../injection/vocabulary.ts";

/** Shorter runs of letters are words. */
export const SHORTEST_RUN = 16;
/** Of a longer run only so much is looked at: it is no text. */
const LONGEST = 2_000;

const RUN = new RegExp(`[A-Za-z]{${SHORTEST_RUN},}`, "g");
const CAMEL = /(?<=[a-z])(?=[A-Z])/g;
/** Names in source code have fewer parts. */
const PARTS = 6;

/** Words written without gaps, parted: `IgnoreAllRules`, `ignoreallrules`. Null where there is nothing to part. */
export function partWords(text: string): string | null {
  let parted = false;
  // names are written so, too: a sentence is most of its text, or long
  const names = letters(text.match(RUN)) * 2 < text.length;
  const result = text.replaceAll(RUN, (run) => {
    if (run.length > LONGEST) return run;
    const humps = run.split(CAMEL);
    const isCamel = humps.length * 12 >= run.length;
    if (isCamel && names && humps.length < PARTS) return run;
    const words = isCamel ? humps : partedByVocabulary(run);
    if (words === null) return run;
    parted = true;
    return words.join(" ");
  });
  return parted ? result : null;
}

const letters = (runs: readonly string[] | null): number => runs?.reduce((sum, { length }) => sum + length, 0) ?? 0;

/** Of the run being parted: its columns, what the words up to each place are worth, and where the last of them begins. */
const columns = new Int8Array(LONGEST + 1);
const best = new Float64Array(LONGEST + 1);
const from = new Int32Array(LONGEST + 1);

/** The words of a run, so that as many letters as can be stand in long ones; null where most stand in none. */
function partedByVocabulary(run: string): readonly string[] | null {
  const { length } = run;
  columnsOf(run, columns);
  const words = vocabulary();
  best.fill(0, 0, length + 1);
  from.fill(0, 0, length + 1);
  for (let start = 0; start < length; start++) {
    if (best[start]! >= best[start + 1]!) {
      best[start + 1] = best[start]!;
      from[start + 1] = start;
    }
    let node = 1;
    for (let at = start; at < length; at++) {
      node = nextNode(words, node, columns[at]!);
      if (node === 0) break;
      const size = at + 1 - start;
      const worth = best[start]! + size * size - 1;
      if ((words.whole[node] !== 0 || words.stem[node] !== 0) && worth > best[at + 1]!) {
        best[at + 1] = worth;
        from[at + 1] = start;
      }
    }
  }
  return read(run);
}

function read(run: string): readonly string[] | null {
  let known = 0;
  for (let end = run.length; end > 0; end = from[end]!) {
    const size = end - from[end]!;
    if (size > 1) known += size;
  }
  // asked first: nearly all runs are no words
  if (known * 10 < run.length * 8) return null;
  const words: string[] = [];
  for (let end = run.length; end > 0; end = from[end]!) {
    const start = from[end]!;
    // letters that stand in no word stay together
    if (end - start === 1 && words.length > 0 && words[0]!.startsWith("\0"))
      words[0] = `\0${run[start]}${words[0]!.slice(1)}`;
    else words.unshift(end - start === 1 ? `\0${run[start]}` : run.slice(start, end));
  }
  return words.map((word) => word.replace("\0", ""));
}
