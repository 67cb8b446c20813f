import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChainHead, LedgerEntry } from "../../../src/schema/ledger.ts";
import { type ChainRow, GENESIS, kindOf, rowHash } from "../../../src/store/ledger/chain.ts";
import { verifyChain } from "../../../src/store/ledger/verify.ts";
import { events } from "../../support/events.ts";

function chain(entries: readonly LedgerEntry[], from: ChainHead | null = null): ChainRow[] {
  let hash = from === null ? GENESIS : Uint8Array.fromHex(from.hash);
  return entries.map((entry, at) => {
    const body = JSON.stringify(entry);
    const kind = kindOf(entry);
    hash = rowHash(kind === "chain" ? GENESIS : hash, body);
    const columns = "kind" in entry ? { id: null, verdict: null, target: null } : entry;
    const { id, verdict, target } = columns;
    return { seq: (from?.seq ?? 0) + at + 1, kind, id, at: entry.at, verdict, target, body, hash };
  });
}

const headOf = (row: ChainRow): ChainHead => ({ seq: row.seq, hash: row.hash.toHex() });

function verify(
  rows: readonly ChainRow[],
  more: { pruned?: ChainHead; known?: ChainHead[]; expected?: ChainHead } = {},
) {
  const sorted = [...rows].sort((a, b) => a.seq - b.seq);
  const after = (seq: number, limit: number) => sorted.filter((row) => row.seq > seq).slice(0, limit);
  return verifyChain({ after, pruned: more.pruned ?? null, known: more.known ?? [] }, more.expected);
}

const edited = (row: ChainRow): ChainRow => ({ ...row, body: row.body.replace('"status":200', '"status":201') });
const renumbered = (rows: readonly ChainRow[]): ChainRow[] => rows.map((row, at) => ({ ...row, seq: at + 1 }));

describe("verifyChain", () => {
  const rows = chain(events(30));

  test("an untouched chain holds, an empty one too", () => {
    expect(verify(rows)).toEqual({
      ok: true,
      rows: 30,
      head: headOf(rows[29]!),
      crashes: 0,
      lost: 0,
      pruned: null,
      problems: [],
      problemCount: 0,
      end: "not proven",
    });
    expect(verify([])).toMatchObject({ ok: true, rows: 0, head: null });
  });

  test("an edited row is named", () => {
    const report = verify(rows.with(6, edited(rows[6]!)));
    expect(report.problems.map(({ seq, kind }) => [seq, kind])).toEqual([[7, "edited"]]);
  });

  test("an edited row with a hash to match shows at the next one", () => {
    const { body } = edited(rows[6]!);
    const report = verify(rows.with(6, { ...rows[6]!, body, hash: rowHash(rows[5]!.hash, body) }));
    expect(report.problems.map(({ seq }) => seq)).toEqual([8]);
  });

  test.each(["id", "verdict", "target", "kind"] as const)("an edited column %s is named", (column) => {
    const report = verify(rows.with(6, { ...rows[6]!, [column]: "other" }));
    expect(report.problems.map(({ seq, kind }) => [seq, kind])).toEqual([[7, "edited"]]);
  });

  test("removed rows are named by their numbers", () => {
    const report = verify(rows.toSpliced(6, 2));
    expect(report.problems).toEqual([{ seq: 7, kind: "removed", message: "rows 7 to 8 are missing" }]);
    expect(verify(rows.slice(1)).problems).toEqual([{ seq: 1, kind: "removed", message: "row 1 is missing" }]);
  });

  test("a removed row whose followers were renumbered shows where the chain breaks", () => {
    expect(verify(renumbered(rows.toSpliced(6, 1))).problems.map(({ seq }) => seq)).toEqual([7]);
  });

  test("a row that was put in is named, with a true hash and with a false one", () => {
    const body = JSON.stringify(events(1)[0]);
    for (const hash of [rowHash(rows[5]!.hash, body), rowHash(GENESIS, "false")]) {
      const report = verify(renumbered(rows.toSpliced(6, 0, { ...rows[6]!, body, hash })));
      expect(report.problems.filter(({ kind }) => kind === "inserted").map(({ seq }) => seq)).toEqual([7]);
    }
  });

  test("a copy at the end is named as one", () => {
    const report = verify([...rows, { ...rows[20]!, seq: 31 }]);
    expect(report.problems).toEqual([{ seq: 31, kind: "inserted", message: "row 31 is a copy of row 21" }]);
  });

  test("rows before the first are named", () => {
    const report = verify([{ ...rows[3]!, seq: -4 }, ...rows]);
    expect(report.problems).toEqual([{ seq: -4, kind: "inserted", message: "row -4 stands before the first row" }]);
  });

  test("rows that changed places are called so", () => {
    const swapped = rows.with(4, { ...rows[9]!, seq: 5 }).with(9, { ...rows[4]!, seq: 10 });
    const report = verify(swapped);
    expect(report.problems.map(({ seq, kind }) => [seq, kind])).toEqual([
      [5, "reordered"],
      [6, "reordered"],
      [10, "reordered"],
      [11, "reordered"],
    ]);
  });

  test("a text that is no entry and a hash that is none are problems, not exceptions", () => {
    expect(verify(rows.with(3, { ...rows[3]!, body: "\u0000" })).ok).toBe(false);
    expect(verify(rows.with(3, { ...rows[3]!, hash: new Uint8Array(0) })).ok).toBe(false);
  });

  test("of very many problems a hundred are named and all are counted", () => {
    const report = verify(chain(events(300)).map(edited));
    expect(report.problems).toHaveLength(100);
    expect(report.problemCount).toBe(300);
  });

  test("any single edit, removal, insertion or swap is found", () => {
    const place = fc.nat({ max: 29 });
    const change = fc.oneof(
      fc.record({ what: fc.constant("edit" as const), at: place, unit: fc.nat() }),
      fc.record({ what: fc.constant("flip" as const), at: place, unit: fc.nat({ max: 31 }) }),
      // The last row may be cut unseen without a head: that is another test.
      fc.record({ what: fc.constant("remove" as const), at: fc.nat({ max: 28 }), renumber: fc.boolean() }),
      fc.record({ what: fc.constant("insert" as const), at: place, from: place }),
      fc.record({ what: fc.constant("swap" as const), at: place, from: place }).filter(({ at, from }) => at !== from),
    );
    fc.assert(
      fc.property(change, (made) => {
        const row = rows[made.at]!;
        let changed: ChainRow[] = [...rows];
        if (made.what === "edit") {
          const unit = made.unit % row.body.length;
          const other = row.body[unit] === "7" ? "8" : "7";
          changed[made.at] = { ...row, body: row.body.slice(0, unit) + other + row.body.slice(unit + 1) };
        } else if (made.what === "flip") {
          changed[made.at] = { ...row, hash: row.hash.with(made.unit, row.hash[made.unit]! ^ 1) };
        } else if (made.what === "remove") {
          changed = rows.toSpliced(made.at, 1);
          if (made.renumber) changed = renumbered(changed);
        } else if (made.what === "insert") {
          changed = renumbered(rows.toSpliced(made.at, 0, rows[made.from]!));
        } else {
          changed[made.at] = { ...rows[made.from]!, seq: row.seq };
          changed[made.from] = { ...row, seq: rows[made.from]!.seq };
        }
        const report = verify(changed);
        expect(report.ok).toBe(false);
        const touched = made.what === "insert" || made.what === "swap" ? [made.at, made.from] : [made.at];
        const near = report.problems.some(({ seq }) => touched.some((at) => Math.abs(seq - at - 1) <= 1));
        expect(near).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("a head kept elsewhere proves the end, shows a cut end and a chain computed anew", () => {
    const expected = headOf(rows[25]!);
    expect(verify(rows, { expected })).toMatchObject({ ok: true, end: "proven" });
    const cut = verify(rows.slice(0, 20), { expected });
    expect(cut.problems).toMatchObject([{ seq: 21, kind: "removed" }]);
    expect(cut.end).toBe("not proven");
    const anew = verify(chain(events(30)), { expected });
    expect(anew.problems).toMatchObject([{ seq: 26, kind: "edited" }]);
    expect(verify([], { expected }).ok).toBe(false);
  });

  test("the head of the last orderly end must still be there", () => {
    expect(verify(rows.slice(0, 20), { known: [headOf(rows[20]!)] }).ok).toBe(false);
    expect(verify(rows, { known: [headOf(rows[20]!)] }).ok).toBe(true);
  });
});

describe("verifyChain of chains that begin anew", () => {
  const start = (previous: ChainHead | null): LedgerEntry => {
    const reason = previous === null ? "new" : "crash";
    return { kind: "chain", at: 1, chain: "c", reason, previous };
  };
  const first = chain([start(null), ...events(5)]);
  const joined = (named: ChainHead): ChainRow[] => [
    ...first,
    ...chain([start(named), ...events(3)], headOf(first[5]!)),
  ];

  test("a crash is no problem when its start names the head before it", () => {
    expect(verify(joined(headOf(first[5]!)))).toMatchObject({ ok: true, crashes: 1, rows: 10 });
  });

  test("a start may name the head that the row before it seals, and no other", () => {
    const sealed = (through: ChainHead): LedgerEntry => ({ kind: "seal", at: 1, rows: 6, newest: 1, through });
    const rows = (seal: ChainHead, named: ChainHead, ...between: LedgerEntry[]): ChainRow[] => {
      const before = [...first, ...chain([sealed(seal), ...between], headOf(first[5]!))];
      return [...before, ...chain([start(named), ...events(3)], headOf(before.at(-1)!))];
    };
    const end = headOf(first[5]!);
    expect(verify(rows(end, end))).toMatchObject({ ok: true, crashes: 1, rows: 11 });
    expect(verify(rows(end, headOf(first[4]!))).problems).toMatchObject([{ seq: 8, kind: "removed" }]);
    expect(verify(rows(end, end, ...events(1))).problems).toMatchObject([{ seq: 9, kind: "removed" }]);
    expect(verify(rows(headOf(first[4]!), headOf(first[4]!))).problems).toMatchObject([
      { seq: 7, kind: "edited" },
      { seq: 8, kind: "removed" },
    ]);
  });

  test("a start that names another head is one", () => {
    expect(verify(joined(headOf(first[4]!))).problems).toMatchObject([{ seq: 7, kind: "removed" }]);
  });

  test("a beginning in the middle is one", () => {
    const rows = [...first, ...chain([start(null), ...events(3)], headOf(first[5]!))];
    expect(verify(rows).problems).toMatchObject([{ seq: 7, kind: "inserted" }]);
  });

  test("rows removed by retention are none as long as a row of the chain names them", () => {
    const through = headOf(first[3]!);
    const prune: LedgerEntry = { kind: "prune", at: 9, before: 5, rows: 4, through };
    const rows = [...first, ...chain([prune], headOf(first[5]!))].slice(4);
    expect(verify(rows, { pruned: through })).toMatchObject({ ok: true, pruned: through, rows: 3 });
    expect(verify(rows.slice(0, 2), { pruned: through }).problems).toMatchObject([{ seq: 4, kind: "removed" }]);
    for (const [expected, end] of [
      [headOf(first[2]!), "not proven"],
      [through, "proven"],
      [headOf(rows[1]!), "proven"],
    ] as const) {
      expect(verify(rows, { pruned: through, expected })).toMatchObject({ ok: true, end });
    }
    expect(verify(rows).problems).toMatchObject([{ seq: 1, kind: "removed" }]);
  });

  test("events the ledger says were lost are counted", () => {
    expect(verify(chain([...events(2), { kind: "gap", at: 3, lost: 17, since: 2 }]))).toMatchObject({
      ok: true,
      lost: 17,
    });
  });
});
