import { GatewayError } from "../../lib/errors.ts";
import { isWithoutTables, postgresError } from "./error.ts";
import type { Asker, PostgresLink } from "./link.ts";
import { LOCK, migrateTables, tablesVersion } from "./schema.ts";

/**
 * The tables of one ledger. The first use makes them; where that failed, or where they are gone, the next use does.
 * Whatever PostgreSQL throws is thrown as an error of ours (`postgresError`).
 */
export class Tables implements Asker {
  readonly #link: PostgresLink;
  readonly #begin: ((asker: Asker) => Promise<void>) | null;
  #ready: Promise<void> | null = null;

  /** `begin` is done in the transaction that makes them, each time; null for a visitor, which makes none. */
  constructor(link: PostgresLink, begin: ((asker: Asker) => Promise<void>) | null) {
    this.#link = link;
    this.#begin = begin;
  }

  /** They are there. After a failure the next use tries again. */
  opened(): Promise<void> {
    this.#ready ??= this.#open().catch((thrown: unknown) => {
      this.#ready = null;
      throw thrown;
    });
    return this.#ready;
  }

  /** The next use opens them anew, with all that belongs to it. */
  reopen(): void {
    this.#ready = null;
  }

  /** Runs one statement outside of a transaction; it may be run twice where the connection was gone. */
  async ask<Row>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    await this.opened();
    return this.#link.read<Row>(sql, values).catch((thrown: unknown) => this.#failed(thrown));
  }

  /** Runs `work` in a transaction, as {@link PostgresLink.begin} does. */
  async begin<T>(work: (asker: Asker) => Promise<T>, mode?: string): Promise<T> {
    await this.opened();
    return this.#link.begin(work, mode).catch((thrown: unknown) => this.#failed(thrown));
  }

  #failed(thrown: unknown): never {
    if (isWithoutTables(thrown)) this.reopen();
    throw postgresError(thrown);
  }

  async #open(): Promise<void> {
    const begin = this.#begin;
    if (begin === null) return this.#visit();
    const making = this.#link.begin(async (asker) => {
      await asker.ask("SELECT pg_advisory_xact_lock($1)", [LOCK]);
      await migrateTables(asker);
      await begin(asker);
    });
    await making.catch((thrown: unknown) => {
      throw postgresError(thrown);
    });
  }

  async #visit(): Promise<void> {
    if ((await tablesVersion({ ask: (sql, values) => this.#link.read(sql, values) })) > 0) return;
    throw new GatewayError(
      "not_found",
      "There is no ledger in that database: name the gateway's store.url with --store",
    );
  }
}
