import { Rollup } from "../../lib/sums/rollup.ts";
import type { SumKind, SumRow } from "../../lib/sums/sum-rows.ts";
import { Tallies } from "../../lib/sums/tallies.ts";
import type { ChainedLedger } from "../../store/store.ts";

/** Rows read at one time: a few milliseconds of work, so that requests go on in between. */
const PAGE = 500;

/** Which figures are asked for. */
export interface FigureQuery {
  /** Epoch milliseconds; a bucket that it falls into counts. */
  readonly since: number;
  readonly until: number;
  /** `total` or `requests` for the rollup, the others for the tallies. */
  readonly kinds: readonly SumKind[];
  /** What of the rollup falls into the same stretch of time is added up; five minutes where absent. */
  readonly widthMs?: number;
}

/** What the ledger's sums come to in a stretch of time. */
export interface Figures {
  readonly rollup: Rollup;
  /** What policies said, where requests went, and what answers scored. */
  readonly tallies: Tallies;
  /** When the bucket of the oldest request that is counted at all began, epoch ms; null where there is none. */
  readonly sinceMs: number | null;
}

/** Reads what was summed up, in pieces. */
export async function figuresOf(source: Pick<ChainedLedger, "sums">, query: FigureQuery): Promise<Figures> {
  const rollup = new Rollup(query.widthMs);
  const tallies = new Tallies();
  const { since: sinceMs, until: untilMs } = query;
  for (const kind of query.kinds) {
    for (let after: SumRow | undefined; ; await Bun.sleep(0)) {
      const page = await source.sums({ kind, sinceMs, untilMs, after, limit: PAGE });
      rollup.add(page);
      tallies.add(page);
      after = page.at(-1);
      if (page.length < PAGE) break;
    }
  }
  const always = { sinceMs: Number.MIN_SAFE_INTEGER, untilMs: Number.MAX_SAFE_INTEGER };
  const [oldest] = await source.sums({ ...always, kind: "total", limit: 1 });
  return { rollup, tallies, sinceMs: oldest?.at ?? null };
}
