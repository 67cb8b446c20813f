import { dayOf } from "../../lib/durations.ts";
import type { Spent } from "../../lib/spending-file.ts";
import type { Balance } from "./counters.ts";

/** Days that are remembered, for a clock that was wrong for a while and goes back to one of them. */
const REMEMBERED = 4;

/**
 * What was spent and what is set aside, of the gateway as a whole or of one consumer. What is settled belongs to the day
 * on which it is settled; a clock that comes back to a day finds what was spent on it. All amounts are whole
 * billionths, of a dollar or of a gCO2e. Survives a reload.
 */
export class Spending {
  #day = -1;
  #month = -1;
  #today = 0;
  #thisMonth = 0;
  /** How the days before were left, the last one first. */
  #left: readonly Spent[] = [];
  /** The most that requests under way may come to. */
  reserved = 0;

  /** Begins with what was spent before, by an earlier process, as far as it is still this day and month. */
  constructor(before?: Spent) {
    if (before === undefined) return;
    this.#day = before.day;
    this.#month = before.month;
    this.#today = before.today;
    this.#thisMonth = before.thisMonth;
  }

  /** What a later process is to know. Requests under way are not in it. */
  record(): Spent {
    return { day: this.#day, month: this.#month, today: this.#today, thisMonth: this.#thisMonth };
  }

  /** How it stands; days and months begin at midnight UTC. */
  at(nowMs: number): Balance {
    this.#turn(nowMs);
    return { today: this.#today, thisMonth: this.#thisMonth, reserved: this.reserved };
  }

  /** Whether nothing was spent in this month or is set aside. */
  isOver(nowMs: number): boolean {
    const { thisMonth, reserved } = this.at(nowMs);
    return thisMonth === 0 && reserved === 0;
  }

  /** Books what was really spent. */
  add(amount: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#today += amount;
    this.#thisMonth += amount;
  }

  /** Takes over what others know to have been spent. What is reserved stays. */
  adopt({ today, thisMonth }: Balance, nowMs: number): void {
    this.#turn(nowMs);
    this.#today = today;
    this.#thisMonth = thisMonth;
  }

  #turn(nowMs: number): void {
    const day = dayOf(nowMs);
    if (day === this.#day) return;
    const date = new Date(nowMs);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
    this.#left = [this.record(), ...this.#left].slice(0, REMEMBERED);
    this.#today = this.#left.find((left) => left.day === day)?.today ?? 0;
    this.#thisMonth = this.#left.find((left) => left.month === month)?.thisMonth ?? 0;
    this.#day = day;
    this.#month = month;
  }
}
