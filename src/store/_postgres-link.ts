import { SQL } from "bun";
import { GatewayError } from "../lib/errors.ts";
import { isCut, postgresError } from "./_postgres-error.ts";

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
  #sql: SQL;

  constructor(url: string) {
    this.#url = url;
    this.#sql = this.#connect();
  }

  /** Reads; asked again once where the connection was gone, as the first use after a restart of the server finds it. */
  async read<Row>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      return await this.#within(askerOf(this.#sql).ask<Row>(sql, values));
    } catch (thrown) {
      if (!isCut(thrown)) throw postgresError(thrown);
    }
    return this.#within(askerOf(this.#sql).ask<Row>(sql, values)).catch(rethrown);
  }

  /** Runs `work` in a transaction; `mode` as BEGIN takes it. All of it is done, or none, or a cut leaves it open. */
  async begin<T>(work: (asker: Asker) => Promise<T>, mode = "read write"): Promise<T> {
    // each statement has its own time: a walk along the whole chain may take long
    const patient = (sql: SQL): Asker => {
      const asker = askerOf(sql);
      return { ask: (text, values) => this.#within(asker.ask(text, values)) };
    };
    return this.#sql.begin(mode, (transaction) => work(patient(transaction)));
  }

  /** Ends the connections, whatever they do. */
  async close(): Promise<void> {
    await this.#sql.close({ timeout: 0 }).catch(() => {});
  }

  #connect(): SQL {
    return new SQL({ url: this.#url, adapter: "postgres", max: MOST, connectionTimeout: CONNECT_SECONDS });
  }

  async #within<T>(asked: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const silent = new GatewayError(
        "service_unavailable",
        `The ledger in PostgreSQL could not be used: the server has not answered for ${PATIENCE_MS / 1000} s`,
      );
      const old = this.#sql;
      this.#sql = this.#connect();
      old.close({ timeout: 0 }).catch(() => {});
      reject(silent);
    }, PATIENCE_MS);
    try {
      return await Promise.race([asked, promise]);
    } finally {
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
