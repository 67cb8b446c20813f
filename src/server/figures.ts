import { Rollup } from "../lib/rollup.ts";
import type { SumRow } from "../lib/sum-rows.ts";
import { Tallies } from "../lib/tallies.ts";
import type { ChainedLedger } from "../store/store.ts";

/** Rows read at one time: a few milliseconds of work, so that requests go on in between. */
const PAGE = 500;

/** What the ledger's sums come to in a stretch of time. */
export interface Figures {
  readonly rollup: Rollup;
  /** What policies said and where requests went. */
  readonly tallies: Tallies;
  /** When the bucket of the oldest request that is counted at all began, epoch ms; null where there is none. */
  readonly sinceMs: number | null;
}

/** Reads what was summed up from `sinceMs` to `untilMs`, in pieces. */
export async function figuresBetween(
  source: Pick<ChainedLedger, "sums">,
  sinceMs: number,
  untilMs: number,
): Promise<Figures> {
  const rollup = new Rollup();
  const tallies = new Tallies();
  for (let after: SumRow | undefined; ; await Bun.sleep(0)) {
    const page = await source.sums({ sinceMs, untilMs, after, limit: PAGE });
    rollup.add(page);
    tallies.add(page);
    after = page.at(-1);
    if (page.length < PAGE) break;
  }
  const always = { sinceMs: Number.MIN_SAFE_INTEGER, untilMs: Number.MAX_SAFE_INTEGER };
  const [oldest] = await source.sums({ ...always, limit: 1 });
  return { rollup, tallies, sinceMs: oldest?.at ?? null };
}
