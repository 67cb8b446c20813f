import { describe, expect, test } from "bun:test";
import type { Member, StartMember } from "../../../src/cli/workers/member.ts";
import { WorkerPool } from "../../../src/cli/workers/pool.ts";
import { type PlaceMemory, SharedPlaces } from "../../../src/gateway/targets/shared-places.ts";
import { OwnerCounters } from "../../../src/store/counters/owner.ts";
import { ask } from "../../store/counters/sharing.ts";
import { fakeClock, settled } from "../../support/clock.ts";
import { configOf } from "../../support/gateway.ts";

const CONFIG = configOf([{ id: "a", base_url: "http://a.test/v1" }]);
const ASKED = ask({ places: { key: "ann", max: 1 } });

const NOBODY_WAITS = {
  openKeys: [],
  isOpen: false,
  onChange() {},
  claim: () => Promise.resolve(false),
  hold: () => Promise.reject(new Error("no")),
};

/** A pool whose threads are the test's. */
function pool() {
  const clock = fakeClock();
  const counters = new OwnerCounters(clock);
  const members: {
    done: object[];
    posted: object[];
    hear: Parameters<StartMember>[0];
    gone: Parameters<StartMember>[1];
    ended: boolean;
    fails: boolean;
  }[] = [];
  const logged: string[] = [];
  const note = (_: object, message: string): void => void logged.push(message);
  let admits = true;
  const events: object[] = [];
  const made = new WorkerPool(CONFIG, {
    workers: 2,
    start: { env: {}, failMode: "block", auditKey: "00" },
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    counters,
    onEvents: (some) => void events.push(...some),
    onBreaker() {},
    receiptStart: () => ({ pem: "", prevChain: null }),
    onReceipts() {},
    escalations: NOBODY_WAITS,
    admits: () => admits,
    startMember(hear, gone): Member {
      const state = { done: [] as object[], posted: [] as object[], hear, gone, ended: false, fails: false };
      members.push(state);
      return {
        ready: Promise.resolve(),
        post: (message) => void state.posted.push(message),
        async do(message) {
          if (state.fails) throw new Error("no");
          state.done.push(message);
          return message.kind === "report" ? { targets: [], inFlight: 3, queued: 1 } : null;
        },
        end() {
          state.ended = true;
        },
      };
    },
  });
  const setAdmits = (now: boolean): void => {
    admits = now;
  };
  return { made, members, clock, counters, logged, setAdmits, events };
}

const LOCAL = [{ hostname: "127.0.0.1", port: 0 }];
const nobody = () => Promise.reject(new Error("nobody asks"));

describe("a pool of workers", () => {
  test("starts them all on one address, and ends them all", async () => {
    const { made, members } = pool();
    const [listener] = await made.listen(LOCAL, nobody);
    expect(members).toHaveLength(2);
    const { port } = listener!.address;
    expect(port).toBeGreaterThan(0);
    for (const { done } of members) {
      expect(done).toMatchObject([
        { kind: "start", start: { workers: 2, config: CONFIG } },
        { kind: "listen", addresses: [{ hostname: "127.0.0.1", port }] },
      ]);
    }
    await made.refresh();
    expect(made.reports.map(({ inFlight }) => inFlight)).toEqual([3, 3]);
    await listener!.stop();
    await made.drained();
    expect(members[1]!.done.slice(-2)).toEqual([{ kind: "stop" }, { kind: "drained" }]);
    made.close();
    expect(members.map(({ ended }) => ended)).toEqual([true, true]);
  });

  test("puts another one in the place of a worker that ended, and gives back what it held", async () => {
    const { made, members, clock, counters, logged } = pool();
    await made.listen(LOCAL, nobody);
    members[0]!.hear({ kind: "counters", messages: [{ op: "admit", id: 1, ask: ASKED }] });
    await settled();
    expect(members[0]!.posted.at(-1)).toMatchObject({ kind: "counters", messages: [{ id: 1, refusal: null }] });
    expect(counters.open(ASKED).admit()).toBe("places");
    members[0]!.gone("a worker failed: out of luck");
    expect(counters.open(ASKED).admit()).toBeNull();
    const next = { ...CONFIG, pack: { ...CONFIG.pack, name: "next" } };
    await made.configure(next);
    await clock.advance(1_000);
    await settled();
    expect(members).toHaveLength(3);
    expect(members[2]!.done).toMatchObject([{ kind: "start", start: { config: next } }, { kind: "listen" }]);
    expect(logged).toEqual(["a worker has ended: another one takes its place"]);
    made.close();
    members[2]!.gone("ended");
    await clock.advance(10_000);
    expect(members).toHaveLength(3);
  });

  test("lets all count attempts together, and gives back those of a worker that ended", async () => {
    const { made, members, clock } = pool();
    await made.listen(LOCAL, nobody);
    const placesOf = (at: number): SharedPlaces => {
      const told = members[at]!.posted.findLast((message) => "kind" in message && message.kind === "places");
      const { memory, thread } = told as { memory: PlaceMemory; thread: number };
      return new SharedPlaces([...memory.values()][0]!, thread);
    };
    expect([placesOf(0).take(2), placesOf(1).take(2), placesOf(1).take(2)]).toEqual([true, true, false]);
    await made.configure(CONFIG);
    expect(placesOf(0).taken).toBe(2);
    members[1]!.gone("a worker ended by itself");
    expect(placesOf(0).taken).toBe(1);
    await clock.advance(1_000);
    await settled();
    expect(placesOf(2).take(2)).toBe(true);
    expect(placesOf(0).taken).toBe(2);
    made.close();
  });

  test("says that one could not follow, and the others do", async () => {
    const { made, members, logged } = pool();
    await made.listen(LOCAL, nobody);
    members[1]!.fails = true;
    await made.configure(CONFIG);
    expect(members[0]!.done.at(-1)).toMatchObject({ kind: "configure" });
    expect(logged).toEqual(["a worker could not follow"]);
    made.close();
  });

  test("lets nobody in while the ledger takes nothing, and again when it does", async () => {
    const { made, members, clock, setAdmits, events } = pool();
    await made.listen(LOCAL, nobody);
    const told = (): object[] => members[1]!.posted.filter((message) => "admits" in message);
    setAdmits(false);
    members[0]!.hear({ kind: "events", events: [] });
    expect(told().slice(-1)).toEqual([{ kind: "admits", admits: false }]);
    setAdmits(true);
    await clock.advance(250);
    expect(told().slice(-1)).toEqual([{ kind: "admits", admits: true }]);
    expect(events).toEqual([]);
    made.close();
  });
});
