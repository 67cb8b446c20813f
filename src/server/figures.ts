import { type CarbonFigures, Rollup } from "../lib/rollup.ts";
import { Tallies } from "../lib/tallies.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { LedgerEntry } from "../schema/ledger.ts";
import type { ChainedLedger } from "../store/store.ts";

/** Rows read at one time: a few milliseconds of work, so that requests go on in between. */
const PAGE = 500;
/** Rows that a first reading goes back at most. */
const MAX_ROWS = 200_000;

/** What figures are taken from. */
export type FigureSource = Pick<ChainedLedger, "rowsAfter" | "head">;

/**
 * Sums over the ledger, kept up with it by whoever asks: reads what was written since the last time, in pieces. So they
 * hold what other workers and the process before have written too.
 */
export class LedgerFigures {
  /** What policies said and where requests went, as far as the last reading. */
  readonly tallies = new Tallies();
  readonly #source: FigureSource;
  readonly #rollup = new Rollup();
  #seq: number | null = null;
  #sinceMs: number | null = null;
  #under: Promise<void> | null = null;

  constructor(source: FigureSource) {
    this.#source = source;
  }

  /** Moment of the oldest request that is counted, epoch ms; null where there is none. */
  get sinceMs(): number | null {
    return this.#sinceMs;
  }

  /** The sums as of now. Who asks while somebody else's reading is under way waits for that one. */
  async current(): Promise<Rollup> {
    this.#under ??= this.#catchUp().finally(() => {
      this.#under = null;
    });
    await this.#under;
    return this.#rollup;
  }

  async #catchUp(): Promise<void> {
    let seq = this.#seq ?? Math.max(0, ((await this.#source.head())?.seq ?? 0) - MAX_ROWS);
    for (;;) {
      const rows = await this.#source.rowsAfter(seq, PAGE);
      for (const { entry } of rows) this.#take(entry);
      seq = rows.at(-1)?.seq ?? seq;
      this.#seq = seq;
      if (rows.length < PAGE) return;
      await Bun.sleep(0);
    }
  }

  #take(entry: LedgerEntry): void {
    if ("kind" in entry) return;
    this.#sinceMs = Math.min(this.#sinceMs ?? entry.at, entry.at);
    this.#rollup.add({ event: entry, region: regionOf(entry), carbon: carbonOf(entry) });
    this.tallies.add(entry);
  }
}

/** The region that answered, where the target has one. */
export function regionOf({ routing_trace: trace, carbon }: RequestEvent): string | null {
  return trace?.region ?? carbon?.region ?? null;
}

/** What is kept of a request's carbon; null where nothing is, or its emissions could not be counted. */
export function carbonOf({ carbon }: RequestEvent): CarbonFigures | null {
  if (carbon == null || carbon.gco2e === null) return null;
  return {
    grams: carbon.gco2e,
    gramsLo: carbon.gco2e_ci90_lo ?? carbon.gco2e,
    gramsHi: carbon.gco2e_ci90_hi ?? carbon.gco2e,
    wattHours: carbon.energy_wh ?? 0,
  };
}
