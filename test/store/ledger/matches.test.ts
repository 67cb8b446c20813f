import { expect, test } from "bun:test";
import fc from "fast-check";
import { systemClock } from "../../../src/lib/clock.ts";
import type { RequestEvent } from "../../../src/schema/event.ts";
import { matches } from "../../../src/store/ledger/matches.ts";
import { memory } from "../../../src/store/memory.ts";
import { anEvent } from "../../support/events.ts";

const word = fc.constantFrom("a", "b", "A", "%", "_");
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anyEvent = fc
  .record({
    at: fc.integer({ min: 0, max: 5 }),
    verdict: fc.constantFrom("allow", "block"),
    target: fc.option(word),
    consumer: fc.option(word),
    model: fc.option(word),
    answered_model: fc.option(word),
    outcome: fc.constantFrom("ok", "upstream_timeout", "aB%"),
    region: fc.option(word),
  })
  .map(({ region, ...rest }) =>
    anEvent({ ...rest, routing_trace: { region } as NonNullable<RequestEvent["routing_trace"]> }),
  );
const anyQuery = fc.record({
  sinceMs: maybe(fc.integer({ min: 0, max: 5 })),
  untilMs: maybe(fc.integer({ min: 0, max: 5 })),
  verdict: maybe(fc.constantFrom("allow", "block")),
  target: maybe(word),
  consumer: maybe(word),
  model: maybe(word),
  region: maybe(word),
  reason: maybe(fc.constantFrom("time", "ab", "%", "_", "ok")),
  outcomes: maybe(fc.subarray(["upstream_timeout", "aB%", "ok", "time"])),
  kind: maybe(fc.constantFrom("request" as const, "access" as const)),
});

test("a row that is read by its number is judged as a page of the ledger would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 12 }), anyQuery, async (events, query) => {
      const ledger = memory.open("memory:", { clock: systemClock, role: "own", stateDir: "" });
      await ledger.append([...events, { kind: "access", at: 3, who: "ada", via: "cli", what: "x", filter: {} }]);
      const paged = (await ledger.rows({ ...query, limit: 100 })).rows.map(({ seq }) => seq);
      const judged = (await ledger.rowsAfter(0, 100)).filter((row) => matches(row, query)).map(({ seq }) => seq);
      expect(judged).toEqual(paged.toSorted((a, b) => a - b));
      await ledger.close();
    }),
  );
});
