import { tenths } from "../lib/tenths.ts";
import { thousandths } from "../lib/thousandths.ts";
import type { TimingRecord } from "../schema/event.ts";

/** When the steps of a request were done (`Clock.monotonic()`); null: it has not come so far. */
export interface Times {
  readonly startedMs: number;
  readonly policedMs: number | null;
  readonly routedMs: number | null;
}

/**
 * The `server-timing` header at `nowMs` (https://www.w3.org/TR/server-timing/): milliseconds of policy, routing,
 * upstream (for a stream: until it begins) and total; total alone where no policy was `reached`. A step that was not
 * reached is not named; where a request is refused, the last step named is the one that took until then.
 */
export function serverTiming({ startedMs, policedMs, routedMs }: Times, nowMs: number, reached: boolean): string {
  let text = "";
  if (reached) {
    text = `policy;dur=${tenths((policedMs ?? nowMs) - startedMs)}, `;
    if (policedMs !== null) text += `routing;dur=${tenths((routedMs ?? nowMs) - policedMs)}, `;
    if (routedMs !== null) text += `upstream;dur=${tenths(nowMs - routedMs)}, `;
  }
  return `${text}total;dur=${tenths(nowMs - startedMs)}`;
}

/** The same for the ledger, to a microsecond. */
export function timingRecord({ startedMs, policedMs, routedMs }: Times): TimingRecord {
  return {
    policy_ms: policedMs === null ? null : thousandths(policedMs - startedMs),
    routing_ms: policedMs === null || routedMs === null ? null : thousandths(routedMs - policedMs),
  };
}
