import type { Clock } from "../../lib/clock.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/durations.ts";
import { CellListeners } from "./cell-listeners.ts";
import type { CellChange, CellListener, Cells, Swapped } from "./counters.ts";

/** A cell that nobody changes for so long is forgotten: longer than any breaker stays open. */
const TTL_MS = DAY_MS;
/** So long a quick answer tells the time better than a slower one that is newer: clocks drift. */
const TRUSTED_MS = MINUTE_MS;
const PREFIX = "weir:cell:";
/** Where nodes tell each other of loud changes. */
export const CHANNEL = "weir:cells";

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

  swap(key: string, change: CellChange): Promise<Swapped> {
    return this.#ask(this.#run, key, { ...change, ttl: TTL_MS, node: this.#node, channel: CHANNEL });
  }

  async read(key: string): Promise<string> {
    return (await this.#ask(this.#run, key)).text;
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
      this.#listeners.tell(key, (await this.#ask(run, key)).text);
    }
    this.#reachable = true;
  }

  /** The server is gone. */
  lose(): void {
    this.#reachable = false;
  }

  async #ask(run: Run, key: string, change: object = {}): Promise<Swapped> {
    const askedMs = this.#clock.monotonic();
    const [done, timeUs, text] = await run({ k: PREFIX + key, ...change });
    this.#setClock(Number(timeUs), askedMs);
    return { done: done === 1, text: String(text) };
  }

  /** The server's clock is everybody's; the quicker an answer came, the better it tells what time it is there. */
  #setClock(timeUs: number, askedMs: number): void {
    const nowMs = this.#clock.monotonic();
    const tookMs = nowMs - askedMs;
    if (tookMs > this.#tookMs && nowMs - this.#readMs < TRUSTED_MS) return;
    this.#offsetMs = timeUs / 1000 - (askedMs + tookMs / 2);
    this.#tookMs = tookMs;
    this.#readMs = nowMs;
  }
}
