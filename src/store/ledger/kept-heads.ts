import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { sha256Hex } from "../../lib/digest.ts";
import type { Logger } from "../../lib/logger.ts";
import { replaceFile } from "../../lib/replace-file.ts";
import { ChainHead } from "../../schema/ledger.ts";
import type { ChainedLedger } from "../store.ts";
import { ledgerPath } from "./open.ts";

/** More lost ends than these are not told apart. */
const MOST = 50;
const Heads = Type.Array(ChainHead);

/**
 * Heads of the ledger's chain in a file beside it: a cut end shows against them even after a start and an orderly end
 * since. Whoever may write the file can take them out, so they prove nothing to others as a head kept elsewhere does.
 */
export class KeptHeads {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The latest, and before it those that the chain did not lead up to any more; none where the file is not there. */
  read(): readonly ChainHead[] {
    try {
      const value: unknown = JSON.parse(readFileSync(this.path, "utf8"));
      return Value.Check(Heads, value) ? value : [];
    } catch {
      return [];
    }
  }

  /**
   * Keeps a head in the place of the one before; that one stays as well, and the log says so, where the chain does not
   * lead through it. Throws what the disk and the ledger throw.
   */
  async keep(head: ChainHead, ledger: Pick<ChainedLedger, "rowsAfter">, log: Logger): Promise<void> {
    const kept = this.read();
    const last = kept.at(-1);
    if (last?.seq === head.seq && last.hash === head.hash) return;
    const isGone = last !== undefined && !(await leadsThrough(last, ledger));
    if (isGone) {
      const fields = { kept: `${last.seq}:${last.hash}`, head: `${head.seq}:${head.hash}` };
      log.error(fields, "The end of the ledger was cut off, or its chain computed anew: weir events verify says more");
    }
    const stay = isGone ? kept : kept.slice(0, -1);
    replaceFile(this.path, JSON.stringify([...stay.slice(0, MOST), head]));
  }
}

/** Whether a head is still in the chain, as far as retention has not removed it. */
async function leadsThrough({ seq, hash }: ChainHead, ledger: Pick<ChainedLedger, "rowsAfter">): Promise<boolean> {
  const [row] = await ledger.rowsAfter(seq - 1, 1);
  return row !== undefined && (row.seq > seq || row.hash === hash);
}

/** The kept heads of the ledger behind a `store.url`; null where it is in memory, and ends with the process. */
export function keptHeads(url: string, stateDir: string): KeptHeads | null {
  if (/^memory:/i.test(url)) return null;
  if (/^sqlite:/i.test(url)) return new KeptHeads(`${ledgerPath(url, stateDir)}.heads`);
  const name = sha256Hex(withoutCredentials(url)).slice(0, 16);
  return new KeptHeads(join(stateDir, `postgres-${name}.heads`));
}

/** A password that changes makes no other ledger. */
function withoutCredentials(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port}${pathname}`;
}
