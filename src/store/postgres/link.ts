import type { SQL } from "bun";
import { GatewayError } from "../../lib/errors.ts";
import { isCut, postgresError } from "./error.ts";

/** Connections: one writes at a time, the others read. */
const MOST = 4;
const CONNECT_SECONDS = 5;
/** A server that is silent for so long is taken for lost. A full verification asks many times, each for a page. */
const PATIENCE_MS = 15_000;

/** One transaction, or the database outside of one. */
export interface Asker {
  /** Runs one statement with `$1`, `$2`, … and gives its rows. */
  ask<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * The connections to one PostgreSQL database. Everything fails within bounded time; after a failure of the connection
 * the next use makes new ones.
 */
export class PostgresLink {
  readonly #url: string;
  readonly #patienceMs: number;
  #sql: SQL;

  /** A server that does not answer for `patienceMs` is taken for lost. */
  constructor(url: string, patienceMs = PATIENCE_MS) {
    this.#url = url;
    this.#patienceMs = patienceMs;
    this.#sql = this.#connect();
  }

  /** Reads; asked again once where the connection was gone, as the first use after a restart of the server finds it. */
  async read<Row>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const ask = () => this.#patiently(() => askerOf(this.#sql).ask<Row>(sql, values));
    try {
      return await ask();
    } catch (thrown) {
      if (!isCut(thrown)) throw postgresError(thrown);
    }
    return ask().catch(rethrown);
  }

  /** Runs `work` in a transaction; `mode` as BEGIN takes it. All of it is done, or none, or a cut leaves it open. */
  begin<T>(work: (asker: Asker) => Promise<T>, mode = "read write"): Promise<T> {
    return this.#patiently((isAlive) =>
      this.#sql.begin(mode, (transaction) => {
        const asker = askerOf(transaction);
        return work({
          async ask<Row>(text: string, values?: readonly unknown[]) {
            const rows = await asker.ask<Row>(text, values);
            isAlive();
            return rows;
          },
        });
      }),
    );
  }

  /** Ends the connections, whatever they do. */
  async close(): Promise<void> {
    await this.#sql.close({ timeout: 0 }).catch(() => {});
  }

  #connect(): SQL {
    const url = this.#url;
    const named = decodeURIComponent(new URL(url).pathname.slice(1));
    // said once more, or PGDATABASE in the environment would win over the address
    const database = named === "" ? {} : { database: named };
    // named by `Bun`: an import would load the driver at every start
    return new Bun.SQL({ url, ...database, adapter: "postgres", max: MOST, connectionTimeout: CONNECT_SECONDS });
  }

  /** Waits for what was asked as long as the server shows signs of life; a silent one is left for new connections. */
  async #patiently<T>(asked: (isAlive: () => void) => Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const used = this.#sql;
    const giveUp = (): void => {
      const seconds = this.#patienceMs / 1000;
      const message = `The ledger in PostgreSQL could not be used: the server has not answered for ${seconds} s`;
      reject(new GatewayError("service_unavailable", message));
      // somebody else may have waited in vain as well
      if (this.#sql === used) this.#sql = this.#connect();
      used.close({ timeout: 0 }).catch(() => {});
    };
    let isOver = false;
    let timer = setTimeout(giveUp, this.#patienceMs);
    const isAlive = (): void => {
      clearTimeout(timer);
      if (isOver) return;
      timer = setTimeout(giveUp, this.#patienceMs);
    };
    try {
      return await Promise.race([asked(isAlive), promise]);
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }
}

function askerOf(sql: SQL): Asker {
  return { ask: async (text, values = []) => [...(await sql.unsafe(text, [...values]))] };
}

function rethrown(thrown: unknown): never {
  throw postgresError(thrown);
}
