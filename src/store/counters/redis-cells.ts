import type { Clock } from "../../lib/clock.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/durations.ts";
import { CellListeners } from "./cell-listeners.ts";
import type { CellChange, CellListener, Cells, Swapped } from "./counters.ts";

/** A cell that nobody changes for so long is forgotten: longer than any breaker stays open. */
const TTL_MS = DAY_MS;
/** So long a quick answer tells the time better than a slower one that is newer: clocks drift. */
const TRUSTED_MS = MINUTE_MS;
const PREFIX = "weir:cell:";

type Run = (argument: object) => Promise<readonly (number | string)[]>;

/** Cells on the server; loud changes come over its channel. */
export class RedisCells implements Cells {
  readonly #clock: Clock;
  readonly #node: string;
  readonly #run: Run;
  readonly #listeners = new CellListeners();
  #reachable = false;
  #offsetMs: number;
  /** How long the answer took that the offset is from, and when it came. */
  #tookMs = Number.POSITIVE_INFINITY;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor({ clock, node, run }: { clock: Clock; node: string; run: Run }) {
    this.#clock = clock;
    this.#node = node;
    this.#run = run;
    this.#offsetMs = clock.now() - clock.monotonic();
  }

  reachable(): boolean {
    return this.#reachable;
  }

  async swap(key: string, { from, to, loud }: CellChange): Promise<Swapped> {
    const k = PREFIX + key;
    const askedMs = this.#clock.monotonic();
    const reply = await this.#run({ k, from, to, loud, ttl: TTL_MS, node: this.#node, channel: "weir:cells" });
    this.#read(reply, askedMs);
    return { done: reply[0] === 1, text: String(reply[2]) };
  }

  async read(key: string): Promise<string> {
    const askedMs = this.#clock.monotonic();
    const reply = await this.#run({ k: PREFIX + key });
    this.#read(reply, askedMs);
    return String(reply[2]);
  }

  watch(key: string, tell: CellListener): () => void {
    const end = this.#listeners.add(key, tell);
    if (this.#reachable) this.read(key).then(tell, () => {});
    return end;
  }

  caughtUp(): null {
    return null;
  }

  offsetMs(): number {
    return this.#offsetMs;
  }

  /** A message of the channel: node, key and text. */
  hear(message: string): void {
    const [node = "", key = ""] = message.split(" ", 2);
    if (node === this.#node) return;
    const text = message.slice(node.length + key.length + 2);
    this.#listeners.tell(key.slice(PREFIX.length), text);
  }

  /** The server is there: everybody hears what it knows. */
  async resume(run: Run): Promise<void> {
    for (const key of this.#listeners.keys()) {
      const askedMs = this.#clock.monotonic();
      const reply = await run({ k: PREFIX + key });
      this.#read(reply, askedMs);
      this.#listeners.tell(key, String(reply[2]));
    }
    this.#reachable = true;
  }

  /** The server is gone. */
  lose(): void {
    this.#reachable = false;
  }

  /** The server's clock is everybody's; the quicker an answer came, the better it tells what time it is there. */
  #read(reply: readonly (number | string)[], askedMs: number): void {
    const nowMs = this.#clock.monotonic();
    const tookMs = nowMs - askedMs;
    if (tookMs > this.#tookMs && nowMs - this.#readMs < TRUSTED_MS) return;
    this.#offsetMs = Number(reply[1]) / 1000 - (askedMs + tookMs / 2);
    this.#tookMs = tookMs;
    this.#readMs = nowMs;
  }
}
