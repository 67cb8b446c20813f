import { someLeaf } from "./call-leaves.ts";

/**
 * What no tool call of an agent should hold: destroying files, disks and tables, fetching code and running it, reading
 * credentials. A short list of certain things, not a detector. Every repeat is bounded, so that matching is linear.
 */
const PATTERNS: readonly RegExp[] = [
  /\brm\s{1,8}(?:-{1,2}[\w-]{1,20}\s{1,8}){0,4}-{1,2}(?:\w{0,6}r\w{0,6}|recursive)\b/i,
  /\b(?:sudo|doas)\s{1,8}\S/i,
  /\bmkfs(?:\.\w{1,10})?\s{1,8}\/dev\//i,
  /\bdd\s{1,8}[^\n]{0,200}\bof=\/dev\//i,
  />\s{0,8}\/dev\/(?:sd|nvme|hd)/i,
  /\bchmod\s{1,8}(?:-R\s{1,8})?0?777\b/i,
  /:\(\)\s{0,4}\{\s{0,4}:\s{0,4}\|\s{0,4}:/,
  /\b(?:curl|wget)\s[^\n|]{1,500}\|\s{0,8}(?:sudo\s{1,8})?(?:ba|z|da|k)?sh\b/i,
  /\bdrop\s{1,8}(?:table|database|schema)\b/i,
  /\btruncate\s{1,8}table\b/i,
  /\bdelete\s{1,8}from\s{1,8}[\w."`]{1,100}\s{0,8}(?:;|$|where\s{1,8}(?:1\s{0,4}=\s{0,4}1|true)\b)/i,
  /\/etc\/(?:shadow|sudoers)\b/,
  /\.ssh\/id_\w{1,20}\b/,
  /\b169\.254\.169\.254\b/,
];

/** Longer texts are looked at in pieces of this length, each with the end of the one before. */
const PIECE_UNITS = 10_000;
const OVERLAP_UNITS = 1_000;

/** Whether a call's arguments, decoded, hold something suspicious. */
export function isSuspicious(input: unknown): boolean {
  return someLeaf(input, hasPattern);
}

function hasPattern(text: string): boolean {
  for (let at = 0; at < Math.max(1, text.length); at += PIECE_UNITS) {
    const piece = text.slice(Math.max(0, at - OVERLAP_UNITS), at + PIECE_UNITS);
    if (PATTERNS.some((pattern) => pattern.test(piece))) return true;
  }
  return false;
}
