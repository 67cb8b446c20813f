import { describe, expect, test } from "bun:test";
import type { GridSourceView } from "../../src/schema/views/grid-view.ts";
import { alarmsOf, type Watched } from "../../src/server/alarms.ts";
import { WELL } from "../../src/store/counters/counters.ts";
import { asAdmin, fakeServer } from "./fake-server.ts";

const LEDGER = { queued: 0, written: 7, lost: 0, failures: 0, failing: false };
const SOURCE: GridSourceView = {
  source: "landsnet",
  zones: ["IS"],
  host: "grid.invalid",
  state: "failing",
  asked: 3,
  failures: 3,
  consecutive_failures: 3,
  asked_at: 1,
  succeeded_at: null,
  next_at: 2,
  last_error: "it answered 503",
};

const alarms = (changes: Partial<Watched>, reloadErrors: string[] = []) =>
  alarmsOf({ ledger: LEDGER, counters: WELL, grid: [], reloadErrors, ...changes });

describe("alarms", () => {
  test("there are none while all works", () => {
    expect(alarms({ grid: [{ ...SOURCE, state: "no_data" }] })).toEqual([]);
  });

  test.each([
    [{ failing: true, queued: 404 }, true, "The ledger cannot be written: 404 events wait"],
    [
      { failing: true, queued: 20_000, lost: 1 },
      true,
      "The ledger cannot be written: 20000 events wait, 1 event could not be kept since the start",
    ],
    [{ lost: 3 }, false, "The ledger has a gap: 3 events could not be kept since the start"],
  ])("a ledger with %p", (change, isNow, text) => {
    expect(alarms({ ledger: { ...LEDGER, ...change } })).toEqual([{ about: "ledger", is_now: isNow, text }]);
  });

  test.each([
    [false, "limits and budgets are counted by this node alone"],
    [true, "requests are refused"],
  ])("shared counters that are away, refusing %p", (refusing, then) => {
    expect(alarms({ counters: { failing: true, failures: 1, refusing } })).toEqual([
      { about: "counters", is_now: true, text: `The shared counters cannot be reached: ${then}` },
    ]);
  });

  test("a grid source that failed more than once", () => {
    expect(alarms({ grid: [{ ...SOURCE, consecutive_failures: 1 }, SOURCE] })).toEqual([
      { about: "grid", is_now: false, text: "Grid source landsnet fails: it answered 503" },
    ]);
  });

  test("a reload that was refused", () => {
    expect(alarms({}, ["weir.yaml:3:1 E002", "weir.yaml:9:1 E003"])).toEqual([
      { about: "config", is_now: true, text: "The last reload changed nothing: weir.yaml:3:1 E002" },
    ]);
  });

  test("stand in the overview and, for the admin, in /health", async () => {
    const { send } = fakeServer({ watched: { ledger: { ...LEDGER, failing: true, queued: 1 } } });
    const said = [{ about: "ledger", is_now: true, text: "The ledger cannot be written: 1 event waits" }];
    const [overview, health, open] = await Promise.all(
      [send("/api/overview", { headers: asAdmin }), send("/health", { headers: asAdmin }), send("/health")].map(
        async (answer) => (await answer).json(),
      ),
    );
    expect(overview).toMatchObject({ alarms: said });
    expect(health).toMatchObject({ details: { alarms: said } });
    expect(JSON.stringify(open)).not.toContain("ledger");
  });
});
