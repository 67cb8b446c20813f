/** Marks of a terminal, each a function from text to text. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

const plain = (text: string): string => text;
const mark =
  (open: number, close: number) =>
  (text: string): string =>
    `\x1b[${open}m${text}\x1b[${close}m`;

/** Colour for a terminal, unless `NO_COLOR` is set to anything (https://no-color.org); no marks at all elsewhere. */
export function styleFor(terminal: boolean, env: Readonly<Record<string, string | undefined>>): Style {
  if (!terminal || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb") {
    return { bold: plain, dim: plain, good: plain, bad: plain, warn: plain };
  }
  return { bold: mark(1, 22), dim: mark(2, 22), good: mark(32, 39), bad: mark(31, 39), warn: mark(33, 39) };
}
