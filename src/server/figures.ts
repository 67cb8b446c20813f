import { type CarbonFigures, Rollup } from "../lib/rollup.ts";
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
  }
}

/** The region that answered, where the target has one. */
export function regionOf(event: RequestEvent): string | null {
  const trace: unknown = (event as { readonly routing_trace?: unknown }).routing_trace;
  const region = typeof trace === "object" && trace !== null ? (trace as { region?: unknown }).region : null;
  return typeof region === "string" ? region : null;
}

/** The figures of a request's receipt; null where it has none, or none that could be counted. */
export function carbonOf(event: RequestEvent): CarbonFigures | null {
  const receipt: unknown = (event as { readonly receipt?: unknown }).receipt;
  if (typeof receipt !== "object" || receipt === null) return null;
  const number = (key: string): number | null => {
    const value = (receipt as Readonly<Record<string, unknown>>)[key];
    return typeof value === "number" ? value : null;
  };
  const grams = number("gco2e");
  if (grams === null) return null;
  return {
    grams,
    gramsLo: number("gco2e_ci90_lo") ?? grams,
    gramsHi: number("gco2e_ci90_hi") ?? grams,
    wattHours: number("energy_wh") ?? 0,
  };
}
