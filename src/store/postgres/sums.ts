import { HOUR_MS } from "../../lib/durations.ts";
import { BUCKET_MS, FINE_MS, MAX_KEYS, mergeRows, otherKey, type SumRow } from "../../lib/sums/sum-rows.ts";
import type { LedgerEntry } from "../../schema/ledger.ts";
import { parseBody } from "../ledger/chain.ts";
import { column, sumsOf } from "../ledger/facts.ts";
import { hourOf, KINDS, type StoredSums, sumRow } from "../ledger/stored-sums.ts";
import type { SumQuery } from "../store.ts";
import type { Asker } from "./link.ts";
import type { PostgresStatement } from "./rows.ts";

/** Sums over requests, written with their rows. */
export const SUM_TABLE = `CREATE TABLE weir_sums (at BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL, amounts TEXT NOT NULL, PRIMARY KEY (kind, at, key))`;

const NEW = "json_to_recordset($1::text::json) AS r(at BIGINT, kind TEXT, key TEXT, amounts TEXT)";
const FIND = `SELECT s.* FROM weir_sums AS s JOIN ${NEW} ON s.at = r.at AND s.kind = r.kind AND s.key = r.key`;
const PUT = `INSERT INTO weir_sums SELECT at, kind, key, amounts FROM ${NEW}
  ON CONFLICT (kind, at, key) DO UPDATE SET amounts = excluded.amounts`;
const COUNT = `SELECT at, count(*)::int AS n FROM weir_sums
  WHERE kind IN (${KINDS}) AND at IN (SELECT DISTINCT at FROM ${NEW}) GROUP BY at`;

/** Counts what is written. To be called by whoever holds the end of the chain. */
export async function addSums(asker: Asker, entries: readonly (LedgerEntry | null)[]): Promise<void> {
  const rows = sumsOf(entries).map((row) => ({ ...row, key: column(row.key) ?? "" }));
  if (rows.length === 0) return;
  const asked = textOf(rows);
  const known = (await asker.ask<StoredSums>(FIND, [asked])).map(sumRow);
  const sizes = await asker.ask<{ at: string; n: number }>(COUNT, [asked]);
  const full = new Set(sizes.filter(({ n }) => n >= MAX_KEYS).map(({ at }) => Number(at)));
  const names = new Set(known.map(nameOf));
  const isOther = (row: SumRow): boolean => full.has(row.at) && !names.has(nameOf(row));
  const others = mergeRows(rows.filter(isOther).map((row) => ({ ...row, key: otherKey(row.kind) })));
  const before = others.length === 0 ? [] : (await asker.ask<StoredSums>(FIND, [textOf(others)])).map(sumRow);
  const sums = mergeRows([...known, ...before, ...others, ...rows.filter((row) => !isOther(row))]);
  await asker.ask(PUT, [textOf(sums)]);
}

/** The statement for a page of sums. */
export function sumsSql({ kind, sinceMs, untilMs, after, limit }: SumQuery): PostgresStatement {
  const { at, key } = after ?? { at: Number.MIN_SAFE_INTEGER, key: "" };
  const sql = `SELECT * FROM weir_sums WHERE kind = $1 AND at >= $2::bigint AND at <= $3::bigint
    AND (at, key) > ($4::bigint, $5::text) ORDER BY at, key LIMIT $6`;
  const from = Math.max(Math.ceil(sinceMs) - BUCKET_MS + 1, at);
  return { sql, values: [kind, from, Math.floor(untilMs), at, key, limit] };
}

/**
 * Removes what is older than `beforeMs`, and makes one hour of the oldest that is old enough and not one yet. Returns
 * whether there may be more.
 */
export async function thinSums(asker: Asker, beforeMs: number, nowMs: number): Promise<boolean> {
  await asker.ask(`DELETE FROM weir_sums WHERE kind IN (${KINDS}) AND at < $1::bigint`, [
    Math.floor(beforeMs) - HOUR_MS,
  ]);
  const fine = `SELECT at FROM weir_sums WHERE kind = 'total' AND at < $1::bigint AND at % ${HOUR_MS} <> 0
    ORDER BY at LIMIT 1`;
  const [first] = await asker.ask<{ at: string }>(fine, [hourOf(nowMs - FINE_MS)]);
  if (first === undefined) return false;
  const hour = hourOf(Number(first.at));
  const gone = `DELETE FROM weir_sums WHERE kind IN (${KINDS}) AND at >= $1::bigint AND at < $2::bigint RETURNING *`;
  const rows = await asker.ask<StoredSums>(gone, [hour, hour + HOUR_MS]);
  await asker.ask(PUT, [textOf(mergeRows(rows.map(sumRow), HOUR_MS))]);
  return true;
}

/** Rows read at one time while old tables are brought up to date. */
const PAGE = 1000;

/** Counts every row that is there. */
export async function fillSums(asker: Asker): Promise<void> {
  const page = "SELECT seq, body FROM weir_ledger WHERE seq > $1::bigint ORDER BY seq LIMIT $2";
  for (let last = "0"; ; ) {
    const rows = await asker.ask<{ seq: string; body: string }>(page, [last, PAGE]);
    await addSums(
      asker,
      rows.map(({ body }) => parseBody(body)),
    );
    last = rows.at(-1)?.seq ?? last;
    if (rows.length < PAGE) return;
  }
}

function nameOf({ at, kind, key }: SumRow): string {
  return `${at} ${kind} ${key}`;
}

function textOf(rows: readonly SumRow[]): string {
  return JSON.stringify(rows.map(({ at, kind, key, values }) => ({ at, kind, key, amounts: JSON.stringify(values) })));
}
