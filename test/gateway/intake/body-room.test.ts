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

  test("of each worker is a part of what the process has, which is there once", () => {
    for (const [workers, bodies] of [
      [1, 559],
      [2, 221],
      [4, 81],
      [8, 11],
    ] as const) {
      const room = new BodyRoom(512 * MIB, workers);
      for (let body = 0; body < bodies; body++) room.take(120_000, 0);
      expect(() => room.take(120_000, 0)).toThrow("try again shortly");
    }
  });

  test("knows what the process may use", () => {
    expect(memoryBytes()).toBeGreaterThan(64 * MIB);
    expect(Number.isFinite(memoryBytes())).toBe(true);
  });
});
