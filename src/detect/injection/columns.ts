import { asciiTable } from "../ascii-table.ts";
import { columnOf, GAP } from "./vocabulary.ts";

/** Signs that part words of one entry of the vocabulary: blanks, line ends, apostrophes, hyphens, underscores. */
const GAPS = " '-_\t\n\r";

const ASCII = new Int8Array(128).map((_, code) => (GAPS.includes(String.fromCharCode(code)) ? GAP : columnOf(code)));

/** A text's characters as columns of the vocabulary, into `columns`, which must have room for one more at the end. */
export function columnsOf(text: string, columns: Int8Array): void {
  const { length } = text;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    columns[at] = code < 128 ? ASCII[code]! : -1;
  }
  columns[length] = -1;
}

/** What a sign does: 1 ends a sentence, 2 quotes, 3 brackets, 4 marks up, 5 is of another script, 0 none of these. */
export function signOf(code: number): number {
  return code >= 128 ? 5 : SIGNS[code]!;
}

const SIGNS = asciiTable([".!?:;", 1], ["\"'`", 2], ["()[]{}", 3], ["<>|#*=~\\/_", 4]);
