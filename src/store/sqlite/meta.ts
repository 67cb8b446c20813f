import type { Database } from "bun:sqlite";
import type { ChainHead } from "../../schema/ledger.ts";
import { isHead } from "../ledger/chain.ts";
import type { OpenSegment } from "../ledger/segments.ts";
import type { AuditSettings } from "../store.ts";

/** What is kept beside the rows: where the chain begins and how the last process ended. */
export class Meta {
  readonly #read;
  readonly #write;
  readonly #drop;

  constructor(db: Database) {
    this.#read = db.prepare<{ value: string }, [string]>("SELECT value FROM meta WHERE key = ?");
    this.#write = db.prepare<null, [string, string]>("INSERT OR REPLACE INTO meta VALUES (?, ?)");
    this.#drop = db.prepare<null, [string]>("DELETE FROM meta WHERE key = ?");
  }

  /** A head kept under `key`: `base` is the last row that retention removed, `closed` the last orderly end. */
  chainHead(key: "base" | "closed"): ChainHead | null {
    const value = this.#value(key);
    return isHead(value) ? value : null;
  }

  setChainHead(key: "base" | "closed", head: ChainHead): void {
    this.#write.run(key, JSON.stringify(head));
  }

  /** Whether a process has the ledger open, or died with it open. */
  get open(): boolean {
    return this.#read.get("open") !== null;
  }

  setOpen(open: boolean): void {
    if (open) this.#write.run("open", JSON.stringify({ pid: process.pid }));
    else this.#drop.run("open");
  }

  get audit(): AuditSettings {
    const value = this.#value("audit");
    const on = typeof value === "object" && value !== null && "logAllAccess" in value && value.logAllAccess === true;
    return { logAllAccess: on };
  }

  setAudit(settings: AuditSettings): void {
    this.#write.run("audit", JSON.stringify(settings));
  }

  /** Up to where sums are sums of an hour, epoch milliseconds. */
  get coarse(): number {
    const value = this.#value("coarse");
    return typeof value === "number" ? value : Number.MIN_SAFE_INTEGER;
  }

  setCoarse(throughMs: number): void {
    this.#write.run("coarse", JSON.stringify(throughMs));
  }

  /** The last row that is counted in the sums. */
  get summed(): number {
    const value = this.#value("summed");
    return typeof value === "number" ? value : Number.MIN_SAFE_INTEGER;
  }

  setSummed(seq: number): void {
    this.#write.run("summed", JSON.stringify(seq));
  }

  get segment(): OpenSegment | null {
    const value = this.#value("segment");
    if (typeof value !== "object" || value === null || !("first" in value && "sinceMs" in value)) return null;
    const { first, sinceMs } = value;
    return Number.isInteger(first) && typeof sinceMs === "number" ? { first: first as number, sinceMs } : null;
  }

  setSegment(segment: OpenSegment): void {
    this.#write.run("segment", JSON.stringify(segment));
  }

  #value(key: string): unknown {
    try {
      return JSON.parse(this.#read.get(key)?.value ?? "null");
    } catch {
      return null;
    }
  }
}
