import { describe, expect, test } from "bun:test";
import {
  CurrentRegions,
  type RegionMemory,
  SHARED_REGIONS_BYTES,
  SharedRegions,
} from "../../../src/gateway/routes/current-regions.ts";
import { LOCK_BYTES } from "../../../src/lib/shared-records.ts";

const MINUTE_MS = 60_000;
const CODES = ["atnorth-sto-1", "atnorth-isl-1"];
const memory = () => new SharedArrayBuffer(LOCK_BYTES + SHARED_REGIONS_BYTES);
const shared = (at: SharedArrayBuffer, offsetMs = 0) =>
  new SharedRegions({ memory: at, offset: LOCK_BYTES, offsetMs }, CODES);

const KINDS: Readonly<Record<string, () => RegionMemory>> = {
  "of one thread": () => new CurrentRegions(),
  "of several threads": () => shared(memory()),
};

describe.each(Object.entries(KINDS))("the last choice %s", (_kind, make) => {
  test("is remembered for each pool by itself, for a quarter of an hour", () => {
    const current = make();
    expect(current.of("a", 1_000)).toBeNull();
    current.choose("a", "atnorth-sto-1", 1_000);
    current.choose("b", "atnorth-isl-1", 1_000);
    expect([current.of("a", 2_000), current.of("b", 2_000)]).toEqual(["atnorth-sto-1", "atnorth-isl-1"]);
    expect(current.of("a", 1_000 + 15 * MINUTE_MS)).toBe("atnorth-sto-1");
    expect(current.of("a", 1_001 + 15 * MINUTE_MS)).toBeNull();
  });

  test("gives way to the next, and is forgotten", () => {
    const current = make();
    current.choose("a", "atnorth-sto-1", 1);
    current.choose("a", "atnorth-isl-1", 2);
    expect(current.of("a", 3)).toBe("atnorth-isl-1");
    current.forget("a", 4);
    expect(current.of("a", 5)).toBeNull();
  });
});

describe("threads that choose together", () => {
  test("know what another chose, whatever their clocks began with", () => {
    const at = memory();
    const [here, there] = [shared(at, 500_000), shared(at, 100_000)];
    here.choose("a", "atnorth-sto-1", 0);
    expect(there.of("a", 400_000 + 15 * MINUTE_MS)).toBe("atnorth-sto-1");
    expect(there.of("a", 400_001 + 15 * MINUTE_MS)).toBeNull();
    there.forget("a", 400_000);
    expect(here.of("a", 1)).toBeNull();
  });

  test("take a region that one of them no longer has for none", () => {
    const at = memory();
    shared(at).choose("a", "atnorth-isl-1", 0);
    const place = { memory: at, offset: LOCK_BYTES, offsetMs: 0 };
    expect(new SharedRegions(place, ["atnorth-sto-1"]).of("a", 1)).toBeNull();
  });
});
