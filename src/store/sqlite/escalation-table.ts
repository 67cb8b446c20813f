import { Database } from "bun:sqlite";
import type { HeldRequest } from "../../lib/context.ts";
import type { Escalation, EscalationState } from "../../schema/escalation.ts";
import type { Approval, Decision, EscalationBook, EscalationQuery } from "../escalations.ts";
import { guarded } from "./error.ts";

/** The table; the key is kept apart from what is shown. */
export const ESCALATION_TABLE = `CREATE TABLE escalations (
    place INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    expires INTEGER,
    body TEXT NOT NULL
  );
  CREATE INDEX escalations_key ON escalations (key, state);
  CREATE INDEX escalations_state ON escalations (state, place);`;

/** So many are kept: the oldest that are decided go first, then the oldest at all. */
export const MOST_ESCALATIONS = 10_000;

interface Row {
  id: string;
  key: string;
  state: EscalationState;
  expires: number | null;
  body: string;
}

/** Requests that wait for a person, in a table of the ledger's database. */
export class EscalationTable implements EscalationBook {
  readonly #db: Database;
  readonly #path: string;

  /** `path` is shown in errors. */
  constructor(db: Database, path: string) {
    this.#db = db;
    this.#path = path;
  }

  hold(item: HeldRequest, isNew: boolean): { readonly id: string; readonly isKnown: boolean } {
    return this.#change(() => {
      const sql = "SELECT id FROM escalations WHERE key = ? AND state = 'waiting' LIMIT 1";
      const known = isNew ? null : this.#db.query<{ id: string }, [string]>(sql).get(item.key);
      if (known !== null) return { id: known.id, isKnown: true };
      const { id, key, ...shown } = item;
      const insert = this.#db.query("INSERT INTO escalations (id, key, state, expires, body) VALUES (?, ?, ?, ?, ?)");
      insert.run(id, key, "waiting", null, JSON.stringify(shown));
      this.#makeRoom();
      return { id, isKnown: false };
    });
  }

  find(id: string, nowMs: number): Escalation | null {
    const sql = "SELECT id, key, state, expires, body FROM escalations WHERE id = ?";
    const row = guarded(this.#path, () => this.#db.query<Row, [string]>(sql).get(id));
    return row === null ? null : shownOf(row, nowMs);
  }

  list({ state, limit }: EscalationQuery, nowMs: number): readonly Escalation[] {
    // what has expired lies there as approved
    const stored = state === "expired" ? "approved" : state;
    const filter = stored === undefined ? "" : "WHERE state = $state";
    const late = state === "expired" ? "AND expires <= $now" : state === "approved" ? "AND expires > $now" : "";
    const sql = `SELECT id, key, state, expires, body FROM escalations ${filter} ${late} ORDER BY place DESC LIMIT $limit`;
    const given = {
      $limit: limit,
      ...(stored === undefined ? {} : { $state: stored }),
      ...(late === "" ? {} : { $now: nowMs }),
    };
    return guarded(this.#path, () =>
      this.#db
        .query<Row, [typeof given]>(sql)
        .all(given)
        .map((row) => shownOf(row, nowMs)),
    );
  }

  decide(id: string, { state, by, reason, at, expiresAt }: Decision): Escalation | null {
    return this.#change(() => {
      const row = this.#db.query<Row, [string]>("SELECT * FROM escalations WHERE id = ? AND state = 'waiting'").get(id);
      if (row === null) return null;
      const body = JSON.stringify({ ...JSON.parse(row.body), by, reason, decided_at: at });
      this.#db
        .query("UPDATE escalations SET state = ?, expires = ?, body = ? WHERE id = ?")
        .run(state, expiresAt, body, id);
      return shownOf({ ...row, state, expires: expiresAt, body }, at);
    });
  }

  approvals(nowMs: number): readonly Approval[] {
    const sql = "SELECT key, expires FROM escalations WHERE state = 'approved' AND expires > ?";
    return guarded(this.#path, () => this.#db.query<Approval, [number]>(sql).all(nowMs));
  }

  claim(key: string, nowMs: number): Escalation | null {
    return this.#change(() => {
      const sql =
        "SELECT * FROM escalations WHERE key = ? AND state = 'approved' AND expires > ? ORDER BY place LIMIT 1";
      const row = this.#db.query<Row, [string, number]>(sql).get(key, nowMs);
      if (row === null) return null;
      this.#db.query("UPDATE escalations SET state = 'used' WHERE id = ?").run(row.id);
      return shownOf({ ...row, state: "used" }, nowMs);
    });
  }

  #makeRoom(): void {
    const { count } = this.#db.query<{ count: number }, []>("SELECT count(*) AS count FROM escalations").get()!;
    if (count <= MOST_ESCALATIONS) return;
    const sql = `DELETE FROM escalations WHERE place IN (SELECT place FROM escalations
      ORDER BY state IN ('waiting', 'approved'), place LIMIT ?)`;
    this.#db.query(sql).run(count - MOST_ESCALATIONS);
  }

  #change<T>(work: () => T): T {
    return guarded(this.#path, () => this.#db.transaction(work).immediate());
  }
}

/** A book that ends with the process. */
export function escalationsInMemory(): EscalationBook {
  const db = new Database(":memory:");
  db.run(ESCALATION_TABLE);
  return new EscalationTable(db, "memory:");
}

function shownOf({ id, state, expires, body }: Row, nowMs: number): Escalation {
  const late = state === "approved" && expires !== null && expires <= nowMs;
  const undecided = { by: null, reason: null, decided_at: null };
  return { id, state: late ? "expired" : state, ...undecided, ...JSON.parse(body), expires_at: expires };
}
