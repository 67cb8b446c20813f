import { describe, expect, test } from "bun:test";
import { exchange } from "../../../src/gateway/attempts/exchange.ts";
import { CHAT } from "../../support/gateway.ts";
import { DONE, piece, USAGE_EVENT } from "../streams/streams.ts";
import { answers, type Behaviour, breaks, gatewayOver, hangs, streams } from "../upstreams.ts";

const STREAM = { ...CHAT, stream: true };
const good = streams(piece(0, "a") + piece(0, null, "stop") + USAGE_EVENT + DONE);
const refusal = (status: number): Behaviour =>
  answers(
    { error: { message: "Extra inputs are not permitted: stream_options", type: "invalid_request_error" } },
    status,
  );

describe("an upstream that refuses stream_options", () => {
  test.each([400, 422])("with %p is asked once more without, and never with them again", async (status) => {
    const { run, calls, events } = gatewayOver({ a: [refusal(status), good] });
    for (let request = 0; request < 2; request++) expect(await (await run(STREAM)).response.text()).toEndWith(DONE);
    expect(calls.map((call) => call.body["stream_options"])).toEqual([{ include_usage: true }, undefined, undefined]);
    expect(events.map((event) => event.attempts.length)).toEqual([1, 1]);
  });

  test("is asked without them also where the caller wanted usage, which is then estimated", async () => {
    const upstream = streams(piece(0, "12345678") + piece(0, null, "stop") + DONE);
    const { run, calls } = gatewayOver({ a: [refusal(400), upstream] });
    const { response } = await run({ ...STREAM, stream_options: { include_usage: true } });
    expect(await response.text()).toContain('"estimated":true');
    expect(calls[1]!.body).not.toHaveProperty("stream_options");
  });

  test("is not remembered as such where the caller had put more into them", async () => {
    const { run, calls } = gatewayOver({ a: [refusal(400), good] });
    await run({ ...STREAM, stream_options: { include_usage: true, x: 1 } });
    await run(STREAM);
    expect(calls.map((call) => call.body["stream_options"] !== undefined)).toEqual([true, false, true]);
  });

  test("is not remembered as such where the request is refused without them, too: a caller may have put the words there", async () => {
    const { run, calls } = gatewayOver({ a: [refusal(400), refusal(400), good] });
    expect((await run({ ...STREAM, user: "stream_options" })).response.status).toBe(400);
    expect((await run(STREAM)).response.status).toBe(200);
    expect(calls.map((call) => call.body["stream_options"] !== undefined)).toEqual([true, false, true]);
  });

  test("is not meant where FastAPI quotes the request beside what was wrong with it", async () => {
    const input = { stream_options: { include_usage: true } };
    const detail = (loc: string) => [{ type: "missing", loc: ["body", loc], msg: "Field required", input }];
    const other = gatewayOver({ a: answers({ detail: detail("documents") }, 422) });
    expect((await other.run(STREAM)).response.status).toBe(422);
    expect(other.calls).toHaveLength(1);
    const meant = gatewayOver({ a: [answers({ detail: detail("stream_options") }, 422), good] });
    expect((await meant.run(STREAM)).response.status).toBe(200);
  });

  test("a second time, or for another reason, is answered as it is", async () => {
    const twice = gatewayOver({ a: refusal(400) });
    expect((await twice.run(STREAM)).response.status).toBe(400);
    expect(twice.calls).toHaveLength(2);
    const other = gatewayOver({ a: answers({ error: { message: "temperature is too hot" } }, 400) });
    await other.run(STREAM);
    expect(other.calls).toHaveLength(1);
  });

  test("is not asked for usage at all where the configuration says off", async () => {
    const { run, calls } = gatewayOver({ a: good }, { target: { a: { stream_usage: "off" } } });
    await run(STREAM);
    expect(calls[0]!.body).not.toHaveProperty("stream_options");
  });
});

describe("an upstream that refuses encoding_format", () => {
  const ASK = { model: "m", encoding_format: "base64", input: ["x"] };
  const vectors = answers({
    object: "list",
    data: [{ object: "embedding", index: 0, embedding: [0.25, -1.5] }],
    model: "m",
  });
  const says = (error: object, status = 400) => answers({ error }, status);
  const no = says({ message: "encoding_format 'base64' is not supported", param: "encoding_format" });
  const embed = { endpoint: "embeddings" } as const;
  const formats = (calls: ReturnType<typeof gatewayOver>["calls"]) => calls.map(({ body }) => body["encoding_format"]);
  const vectorOf = async (response: Response) =>
    ((await response.json()) as { data: { embedding: unknown }[] }).data[0]!.embedding;

  test.each([
    ["by its name", no],
    ["by its value", says({ message: "base64 embeddings are not available" }, 422)],
    [
      "as FastAPI",
      answers({ detail: [{ loc: ["body", "encoding_format"], msg: "Input should be 'float'", input: "base64" }] }, 422),
    ],
  ])(
    "%s is asked once more without, and never with it again; the answer has the form asked for",
    async (_, refusal) => {
      const { run, calls, events } = gatewayOver({ a: [refusal, vectors] });
      for (let request = 0; request < 2; request++) {
        const { response } = await run(ASK, embed);
        expect(await vectorOf(response)).toBe("AACAPgAAwL8=");
      }
      expect(formats(calls)).toEqual(["base64", undefined, undefined]);
      expect(calls[1]!.body).toEqual({ model: "m", input: ["x"] });
      expect(events.map((event) => event.attempts.length)).toEqual([1, 1]);
      expect(await vectorOf((await run({ ...ASK, encoding_format: "float" }, embed)).response)).toEqual([0.25, -1.5]);
    },
  );

  test("is answered as it is where it refuses the rest too, and nothing is remembered", async () => {
    const { run, calls } = gatewayOver({ a: [no, no, vectors] });
    expect((await run(ASK, embed)).response.status).toBe(400);
    expect((await run(ASK, embed)).response.status).toBe(200);
    expect(formats(calls)).toEqual(["base64", undefined, "base64"]);
  });

  test("is not meant by another refusal, nor where there is no other form to turn it into", async () => {
    const other = gatewayOver({ a: says({ message: "input is too long", param: "input" }) });
    expect((await other.run(ASK, embed)).response.status).toBe(400);
    const whole = gatewayOver({ a: no });
    expect((await whole.run({ ...ASK, output_dtype: "int8" }, embed)).response.status).toBe(400);
    const without = gatewayOver({ a: no });
    expect((await without.run({ model: "m", input: "x" }, embed)).response.status).toBe(400);
    expect([other.calls.length, whole.calls.length, without.calls.length]).toEqual([1, 1, 1]);
  });
});

describe("a connection that was reset before the answer", () => {
  const keepalives = (calls: ReturnType<typeof gatewayOver>["calls"]) => calls.map((call) => call.init.keepalive);

  test("may have died while it was idle: then the request goes out once more on a fresh one", async () => {
    const { run, calls, events } = gatewayOver({ a: [answers(), breaks, answers()] });
    expect([(await run()).response.status, (await run()).response.status]).toEqual([200, 200]);
    expect(keepalives(calls)).toEqual([true, true, false]);
    // one attempt, and it says that it was sent twice: nobody knows whether the target had seen the first
    expect(events.map(({ attempts }) => attempts.map(({ resent }) => resent))).toEqual([[undefined], [true]]);
  });

  test("is a failure where there was no connection before, or it took its time", async () => {
    const first = gatewayOver({ a: breaks });
    expect((await first.run()).error).toMatchObject({ code: "upstream_failed" });
    expect(first.calls).toHaveLength(1);
    const late: Behaviour = async (call) => {
      await new Promise<void>((resolve) => void slow.clock.after(1_500, resolve));
      return breaks(call);
    };
    const slow = gatewayOver({ a: [answers(), late] });
    await slow.run();
    expect((await slow.run()).error).toMatchObject({ code: "upstream_failed" });
    expect(slow.calls).toHaveLength(2);
  });

  test("is a failure the second time", async () => {
    const { run, calls } = gatewayOver({ a: [answers(), breaks] });
    await run();
    expect((await run()).error).toMatchObject({ code: "upstream_failed" });
    expect(calls).toHaveLength(3);
  });

  test("is no reason to ask for nothing once a fresh one was reset, until something is answered", async () => {
    const down = [breaks, breaks, breaks, breaks];
    const { run, calls } = gatewayOver(
      { a: [answers(), ...down, answers(), breaks, answers()] },
      { providers: { retry: { max_attempts: 2 } } },
    );
    await run();
    expect((await run()).error).toMatchObject({ code: "upstream_failed" });
    // the idle connection, the fresh one, and one second try as configured
    expect(keepalives(calls)).toEqual([true, true, false, false]);
    expect((await run()).response.status).toBe(200);
    expect((await run()).response.status).toBe(200);
    expect(keepalives(calls).slice(4)).toEqual([false, false, true, false]);
  });

  test("is no reason to ask again once the client has left", async () => {
    const { ask, calls, clock } = gatewayOver({ a: [answers(), hangs] });
    await ask(CHAT);
    const leaving = new AbortController();
    const answering = ask(CHAT, { signal: leaving.signal });
    await clock.advance(100);
    leaving.abort(Object.assign(new Error(), { code: "ECONNRESET" }));
    expect([(await answering).status, calls.length]).toEqual([499, 2]);
  });
});

test("what goes wrong while a request is brought into form is no fault of the target's", async () => {
  const encode = () => {
    throw new TypeError("No default value");
  };
  const target = { streamUsage: "always", live: {}, models: new Map(), model: "m" };
  const of = { codec: { encode }, entry: { target }, context: { stream: false }, asked: { parsed: {}, model: "m" } };
  const failed = await exchange(of as unknown as Parameters<typeof exchange>[0]).catch((thrown: unknown) => thrown);
  expect(failed).toMatchObject({ code: "internal" });
});

describe("what goes out", () => {
  test("is the target's model, its credential and ids of ours, and nothing else of the caller's head", async () => {
    const { run, calls } = gatewayOver(
      { a: answers() },
      {
        target: { a: { model: "theirs", models: [{ name: "m", upstream: "m-2411" }], secret_key_ref: { env: "KEY" } } },
        env: { KEY: " sk-1\n" },
      },
    );
    await run(CHAT, {
      headers: { authorization: "Bearer caller", cookie: "a=b", "x-stainless-lang": "js", traceparent: "00-1-2-01" },
    });
    expect(calls[0]!.body["model"]).toBe("m-2411");
    const headers = new Headers(calls[0]!.init.headers);
    expect(Object.fromEntries(headers.entries())).toEqual({
      accept: "application/json, text/event-stream",
      "accept-encoding": "identity",
      authorization: "Bearer sk-1",
      "content-type": "application/json",
      traceparent: "00-1-2-01",
      "user-agent": "weir",
      "x-request-id": "req-1",
    });
    expect(calls[0]!.init).toMatchObject({ method: "POST", redirect: "manual", proxy: false });
  });

  test("goes by the target's own proxy", async () => {
    const proxy = "http://proxy.example:3128";
    const { run, calls } = gatewayOver({ a: answers() }, { target: { a: { proxy } } });
    await run(CHAT);
    expect(calls[0]!.init).toMatchObject({ proxy });
  });
});
