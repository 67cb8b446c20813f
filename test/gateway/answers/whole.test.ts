import { afterEach, describe, expect, test } from "bun:test";
import { policies } from "../../../src/policies/index.ts";
import { CHAT } from "../../support/gateway.ts";
import { DONE, piece } from "../streams/streams.ts";
import { answers, gatewayOver, streams } from "../upstreams.ts";

afterEach(() => {
  Reflect.deleteProperty(policies, "scripted");
});

describe("an answer's head", () => {
  test("says who answered, after how many attempts, and what took how long", async () => {
    const { run } = gatewayOver({ a: answers({}, 500), b: answers() });
    const { headers } = (await run()).response;
    expect([...headers.keys()].sort()).toEqual([
      "content-type",
      "server-timing",
      "x-request-id",
      "x-weir-attempts",
      "x-weir-cost-basis",
      "x-weir-target",
    ]);
    expect([headers.get("x-weir-target"), headers.get("x-weir-attempts")]).toEqual(["b", "2"]);
    expect(headers.get("server-timing")).toMatch(
      /^policy;dur=[\d.]+, routing;dur=[\d.]+, upstream;dur=[\d.]+, total;dur=[\d.]+$/,
    );
  });

  test("of a stream keeps everybody on the way from holding it up", async () => {
    const { run } = gatewayOver({ a: streams(piece(0, "a") + piece(0, null, "stop") + DONE) });
    const { response } = await run({ ...CHAT, stream: true });
    expect([response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([
      "text/event-stream; charset=utf-8",
      "no-cache",
    ]);
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    await response.text();
  });
});

test("a client that left while the first word was read is recorded as such, though nobody reads its stream", async () => {
  const leaving = new AbortController();
  const stream = () => ({
    push(chunk: object) {
      leaving.abort();
      return [chunk];
    },
    flush: () => [],
  });
  Object.assign(policies, { scripted: { name: "scripted", phases: ["output"], create: () => ({ stream }) } });
  const config = { policies: { chain: ["scripted"] }, policy: { scripted: { mode: "enforce" } } };
  const { ask, events, gateway, clock } = gatewayOver({ a: streams(piece(0, "a"), { open: true }) }, config);
  await ask({ ...CHAT, stream: true }, { signal: leaving.signal });
  await clock.advance(1_000);
  expect(events).toMatchObject([{ outcome: "cancelled" }]);
  expect([gateway.inFlight(), clock.waiting]).toEqual([0, 0]);
});
