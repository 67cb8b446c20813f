import { describe, expect, test } from "bun:test";
import { ProcessEscalations } from "../../../src/cli/service/escalations.ts";
import type { HeldRequest } from "../../../src/lib/context.ts";
import type { EscalationRecord } from "../../../src/schema/ledger.ts";
import type { EscalationBook } from "../../../src/store/escalations.ts";
import { escalationsInMemory, MOST_ESCALATIONS } from "../../../src/store/sqlite/escalation-table.ts";
import { fakeClock } from "../../support/clock.ts";
import { failureOf } from "../../support/failure-of.ts";

const TTL_MS = 60_000;
const BY_ANN = { by: "ann", reason: "seen" };

function held(id: string, key = "k"): HeldRequest {
  const told = { policy: "p", reason_code: "p.asks", message: "held", text: null };
  return { id, key, at: 1, request: "req-1", endpoint: "chat", model: "m", consumer: null, ...told };
}

async function opened(book: EscalationBook = escalationsInMemory(), clock = fakeClock()) {
  const rows: EscalationRecord[] = [];
  const desk = await ProcessEscalations.open(book, { clock, writer: { record: (row) => rows.push(row) } });
  desk.ttlMs = TTL_MS;
  const states = () => rows.map(({ escalation, state }) => `${escalation} ${state}`);
  const approve = (id: string) => desk.decide(id, { state: "approved", ...BY_ANN });
  return { desk, clock, rows, states, approve, book };
}

describe("a request that waits for a person", () => {
  test("waits once, however often it is sent, unless its caller was told another id", async () => {
    const { desk, states } = await opened();
    expect(await desk.hold(held("esc_1"), false)).toBe("esc_1");
    expect(await desk.hold(held("esc_2"), false)).toBe("esc_1");
    expect(await desk.hold(held("esc_3"), true)).toBe("esc_3");
    expect(await desk.hold(held("esc_4", "other"), false)).toBe("esc_4");
    expect(states()).toEqual(["esc_1 waiting", "esc_3 waiting", "esc_4 waiting"]);
    expect((await desk.list({ limit: 10 })).map(({ id }) => id)).toEqual(["esc_4", "esc_3", "esc_1"]);
  });

  test("may be sent once more when it is approved, and no other one", async () => {
    const { desk, clock, states, rows, approve } = await opened();
    await desk.hold(held("esc_1"), false);
    expect([desk.isOpen, await desk.claim("k")]).toEqual([false, false]);
    expect(await approve("esc_1")).toMatchObject({ state: "approved", ...BY_ANN, expires_at: clock.now() + TTL_MS });
    expect([desk.isOpen, desk.openKeys, await desk.claim("other")]).toEqual([true, ["k"], false]);
    expect(await Promise.all([desk.claim("k"), desk.claim("k")])).toEqual([true, false]);
    expect([desk.isOpen, await desk.claim("k")]).toEqual([false, false]);
    expect(await desk.find("esc_1")).toMatchObject({ id: "esc_1", state: "used", ...BY_ANN });
    expect(states()).toEqual(["esc_1 waiting", "esc_1 approved", "esc_1 used"]);
    expect(rows.at(-1)).toMatchObject({ ...BY_ANN, request: "req-1", policy: "p", reason_code: "p.asks" });
    // the same request waits anew
    expect(await desk.hold(held("esc_2"), false)).toBe("esc_2");
  });

  test("may be sent as often as it was approved", async () => {
    const { desk, approve } = await opened();
    for (const id of ["esc_1", "esc_2"]) await desk.hold(held(id), true);
    for (const id of ["esc_1", "esc_2"]) await approve(id);
    expect([await desk.claim("k"), desk.isOpen, await desk.claim("k"), desk.isOpen]).toEqual([true, true, true, false]);
  });

  test("may be sent until the last of its approvals is over, in whatever order they were given", async () => {
    const { desk, clock, approve } = await opened();
    for (const id of ["esc_1", "esc_2"]) await desk.hold(held(id), true);
    await approve("esc_2");
    await clock.advance(TTL_MS / 2);
    await approve("esc_1");
    await clock.advance(TTL_MS / 2);
    expect([desk.isOpen, await desk.claim("k"), await desk.claim("k")]).toEqual([true, true, false]);
  });

  test("may be sent no more when the time for it is over", async () => {
    const { desk, clock, approve } = await opened();
    await desk.hold(held("esc_1"), false);
    await approve("esc_1");
    await clock.advance(TTL_MS - 1);
    expect(desk.isOpen).toBe(true);
    await clock.advance(1);
    expect([desk.isOpen, await desk.claim("k")]).toEqual([false, false]);
    expect(await desk.list({ state: "expired", limit: 10 })).toMatchObject([{ id: "esc_1", state: "expired" }]);
    expect(await desk.list({ state: "approved", limit: 10 })).toEqual([]);
  });

  test("is decided once", async () => {
    const { desk, approve } = await opened();
    await desk.hold(held("esc_1"), false);
    expect(await desk.decide("esc_1", { state: "rejected", ...BY_ANN })).toMatchObject({ expires_at: null });
    expect([desk.isOpen, await desk.claim("k")]).toEqual([false, false]);
    expect(await failureOf(approve("esc_1"))).toMatchObject({
      code: "invalid_request",
      message: 'The escalation "esc_1" does not wait: it is rejected (ann decided)',
    });
    expect(await failureOf(approve("esc_9"))).toMatchObject({ code: "not_found" });
  });

  test("is not forgotten by a process that ends", async () => {
    const before = await opened();
    await before.desk.hold(held("esc_1"), false);
    await before.approve("esc_1");
    const { desk } = await opened(before.book, before.clock);
    expect([desk.isOpen, await desk.claim("k"), desk.isOpen]).toEqual([true, true, false]);
  });

  test("stays where too many are kept: what is decided goes first, then the oldest", async () => {
    const { desk } = await opened();
    for (let at = 0; at < MOST_ESCALATIONS; at++) await desk.hold(held(`esc_${at}`, `k${at}`), false);
    await desk.decide("esc_5", { state: "rejected", ...BY_ANN });
    await desk.hold(held("esc_a", "a"), false);
    expect([await desk.find("esc_5"), (await desk.find("esc_0"))?.id]).toEqual([null, "esc_0"]);
    await desk.hold(held("esc_b", "b"), false);
    expect([await desk.find("esc_0"), (await desk.find("esc_1"))?.id]).toEqual([null, "esc_1"]);
  });
});
