import { expect, test } from "bun:test";
import { stopAsked } from "../../../src/cli/service/drain.ts";
import { fakeClock, settled } from "../../support/clock.ts";
import { fakeIo } from "../fake-io.ts";

test("a signal that comes by two ways is one, and a later one is the second", async () => {
  const [io, clock] = [fakeIo(), fakeClock()];
  const asked = stopAsked(io, clock);
  let again = false;
  void asked.again.then(() => {
    again = true;
  });
  io.stop("SIGINT");
  io.stop("SIGTERM");
  await clock.advance(99);
  io.stop("SIGINT");
  expect(await asked.first).toBe("SIGINT");
  await settled();
  expect(again).toBe(false);
  await clock.advance(1);
  io.stop("SIGINT");
  expect(await asked.again).toBe("second signal");
});
