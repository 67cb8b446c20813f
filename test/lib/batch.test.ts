import { expect, test } from "bun:test";
import { Batch } from "../../src/lib/batch.ts";
import { fakeClock } from "../support/clock.ts";

function batchOf(most: number) {
  const clock = fakeClock();
  const passed: (readonly number[])[] = [];
  return { clock, passed, batch: new Batch<number>(clock, { most, latestMs: 5 }, (items) => passed.push(items)) };
}

test("what came within a while is passed on together, so long after the first", async () => {
  const { clock, passed, batch } = batchOf(64);
  batch.add(1);
  await clock.advance(4);
  batch.add(2);
  expect(passed).toEqual([]);
  await clock.advance(1);
  expect(passed).toEqual([[1, 2]]);
  await clock.advance(100);
  expect(passed).toHaveLength(1);
});

test("a full batch is passed on when one more comes, and that one waits its own while", async () => {
  const { clock, passed, batch } = batchOf(2);
  for (const item of [1, 2, 3]) batch.add(item);
  expect(passed).toEqual([[1, 2]]);
  expect(batch.last).toBe(3);
  await clock.advance(5);
  expect(passed).toEqual([[1, 2], [3]]);
  expect(clock.waiting).toBe(0);
});

test("a flush passes on at once, and nothing twice", async () => {
  const { clock, passed, batch } = batchOf(64);
  batch.flush();
  batch.add(1);
  batch.flush();
  batch.flush();
  expect(batch.last).toBeUndefined();
  await clock.advance(100);
  expect(passed).toEqual([[1]]);
  expect(clock.waiting).toBe(0);
});
