import { expect, test } from "bun:test";
import { HEARTBEAT_MS, withHeartbeat } from "../../../src/gateway/streams/heartbeat.ts";
import { fakeClock } from "../../support/clock.ts";

test("withHeartbeat beats while the work takes, and no longer", async () => {
  const clock = fakeClock();
  const work = Promise.withResolvers<string>();
  let beats = 0;
  const waited = withHeartbeat(work.promise, clock, () => {
    beats += 1;
  });
  await clock.advance(HEARTBEAT_MS - 1);
  expect(beats).toBe(0);
  await clock.advance(2 * HEARTBEAT_MS);
  expect(beats).toBe(2);
  work.resolve("done");
  expect(await waited).toBe("done");
  await clock.advance(5 * HEARTBEAT_MS);
  expect(beats).toBe(2);
});
