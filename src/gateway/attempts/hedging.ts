import type { RequestContext } from "../../lib/context.ts";
import type { Target } from "../targets/target.ts";

/** Requests over which `max_share` is kept. */
const WINDOW = 1_000;

/**
 * How many requests may be hedged: of those that have begun so far, and later of any thousand in a row, never more than
 * the share. A hedge counts with the request that began last before it. O(1) and bounded.
 */
export class HedgeShare {
  readonly #share: number;
  readonly #hedges = new Uint32Array(WINDOW);
  #begun = 0;
  #hedged = 0;

  /** `share` from 0 (none) to 1 (each). */
  constructor(share: number) {
    this.#share = share;
  }

  /** One more request begins that could be hedged. */
  begin(): void {
    const slot = this.#begun++ % WINDOW;
    this.#hedged -= this.#hedges[slot]!;
    this.#hedges[slot] = 0;
  }

  /** Whether one more may be hedged now. */
  get hasRoom(): boolean {
    // 0.05 × 20 is 1, whatever it is in floating point
    return this.#hedged + 1 <= this.#share * Math.min(this.#begun, WINDOW) + 1e-9;
  }

  /** One is. */
  take(): void {
    const slot = (this.#begun - 1) % WINDOW;
    this.#hedges[slot] = this.#hedges[slot]! + 1;
    this.#hedged++;
  }
}

/** When a second target is asked beside a slow one, as configured (`providers.routing.hedge`). */
export interface Hedging {
  readonly quantile: number;
  readonly minDelayMs: number;
  /** Fewer samples of a target tell nothing. */
  readonly minSamples: number;
  readonly windowMs: number;
  readonly share: HedgeShare;
}

/**
 * How long a target may be silent before another is asked too: as long as the share `quantile` of its latest answers
 * took (streams: their first token), and never less than `min_delay_ms`.
 */
export function hedgeDelayMs(
  hedging: Hedging,
  target: Target,
  { endpoint, stream, nowMs }: Pick<RequestContext, "endpoint" | "stream"> & { nowMs: number },
): number {
  const { times } = target.live.stats.of(endpoint, stream);
  return Math.max(hedging.minDelayMs, times.quantile(hedging.quantile, { ...hedging, nowMs }) ?? 0);
}
