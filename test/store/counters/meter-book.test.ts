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

describe("MeterBook", () => {
  test("one meter per key", () => {
    const book = new MeterBook(rate("requests", 1, 1_000));
    expect(book.meter("a", 0)).toBe(book.meter("a", 5));
    expect(book.meter("a", 0)).not.toBe(book.meter("b", 0));
    const long = "k".repeat(10_000);
    expect(book.meter(long, 0)).toBe(book.meter(long, 0));
    expect(book.meter(long, 0)).not.toBe(book.meter(`${long}x`, 0));
  });

  test("a flood of keys forgets nobody: who is new beyond 10,000 shares one meter, until windows run out", () => {
    const book = new MeterBook(rate("requests", 3, 60_000));
    for (let key = 0; key < 10_000; key++) book.meter(`key ${key}`, 0).window.add(0, 3);
    const late = book.meter("late", 10);
    expect(book.meter("later", 20)).toBe(late);
    expect(book.meter("key 0", 30).left(30)).toBe(0);
    expect(book.meter("late", 61_000)).not.toBe(late);
    expect(book.meter("late", 61_000)).not.toBe(book.meter("later", 61_000));
  });

  test("what requests under way have reserved is never swept away", () => {
    const book = new MeterBook(rate("tokens", 3, 1_000));
    const held = book.meter("held", 0);
    held.reserved = 2;
    for (let key = 0; key < 9_999; key++) book.meter(`key ${key}`, 0);
    expect(book.meter("new", 5_000)).not.toBe(held);
    expect(book.meter("held", 5_000)).toBe(held);
  });
});
