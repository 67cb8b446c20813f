import type { StoredRow } from "../store/store.ts";
import { type Colour, type Painter, utc, verdictColour, visible } from "./_terminal-text.ts";

interface Column {
  readonly title: string;
  readonly width: number;
  readonly right?: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: "RECEIVED (UTC)", width: 23 },
  { title: "REQUEST", width: 36 },
  { title: "MODEL", width: 24 },
  { title: "TARGET", width: 18 },
  { title: "VERDICT", width: 8 },
  { title: "STATUS", width: 6, right: true },
  { title: "TOKENS", width: 11, right: true },
  { title: "MS", width: 8, right: true },
];
const OUTCOME = "OUTCOME";

function cell(text: string, { width, right }: Column): string {
  const fitted = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return right === true ? fitted.padStart(width) : fitted.padEnd(width);
}

function line(cells: readonly string[], colours: readonly (Colour | null)[], paint: Painter): string {
  const shown = cells.slice(0, COLUMNS.length).map((text, at) => paint(cell(text, COLUMNS[at]!), colours[at] ?? null));
  return `${[...shown, cells[COLUMNS.length] ?? ""].join("  ").trimEnd()}\n`;
}

/** The line above the table. */
export function tableHead(paint: Painter): string {
  const titles = [...COLUMNS.map(({ title }) => title), OUTCOME];
  return line(
    titles,
    titles.map(() => "dim"),
    paint,
  );
}

/** One row as one line for people; what does not fit is cut, `weir explain` shows it whole. */
export function tableLine({ seq, entry }: StoredRow, paint: Painter): string {
  if ("kind" in entry) {
    const { kind, at, ...facts } = entry;
    return `${cell(utc(at), COLUMNS[0]!)}  ${paint(`row ${seq}, ${kind}: ${visible(JSON.stringify(facts))}`, "dim")}\n`;
  }
  const { prompt_tokens, completion_tokens } = entry.usage;
  const tokens =
    prompt_tokens === null && completion_tokens === null ? "-" : `${prompt_tokens ?? "?"}+${completion_tokens ?? "?"}`;
  const failed = entry.status >= 400;
  const cells = [
    utc(entry.at),
    visible(entry.id),
    visible(entry.model ?? "-"),
    visible(entry.target ?? "-"),
    entry.verdict,
    String(entry.status),
    tokens,
    String(Math.round(entry.duration_ms)),
    visible(entry.outcome),
  ];
  return line(cells, [null, null, null, null, verdictColour(entry.verdict), failed ? "red" : null], paint);
}

/** A row for machines: the event as it is stored, with its place in the chain. One line of JSON. */
export function jsonLine({ seq, hash, entry }: Omit<StoredRow, "kind">): string {
  return `${JSON.stringify({ ...entry, seq, hash })}\n`;
}
