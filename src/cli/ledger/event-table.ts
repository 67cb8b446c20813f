import { csvLine } from "../../lib/event-csv.ts";
import type { StoredRow } from "../../store/store.ts";
import type { Style } from "../terminal/style.ts";
import { markVerdict, utc, visible } from "../terminal/text.ts";

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

/** The line above the table. */
export function tableHead(style: Style): string {
  const titles = COLUMNS.map((column) => cell(column.title, column));
  return `${style.dim([...titles, OUTCOME].join("  "))}\n`;
}

/** One row as one line for people; what does not fit is cut, `weir explain` shows it whole. */
export function tableLine({ seq, entry }: StoredRow, style: Style): string {
  if ("kind" in entry) {
    const { kind, at, ...facts } = entry;
    return `${cell(utc(at), COLUMNS[0]!)}  ${style.dim(`row ${seq}, ${kind}: ${visible(JSON.stringify(facts))}`)}\n`;
  }
  const { prompt_tokens, completion_tokens } = entry.usage;
  const unknown = prompt_tokens === null && completion_tokens === null;
  const values: readonly (readonly [text: string, mark?: (cell: string) => string])[] = [
    [utc(entry.at)],
    [visible(entry.id)],
    [visible(entry.model ?? "-")],
    [visible(entry.target ?? "-")],
    [entry.verdict, (text) => markVerdict(entry.verdict, text, style)],
    [String(entry.status), (text) => (entry.status >= 400 ? style.bad(text) : text)],
    [unknown ? "-" : `${prompt_tokens ?? "?"}+${completion_tokens ?? "?"}`],
    [String(Math.round(entry.duration_ms))],
  ];
  const cells = values.map(([text, mark = String], at) => mark(cell(text, COLUMNS[at]!)));
  return `${[...cells, visible(entry.outcome)].join("  ").trimEnd()}\n`;
}

/** A row for spreadsheets: the event as one record; nothing for rows of other kinds. */
export function recordLine({ entry, ...place }: StoredRow): string {
  return "kind" in entry ? "" : csvLine(entry, place);
}

/** A row for machines: the event as it is stored, with its place in the chain. One line of JSON. */
export function jsonLine({ seq, hash, entry }: Omit<StoredRow, "kind">): string {
  return `${JSON.stringify({ ...entry, seq, hash })}\n`;
}
