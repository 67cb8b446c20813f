import { GatewayError } from "../../lib/errors.ts";
import { FACTS } from "../ledger/facts.ts";
import type { Asker } from "./link.ts";
import { fillSums, SUM_TABLE } from "./sums.ts";

/** Held while the chain is written or the tables are made: one writer at a time, whoever it is. ASCII "weir". */
export const LOCK = 0x77_65_69_72;

/**
 * Steps from one version of the tables to the next; `weir_meta` counts those that were made. A step that has been
 * released is never changed.
 */
const MIGRATIONS: readonly (readonly (string | ((asker: Asker) => Promise<void>))[])[] = [
  [
    `CREATE TABLE weir_facet (
      id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      facts TEXT NOT NULL UNIQUE,
      ${FACTS.map((name) => `${name} TEXT`).join(", ")}
    )`,
    `CREATE TABLE weir_ledger (
      seq BIGINT PRIMARY KEY,
      kind TEXT NOT NULL,
      id TEXT,
      at DOUBLE PRECISION NOT NULL,
      verdict TEXT,
      target TEXT,
      body TEXT NOT NULL,
      hash BYTEA NOT NULL,
      facet BIGINT
    )`,
    "CREATE INDEX weir_ledger_time ON weir_ledger (at, seq)",
    "CREATE INDEX weir_ledger_facet ON weir_ledger (facet, at, seq)",
    "CREATE INDEX weir_ledger_id ON weir_ledger (id, at) WHERE id IS NOT NULL",
    "CREATE INDEX weir_ledger_seal ON weir_ledger (seq) WHERE kind = 'seal'",
  ],
  [SUM_TABLE, fillSums],
];

/** The version of the tables, 0 where there are none. Throws when a newer Weir made them. */
export async function tablesVersion(asker: Asker): Promise<number> {
  const [there] = await asker.ask<{ there: boolean }>("SELECT to_regclass('weir_meta') IS NOT NULL AS there");
  if (there?.there !== true) return 0;
  const [row] = await asker.ask<{ value: string }>("SELECT value FROM weir_meta WHERE key = 'version'");
  const version = Number(row?.value ?? 0);
  if (version <= MIGRATIONS.length) return version;
  throw new GatewayError(
    "service_unavailable",
    `The ledger in PostgreSQL has version ${version}, this binary knows versions up to ${MIGRATIONS.length}: use the newer weir that wrote it`,
  );
}

/** Brings the tables to the newest version. To be called within a transaction that holds {@link LOCK}. */
export async function migrateTables(asker: Asker): Promise<void> {
  const version = await tablesVersion(asker);
  if (version === MIGRATIONS.length) return;
  await asker.ask("CREATE TABLE IF NOT EXISTS weir_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
  for (const steps of MIGRATIONS.slice(version))
    for (const step of steps) {
      if (typeof step === "string") await asker.ask(step);
      else await step(asker);
    }
  const set = "INSERT INTO weir_meta VALUES ('version', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
  await asker.ask(set, [String(MIGRATIONS.length)]);
}
