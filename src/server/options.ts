import type { LoadResult } from "../config/load.ts";
import type { GridBook } from "../gateway/carbon/grid-book.ts";
import type { Runtime } from "../gateway/gateway-api.ts";
import type { BuildInfo } from "../lib/build-info.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Metrics } from "../lib/metrics/metrics.ts";
import type { Escalation } from "../schema/escalation.ts";
import type { SignedHead } from "../schema/ledger.ts";
import type { KeptReceipt, ReceiptKey } from "../schema/receipt.ts";
import type { Decision, EscalationQuery } from "../store/escalations.ts";
import type { Access, ChainedLedger } from "../store/store.ts";
import type { Watched } from "./alarms.ts";
import type { TokenHash } from "./auth.ts";
import type { CommandFacts } from "./docs/cli.ts";

/** Requests that wait for persons, as the admin API shows them and decides about them. */
export interface EscalationsShown {
  list(query: EscalationQuery): readonly Escalation[] | Promise<readonly Escalation[]>;
  find(id: string): Escalation | null | Promise<Escalation | null>;
  /** Rejects with `not_found` for an unknown id, `invalid_request` for one that does not wait. */
  decide(id: string, decision: Pick<Decision, "state" | "by" | "reason">): Promise<Escalation>;
}

/** Everything the server is given; it makes nothing of this itself. */
export interface ServerOptions {
  readonly runtime: Runtime;
  readonly ledger: Pick<ChainedLedger, "events" | "event" | "rowsAfter" | "head" | "sums">;
  /** Receipts that were kept, and the keys that ever signed one. */
  readonly receipts: {
    readonly keys: readonly ReceiptKey[];
    readonly find: (id: string) => KeptReceipt | null;
  };
  /** What is known of the grids. */
  readonly grid: GridBook;
  /** How the ledger, shared counters and grid sources do. */
  readonly watched: () => Watched;
  /** The last row of the ledger, signed; null: there is none. */
  readonly ledgerHead: () => Promise<SignedHead | null>;
  readonly escalations: EscalationsShown;
  /** Writes down who reads the ledger, where `audit-logger.log_all_access` asks for it. */
  readonly recordAccess: (access: Access) => Promise<void> | void;
  /** Reads the configuration anew, as a reload would; puts nothing in force. */
  readonly loadConfig: () => LoadResult;
  readonly metrics: Metrics;
  /** Hash of the admin token in force. */
  readonly adminHash: TokenHash;
  /** Hash of the token of `telemetry.metrics.token_ref`. */
  readonly metricsHash: TokenHash;
  readonly build: BuildInfo;
  /** Every command, for the reference. */
  readonly commands: readonly CommandFacts[];
  readonly clock: Clock;
  readonly log: Logger;
  /** True from the moment the process was told to stop: readiness fails then. */
  readonly draining: () => boolean;
}
