import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  apiQuery,
  csv,
  type EventRow,
  FILTERS,
  isWanted,
  type Listed,
  NOTHING_LISTED,
  olderQuery,
  withNewest,
  withNews,
  withOlder,
} from "../../../../src/console/ui/events/model.ts";
import { outcomesOf } from "../../../../src/lib/outcomes.ts";
import type { PolicyRecord } from "../../../../src/schema/event.ts";
import { matches } from "../../../../src/store/ledger/matches.ts";
import type { StoredRow } from "../../../../src/store/store.ts";
import { EVENT } from "../../../server/fake-server.ts";

const row = (change: Partial<EventRow> = {}): EventRow => ({ ...EVENT, seq: 1, hash: "00", ...change });
const said = (reason_code: string | null): PolicyRecord => ({
  policy: "p",
  phase: "input",
  verdict: "block",
  mode: "enforce",
  reason_code,
  findings: 0,
  score: null,
});

test("the query of the API is what the page's URL says, without blanks and what is not a filter", () => {
  const place = new URLSearchParams({ verdict: " block ", model: "", range: "1h", reason: "a&b=c", live: "off" });
  expect(apiQuery(place, { limit: "5" })).toBe("limit=5&verdict=block&reason=a%26b%3Dc");
});

describe("a row of the feed", () => {
  test("is shown exactly where /api/events would show it", () => {
    const word = fc.constantFrom("", "a", "b", "A");
    const rows = fc.record({
      verdict: fc.constantFrom("allow", "block"),
      target: fc.constantFrom(null, "a", "b"),
      consumer: fc.constantFrom(null, "a", "b"),
      model: fc.constantFrom(null, "a", "b"),
      answered_model: fc.constantFrom(null, "a", "b"),
      outcome: fc.constantFrom("ok", "input_blocked", "upstream_cut", "cancelled"),
      policies: fc.array(fc.constantFrom(null, "x.Able", "b.code").map(said), { maxLength: 2 }),
      routing_trace: fc.constantFrom(null, { region: "a" }, { region: "b" }),
    });
    const asked = fc.record({
      verdict: fc.constantFrom("", "allow", "block"),
      target: word,
      consumer: word,
      model: word,
      region: word,
      reason: fc.constantFrom("", "able", "CODE", "input_", "ok"),
      outcome: fc.constantFrom("", "failed", "cancelled", "input_blocked"),
    });
    fc.assert(
      fc.property(rows, asked, (change, filters) => {
        const event = row(change as Partial<EventRow>);
        const { outcome, ...words } = filters;
        const texts = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== ""));
        const query = { ...texts, outcomes: outcomesOf(outcome) ?? undefined };
        const stored = { seq: 1, hash: "00", kind: "request", entry: event } as unknown as StoredRow;
        expect(isWanted(event, new URLSearchParams(filters))).toBe(matches(stored, query));
      }),
      { numRuns: 1_000 },
    );
  });

  test("is not shown where the page ends in the past", () => {
    expect(isWanted(row(), new URLSearchParams({ until: "1h" }))).toBe(false);
    expect(isWanted(row(), new URLSearchParams({ since: "1h" }))).toBe(true);
  });

  test("every filter is one of the API's", () => {
    expect([...FILTERS].sort()).toEqual([
      "consumer",
      "model",
      "outcome",
      "reason",
      "region",
      "since",
      "target",
      "until",
      "verdict",
    ]);
  });
});

describe("what stands on the page", () => {
  const rowsOf = (...seqs: number[]) => seqs.map((seq) => row({ seq, at: 1000 * seq }));
  const seqs = ({ rows }: Listed) => rows.map(({ seq }) => seq);
  const page = (cursor: string | null, ...of: number[]) => ({ rows: rowsOf(...of), cursor });

  test("is each row once, the newest first", () => {
    const listed = withNews(withOlder(NOTHING_LISTED, page("c", 3, 1), 9), rowsOf(2, 3, 5), 9);
    expect([seqs(listed), olderQuery(listed)]).toEqual([[5, 3, 2, 1], { cursor: "c" }]);
    expect(olderQuery(withOlder(listed, page(null), 9))).toBeNull();
  });

  test("loses its end to what comes in, and finds it again", () => {
    const full = withNews(withOlder(NOTHING_LISTED, page("c", 4, 3, 2), 3), rowsOf(5, 6), 3);
    expect([seqs(full), full.behind, olderQuery(full)]).toEqual([[6, 5, 4], false, { until: "3000" }]);
    const more = withOlder(full, page("d", 3, 2), 3);
    expect([seqs(more), more.behind, olderQuery(more)]).toEqual([[4, 3, 2], true, { cursor: "d" }]);
  });

  test("that was left goes on where it meets what is newest, and else begins there", () => {
    const left = withOlder(withOlder(NOTHING_LISTED, page("c", 9, 8, 7), 9), page("b", 6, 5, 4), 9);
    expect(seqs(withNewest(left, page("x", 11, 10, 9), 9))).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
    expect(olderQuery(withNewest(left, page("x", 11, 10, 9), 9))).toEqual({ cursor: "b" });
    const anew = withNewest(left, page("x", 14, 13, 12), 9);
    expect([seqs(anew), olderQuery(anew)]).toEqual([[14, 13, 12], { cursor: "x" }]);
  });

  test("takes no news once newer rows have gone", () => {
    const back = withOlder(withOlder(NOTHING_LISTED, page("c", 9, 8, 7), 4), page("b", 6, 5, 4), 4);
    expect([seqs(back), back.behind]).toEqual([[7, 6, 5, 4], true]);
    expect(withNews(back, rowsOf(10), 4)).toBe(back);
  });

  test("has no hole, whatever comes in and however far one goes back", () => {
    const away = fc.record({ away: fc.integer({ min: 0, max: 9 }), early: fc.integer({ min: 0, max: 20 }) });
    const step = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant("older" as const), away);
    const steps = fc.array(step, { maxLength: 40 });
    fc.assert(
      fc.property(steps, (made) => {
        let newest = 30;
        const ask = (below: number) => {
          const found = rowsOf(...Array.from({ length: 4 }, (_, at) => below - at).filter((seq) => seq > 0));
          return { rows: found, cursor: below > 4 ? String(below - 4) : null };
        };
        let listed = withNewest(NOTHING_LISTED, ask(newest), 12);
        for (const step of made) {
          if (step === "older") {
            const from = olderQuery(listed);
            if (from === null) continue;
            const below = from["cursor"] ?? Number(from["until"]) / 1000;
            listed = withOlder(listed, ask(Number(below)), 12);
          } else if (typeof step === "object") {
            // somebody looks at a request, and comes back; the feed may be sooner than the page
            newest += step.away;
            const read = ask(newest);
            const early = rowsOf(...Array.from({ length: step.early }, (_, at) => newest + step.early - at));
            newest += step.early;
            listed = withNewest(withNews(listed, early, 12), read, 12);
          } else {
            const news = rowsOf(...Array.from({ length: step }, (_, at) => newest + step - at));
            newest += step;
            listed = withNews(listed, news, 12);
          }
          const shown = seqs(listed);
          expect(shown).toEqual(Array.from(shown, (_, at) => shown[0]! - at));
          expect(shown.length).toBeLessThanOrEqual(12);
          if (!listed.behind) expect(shown[0]).toBe(newest);
          if (olderQuery(listed) === null) expect(shown.at(-1)).toBe(1);
        }
      }),
    );
  });
});

test("what is asked for beats what stands in the URL", () => {
  expect(apiQuery(new URLSearchParams({ until: "1h", verdict: "block" }), { until: "3000" })).toBe(
    "until=3000&verdict=block",
  );
});

test("CSV is that of the command, and makes no formula of what a caller wrote", () => {
  const rows = [row({ seq: 7, model: "=1+1" }), row({ seq: 6, model: 'a"b,c\nd' })];
  const [head, ...records] = csv(rows).split("\r\n");
  expect(head).toMatch(/^seq,id,received,endpoint,.*,hash$/);
  expect(records).toHaveLength(3);
  expect(records[0]).toStartWith('7,req-1,1970-01-01T00:00:01.000Z,chat,false,,"\'=1+1",');
  expect(records[1]).toContain('"a""b,c\nd"');
  expect(records[2]).toBe("");
  expect(csv([])).toBe(`${head}\r\n`);
});
