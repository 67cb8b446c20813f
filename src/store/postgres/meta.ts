import type { ChainHead } from "../../schema/ledger.ts";
import { isHead } from "../ledger/chain.ts";
import type { OpenSegment } from "../ledger/segments.ts";
import type { AuditSettings } from "../store.ts";
import type { Asker } from "./link.ts";

/** What is kept beside the rows, by its key. */
export interface Kept {
  /** The last row that retention removed. */
  readonly base: ChainHead;
  /** The head at the last orderly end of a gateway. */
  readonly closed: ChainHead;
  readonly segment: OpenSegment;
  readonly audit: AuditSettings;
}

/** What is kept under a key; null where nothing is, or nothing that could be. */
export async function kept<Key extends keyof Kept>(asker: Asker, key: Key): Promise<Kept[Key] | null> {
  const [row] = await asker.ask<{ value: string }>("SELECT value FROM weir_meta WHERE key = $1", [key]);
  try {
    const value: unknown = JSON.parse(row?.value ?? "null");
    return SHAPES[key](value) ? (value as Kept[Key]) : null;
  } catch {
    return null;
  }
}

/** Keeps something under a key. */
export async function keep<Key extends keyof Kept>(asker: Asker, key: Key, value: Kept[Key]): Promise<void> {
  const sql = "INSERT INTO weir_meta VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
  await asker.ask(sql, [key, JSON.stringify(value)]);
}

const has = (value: unknown, key: string, type: string): boolean =>
  typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[key] === type;

const SHAPES: Readonly<Record<keyof Kept, (value: unknown) => boolean>> = {
  base: isHead,
  closed: isHead,
  segment: (value) => has(value, "first", "number") && has(value, "sinceMs", "number"),
  audit: (value) => has(value, "logAllAccess", "boolean"),
};
