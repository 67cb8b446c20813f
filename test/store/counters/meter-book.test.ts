import { describe, expect, test } from "bun:test";
import type { Rate } from "../../../src/store/counters/counters.ts";
import { MeterBook, MeterState } from "../../../src/store/counters/meter-book.ts";

const rate = (unit: Rate["unit"], max: number, windowMs: number): Rate => ({
  id: "r",
  unit,
  setting: "ip_rate_limit",
  max,
  windowMs,
});

describe("a meter", () => {
  test("what is reserved is not left, and nothing is less than nothing", () => {
    const meter = new MeterState(rate("tokens", 100, 1_000));
    meter.reserved = 60;
    expect(meter.left(0)).toBe(40);
    meter.window.add(0, 70);
    expect(meter.left(0)).toBe(0);
  });

  test("a wait that hangs on requests under way is a second", () => {
    const meter = new MeterState(rate("tokens", 100, 60_000));
    meter.reserved = 100;
    expect(meter.waitMs(0)).toBe(1_000);
  });
});

/** A book of one rate, asked by key. */
function bookOf(of: Rate) {
  const book = new MeterBook();
  return { meter: (key: string, nowMs: number) => book.meter({ rate: of, key }, nowMs) };
}

describe("MeterBook", () => {
  test("one meter per key", () => {
    const book = bookOf(rate("requests", 1, 1_000));
    expect(book.meter("a", 0)).toBe(book.meter("a", 5));
    expect(book.meter("a", 0)).not.toBe(book.meter("b", 0));
    const long = "k".repeat(10_000);
    expect(book.meter(long, 0)).toBe(book.meter(long, 0));
    expect(book.meter(long, 0)).not.toBe(book.meter(`${long}x`, 0));
  });

  test("a flood of keys forgets nobody: who is new beyond 10,000 shares one meter, until windows run out", () => {
    const book = bookOf(rate("requests", 3, 60_000));
    for (let key = 0; key < 10_000; key++) book.meter(`key ${key}`, 0).window.add(0, 3);
    const late = book.meter("late", 10);
    expect(book.meter("later", 20)).toBe(late);
    expect(book.meter("key 0", 30).left(30)).toBe(0);
    expect(book.meter("late", 61_000)).not.toBe(late);
    expect(book.meter("late", 61_000)).not.toBe(book.meter("later", 61_000));
  });

  test("what requests under way have reserved is never swept away", () => {
    const book = bookOf(rate("tokens", 3, 1_000));
    const held = book.meter("held", 0);
    held.reserved = 2;
    for (let key = 0; key < 9_999; key++) book.meter(`key ${key}`, 0);
    expect(book.meter("new", 5_000)).not.toBe(held);
    expect(book.meter("held", 5_000)).toBe(held);
  });

  test("a limit that is changed goes on with what was counted, for whoever asks next", () => {
    const book = new MeterBook();
    const meter = (max: number, nowMs: number) => book.meter({ rate: rate("requests", max, 1_000), key: "a" }, nowMs);
    meter(300, 0).window.add(0, 200);
    expect(meter(300, 1).left(1)).toBe(100);
    expect(meter(50, 2).left(2)).toBe(0);
    expect(meter(50, 2).waitMs(2)).toBe(998);
    expect(meter(250, 3).left(3)).toBe(50);
    expect(meter(250, 1_001).left(1_001)).toBe(250);
  });
});
