import { describe, expect, test } from "bun:test";
import { LOCK_BYTES, recordBytes, SharedLock, SharedRecords } from "../../src/lib/shared-records.ts";

const SHAPE = { records: 16, numbers: 2 };
const memory = () => new SharedArrayBuffer(LOCK_BYTES + recordBytes(SHAPE));

describe("records that threads share", () => {
  test("are zeros at first, and are what was written by whoever looks", () => {
    const at = memory();
    const here = new SharedRecords(at, LOCK_BYTES, SHAPE);
    const there = new SharedRecords(at, LOCK_BYTES, SHAPE);
    expect([...here.of("a", 1)]).toEqual([0, 0]);
    here.of("a", 1).set([3, 4]);
    expect([...there.of("a", 2)]).toEqual([3, 4]);
    expect([...there.of("b", 2)]).toEqual([0, 0]);
  });

  test("give way by age where there are more keys than room", () => {
    const records = new SharedRecords(memory(), LOCK_BYTES, SHAPE);
    for (let key = 0; key < 200; key++) records.of(`k${key}`, key + 1)[0] = 1;
    expect(records.of("k199", 200)[0]).toBe(1);
    expect(records.of("k0", 200)[0]).toBe(0);
  });
});

describe("a lock that threads share", () => {
  test("can be taken again by whoever holds it, and is let go when work fails", () => {
    const at = memory();
    const word = new Int32Array(at, 0, 1);
    const lock = new SharedLock(at);
    expect(lock.exclusively(() => lock.exclusively(() => word[0]))).toBe(1);
    expect(word[0]).toBe(0);
    expect(() =>
      lock.exclusively(() => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(word[0]).toBe(0);
  });

  test("is taken from a thread that never lets go", () => {
    const at = memory();
    new Int32Array(at, 0, 1)[0] = 1;
    expect(new SharedLock(at).exclusively(() => "done")).toBe("done");
    expect(new Int32Array(at, 0, 1)[0]).toBe(0);
  });

  test("lets one thread at a time count", async () => {
    const at = memory();
    const module = new URL("../../src/lib/shared-records.ts", import.meta.url).href;
    const source = `const { SharedLock } = await import(${JSON.stringify(module)});
      self.onmessage = ({ data }) => {
        const lock = new SharedLock(data);
        const count = new Float64Array(data, ${LOCK_BYTES}, 1);
        for (let at = 0; at < 20_000; at++) lock.exclusively(() => { count[0] = count[0] + 1; });
        self.postMessage("done");
      };
      // what comes before somebody listens is lost
      self.postMessage("ready");`;
    const url = URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
    const workers = [new Worker(url), new Worker(url)];
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve) => {
            worker.onmessage = ({ data }) => (data === "ready" ? worker.postMessage(at) : resolve());
          }),
      ),
    );
    for (const worker of workers) worker.terminate();
    expect(new Float64Array(at, LOCK_BYTES, 1)[0]).toBe(40_000);
  });
});
