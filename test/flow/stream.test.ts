import { afterEach, describe, expect, test } from "bun:test";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chunkEvent, DONE, json, rawUpstream, type Script, stream, usageEvent } from "../support/raw-upstream.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function gatewayOver(script: Script, target: object = {}) {
  const up = await rawUpstream(script);
  stops.push(up.stop);
  return { up, ...testGateway(configOf([{ id: "a", base_url: up.url, ...target }])) };
}

const STREAM = { ...CHAT, stream: true };
const ROLE = chunkEvent({ role: "assistant", content: "" });

function eventsOf(text: string): unknown[] {
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => (event === "data: [DONE]" ? "[DONE]" : JSON.parse(event.slice(6))));
}

describe("a stream", () => {
  test("passes events as they came, asks for usage and takes it out again", async () => {
    const { up, ask, events, recorded } = await gatewayOver(
      stream(
        ROLE,
        chunkEvent({ content: "Hel" }),
        chunkEvent({ content: "lo" }),
        chunkEvent({}, "stop"),
        usageEvent(),
        DONE,
      ),
    );
    const response = await ask(STREAM);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const text = await response.text();
    expect(text).toBe(
      ROLE + chunkEvent({ content: "Hel" }) + chunkEvent({ content: "lo" }) + chunkEvent({}, "stop") + DONE,
    );
    expect(JSON.parse(up.requests[0]!.body).stream_options).toEqual({ include_usage: true });
    await recorded(1);
    expect(events[0]).toMatchObject({
      outcome: "ok",
      usage: { prompt_tokens: 3, basis: "exact" },
      finish_reasons: ["stop"],
    });
  });

  test("gives the usage chunk to a client that asked for it", async () => {
    const { ask } = await gatewayOver(stream(chunkEvent({ content: "x" }), chunkEvent({}, "stop"), usageEvent(), DONE));
    const text = await (await ask({ ...STREAM, stream_options: { include_usage: true } })).text();
    expect(eventsOf(text).at(-2)).toMatchObject({ choices: [], usage: { total_tokens: 5 } });
    expect(text.endsWith(DONE)).toBe(true);
  });

  test("that is cut, ends too early, stalls or reports an error ends with an error event and no [DONE]", async () => {
    const faults: Script[] = [
      (wire) => void wire.socket.end(),
      (wire) => void wire.socket.destroy(),
      (wire) => wire.end(),
      (wire) => wire.chunk(DONE),
      (wire) => wire.chunk('data: {"error":{"message":"overloaded","type":"server_error"}}\n\n'),
      (wire) => wire.chunk('event: error\ndata: {"error":{"message":"overloaded"}}\n\n'),
      (wire) => wire.chunk('data: {"choices":[{"delta":{"content":"x\n\n'),
      (wire) => wire.chunk(Buffer.from('data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n', "latin1")),
      (wire) => wire.closed,
    ];
    for (const fault of faults) {
      const read = Promise.withResolvers<void>();
      const { ask, events, recorded } = await gatewayOver(
        async (wire) => {
          await wire.streamHead();
          await wire.chunk(chunkEvent({ content: "half" }));
          await read.promise;
          await fault(wire);
        },
        { stall_timeout_seconds: 1 },
      );
      const response = await ask(STREAM);
      const reader = response.body!.getReader();
      const first = await reader.read();
      read.resolve();
      let text = new TextDecoder().decode(first.value);
      for (let next = await reader.read(); !next.done; next = await reader.read())
        text += new TextDecoder().decode(next.value);
      expect(text).toStartWith(chunkEvent({ content: "half" }));
      expect(text).not.toContain("[DONE]");
      expect(eventsOf(text).at(-1)).toMatchObject({ error: { message: expect.any(String), request_id: "req-1" } });
      await recorded(1);
      expect(events[0]?.outcome).toStartWith("upstream_");
    }
  });

  test("whose choices all finished is complete without [DONE], at once", async () => {
    const { ask } = await gatewayOver(async (wire) => {
      await wire.streamHead();
      await wire.chunk(chunkEvent({ content: "x" }));
      await wire.chunk(chunkEvent({}, "stop", { usage: { prompt_tokens: 1, completion_tokens: 1 } }));
      await wire.closed;
    });
    const text = await (await ask(STREAM)).text();
    expect(text).toEndWith(DONE);
    expect(eventsOf(text).filter((event) => JSON.stringify(event).includes('"stop"')).length).toBe(1);
  });

  test("waits a second for usage that never comes, then ends well with an estimate", async () => {
    const { ask, events, recorded } = await gatewayOver(async (wire) => {
      await wire.streamHead();
      await wire.chunk(chunkEvent({ content: "12345678" }));
      await wire.chunk(chunkEvent({}, "stop"));
      await wire.closed;
    });
    const text = await (await ask({ ...STREAM, stream_options: { include_usage: true } })).text();
    expect(eventsOf(text).at(-2)).toMatchObject({ choices: [], usage: { completion_tokens: 2, estimated: true } });
    await recorded(1);
    expect(events[0]?.usage.basis).toBe("estimated");
  });

  test("before its first real event fails over invisibly", async () => {
    const bad = await rawUpstream(async (wire) => {
      await wire.streamHead();
      await wire.chunk(ROLE);
      wire.socket.destroy();
    });
    const good = await rawUpstream(stream(chunkEvent({ content: "ok" }), chunkEvent({}, "stop"), DONE));
    stops.push(bad.stop, good.stop);
    const { ask } = testGateway(
      configOf([
        { id: "a", base_url: bad.url },
        { id: "b", base_url: good.url },
      ]),
    );
    const response = await ask(STREAM);
    expect(response.headers.get("x-weir-target")).toBe("b");
    expect(await response.text()).toBe(chunkEvent({ content: "ok" }) + chunkEvent({}, "stop") + DONE);
  });

  test("is cancelled upstream within 100 ms when the client goes", async () => {
    let gone = Promise.withResolvers<number>();
    const { ask, events, recorded } = await gatewayOver(async (wire) => {
      await wire.streamHead();
      await wire.chunk(chunkEvent({ content: "x" }));
      await wire.closed;
      gone.resolve(performance.now());
    });
    const took: number[] = [];
    // the best of five: the machine has other work, too
    while (took.length < 5 && !took.some((ms) => ms < 100)) {
      gone = Promise.withResolvers();
      const response = await ask(STREAM);
      const reader = response.body!.getReader();
      await reader.read();
      const left = performance.now();
      await reader.cancel();
      took.push((await gone.promise) - left);
    }
    expect(Math.min(...took)).toBeLessThan(100);
    await recorded(took.length);
    expect(events.map(({ outcome }) => outcome)).toEqual(took.map(() => "cancelled"));
  });

  test("drops an empty event without content, and an answer that is no stream is the target's failure", async () => {
    const { ask } = await gatewayOver(
      stream("data: nonsense\n\n", chunkEvent({ content: "x" }), chunkEvent({}, "stop"), DONE),
    );
    expect(await (await ask(STREAM)).text()).not.toContain("nonsense");
    const other = await gatewayOver(json({ choices: [] }));
    expect((await other.ask(STREAM)).status).toBe(502);
  });
});
