import type { TokenUsage } from "../schema/event.ts";

/** How a request or an attempt ended, in the ledger's words. */
export interface Ending {
  readonly status: number | null;
  /** `ok`, `cancelled`, or an error code. */
  readonly outcome: string;
  /** For people: why it ended so. */
  readonly cause?: string;
  readonly usage?: TokenUsage;
  /** The target is not to blame, so that it says nothing about it. */
  readonly blameless?: boolean | undefined;
  /**
   * The target cannot serve the request at all. No breaker waits for that to pass, and no strategy may take it for a
   * fast answer.
   */
  readonly unusable?: boolean | undefined;
}
