import type { RedisClient } from "bun";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { Patience } from "./patience.ts";
import { SCRIPTS, type ScriptName } from "./redis-scripts.ts";

/**
 * How long the server may be silent over a call: the client has no limit of its own, and would hang with it. Long enough
 * for a server that writes to a slow disk, or a machine with too much to do: to give it up is to count alone, or refuse.
 */
const CALL_MS = 1_000;
/** The same for a new connection, with its hello. */
const CONNECT_MS = 2_000;
/** Waits between tries to connect: the first, twice as long each time, at most the last. */
const RETRY_MS = { first: 50, most: 1_000 } as const;

/** What a link is made of. */
export interface LinkOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where changes that others make are heard of. */
  readonly channel: string;
  readonly onMessage: (message: string) => void;
  /** Called with every new connection, before others may use it; a failure ends the connection. */
  readonly onConnect: (run: RunScript) => Promise<void>;
  /** Called whenever the server was lost. */
  readonly onLost: () => void;
}

/** Runs a script: its numbers, or text where it gives one. Rejects when the server does not answer in time or fails. */
export type RunScript = (name: ScriptName, argument: object) => Promise<readonly (number | string)[]>;

/**
 * A connection to a Redis or Valkey server that comes back by itself. A call that fails or takes too long ends the
 * connection: no other call waits for a server that hangs, and nothing piles up in front of it.
 */
export class RedisLink {
  readonly #options: LinkOptions;
  readonly #shas = new Map<ScriptName, string>();
  #client: RedisClient | null = null;
  #subscriber: RedisClient | null = null;
  #cancelRetry: () => void = () => {};
  #retryMs: number = RETRY_MS.first;
  #saidGone = false;
  #closed = false;
  #failures = 0;
  readonly #patience: Patience;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#patience = new Patience(options.clock);
  }

  /** Whether calls can be made. */
  get up(): boolean {
    return this.#client !== null;
  }

  /** Calls and connections that failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Connects; resolves when the first try is over, well or not. Further tries go on by themselves. */
  async start(): Promise<void> {
    if (this.#closed) return;
    const { url, channel, onMessage, onConnect } = this.#options;
    let client: RedisClient | null = null;
    let subscriber: RedisClient | null = null;
    try {
      client = connectionTo(url);
      subscriber = connectionTo(url);
      await this.#patience.within(CONNECT_MS, client.connect());
      await this.#patience.within(CONNECT_MS, subscriber.connect());
      await this.#patience.within(CONNECT_MS, subscriber.subscribe(channel, onMessage));
      await this.#hello(client);
      const fresh = client;
      await onConnect((name, argument) => this.#run(fresh, name, argument));
    } catch (thrown) {
      drop(client);
      drop(subscriber);
      this.#gone(refused(thrown, url));
      return;
    }
    if (this.#closed) {
      drop(client);
      drop(subscriber);
      return;
    }
    const mine = client;
    client.onclose = (error) => this.#lose(mine, error);
    subscriber.onclose = (error) => this.#lose(mine, error);
    this.#client = client;
    this.#subscriber = subscriber;
    this.#retryMs = RETRY_MS.first;
    if (this.#saidGone) this.#options.log.info({}, "the shared counters are back: counting together again");
    this.#saidGone = false;
  }

  /** Runs a script on the server. */
  async run(name: ScriptName, argument: object): Promise<readonly (number | string)[]> {
    const client = this.#client;
    if (client === null) throw new Error("there is no connection");
    try {
      return await this.#run(client, name, argument);
    } catch (thrown) {
      this.#lose(client, thrown);
      throw thrown;
    }
  }

  /**
   * Makes sure that what others say still arrives: a connection that only listens would never notice that somebody on the
   * way has forgotten it.
   */
  async listens(): Promise<void> {
    const [client, subscriber] = [this.#client, this.#subscriber];
    if (client === null || subscriber === null) return;
    try {
      await this.#patience.within(CALL_MS, subscriber.ping());
    } catch (thrown) {
      this.#lose(client, thrown);
    }
  }

  /** Ends the connection for good. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    drop(this.#client);
    drop(this.#subscriber);
    this.#client = null;
    this.#subscriber = null;
  }

  /** Loads the scripts, and writes once: a replica or a full server that only reads is no place to count. */
  async #hello(client: RedisClient): Promise<void> {
    for (const [name, source] of Object.entries(SCRIPTS)) {
      const sha: unknown = await this.#patience.within(CONNECT_MS, client.send("SCRIPT", ["LOAD", source]));
      this.#shas.set(name as ScriptName, String(sha));
    }
    await this.#patience.within(CONNECT_MS, client.send("SET", ["weir:hello", "1", "PX", "60000"]));
  }

  async #run(client: RedisClient, name: ScriptName, argument: object): Promise<readonly (number | string)[]> {
    const text = JSON.stringify(argument);
    const run = (command: string, script: string): Promise<unknown> =>
      this.#patience.within(CALL_MS, client.send(command, [script, "0", text]));
    try {
      return (await run("EVALSHA", this.#shas.get(name) ?? "")) as (number | string)[];
    } catch (thrown) {
      if (!/^NOSCRIPT/.test((thrown as Error).message ?? "")) throw thrown;
      return (await run("EVAL", SCRIPTS[name])) as (number | string)[];
    }
  }

  #lose(client: RedisClient, thrown: unknown): void {
    if (client !== this.#client) return;
    drop(this.#client);
    drop(this.#subscriber);
    this.#client = null;
    this.#subscriber = null;
    this.#gone(thrown);
    this.#options.onLost();
  }

  #gone(thrown: unknown): void {
    if (this.#closed) return;
    this.#failures++;
    const { log, clock, url } = this.#options;
    if (!this.#saidGone) {
      this.#saidGone = true;
      log.error({ reason: reasonOf(thrown, url) }, "the shared counters of store.counters.url cannot be reached");
    }
    this.#cancelRetry = clock.after(this.#retryMs, () => void this.start());
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.most);
  }
}

function connectionTo(url: string): RedisClient {
  return new Bun.RedisClient(url, {
    autoReconnect: false,
    enableOfflineQueue: false,
    connectionTimeout: CONNECT_MS,
    idleTimeout: 0,
  });
}

function drop(client: RedisClient | null): void {
  if (client === null) return;
  client.onclose = () => {};
  try {
    client.close();
  } catch {
    // it never was open
  }
}

/**
 * The client does not say why a server hung up on its first words, nor that it did so itself over a certificate: nearly
 * always another password was wanted.
 */
function refused(thrown: unknown, url: string): unknown {
  if (!(thrown instanceof Error) || thrown.message !== "Connection closed") return thrown;
  const trusted = /^rediss:/i.test(url) ? ", and is its certificate trusted (NODE_EXTRA_CA_CERTS)" : "";
  return new Error(`the connection was closed: is the server there, does it take this user and password${trusted}?`);
}

/** What went wrong, without what the URL holds. */
function reasonOf(thrown: unknown, url: string): string {
  let text = thrown instanceof Error ? thrown.message : String(thrown);
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: "", password: "" };
  for (const secret of [url, password, decodeURIComponent(password), username, decodeURIComponent(username)]) {
    if (secret !== "") text = text.replaceAll(secret, "[masked]");
  }
  return text.slice(0, 200);
}
