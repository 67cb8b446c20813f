import { expect, test } from "bun:test";
import { once } from "../../src/lib/once.ts";

test("what is made once is made when it is first asked for, be it null or undefined", () => {
  for (const value of [{}, null, undefined]) {
    let times = 0;
    const get = once(() => {
      times++;
      return value;
    });
    expect(times).toBe(0);
    expect([get(), get(), times]).toEqual([value, value, 1]);
  }
});

test("what could not be made is tried again", () => {
  let times = 0;
  const get = once(() => {
    times++;
    if (times === 1) throw new RangeError("not yet");
    return times;
  });
  expect(get).toThrow("not yet");
  expect([get(), get()]).toEqual([2, 2]);
});
