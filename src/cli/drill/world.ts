import { nextTurn } from "../../lib/pause.ts";
import { DrillClock } from "./clock.ts";

/** The header by which a simulated upstream knows which call of the gateway it has before it. */
export const EXCHANGE_HEADER = "x-weir-drill";

/** Turns of the event loop without anything on its way, after which everybody is taken to wait. */
const QUIET_TURNS = 3;
/** Where nobody waits for an upstream the gateway may be at work, or pause: so long nothing may happen (real ms). */
const PAUSE_QUIET_MS = 15;
/** Bytes that nobody takes for so long (real ms) will not be taken any more. */
const LOST_MS = 2_000;

/** One call of the gateway, as both of its ends see it. */
export interface Exchange {
  /** The upstream has the request. */
  arrived: boolean;
  headSent: boolean;
  headSeen: boolean;
  /** Bytes of the body that the upstream has sent, and that the gateway has taken. */
  sent: number;
  taken: number;
  /** The upstream will send no more, or the gateway has called off. */
  ending: boolean;
}

/**
 * Real sockets in a time of its own: it passes only while every upstream waits and every byte has arrived, so what is
 * measured is the waiting that a configuration asks for, to the millisecond and whatever the machine does meanwhile.
 */
export class DrillWorld {
  readonly clock = new DrillClock();
  readonly #open = new Map<string, Exchange>();
  #count = 0;
  #asked: string[] = [];

  /** Calls made since this was last asked: the URL of each, in order. */
  takeCalls(): readonly string[] {
    return this.#asked.splice(0);
  }

  /** The call that carries this header; undefined where it is over. */
  exchange(id: string): Exchange | undefined {
    return this.#open.get(id);
  }

  /** `fetch`, with both ends of every call watched. */
  readonly fetch = (async (url: string, init: RequestInit): Promise<Response> => {
    const id = String(++this.#count);
    this.#asked.push(url);
    const exchange: Exchange = { arrived: false, headSent: false, headSeen: false, sent: 0, taken: 0, ending: false };
    this.#open.set(id, exchange);
    init.signal?.addEventListener("abort", () => {
      exchange.ending = true;
    });
    const headers = { ...(init.headers as Record<string, string>), [EXCHANGE_HEADER]: id };
    try {
      const response = await fetch(url, { ...init, headers });
      exchange.headSeen = true;
      return this.#watched(response, id, exchange);
    } catch (thrown) {
      this.#open.delete(id);
      throw thrown;
    }
  }) as typeof fetch;

  #watched(response: Response, id: string, exchange: Exchange): Response {
    const over = (): void => void this.#open.delete(id);
    if (response.body === null) {
      over();
      return response;
    }
    const reader = response.body.getReader();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const { done, value } = await reader.read();
            if (done) {
              over();
              controller.close();
              return;
            }
            exchange.taken += value.length;
            controller.enqueue(value);
          } catch (thrown) {
            over();
            controller.error(thrown);
          }
        },
        cancel(reason) {
          over();
          return reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status: response.status, headers: response.headers });
  }

  /** Lets time pass until `work` is done, at the latest until `untilMs` of its own clock; true: it was done. */
  async settle(work: Promise<unknown>, untilMs: number): Promise<boolean> {
    const state = { done: false };
    const finished = (): void => {
      state.done = true;
    };
    work.then(finished, finished);
    let quietTurns = 0;
    let quietSince = performance.now();
    let busySince = quietSince;
    for (;;) {
      await nextTurn();
      if (state.done) return true;
      if (this.clock.monotonic() > untilMs) return false;
      const now = performance.now();
      if (this.#onItsWay()) {
        if (now - busySince > LOST_MS) this.#open.clear();
        // beyond a first moment, sleeping lets the threads of the network work
        else if (now - busySince > 2) await Bun.sleep(0.2);
        quietTurns = 0;
        quietSince = performance.now();
        continue;
      }
      busySince = now;
      if (++quietTurns < QUIET_TURNS) continue;
      if (this.#open.size === 0 && now - quietSince < PAUSE_QUIET_MS) {
        await Bun.sleep(0.5);
        continue;
      }
      const stepped = this.clock.step();
      if (this.#open.size === 0) quietSince = now;
      if (!stepped && now - quietSince > LOST_MS) return state.done;
      if (stepped) quietTurns = QUIET_TURNS - 2;
    }
  }

  #onItsWay(): boolean {
    for (const each of this.#open.values()) {
      if (!each.arrived || each.ending || (each.headSent && !each.headSeen) || each.sent > each.taken) return true;
    }
    return false;
  }
}
