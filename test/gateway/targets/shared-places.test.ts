import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ALL_REQUESTS, LONG_BODIES, PlaceBook, SharedPlaces } from "../../../src/gateway/targets/shared-places.ts";
import { freshLive, givePlace, liveKey, type Target, takePlace } from "../../../src/gateway/targets/target.ts";
import { configOf } from "../../support/gateway.ts";

const CONFIG = configOf([
  { id: "a", base_url: "http://a.test/v1" },
  { id: "b", base_url: "http://b.test/v1" },
]);

/** The places of the first target, as each of two threads sees them. */
function threads(book = new PlaceBook(2)) {
  const [memory] = book.of(CONFIG).values();
  return { book, places: [new SharedPlaces(memory!, 0), new SharedPlaces(memory!, 1)] as const };
}

describe("places that threads share", () => {
  test("are never more than the limit, whoever takes and gives in which order", () => {
    const step = fc.record({ thread: fc.nat(1), gives: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (max, steps) => {
        const { places } = threads();
        const held = [0, 0];
        for (const { thread, gives } of steps) {
          const all = held[0]! + held[1]!;
          if (gives) {
            places[thread]!.give();
            held[thread] = Math.max(0, held[thread]! - 1);
          } else {
            expect(places[thread]!.take(max)).toBe(all < max);
            if (all < max) held[thread]!++;
          }
          expect(places.map(({ taken }) => taken)).toEqual([held[0]! + held[1]!, held[0]! + held[1]!]);
        }
      }),
    );
  });

  test("are taken several at once, and by one that has all there are taken without end", () => {
    const { places } = threads();
    expect(places[0].take(10, 8)).toBe(true);
    expect(places[1].take(10, 3)).toBe(false);
    expect(places[1].take(10, 3, 5)).toBe(false);
    expect(places[0].take(10, 30, 8)).toBe(true);
    expect(places[1].taken).toBe(38);
    places[0].give(38);
    expect(places[1].take(10, 30, 0)).toBe(true);
  });

  test("of a thread that has ended are free, and giving one back later changes nothing", () => {
    const { book, places } = threads();
    for (const thread of [0, 0, 1]) expect(places[thread]!.take(3)).toBe(true);
    expect(places[1].take(3)).toBe(false);
    book.gone(0);
    expect(places[1].taken).toBe(1);
    places[0].give();
    expect(places[1].taken).toBe(1);
  });

  test("outlive a new configuration where the target stays", () => {
    const { book, places } = threads();
    places[0].take(null);
    const [a, b] = threads(book).places;
    expect([a.taken, b.taken]).toEqual([1, 1]);
    const next = { ...CONFIG, providers: { ...CONFIG.providers, targets: CONFIG.providers.targets.slice(1) } };
    expect([...book.of(next).keys()]).toEqual([liveKey(next.providers.targets[0]!), ALL_REQUESTS, LONG_BODIES]);
    expect(threads(book).places[0].taken).toBe(0);
  });

  test("are counted without a limit too, so that one may come later", () => {
    const { places } = threads();
    const live = freshLive(undefined, places[0]);
    const target = (maxInFlight: number | null): Target => ({ live, maxInFlight }) as Target;
    expect(takePlace(target(null))).toBe(true);
    expect(takePlace(target(1))).toBe(false);
    expect([live.inFlight, places[1].taken]).toEqual([1, 1]);
    givePlace(target(1));
    expect([live.inFlight, places[1].taken]).toEqual([0, 0]);
  });
});
