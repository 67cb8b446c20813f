import type { ChainHead, ChainRecord, PruneRecord, SealRecord } from "../../schema/ledger.ts";
import type { ChainProblem, ChainReport } from "../store.ts";
import { beginOf, type ChainRow, columnsAgree, GENESIS, type Link, parseBody, rowHash, sameHash } from "./chain.ts";

/** How many rows on either side of a broken link are tried as the true predecessor. */
const WINDOW = 64;
/** How many problems a report names; the rest are counted. */
const NAMED = 100;
const PAGE = 1000;

/** What a walk asks for: at most `limit` rows with a number above `seq`, lowest first. */
export interface RowsAfter {
  readonly seq: number;
  readonly limit: number;
}

/** A walk that asks for rows as it goes and ends with what it found: whoever drives it may read them as it likes. */
export type ChainWalk<T = ChainReport> = Generator<RowsAfter, T, readonly ChainRow[]>;

/** The chain to verify. */
export interface ChainEnds {
  /** The last row that retention removed: the chain begins behind it. */
  readonly pruned: ChainHead | null;
  /** Heads that must still be there: the one of the last orderly stop, and those kept beside the ledger. */
  readonly known: readonly ChainHead[];
}

/** A chain whose rows are at hand. */
export interface ChainSource extends ChainEnds {
  /** At most `limit` rows with a number above `seq`, lowest first. */
  after(seq: number, limit: number): readonly ChainRow[];
}

const rowsText = (from: number, to: number): string => (from === to ? `row ${from} is` : `rows ${from} to ${to} are`);

/** The state of one walk; plain data, so that each step stays a small function. */
interface Walk {
  previous: Link;
  /** The head that the previous row seals; null where it is no seal, or does not follow from the row before it. */
  sealed: ChainHead | null;
  rows: number;
  crashes: number;
  lost: number;
  lastPrune: PruneRecord | null;
  /** Rows whose hash does not follow from the row before them. */
  readonly broken: ChainRow[];
  readonly problems: ChainProblem[];
  problemCount: number;
}

function complain(walk: Walk, problem: ChainProblem): void {
  walk.problemCount++;
  if (walk.problems.length < NAMED) walk.problems.push(problem);
}

const isSame = (named: ChainHead | null, head: ChainHead | null): boolean =>
  named !== null && head !== null && named.seq === head.seq && named.hash === head.hash;

function checkStart(walk: Walk, row: ChainRow, record: ChainRecord): void {
  const { seq, hash } = walk.previous;
  if (record.reason === "crash") walk.crashes++;
  const named = record.previous;
  const first = seq === 0 && named === null;
  // ledgers until 0.1.0 sealed the day before between the head that they named and the row that names it
  if (first || isSame(named, { seq, hash: hash.toHex() }) || isSame(named, walk.sealed)) return;
  const message =
    named === null
      ? `row ${row.seq} says the ledger begins there, but row ${seq} stands before it`
      : `row ${row.seq} opens a chain behind row ${named.seq} (${named.hash.slice(0, 12)}…), which is not what stands before it`;
  complain(walk, { seq: row.seq, kind: named === null ? "inserted" : "removed", message });
}

function checkSeal(walk: Walk, row: ChainRow, { through }: SealRecord): ChainHead | null {
  const { seq, hash } = walk.previous;
  if (isSame(through, { seq, hash: hash.toHex() })) return through;
  const message = `row ${row.seq} seals a segment that ends otherwise than what stands before it`;
  complain(walk, { seq: row.seq, kind: "edited", message });
  return null;
}

function checkRow(walk: Walk, row: ChainRow): void {
  const { seq, hash } = walk.previous;
  const entry = parseBody(row.body);
  const begins = entry !== null && "kind" in entry && entry.kind === "chain";
  let sealed: ChainHead | null = null;
  const linked = sameHash(row.hash, rowHash(begins ? GENESIS : hash, row.body));
  if (row.seq !== seq + 1) {
    const message = `${rowsText(seq + 1, row.seq - 1)} missing`;
    complain(walk, { seq: seq + 1, kind: "removed", message });
  } else if (!linked) {
    walk.problemCount++;
    if (walk.broken.length < NAMED) walk.broken.push(row);
  }
  if (entry === null) {
    if (linked) complain(walk, { seq: row.seq, kind: "edited", message: `the text of row ${row.seq} is no entry` });
  } else {
    if (linked && !columnsAgree(row, entry)) {
      const message = `the columns of row ${row.seq} do not say what its text says`;
      complain(walk, { seq: row.seq, kind: "edited", message });
    }
    if ("kind" in entry) {
      if (entry.kind === "chain" && row.seq === seq + 1) checkStart(walk, row, entry);
      if (entry.kind === "seal" && linked && row.seq === seq + 1) sealed = checkSeal(walk, row, entry);
      if (entry.kind === "gap") walk.lost += entry.lost;
      if (entry.kind === "prune") walk.lastPrune = entry;
    }
  }
  walk.previous = { seq: row.seq, hash: row.hash };
  walk.sealed = sealed;
  walk.rows++;
}

/** Names what happened at a row whose hash does not follow from the row before it. */
function classify(row: ChainRow, near: readonly ChainRow[]): ChainProblem {
  const at = near.findIndex((other) => other.seq === row.seq);
  const twin = near.find((other) => other.seq < row.seq && other.body === row.body && sameHash(other.hash, row.hash));
  if (twin !== undefined) {
    return { seq: row.seq, kind: "inserted", message: `row ${row.seq} is a copy of row ${twin.seq}` };
  }
  const parent = parentOf(row, near);
  const found = near[parent];
  if (found === undefined) {
    const message = `row ${row.seq} does not follow from row ${row.seq - 1}: it was edited, or put in`;
    return { seq: row.seq, kind: "edited", message };
  }
  const between = near[at - 1];
  // One row too many: it follows from nothing, or from where it stands. A row that follows from elsewhere was moved.
  if (between !== undefined && at - parent === 2 && [-1, parent].includes(parentOf(between, near))) {
    const message = `row ${row.seq} follows from row ${found.seq}: row ${between.seq} was put in between`;
    return { seq: between.seq, kind: "inserted", message };
  }
  const message = `row ${row.seq} follows from row ${found.seq}, not from row ${row.seq - 1}: rows were moved`;
  return { seq: row.seq, kind: "reordered", message };
}

/** Which of the rows near it a row follows from by its hash; -1: none. */
function parentOf(row: ChainRow, near: readonly ChainRow[]): number {
  return near.findIndex((other) => sameHash(rowHash(other.hash, row.body), row.hash));
}

function* nameBroken(walk: Walk, source: ChainEnds): ChainWalk<void> {
  const none = { kind: "", id: null, at: 0, verdict: null, target: null, body: "" };
  const base: ChainRow = { ...none, ...beginOf(source.pruned) };
  for (const row of walk.broken) {
    const from = Math.max(base.seq, row.seq - WINDOW - 1);
    const rows = yield { seq: from, limit: 2 * WINDOW };
    walk.problems.push(classify(row, from === base.seq ? [base, ...rows] : rows));
  }
  // A row that was put in breaks its own link and the next one's: one problem, and "inserted" says more than "edited".
  const inserted = new Set(walk.problems.filter(({ kind }) => kind === "inserted").map(({ seq }) => seq));
  const seen = new Set<string>();
  const named = walk.problems.filter(({ seq, kind }) => {
    const key = `${kind} ${seq}`;
    if (seen.has(key) || (kind === "edited" && inserted.has(seq))) return false;
    seen.add(key);
    return true;
  });
  walk.problemCount -= walk.problems.length - named.length;
  walk.problems.splice(0, walk.problems.length, ...named.sort((a, b) => a.seq - b.seq).slice(0, NAMED));
}

function* checkKnown(walk: Walk, source: ChainEnds, known: ChainHead): ChainWalk<void> {
  const start = source.pruned?.seq ?? 0;
  if (known.seq < start) return;
  const first = known.seq === start;
  const at = first ? (source.pruned?.hash ?? GENESIS.toHex()) : (yield { seq: known.seq - 1, limit: 1 })[0];
  const there = typeof at === "string" ? at : at?.seq === known.seq ? at.hash.toHex() : null;
  if (there === known.hash) return;
  const last = walk.previous.seq;
  const message =
    known.seq > last
      ? `the chain once reached row ${known.seq}, but ends at row ${last}: its end was cut off`
      : `row ${known.seq} once had the hash ${known.hash.slice(0, 12)}…, which is gone: the chain was computed anew`;
  complain(walk, { seq: Math.min(known.seq, last + 1), kind: known.seq > last ? "removed" : "edited", message });
}

/** Verifies a chain whose rows are at hand; see {@link walkChain}. */
export function verifyChain(source: ChainSource, expected?: ChainHead): ChainReport {
  const walk = walkChain(source, expected);
  let step = walk.next();
  while (step.done !== true) step = walk.next(source.after(step.value.seq, step.value.limit));
  return step.value;
}

/**
 * Walks a chain from its first row to its last and says which rows were edited, removed, put in or moved. A crash is no
 * problem; neither is what retention removed, as long as a row of the chain names it.
 */
export function* walkChain(source: ChainEnds, expected?: ChainHead): ChainWalk {
  const { pruned } = source;
  const start = beginOf(pruned);
  const walk: Walk = {
    previous: start,
    sealed: null,
    rows: 0,
    crashes: 0,
    lost: 0,
    lastPrune: null,
    broken: [],
    problems: [],
    problemCount: 0,
  };
  let last = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = yield { seq: last, limit: PAGE };
    if (rows.length === 0) break;
    for (const row of rows) {
      last = row.seq;
      if (last > start.seq) checkRow(walk, row);
      else complain(walk, { seq: last, kind: "inserted", message: `row ${last} stands before the first row` });
    }
  }
  if (pruned !== null && (walk.lastPrune?.through.seq !== pruned.seq || walk.lastPrune.through.hash !== pruned.hash)) {
    const message = `${rowsText(1, pruned.seq)} missing, and no row of the chain says that retention removed them`;
    complain(walk, { seq: pruned.seq, kind: "removed", message });
  }
  const heads = expected === undefined ? source.known : [...source.known, expected];
  const told = new Set<string>();
  for (const head of heads) {
    const name = `${head.seq}:${head.hash}`;
    if (!told.has(name)) yield* checkKnown(walk, source, head);
    told.add(name);
  }
  yield* nameBroken(walk, source);
  return {
    ok: walk.problemCount === 0,
    rows: walk.rows,
    head: walk.rows === 0 ? null : { seq: walk.previous.seq, hash: walk.previous.hash.toHex() },
    crashes: walk.crashes,
    lost: walk.lost,
    pruned,
    problems: walk.problems,
    problemCount: walk.problemCount,
    // a head that retention has removed is held against nothing
    end: expected === undefined || walk.problemCount > 0 || expected.seq < start.seq ? "not proven" : "proven",
  };
}
