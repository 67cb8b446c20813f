import type { Clock } from "../../lib/clock.ts";
import type { SpendingRecord } from "../../lib/spending-file.ts";
import { type Ask, NO_AMOUNTS, type Refusal } from "./counters.ts";
import { LocalCells } from "./local-cells.ts";
import { type MemoryClaim, MemoryCounters } from "./memory.ts";
import type { FromOwner, ToOwner } from "./thread-messages.ts";

const NOTHING: Ask = { meters: [], accounts: [], places: null, holdMs: 0 };

/** One thread that counts here. */
export interface Connection {
  hear(message: ToOwner): void;
  /** The thread is gone: what it holds is given back. */
  gone(): void;
}

/** Counters in memory that other threads ask: one thread counts for all, so that every step is exact. */
export class OwnerCounters extends MemoryCounters {
  override readonly cells: LocalCells;
  readonly #clock: Clock;

  constructor(clock: Clock, before: SpendingRecord = {}) {
    super(clock, before);
    this.#clock = clock;
    this.cells = new LocalCells(clock);
  }

  /** Lets a thread count; `post` takes what it is to hear. */
  connect(post: (message: FromOwner) => void): Connection {
    const claims = new Map<number, MemoryClaim>();
    const { cells } = this;
    const ear = {
      hear: (key: string, text: string, generation: number) => post({ op: "cell", key, text, generation }),
    };
    const deafen = cells.listen(ear);
    return {
      hear: (message) => {
        switch (message.op) {
          case "admit": {
            const claim = this.open(message.ask);
            const refusal = claim.admit();
            if (refusal === null && isHeld(message.ask)) claims.set(message.id, claim);
            post(this.#claimed(message.id, claim, refusal));
            return;
          }
          case "reserve": {
            const claim = claims.get(message.id) ?? this.open(NOTHING);
            post(this.#claimed(message.id, claim, claim.reserve(message.amounts)));
            return;
          }
          case "settle":
            claims.get(message.id)?.settle(message.used);
            claims.delete(message.id);
            return;
          case "swap":
            post({ op: "swapped", job: message.job, ...cells.swapNow(message.key, message.change) });
            return;
          case "read":
            post({ op: "swapped", job: message.job, done: true, text: cells.get(message.key) });
        }
      },
      gone: () => {
        deafen();
        for (const claim of claims.values()) claim.settle(NO_AMOUNTS);
        claims.clear();
      },
    };
  }

  #claimed(id: number, claim: MemoryClaim, refusal: Refusal | null): FromOwner {
    const nowMs = this.#clock.monotonic();
    return {
      op: "claimed",
      id,
      refusal,
      standings: claim.readings.map((reading) => {
        const left = reading.left(nowMs);
        return { left, waitMs: left > 0 ? 0 : reading.waitMs(nowMs), resetMs: reading.resetMs(nowMs) };
      }),
      balances: Array.from({ length: claim.accounts }, (_, at) => claim.balance(at)),
    };
  }
}

/** Whether anything of it must be given back or booked in the end. */
function isHeld({ meters, accounts, places }: Ask): boolean {
  return places !== null || accounts.length > 0 || meters.some(({ rate }) => rate.unit === "tokens");
}
