import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { Logger } from "../../../src/lib/logger.ts";
import type { LedgerEntry } from "../../../src/schema/ledger.ts";
import { LedgerWriter, type WriterOptions } from "../../../src/store/ledger/writer.ts";
import { memory } from "../../../src/store/memory.ts";
import type { ChainedLedger } from "../../../src/store/store.ts";
import { manualClock } from "../../support/clock.ts";
import { cpuMs } from "../../support/cpu-ms.ts";
import { anEvent, events } from "../../support/events.ts";

/** A ledger whose appends can be made to fail, or to take until they are let go. */
function scripted() {
  const clock = manualClock();
  const real = memory.open("", { clock, role: "own", stateDir: "/nonexistent" });
  const state = { failing: false, batches: [] as number[], closed: false, gate: null as Promise<void> | null };
  const ledger: ChainedLedger = Object.assign(Object.create(real) as ChainedLedger, {
    async append(entries: readonly LedgerEntry[]) {
      if (state.gate !== null) await state.gate;
      if (state.failing) throw new GatewayError("service_unavailable", "The disk is full");
      state.batches.push(entries.length);
      await real.append(entries);
    },
    head: () => real.head(),
    async close() {
      state.closed = true;
    },
  });
  const ids = async (): Promise<string[]> => {
    const page = await real.events({ limit: 10_000, oldestFirst: true });
    return page.events.map(({ event }) => event.id);
  };
  return { clock, ledger, real, state, ids };
}

function recorder(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const note = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  return { lines, debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
}

function writing(more: Partial<WriterOptions> = {}) {
  const parts = scripted();
  const log = recorder();
  const writer = new LedgerWriter(parts.ledger, { clock: parts.clock, log, onError: "continue", ...more });
  return { ...parts, log, writer };
}

const named = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => `r${from + at}`);
const push = (writer: LedgerWriter, from: number, to: number): void => {
  for (const id of named(from, to)) writer.push(anEvent({ id, at: 1_780_000_000_000 + Number(id.slice(1)) }));
};

/** Lets everything that was started come to its end. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("LedgerWriter", () => {
  test("appends nothing in push, and all of it in one batch after the delay", async () => {
    const { writer, state, clock, ids } = writing({ flushMs: 25 });
    push(writer, 0, 40);
    await settled();
    expect(state.batches).toEqual([]);
    clock.move(24);
    await settled();
    expect(state.batches).toEqual([]);
    clock.move(1);
    await settled();
    expect(state.batches).toEqual([40]);
    expect(await ids()).toEqual(named(0, 40));
    expect(writer.stats()).toEqual({ queued: 0, written: 40, lost: 0, failures: 0, failing: false });
  });

  test("cuts a long queue into batches and keeps the order", async () => {
    const { writer, state, ids } = writing({ batchRows: 256 });
    push(writer, 0, 1000);
    await writer.flush();
    expect(state.batches).toEqual([256, 256, 256, 232]);
    expect(await ids()).toEqual(named(0, 1000));
  });

  test("flush also takes what is pushed while it works", async () => {
    const { writer, state, ids } = writing();
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    push(writer, 0, 3);
    const flushed = writer.flush();
    push(writer, 3, 6);
    gate.resolve();
    await flushed;
    expect(await ids()).toEqual(named(0, 6));
    expect(state.batches).toEqual([3, 3]);
  });

  test("a failed batch is tried again, at growing distances, and written once", async () => {
    const { writer, state, clock, ids, log } = writing();
    state.failing = true;
    push(writer, 0, 5);
    for (const ms of [25, 100, 200, 400]) {
      clock.move(ms - 1);
      await settled();
      const { failures } = writer.stats();
      clock.move(1);
      await settled();
      expect(writer.stats().failures).toBe(failures + 1);
    }
    push(writer, 5, 8);
    state.failing = false;
    clock.move(5000);
    await settled();
    expect(await ids()).toEqual(named(0, 8));
    expect(writer.stats()).toMatchObject({ written: 8, lost: 0, failing: false });
    // Said at the first, second and fourth.
    expect(log.lines.filter((line) => line.startsWith("error"))).toHaveLength(3);
    expect(log.lines.at(-1)).toBe("info The ledger works again");
  });

  test("a full queue keeps the oldest, counts the rest, and the ledger says what is missing", async () => {
    const { writer, state, clock, ids, real, log } = writing({ maxQueued: 10 });
    state.failing = true;
    push(writer, 0, 14);
    expect(writer.stats()).toMatchObject({ queued: 10, lost: 4 });
    expect(writer.full()).toBe(false);
    // Said at the first, second and fourth.
    expect(log.lines.filter((line) => line.includes("queue is full"))).toHaveLength(3);
    state.failing = false;
    const since = clock.now();
    clock.move(25);
    await settled();
    push(writer, 14, 16);
    await writer.flush();
    expect(await ids()).toEqual([...named(0, 10), "r14", "r15"]);
    const { rows } = await real.rows({ limit: 10, kind: "gap" });
    expect(rows.map(({ entry }) => entry)).toEqual([{ kind: "gap", at: since + 25, lost: 4, since }]);
    expect(await real.verify()).toMatchObject({ ok: true, lost: 4 });
  });

  test("what is lost while a gap is being written is in the next one", async () => {
    const { writer, state, real } = writing({ maxQueued: 2 });
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    push(writer, 0, 3);
    const flushed = writer.flush();
    push(writer, 3, 5);
    gate.resolve();
    await flushed;
    await writer.flush();
    const { lost } = await real.verify();
    expect(lost).toBe(writer.stats().lost);
    expect(lost).toBe(3);
  });

  test("refuse: full at half the queue, so that what is in flight finds room", () => {
    const { writer } = writing({ onError: "refuse", maxQueued: 10 });
    push(writer, 0, 4);
    expect(writer.full()).toBe(false);
    push(writer, 4, 5);
    expect(writer.full()).toBe(true);
    push(writer, 5, 10);
    expect(writer.stats().lost).toBe(0);
  });

  test("refuse: full once the store has not answered for five seconds, until it does", async () => {
    const { writer, state, clock } = writing({ onError: "refuse" });
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    push(writer, 0, 1);
    clock.move(25);
    await settled();
    clock.move(4_999);
    expect(writer.full()).toBe(false);
    clock.move(1);
    expect(writer.full()).toBe(true);
    gate.resolve();
    await settled();
    expect(writer.full()).toBe(false);
    clock.move(60_000);
    expect(writer.full()).toBe(false);
  });

  test("refuse: full once the store has failed for a second, not for a moment, until it works again", async () => {
    const { writer, state, clock } = writing({ onError: "refuse" });
    state.failing = true;
    push(writer, 0, 1);
    await writer.flush();
    expect(writer.full()).toBe(false);
    clock.move(999);
    expect(writer.full()).toBe(false);
    clock.move(1);
    expect(writer.full()).toBe(true);
    await settled();
    state.failing = false;
    await writer.flush();
    expect(writer.full()).toBe(false);
  });

  test("close writes everything, closes the ledger once, and takes no more", async () => {
    const { writer, state, ids, log } = writing();
    push(writer, 0, 700);
    await Promise.all([writer.close(), writer.close()]);
    expect(await ids()).toEqual(named(0, 700));
    expect(state.closed).toBe(true);
    expect(log.lines).toEqual(["info The ledger is closed"]);
    push(writer, 700, 701);
    expect(writer.stats()).toMatchObject({ queued: 0, lost: 1 });
  });

  test("close gives up on a store that fails to the end, says how much is lost, and still closes", async () => {
    const { writer, state, clock, log } = writing();
    state.failing = true;
    push(writer, 0, 7);
    const closed = writer.close();
    for (let tries = 0; tries < 6; tries++) {
      await settled();
      clock.move(5000);
    }
    await closed;
    expect(state.closed).toBe(true);
    expect(log.lines.at(-1)).toBe("error The ledger failed to the end: events are lost");
  });

  test("close does not wait for a store that does not answer", async () => {
    const { writer, state, clock, log } = writing();
    const never = Promise.withResolvers<void>();
    state.gate = never.promise;
    push(writer, 0, 200);
    const closed = writer.close();
    await settled();
    expect(log.lines).toEqual([]);
    clock.move(4_000);
    await closed;
    expect(log.lines).toEqual(["error The ledger failed to the end: events are lost"]);
    expect([state.closed, writer.stats().queued]).toEqual([true, 200]);
    never.resolve();
    await settled();
    // what the store takes after all is not followed by more
    expect(state.batches).toEqual([128]);
  });

  test("close waits for a store that is slow and writes", async () => {
    const { writer, state, clock, log, ids } = writing();
    push(writer, 0, 500);
    let answer = (): void => {};
    const gate = (): void => {
      const { promise, resolve } = Promise.withResolvers<void>();
      [state.gate, answer] = [promise, resolve];
    };
    gate();
    const closed = writer.close();
    // three seconds a batch of 128: twelve in all, and never four without one
    for (let batch = 0; batch < 4; batch++) {
      await settled();
      clock.move(3_000);
      const answered = answer;
      gate();
      answered();
      await settled();
    }
    await closed;
    expect((await ids()).length).toBe(500);
    expect(log.lines).toEqual([expect.stringContaining("info ")]);
  });

  test("push costs next to nothing", () => {
    const many = events(10_000);
    const spent = [1, 2, 3].map(() => {
      const { writer } = writing();
      return cpuMs(() => {
        for (const event of many) writer.push(event);
      });
    });
    // 0.1 µs measured, a synchronous append would be 50 times as much; the best of three: garbage of others is collected
    expect(Math.min(...spent)).toBeLessThan(30);
  });
});
