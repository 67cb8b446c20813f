import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DAY_MS } from "../../../src/lib/durations.ts";
import { ActionBook, type Book, SESSION_IDLE_MS } from "../../../src/policies/firewall/action-book.ts";
import { SHARED_BOOK_BYTES, SharedBook } from "../../../src/policies/firewall/shared-book.ts";

const shared = (): SharedBook => new SharedBook(new SharedArrayBuffer(SHARED_BOOK_BYTES), 0);
/** Some point in time: zero is none that a process sees. */
const NOW = 1_800_000_000_000;

describe.each<[string, () => Book]>([
  ["of one thread", () => new ActionBook()],
  ["of several threads", shared],
])("a book %s", (_, open) => {
  test("keeps a session as long as it is not silent for an hour", () => {
    const book = open();
    book.session("s", NOW).actions = 3;
    book.session("s", NOW).refused += 2;
    expect(book.session("s", NOW + SESSION_IDLE_MS)).toMatchObject({ actions: 3, refused: 2 });
    expect(book.session("t", NOW + SESSION_IDLE_MS).actions).toBe(0);
    expect(book.session("s", NOW + 2 * SESSION_IDLE_MS + 1)).toMatchObject({ actions: 0, refused: 0 });
  });

  test("keeps what was moved until midnight UTC", () => {
    const book = open();
    const midnight = Math.ceil(NOW / DAY_MS) * DAY_MS;
    book.moved("c", midnight - 1).total += 5.5;
    expect(book.moved("c", midnight - 1).total).toBe(5.5);
    expect(book.moved("d", midnight - 1).total).toBe(0);
    expect(book.moved("c", midnight).total).toBe(0);
  });

  test("counts calls under each rule by itself, whatever its limit is by now", () => {
    const book = open();
    const limit = { max: 2, windowMs: 1_000 };
    book.window("k", limit).add(NOW, 2);
    expect(book.window("k", limit).used(NOW)).toBe(2);
    expect(book.window("k", limit).name).toBe(book.window("k", limit).name);
    // a reload that changes the limit gives nobody all of it anew
    expect(book.window("k", { max: 3, windowMs: 1_000 }).used(NOW)).toBe(2);
    expect(book.window("j", limit).used(NOW)).toBe(0);
  });

  test("never counts a call too low, and forgets it soon after its window", () => {
    const windowMs = 60_000;
    const steps = fc.array(fc.record({ waitMs: fc.nat(20_000), calls: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const book = open();
        const window = book.window("k", { max: 1_000, windowMs });
        const made: { at: number; calls: number }[] = [];
        let now = NOW;
        for (const { waitMs, calls } of all) {
          now += waitMs;
          const within = (ms: number) => made.reduce((sum, one) => sum + (now - one.at < ms ? one.calls : 0), 0);
          expect(window.used(now)).toBeGreaterThanOrEqual(within(windowMs));
          expect(window.used(now)).toBeLessThanOrEqual(within(windowMs * (1 + 1 / 64)));
          window.add(now, calls);
          made.push({ at: now, calls });
        }
      }),
    );
  });
});

describe("a book of several threads", () => {
  test("is one book for all of them, whatever their clocks begin with", () => {
    const memory = new SharedArrayBuffer(SHARED_BOOK_BYTES);
    const here = new SharedBook(memory, NOW);
    const there = new SharedBook(memory, NOW - 5_000);
    const limit = { max: 10, windowMs: 60_000 };
    here.session("s", 1_000).actions = 2;
    there.session("s", 6_000).actions += 1;
    expect(here.session("s", 1_000).actions).toBe(3);
    here.window("k", limit).add(1_000, 4);
    there.window("k", limit).add(6_000, 1);
    expect(here.window("k", limit).used(1_000)).toBe(5);
    expect(there.window("k", limit).used(6_000 + 62_000)).toBe(0);
    here.moved("c", NOW).total += 1;
    there.moved("c", NOW).total += 2;
    expect(here.moved("c", NOW).total).toBe(3);
  });

  test("forgets who was not heard of for longest, and nobody else", () => {
    const book = shared();
    for (let at = 0; at < 50_000; at++) book.session(`s${at}`, NOW + at).actions = 1;
    const kept = Array.from({ length: 2_000 }, (_, at) => book.session(`s${49_999 - at}`, NOW + 50_000).actions);
    expect(kept.reduce((sum, one) => sum + one)).toBeGreaterThan(1_990);
  });
});
