import { describe, expect, test } from "bun:test";
import { once, onceEach, oncePer } from "../../src/lib/once.ts";

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

describe("for each of many", () => {
  test.each([null, undefined, 0, "made"])("%p is made once for an object and once for a name", (value) => {
    const asked: unknown[] = [];
    const make = (key: unknown) => {
      asked.push(key);
      return value;
    };
    const [one, other] = [{}, {}];
    const ofObject = oncePer<object, typeof value>(make);
    expect([one, one, other, one].map(ofObject)).toEqual([value, value, value, value]);
    expect(asked).toEqual([one, other]);
    const ofName = onceEach<string, typeof value>(make);
    expect(["a", "b", "a"].map(ofName)).toEqual([value, value, value]);
    expect(asked.slice(2)).toEqual(["a", "b"]);
  });

  test("what could not be made is tried again", () => {
    let times = 0;
    const get = onceEach((name) => {
      if (++times === 1) throw new RangeError(name);
      return times;
    });
    expect(() => get("a")).toThrow("a");
    expect([get("a"), get("a")]).toEqual([2, 2]);
  });
});
