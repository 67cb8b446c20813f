import { systemClock } from "../../lib/clock.ts";
import { MOMENT_FORMS, parseMoment } from "../../lib/moment.ts";
import { OUTCOME_FORMS, outcomesOf } from "../../lib/outcomes.ts";
import { VERDICTS } from "../../schema/event.ts";
import { ROW_KINDS } from "../../schema/ledger.ts";
import type { RowPage, RowQuery, StoredRow } from "../../store/store.ts";
import type { Arguments, Command } from "../command.ts";
import { usageError } from "../terminal/arguments.ts";
import { choiceFlag, limitFlag, textFlag } from "../terminal/flags.ts";
import { LEDGER_FLAGS, type Reading } from "./ledger.ts";
import { firstOf, pagesOf } from "./pages.ts";

/** Flags that say which events are meant. */
export const FILTER_FLAGS = {
  since: { type: "string", help: `Received not before: ${MOMENT_FORMS}` },
  until: { type: "string", help: "Received not after, written as --since; a day: its beginning" },
  verdict: { type: "string", help: `${VERDICTS.join(", ")}: the strongest that was enforced` },
  target: { type: "string", help: "Id of the target that answered" },
  consumer: { type: "string", help: "Id of the consumer who asked" },
  model: { type: "string", help: "As the caller asked for it, or as the upstream names it" },
  region: { type: "string", help: "Code of the region that answered" },
  reason: { type: "string", help: "Text within a policy's reason code, or within the code of what went wrong" },
  outcome: { type: "string", help: `How it ended: ${OUTCOME_FORMS}` },
  kind: { type: "string", help: `Kind of row: ${ROW_KINDS.join(", ")} or all; default request` },
  limit: { type: "string", help: "At most this many, the newest" },
  ...LEDGER_FLAGS,
} as const satisfies Command["options"];

/** What the filter flags ask for. */
export interface EventFilter {
  readonly query: Omit<RowQuery, "limit">;
  readonly limit: number | undefined;
  /** The flags as they were given, for the access row. */
  readonly shown: Reading["filter"];
}

/** A flag that holds a point in time, in epoch milliseconds; undefined where it is not given. */
export function momentFlag(args: Arguments, name: string): number | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  const at = parseMoment(text, systemClock.now());
  if (at === null) throw usageError(`--${name} "${text}" is no point in time: give ${MOMENT_FORMS}`);
  return at;
}

/** Reads the filter flags; throws a usage error that says what would be accepted. */
export function eventFilter(args: Arguments): EventFilter {
  const limit = limitFlag(args, "events");
  const kind = choiceFlag(args, "kind", [...ROW_KINDS, "all"]) ?? "request";
  const verdict = choiceFlag(args, "verdict", VERDICTS);
  const given = Object.keys(FILTER_FLAGS).filter((name) => !(name in LEDGER_FLAGS));
  return {
    query: {
      sinceMs: momentFlag(args, "since"),
      untilMs: momentFlag(args, "until"),
      verdict,
      target: textFlag(args, "target"),
      consumer: textFlag(args, "consumer"),
      model: textFlag(args, "model"),
      region: textFlag(args, "region"),
      reason: textFlag(args, "reason"),
      outcomes: outcomesFlag(args),
      kind: kind === "all" ? undefined : kind,
    },
    limit,
    shown: Object.fromEntries(given.map((name) => [name, textFlag(args, name)])),
  };
}

function outcomesFlag(args: Arguments): readonly string[] | undefined {
  const word = textFlag(args, "outcome");
  if (word === undefined) return undefined;
  const outcomes = outcomesOf(word);
  if (outcomes === null) throw usageError(`--outcome "${word}" is no outcome: give ${OUTCOME_FORMS}`);
  return outcomes;
}

/** Where pages come from: a ledger. */
interface Pages {
  rows(query: RowQuery): Promise<RowPage>;
}

/** The newest `limit` rows that match, oldest first. */
export async function newestRows(ledger: Pages, { query }: EventFilter, limit: number): Promise<StoredRow[]> {
  return (await firstOf(limit, (place) => ledger.rows({ ...query, ...place }))).reverse();
}

/** Every row that matches, oldest first, a page at a time. */
export function allRows(ledger: Pages, { query }: EventFilter): AsyncGenerator<readonly StoredRow[]> {
  return pagesOf((place) => ledger.rows({ ...query, ...place, oldestFirst: true }));
}
