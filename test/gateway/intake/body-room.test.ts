import { describe, expect, test } from "bun:test";
import { BodyRoom, memoryBytes } from "../../../src/gateway/intake/body-room.ts";

const MIB = 1024 * 1024;

describe("the room for long bodies", () => {
  test("is a part of the memory there is, and comes back", () => {
    const room = new BodyRoom(256 * MIB);
    room.take(10 * MIB, 0);
    room.take(10 * MIB, 0);
    expect(() => room.take(10 * MIB, 0)).toThrow("try again shortly");
    expect(() => room.take(5 * MIB, 10 * MIB)).toThrow("try again shortly");
    room.leave(10 * MIB);
    room.take(10 * MIB, 0);
  });

  test("is always enough for one that is alone, whatever its size", () => {
    const room = new BodyRoom(64 * MIB);
    for (let piece = 0; piece < 100; piece++) room.take(MIB, piece * MIB);
    expect(() => room.take(1, 0)).toThrow("try again shortly");
    room.leave(100 * MIB);
    room.take(MIB, 0);
  });

  test("knows what the process may use", () => {
    expect(memoryBytes()).toBeGreaterThan(64 * MIB);
    expect(Number.isFinite(memoryBytes())).toBe(true);
  });
});
