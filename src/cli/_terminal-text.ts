import type { Io } from "./command.ts";

/** Controls (also those of the C1 block), and marks that change the direction of text. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text of callers as it may stand on a terminal: what could move the cursor or turn text around is shown as `\u{…}`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (unit) => `\\u{${unit.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** The colours in use here. */
export type Colour = "red" | "yellow" | "cyan" | "green" | "dim" | "bold";

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, cyan: 36, green: 32, dim: 2, bold: 1 };

/** Paints text. */
export type Painter = (text: string, colour: Colour | null) => string;

/** A painter for stdout: colours only on a terminal, and never with `NO_COLOR` (no-color.org) set to anything. */
export function painter({ terminal, env }: Io): Painter {
  if (!terminal.out || env["NO_COLOR"]) return (text) => text;
  return (text, colour) => (colour === null ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`);
}

/** The colour of a verdict. */
export function verdictColour(verdict: string): Colour | null {
  if (verdict === "block" || verdict === "error") return "red";
  if (verdict === "escalate") return "yellow";
  return verdict === "redact" ? "cyan" : null;
}

/** `2026-07-01 12:00:00.123` in UTC; the number itself where it is no time. */
export function utc(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace("T", " ").replace("Z", "");
}
