import type { SignalReader } from "../carbon/signal-table.ts";
import type { Config } from "../config/config.ts";
import type { RequestContext, Services } from "../lib/context.ts";
import type { Logger } from "../lib/logger.ts";
import type { Ticker } from "../lib/ticker.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { Counters } from "../store/counters/counters.ts";
import type { Limits } from "./admission/limits.ts";
import type { AdmissionQueue } from "./admission/queue.ts";
import type { AttemptRules } from "./attempts/rules.ts";
import type { ReceiptRules } from "./carbon/receipts.ts";
import type { Chain } from "./chain/chain-api.ts";
import type { BodyRoom } from "./intake/body-room.ts";
import type { ContextCheck } from "./routes/context-check.ts";
import type { RouteTable } from "./routes/route.ts";
import type { SharedBreakers } from "./targets/shared-breakers.ts";
import type { Watch } from "./targets/target-watch.ts";

/** Everything one gateway is built from; see `build.ts`. */
export interface GatewayParts {
  readonly config: Config;
  readonly configHash: string;
  readonly table: RouteTable;
  readonly chain: Chain;
  /** The chain of a list of policies. */
  readonly chainOf: (policies: Config["policies"]["chain"]) => Chain;
  readonly contexts: ContextCheck;
  readonly rules: AttemptRules;
  readonly services: Services;
  readonly ticker: Ticker;
  /** Null where nothing is limited and callers need no key. */
  readonly limits: Limits | null;
  readonly counters: Counters;
  /** Null where no other process or thread shares them. */
  readonly breakers: SharedBreakers | null;
  readonly receipts: ReceiptRules;
  readonly queue: AdmissionQueue;
  /** Requests that have not ended, those of the gateways before it included. */
  readonly underWay: { count: number };
  readonly room: BodyRoom;
  /** What is known of the grids; null: nothing. */
  readonly signals: SignalReader | null;
  /** False while the ledger cannot take events and the configuration says to refuse. */
  readonly admits: () => boolean;
  /** Called once per request with its event, after the answer. */
  readonly onEvent: (event: RequestEvent, context: RequestContext) => void;
  readonly log: Logger;
  /** What is told when the state of a target changes: log and metrics. */
  readonly watch: Watch;
}
