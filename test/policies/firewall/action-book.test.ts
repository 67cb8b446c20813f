import { describe, expect, test } from "bun:test";
import { ActionBook, MAX_REMEMBERED, SESSION_IDLE_MS } from "../../../src/policies/firewall/action-book.ts";

const DAY_MS = 86_400_000;

describe("what agents have done", () => {
  test("is forgotten for those unused for longest, above its bound", () => {
    const book = new ActionBook();
    book.session("first", 0).actions = 7;
    book.session("second", 0).actions = 8;
    for (let at = 0; at < MAX_REMEMBERED - 2; at++) book.session(`other ${at}`, 0);
    expect(book.session("first", 0).actions).toBe(7);
    book.session("one too many", 0);
    expect(book.session("first", 0).actions).toBe(7);
    expect(book.session("second", 0).actions).toBe(0);
  });

  test("is a session's as long as it is not silent for an hour", () => {
    const book = new ActionBook();
    book.session("s", 0).actions = 3;
    expect(book.session("s", SESSION_IDLE_MS).actions).toBe(3);
    expect(book.session("s", 2 * SESSION_IDLE_MS).actions).toBe(3);
    expect(book.session("s", 3 * SESSION_IDLE_MS + 1).actions).toBe(0);
  });

  test("is a day's until midnight UTC", () => {
    const book = new ActionBook();
    book.moved("c", 3 * DAY_MS - 1).total = 5;
    expect(book.moved("c", 3 * DAY_MS - 1).total).toBe(5);
    expect(book.moved("d", 3 * DAY_MS - 1).total).toBe(0);
    expect(book.moved("c", 3 * DAY_MS).total).toBe(0);
  });

  test("counts calls under each rule by itself, whatever its limit is by now", () => {
    const book = new ActionBook();
    book.window("k", { max: 2, windowMs: 1_000 }).add(0, 2);
    expect(book.window("k", { max: 2, windowMs: 1_000 }).used(0)).toBe(2);
    // a reload that changes the limit gives nobody all of it anew
    expect(book.window("k", { max: 3, windowMs: 1_000 }).used(0)).toBe(2);
    expect(book.window("j", { max: 2, windowMs: 1_000 }).used(0)).toBe(0);
  });
});
