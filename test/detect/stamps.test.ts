import { expect, test } from "bun:test";
import { nextStamp } from "../../src/detect/stamps.ts";

test("what was seen is not seen again, however many there are in front", () => {
  const seen = new Uint8Array(1);
  let stamp = 0;
  for (let round = 0; round < 1_000; round++) {
    stamp = nextStamp(seen, stamp);
    expect(seen[0]).not.toBe(stamp);
    if (round % 3 === 0) seen[0] = stamp;
  }
});
