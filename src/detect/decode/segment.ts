import { ASCII_LETTERS, asciiTable } from "../ascii-table.ts";
import { columnsOf } from "../injection/columns.ts";
import { nextNode, vocabulary } from "../injection/vocabulary.ts";
import { nextRun, runEnd, type Sort } from "./char-runs.ts";
import { knownAmong, type Rewriting } from "./rewriting.ts";

/** Shorter runs of letters are words. */
const SHORTEST_RUN = 16;
/** Of a longer run only so much is looked at: it is no text. */
const LONGEST = 2_000;

const LETTERS: Sort = { ascii: asciiTable([ASCII_LETTERS, 1]), others: false };
const RUN = { sort: LETTERS, least: SHORTEST_RUN };
const CAMEL = /(?<=[a-z])(?=[A-Z])/g;
/** Names in source code have fewer parts. */
const PARTS = 6;

/** Words written without gaps, parted: `IgnoreAllRules`, `ignoreallrules`. Null where there is nothing to part. */
export function partWords(text: string): Rewriting | null {
  const runs = runsIn(text);
  // names are written so, too: a sentence is most of its text, or long
  const names = lettersOf(runs) * 2 < text.length;
  const changed: number[] = [];
  let result = "";
  let from = 0;
  for (let at = 0; at < runs.length; at += 2) {
    const [start, end] = [runs[at]!, runs[at + 1]!];
    const words = end - start > LONGEST ? null : wordsOf(text.slice(start, end), names);
    if (words === null) continue;
    result += text.slice(from, start);
    const begin = result.length;
    result += words.join(" ");
    changed.push(begin, result.length);
    from = end;
  }
  if (from === 0) return null;
  const whole = result + text.slice(from);
  return { text: whole, changed: () => knownAmong(whole, changed) };
}

/** Where the runs of letters begin and end. */
function runsIn(text: string): readonly number[] {
  const runs: number[] = [];
  for (let start = nextRun(text, 0, RUN); start >= 0; ) {
    const end = runEnd(text, start + SHORTEST_RUN, LETTERS);
    runs.push(start, end);
    start = nextRun(text, end, RUN);
  }
  return runs;
}

function lettersOf(runs: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < runs.length; at += 2) sum += runs[at + 1]! - runs[at]!;
  return sum;
}

/** The words of a run; null where it is one, or none. */
function wordsOf(run: string, names: boolean): readonly string[] | null {
  const humps = run.split(CAMEL);
  const isCamel = humps.length * 12 >= run.length;
  if (isCamel && names && humps.length < PARTS) return null;
  return isCamel ? humps : partedByVocabulary(run);
}

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
