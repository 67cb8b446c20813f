import type { Clock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/logger.ts";
import type { SpendingRecord } from "../../lib/spending-file.ts";
import type { Ask, Balance, CounterStats, Counters, Meter } from "./counters.ts";
import { MemoryCounters } from "./memory.ts";
import { CHANNEL, RedisCells } from "./redis-cells.ts";
import { RedisClaim } from "./redis-claim.ts";
import { accountKey, meterArgument } from "./redis-keys.ts";
import { RedisLink, type RunScript } from "./redis-link.ts";

/** What shared counters are made of. */
export interface RedisOptions {
  /** `redis://` or `rediss://`, with its credentials. */
  readonly url: string;
  /** What a request meets while the server is gone: counting by this process alone, or 503. */
  readonly onError: "local" | "refuse";
  readonly clock: Clock;
  readonly log: Logger;
  /** Microseconds since 1970, for tests; else the server's own clock. */
  readonly timeUs?: (() => number) | undefined;
  /** A node that has not been heard of for so long is gone, and its parallel places are free: 10 s. */
  readonly leaseMs?: number | undefined;
}

/** Settlements that wait for the server to come back; the oldest beyond it are given up, what they hold runs out. */
const MAX_BACKLOG = 10_000;

const LEASE_MS = 10_000;
/** A node says so often in the time of a lease that it lives. */
const BEATS = 3;

/** Windows of rates, or accounts, that one call is about: it keeps the server for some milliseconds. */
const PER_CALL = 200;

/** What the script of that name takes. */
type Settlement = Readonly<Record<string, unknown>>;

/** Counters on a Redis or Valkey server, for all gateways that name it. */
export class RedisCounters implements Counters {
  readonly cells: RedisCells;
  /** Counts while the server is gone. */
  readonly local: MemoryCounters;
  readonly link: RedisLink;
  readonly #options: RedisOptions;
  readonly #node = crypto.randomUUID().slice(0, 8);
  readonly #leaseMs: number;
  #claims = 0;
  #backlog: Settlement[] = [];
  #givenUp = 0;
  readonly #handing = new Set<Promise<void>>();
  #cancelBeat = (): void => {};
  /** What was spent by local counting and the server does not know yet. */
  #owed = new Map<string, number>();

  constructor(options: RedisOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    const { url, clock, log } = options;
    this.local = new MemoryCounters(clock);
    this.cells = new RedisCells({ clock, node: this.#node, run: (argument) => this.link.run("swap", argument) });
    this.link = new RedisLink({
      url,
      clock,
      log,
      channel: CHANNEL,
      onMessage: (message) => this.cells.hear(message),
      onConnect: async (run) => {
        // before anything is held: others would take it for that of a node that is gone
        await run("beat", this.#sign());
        await this.#catchUp(run);
        await this.#look(run);
        await this.cells.resume((argument) => run("swap", argument));
      },
      onLost: () => this.cells.lose(),
    });
  }

  /** Connects; resolves when the first try is over, well or not. */
  start(): Promise<void> {
    this.#beatLater();
    return this.link.start();
  }

  check(): void {
    if (!this.link.up) this.allowLocal();
  }

  open(ask: Ask): RedisClaim {
    // what stands before the colon says whose places these are
    return new RedisClaim(ask, { counters: this, id: `${this.#node}:${(this.#claims++).toString(36)}` });
  }

  /** Microseconds for the scripts; 0: the server's own. */
  get timeUs(): number {
    return this.#options.timeUs?.() ?? 0;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** Lets a request be counted by this process alone, or throws `overloaded`. */
  allowLocal(): void {
    if (this.#options.onError === "local") return;
    throw new GatewayError(
      "overloaded",
      "The shared counters (store.counters.url) cannot be reached, and store.counters.on_error says to refuse requests until they can",
      { retryAfterMs: 1_000 },
    );
  }

  /** Sends a settlement now, or as soon as the server is back. */
  settle(settlement: Settlement): void {
    if (!this.link.up) {
      this.#remember(settlement);
      return;
    }
    const handed = this.link.run("settle", settlement).then(
      () => {},
      () => this.#remember(settlement),
    );
    this.#handing.add(handed);
    void handed.then(() => this.#handing.delete(handed));
  }

  /** What local counting has spent of an account: handed in now, where the server is back already, else when it is. */
  owe(owner: string, amount: number): void {
    if (this.link.up) this.settle({ ...this.#once(), accounts: [{ k: accountKey(owner), used: amount }] });
    else this.#note(owner, amount);
  }

  /** Counts what a request used that began while the server was gone, and ends when it is back. */
  handIn(meters: readonly Meter[], used: number): void {
    this.settle({ ...this.#once(), meters: meters.map((meter) => ({ ...meterArgument(meter), used })) });
  }

  #note(owner: string, amount: number): void {
    this.#owed.set(owner, (this.#owed.get(owner) ?? 0) + amount);
  }

  /** A settlement that is of no request, with a name of its own: an answer that got lost must not book it twice. */
  #once(): Settlement {
    const once = `weir:once:${this.#node}-${(this.#claims++).toString(36)}`;
    return { t: this.timeUs, id: "", hold: 0, once, meters: [], accounts: [] };
  }

  /** What the server says accounts have spent, three numbers for each: local counting would go on from there. */
  learn(owners: readonly string[], numbers: readonly number[]): readonly Balance[] {
    return owners.map((owner, at) => {
      const [today = 0, thisMonth = 0, reserved = 0] = numbers.slice(at * 3, at * 3 + 3);
      const balance = { today, thisMonth, reserved };
      this.local.spendingOf(owner).adopt(balance, this.#options.clock.now());
      return balance;
    });
  }

  keep(wanted: { readonly rates: ReadonlySet<string>; readonly owners: ReadonlySet<string> }): void {
    this.local.keep(wanted);
  }

  spending(): SpendingRecord | null {
    return this.local.spending();
  }

  stats(): CounterStats {
    const failing = !this.link.up;
    return { failing, failures: this.link.failures, refusing: failing && this.#options.onError === "refuse" };
  }

  async close(): Promise<void> {
    this.#cancelBeat();
    await Promise.all(this.#handing);
    this.link.close();
  }

  #sign(): object {
    return { node: this.#node, lease: this.#leaseMs };
  }

  #beatLater(): void {
    this.#cancelBeat = this.#options.clock.after(this.#leaseMs / BEATS, () => {
      // a connection that fails comes back with a beat
      if (this.link.up) this.#beat().catch(() => {});
      void this.link.listens();
      this.#beatLater();
    });
  }

  async #beat(): Promise<void> {
    await this.link.run("beat", this.#sign());
    await this.#look((name, argument) => this.link.run(name, argument));
  }

  /** Looks what others have spent meanwhile: it is shown, and local counting would go on from there. */
  async #look(run: RunScript): Promise<void> {
    const owners = Object.keys(this.local.spending() ?? {});
    for (let at = 0; at < owners.length; at += PER_CALL) {
      const some = owners.slice(at, at + PER_CALL);
      const accounts = some.map((owner) => ({ k: accountKey(owner) }));
      const reply = await run("claim", { t: this.timeUs, id: "", hold: 0, meters: [], accounts });
      this.learn(some, reply.slice(2).map(Number));
    }
  }

  #remember(settlement: Settlement): void {
    // one that has a name of its own is known by that
    this.#backlog.push("once" in settlement ? settlement : { ...settlement, again: true });
    if (this.#backlog.length <= MAX_BACKLOG) return;
    this.#backlog.shift();
    if (this.#givenUp++ === 0) this.#options.log.error({}, "more requests ended than can wait for the shared counters");
  }

  /** Hands in what was settled and spent while the server was gone, and what it has forgotten of the time before. */
  async #catchUp(run: RunScript): Promise<void> {
    while (this.#backlog.length > 0) {
      await run("settle", this.#backlog[0]!);
      this.#backlog.shift();
    }
    await this.#handInSpending(run);
    // twice: what ends meanwhile is counted here, too
    for (let turn = 0; turn < 2; turn++) await this.#handInTokens(run);
  }

  /** Tokens are spent as money is. Requests are not handed in: a rate of them is there against bursts, which are over. */
  async #handInTokens(run: RunScript): Promise<void> {
    const counted = this.local.takeTokens();
    for (let at = 0; at < counted.length; at += PER_CALL) {
      const meters = counted.slice(at, at + PER_CALL).map(({ meter, used }) => ({ ...meterArgument(meter), used }));
      try {
        await run("settle", { ...this.#once(), meters });
      } catch (thrown) {
        for (const each of counted.slice(at)) this.local.count(each);
        throw thrown;
      }
    }
  }

  async #handInSpending(run: RunScript): Promise<void> {
    for (const owner of new Set([...Object.keys(this.local.spending() ?? {}), ...this.#owed.keys()])) {
      const amount = this.#owed.get(owner) ?? 0;
      const known = this.local.spendingOf(owner).record();
      const total = known.thisMonth - amount;
      if (amount === 0 && total <= 0) continue;
      const least = { day: known.day, month: known.month, today: known.today - amount, total };
      const accounts = [{ k: accountKey(owner), used: amount, least }];
      this.#owed.delete(owner);
      try {
        await run("settle", { ...this.#once(), accounts });
      } catch (thrown) {
        this.#note(owner, amount);
        throw thrown;
      }
    }
  }
}
