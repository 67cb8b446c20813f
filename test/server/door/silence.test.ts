import { expect, test } from "bun:test";
import { Ticker } from "../../../src/lib/ticker.ts";
import { Silence } from "../../../src/server/door/silence.ts";
import { fakeClock } from "../../support/clock.ts";

function silenceOf() {
  const clock = fakeClock();
  const limits: number[] = [];
  return { clock, limits, silence: new Silence(new Ticker(clock), (seconds) => limits.push(seconds), 10) };
}

test("an answer that comes soon changes no limit", async () => {
  const { clock, limits, silence } = silenceOf();
  silence.received();
  await clock.advance(250);
  silence.answered();
  await clock.advance(10_000);
  expect(limits).toEqual([]);
  expect(clock.waiting).toBe(0);
});

test("one that takes a while lifts it before the shortest limit is over, and sets it again, once each", async () => {
  const { clock, limits, silence } = silenceOf();
  silence.received();
  silence.received();
  await clock.advance(900);
  expect(limits).toEqual([0]);
  silence.received();
  await clock.advance(60_000);
  silence.answered();
  silence.answered();
  expect(limits).toEqual([0, 10]);
});

test("who waited for a place and then for the answer is given time twice", async () => {
  const { clock, limits, silence } = silenceOf();
  for (const _ of ["place", "answer"]) {
    silence.received();
    await clock.advance(1_000);
    silence.answered();
  }
  expect(limits).toEqual([0, 10, 0, 10]);
});
