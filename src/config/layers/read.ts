import { closeSync, openSync, readSync } from "node:fs";
import { type Origin, problem } from "../problem.ts";
import { type ParsedDocument, parseText } from "./parse.ts";

/** Largest configuration file; lists of blocked terms are the longest thing in one. */
export const LARGEST_FILE_BYTES = 2 * 1024 * 1024;

const PIECE_BYTES = 65_536;

/** Gives the bytes of a file; throws as `node:fs` does. */
export type ReadFile = (path: string) => Uint8Array;

/** Reads from the disk, pipes and devices included; one byte more than the largest file at most. */
export const readFromDisk: ReadFile = (path) => {
  const file = openSync(path, "r");
  try {
    const pieces: Uint8Array[] = [];
    let room = LARGEST_FILE_BYTES + 1;
    while (room > 0) {
      // room for the largest file at once would have the garbage collected while the process starts
      const piece = new Uint8Array(Math.min(PIECE_BYTES, room));
      const length = readSync(file, piece, 0, piece.length, null);
      if (length === 0) break;
      pieces.push(piece.subarray(0, length));
      room -= length;
    }
    return Buffer.concat(pieces);
  } finally {
    closeSync(file);
  }
};

/** Reads and parses one file. Whatever is wrong with it, from its absence to its encoding, is an E006. */
export function readDocument(file: string, readFile: ReadFile): ParsedDocument {
  const fail = (message: string): ParsedDocument => {
    const at: Origin = { kind: "file", file, line: 1, column: 1 };
    return { root: undefined, problems: [problem({ code: "E006", at, path: [], message })] };
  };
  let bytes: Uint8Array;
  try {
    bytes = readFile(file);
  } catch (thrown) {
    return fail(`cannot read the file ${JSON.stringify(file)}: ${whyUnreadable(thrown)}`);
  }
  if (bytes.byteLength > LARGEST_FILE_BYTES) {
    return fail(`cannot read the file: it has more than ${LARGEST_FILE_BYTES} bytes`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("cannot read the file: it is not UTF-8 text");
  }
  if (text.includes("\0")) return fail("cannot read the file: it holds NUL characters, so it is no text");
  return parseText(text, (line, column) => ({ kind: "file", file, line, column }));
}

function whyUnreadable(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EISDIR: "it is a directory",
    EACCES: "permission denied",
    EPERM: "permission denied",
    ENOTDIR: "a part of its path is not a directory",
    ELOOP: "its symbolic links go in a circle",
    ENAMETOOLONG: "its name is too long",
  };
  return reasons[code] ?? (code === "" ? "reading failed" : code);
}
