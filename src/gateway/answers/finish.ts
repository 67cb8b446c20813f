import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import type { AskAgain } from "../attempts/again.ts";
import type { Resumption } from "../attempts/resume.ts";
import type { ChainRun } from "../chain/chain-api.ts";
import type { Ending } from "../ending.ts";
import type { RequestRecord } from "../record.ts";

/** What is needed to bring a reply to the client and the request to its end. */
export interface Finish {
  readonly context: RequestContext;
  readonly run: ChainRun;
  readonly record: RequestRecord;
  readonly clock: Clock;
  /** Goes on with a stream that breaks off; null where that cannot be. */
  readonly resumption: Resumption | null;
  /** Asks another target where a policy does not want an answer. */
  readonly again: AskAgain;
  /** Call once, when nothing more happens to the request. */
  readonly settle: (ending: Ending) => void;
}
