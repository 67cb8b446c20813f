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
  /** It is not what was asked for at all: nothing that passes, but whoever orders by speed must not take it for fast. */
  readonly unusable?: boolean | undefined;
}
