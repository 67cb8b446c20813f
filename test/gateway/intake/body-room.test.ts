import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BodyRoom, memoryBytes } from "../../../src/gateway/intake/body-room.ts";
import { LONG_BODIES, PlaceBook, SharedPlaces } from "../../../src/gateway/targets/shared-places.ts";
import { configOf } from "../../support/gateway.ts";

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

  test("is one for all workers, a part of what the process has", () => {
    for (const [workers, bodies] of [
      [1, 558],
      [2, 442],
      [4, 326],
      [8, 93],
    ] as const) {
      const book = new PlaceBook(workers).of(configOf([])).get(LONG_BODIES)!;
      const rooms = Array.from({ length: workers }, (_, thread) => {
        return new BodyRoom(512 * MIB, workers, new SharedPlaces(book, thread));
      });
      for (let body = 0; body < bodies; body++) rooms[body % workers]!.take(120_000, 0);
      for (const room of rooms) expect(() => room.take(120_000, 0)).toThrow("try again shortly");
      rooms[0]!.leave(120_000);
      rooms.at(-1)!.take(120_000, 0);
    }
  });

  test("comes back whole, in whatever pieces a body came, and whatever it stopped at", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 8 }), { maxLength: 6 }),
        (all) => {
          const places = SharedPlaces.alone();
          const room = new BodyRoom(130 * MIB, 1, places);
          const bodies = all.map((pieces) => {
            const body = { keptBytes: 0 };
            const keep = room.keeper(body);
            try {
              for (const piece of pieces) keep(piece);
            } catch {
              // there was no room for the rest of it
            }
            return body;
          });
          for (const { keptBytes } of bodies) room.leave(keptBytes);
          expect(places.taken).toBe(0);
        },
      ),
    );
  });

  test("knows what the process may use", () => {
    expect(memoryBytes()).toBeGreaterThan(64 * MIB);
    expect(Number.isFinite(memoryBytes())).toBe(true);
  });
});
