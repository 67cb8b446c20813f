import type { Alarm } from "../schema/views/alarm.ts";
import type { GridSourceView } from "../schema/views/grid-view.ts";
import type { CounterStats } from "../store/counters/counters.ts";
import type { WriterStats } from "../store/ledger/writer.ts";

/** Where alarms are seen. */
export interface Watched {
  readonly ledger: WriterStats;
  readonly counters: CounterStats;
  readonly grid: readonly GridSourceView[];
}

/** The same, with why the last reload was refused; empty: it was not. */
interface AllWatched extends Watched {
  readonly reloadErrors: readonly string[];
}

/** Times in a row that a grid source must have failed: once is nothing. */
const MANY = 2;

/** What does not work beside the targets: the ledger, shared counters, sources of grid signals, the last reload. */
export function alarmsOf({ ledger, counters, grid, reloadErrors }: AllWatched): Alarm[] {
  return [...ofLedger(ledger), ...ofCounters(counters), ...grid.flatMap(ofSource), ...ofReload(reloadErrors)];
}

function ofLedger({ failing, queued, lost }: WriterStats): Alarm[] {
  const gone = `${events(lost)} could not be kept since the start`;
  if (failing) {
    const waiting = `The ledger cannot be written: ${events(queued)} ${queued === 1 ? "waits" : "wait"}`;
    return [{ about: "ledger", is_now: true, text: lost === 0 ? waiting : `${waiting}, ${gone}` }];
  }
  return lost === 0 ? [] : [{ about: "ledger", is_now: false, text: `The ledger has a gap: ${gone}` }];
}

const events = (number: number): string => `${number} ${number === 1 ? "event" : "events"}`;

function ofCounters({ failing, refusing }: CounterStats): Alarm[] {
  if (!failing) return [];
  const then = refusing ? "requests are refused" : "limits and budgets are counted by this node alone";
  return [{ about: "counters", is_now: true, text: `The shared counters cannot be reached: ${then}` }];
}

function ofReload([error]: readonly string[]): Alarm[] {
  if (error === undefined) return [];
  return [{ about: "config", is_now: true, text: `The last reload changed nothing: ${error}` }];
}

function ofSource({ source, state, consecutive_failures: failures, last_error: error }: GridSourceView): Alarm[] {
  if (state !== "failing" || failures < MANY) return [];
  return [{ about: "grid", is_now: false, text: `Grid source ${source} fails: ${error ?? "no reason is known"}` }];
}
