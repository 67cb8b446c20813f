import { Value } from "@sinclair/typebox/value";
import { parsedObject } from "../../lib/json/json.ts";
import { ChainHead, type LedgerEntry, ROW_KINDS, type RowKind } from "../../schema/ledger.ts";
import { columnsText, factsOf, factsText } from "./facts.ts";

/** The hash before the first row of a chain. */
export const GENESIS: Uint8Array = new Uint8Array(32);

/** The end of a chain: its last row. */
export interface Link {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** What the first row follows from: the last one that retention removed, else nothing. */
export function beginOf(removed: ChainHead | null): Link {
  return removed === null ? { seq: 0, hash: GENESIS } : { seq: removed.seq, hash: Uint8Array.fromHex(removed.hash) };
}

/** A link as it is kept and shown. */
export function headOf({ seq, hash }: Link): ChainHead {
  return { seq, hash: hash.toHex() };
}

/** Whether a value that was kept beside the rows is a head of a chain. */
export function isHead(value: unknown): value is ChainHead {
  return Value.Check(ChainHead, value) && /^[0-9a-f]{64}$/.test(value.hash);
}

/** A row as it lies in the store. `id`, `verdict` and `target` are null but for requests. */
export interface ChainRow {
  readonly seq: number;
  readonly kind: string;
  readonly id: string | null;
  readonly at: number;
  readonly verdict: string | null;
  readonly target: string | null;
  /** The text of what queries ask of it; null: none is kept, undefined: it was not read. */
  readonly facts?: string | null;
  /** The columns that queries compare, as a JSON array; null: there are none. Read with `facts`, and only then. */
  readonly asked?: string | null;
  /** The row's text: the entry as JSON. This is what is hashed. */
  readonly body: string;
  readonly hash: Uint8Array;
}

const hasher = new Bun.CryptoHasher("sha256");

/** SHA-256(previous hash, 32 bytes ‖ the row's text in UTF-8). `digest` leaves the hasher empty for the next row. */
export function rowHash(previous: Uint8Array, body: string): Uint8Array {
  hasher.update(previous);
  hasher.update(body);
  return hasher.digest();
}

/** The row that holds `entry` behind another one: its place, and the text that is hashed. */
export function chained(previous: Link, entry: LedgerEntry): Link & { readonly kind: RowKind; readonly body: string } {
  const kind = kindOf(entry);
  const body = JSON.stringify(entry);
  const hash = rowHash(kind === "chain" ? GENESIS : previous.hash, body);
  return { seq: previous.seq + 1, hash, kind, body };
}

/** What kind of row holds `entry`: events of requests have no `kind` of their own. */
export function kindOf(entry: LedgerEntry): RowKind {
  return "kind" in entry ? entry.kind : "request";
}

/** The entry in a row's text, or null where the text is none. */
export function parseBody(body: string): LedgerEntry | null {
  const value = parsedObject(body);
  if (value === null || typeof value["at"] !== "number") return null;
  const kind = value["kind"];
  if (kind !== undefined && !(ROW_KINDS as readonly unknown[]).includes(kind)) return null;
  return value as unknown as LedgerEntry;
}

const same = (column: string | null, member: unknown): boolean =>
  typeof member === "string" ? column === member.toWellFormed() : column === null;

/** Whether the columns that queries use say what the row's text says: they are not hashed themselves. */
export function columnsAgree(row: ChainRow, entry: LedgerEntry): boolean {
  if (row.kind !== kindOf(entry) || row.at !== entry.at) return false;
  if (row.facts !== undefined && !factsAgree(row, entry)) return false;
  if ("kind" in entry) return row.id === null && row.verdict === null && row.target === null;
  return same(row.id, entry.id) && same(row.verdict, entry.verdict) && same(row.target, entry.target);
}

function factsAgree({ facts, asked }: ChainRow, entry: LedgerEntry): boolean {
  const own = factsOf(entry);
  if (facts !== factsText(own)) return false;
  const wanted = columnsText(own);
  if (asked === wanted) return true;
  try {
    // databases write JSON with other blanks
    return JSON.stringify(JSON.parse(asked ?? "")) === wanted;
  } catch {
    return false;
  }
}

/** Equality of two hashes; they are no secrets, so time does not matter. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
