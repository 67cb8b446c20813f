import type { Clock } from "../../lib/clock.ts";
import { MINUTE_MS } from "../../lib/durations.ts";
import { block, type Stop, shownTool } from "../_blocked-answer.ts";
import { nameList } from "../tools/name-list.ts";
import type { ToolCall } from "../tools/tool-uses.ts";
import type { Book, CallWindow, Session } from "./action-book.ts";
import type { FirewallOptions } from "./options.ts";
import { transactionValue } from "./transaction.ts";

/** Calls by name, and the money that they move. */
export class CallTally {
  readonly calls = new Map<string, number>();
  money = 0;
}

/** The one whose calls are counted: made for each request. */
export interface Actor {
  /** The consumer, or the one name of all who have no key. */
  readonly caller: string;
  /** Null where sessions do not matter. */
  readonly session: Session | null;
  /** Whether a person has let the request pass: what it moves is counted, and nobody is asked again. */
  readonly isApproved: boolean;
  /**
   * What has been counted for the request: it may be answered more than once (a hedge, another answer that a policy wants),
   * and its caller gets one answer.
   */
  readonly counted: CallTally;
}

/** An answer, and what it has called so far. */
export interface Answering {
  readonly actor: Actor;
  readonly said: CallTally;
}

/** What is counted of calls: each check takes what it counts unless it refuses. */
export interface CallCounts {
  /** Counts calls of these names, all or none. */
  take(answering: Answering, names: readonly string[]): Stop | null;
  /** Weighs the money that whole calls move, all or none; null where no money is limited. */
  readonly weigh: ((answering: Answering, calls: readonly ToolCall[]) => Stop | null) | null;
}

/** The counters of a firewall. */
export function callCounts(options: FirewallOptions, book: Book, clock: Clock): CallCounts {
  const windowsOf = rateWindows(options, book);
  const most = options.max_actions_per_session;
  const taken = ({ actor, said }: Answering, all: readonly string[]): Stop | null => {
    const { caller, session, counted } = actor;
    const names = all.filter((name) => more(said, name) > (counted.calls.get(name) ?? 0));
    if (most !== undefined && session !== null && session.actions + names.length > most) return overSession(most);
    const now = clock.monotonic();
    const fuller = new Map<string, { window: CallWindow; count: number; name: string }>();
    for (const name of names) {
      for (const window of windowsOf(caller, name)) {
        fuller.set(window.name, { window, count: (fuller.get(window.name)?.count ?? 0) + 1, name });
      }
    }
    for (const { window, count, name } of fuller.values()) {
      const { max } = window.limit;
      if (window.used(now) + count <= max) continue;
      const message = `${shownTool(name)} may be called ${max} times a minute (rate_limits)`;
      return block("agent_firewall.rate_limit_exceeded", message);
    }
    for (const { window, count } of fuller.values()) window.add(now, count);
    if (session !== null) session.actions += names.length;
    for (const name of names) more(counted, name);
    return null;
  };
  return {
    take: (answering, names) => book.exclusively(() => taken(answering, names)),
    weigh: moneyCheck(options, book, clock),
  };
}

/** One more call of that name: how many there are now. */
function more({ calls }: CallTally, name: string): number {
  const count = (calls.get(name) ?? 0) + 1;
  calls.set(name, count);
  return count;
}

/** A session that has made its last call. */
export function overSession(most: number): Stop {
  const message = `the session may make ${most} tool calls in all (max_actions_per_session)`;
  return block("agent_firewall.session_limit_exceeded", message);
}

/** The windows a call counts in. */
function rateWindows({ rate_limits: limits }: FirewallOptions, book: Book) {
  const { default: fallback, ...named } = limits;
  const rules = Object.entries(named).map(([glob, max]) => ({ glob, max, has: nameList([glob]) }));
  return (caller: string, name: string): readonly CallWindow[] => {
    const own = rules.filter(({ has }) => has(name));
    const windows = own.map(({ glob, max }) => book.window(`${caller} rule ${glob}`, { max, windowMs: MINUTE_MS }));
    if (own.length > 0 || fallback === undefined) return windows;
    return [book.window(`${caller} tool ${name}`, { max: fallback, windowMs: MINUTE_MS })];
  };
}

function moneyCheck({ transaction_limits: limits }: FirewallOptions, book: Book, clock: Clock) {
  if (limits === undefined || Object.keys(limits).length === 0) return null;
  const { max_single_transaction: single, max_daily_total: daily, require_approval_above: approval } = limits;
  const asks: Stop = {
    action: "escalate",
    reasonCode: "agent_firewall.approval_required",
    message: `it moves more than ${approval} (require_approval_above)`,
  };
  /** Books what is moved, unless that is too much, or somebody has to be asked first. */
  const moves = ({ actor, said }: Answering, total: number, waits: boolean): Stop | null => {
    const { caller, isApproved, counted } = actor;
    const moved = book.moved(caller, clock.now());
    said.money += total;
    const uncounted = Math.max(0, said.money - counted.money);
    if (daily !== undefined && uncounted > 0 && moved.total + uncounted > daily) {
      return block("agent_firewall.daily_total_exceeded", `more than ${daily} would be moved today (max_daily_total)`);
    }
    if (waits && !isApproved) return asks;
    moved.total += uncounted;
    counted.money += uncounted;
    return waits ? asks : null;
  };
  return (answering: Answering, calls: readonly ToolCall[]): Stop | null => {
    let total = 0;
    let waits = false;
    for (const { name, input } of calls) {
      const value = transactionValue(input);
      if (value === null) {
        const message = `the arguments of ${shownTool(name)} are no JSON, so what they move cannot be checked`;
        return block("agent_firewall.malformed_tool_call", message);
      }
      if (single !== undefined && value > single) {
        const message = `${shownTool(name)} would move more than ${single} (max_single_transaction)`;
        return block("agent_firewall.transaction_value_exceeded", message);
      }
      if (approval !== undefined && value > approval) waits = true;
      total += value;
    }
    return book.exclusively(() => moves(answering, total, waits));
  };
}
