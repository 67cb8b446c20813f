/**
 * The mock upstream where there is no C compiler: the same orders (`"user":"mock:…"`), answers and control paths as
 * `native/mock.c`, at the speed of JavaScript. `mock.ts PORT` prints the port taken.
 */

interface Open {
  readonly id: number;
  cut(): void;
}

const encoder = new TextEncoder();
const open = new Set<Open>();
let requests = 0;
let sentBytes = 0;
let aborts: [number, number][] = [];

const base = { id: "chatcmpl-bench0123456789", created: 1_760_000_000, model: "bench", system_fingerprint: "fp_bench" };
const usage = { prompt_tokens: 256, completion_tokens: 128, total_tokens: 384 };
const content = "The water goes over the weir. ".repeat(60).slice(0, 1150);
const message = { role: "assistant", content, refusal: null };
const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
const jsonAnswer = JSON.stringify({ ...base, object: "chat.completion", choices, usage });

function event(delta: object | null, rest: { readonly finish?: string; readonly usage?: object } = {}): Uint8Array {
  const some = delta === null ? [] : [{ index: 0, delta, logprobs: null, finish_reason: rest.finish ?? null }];
  const chunk = {
    ...base,
    object: "chat.completion.chunk",
    choices: some,
    ...(rest.usage ? { usage: rest.usage } : {}),
  };
  return encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`);
}

/** A clock that the load generator's process shares: wall-clock nanoseconds, to the microsecond. */
const clockNs = (): number => (performance.timeOrigin + performance.now()) * 1e6;

/** Registers a request in progress; the returned function ends it, as an abort or not. */
function begin(id: number, cut: () => void): (gone: boolean) => void {
  const entry = { id, cut };
  open.add(entry);
  return (gone) => {
    if (open.delete(entry) && gone) aborts.push([id, clockNs()]);
  };
}

function stream(order: readonly number[], withUsage: boolean): Response {
  const [chunks = 0, rate = 0, size = 0, id = 0] = order;
  const piece = event({ content: "a".repeat(size) });
  const gapMs = rate > 0 ? 1000 / rate : 0;
  const cutter = Promise.withResolvers<void>();
  const end = begin(id, cutter.resolve);
  const from = performance.now();
  let left = chunks;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const send = (bytes: Uint8Array): void => {
        sentBytes += bytes.length;
        controller.enqueue(bytes);
      };
      if (left === chunks) send(event({ role: "assistant", content: "" }));
      const due = from + (chunks - left) * gapMs;
      if (due > performance.now()) await Promise.race([Bun.sleep(due - performance.now()), cutter.promise]);
      if (left-- > 0) return send(piece);
      send(event({}, { finish: "stop" }));
      if (withUsage) send(event(null, { usage }));
      send(encoder.encode("data: [DONE]\n\n"));
      end(false);
      controller.close();
    },
    cancel: () => end(true),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}

function silent(id: number, signal: AbortSignal): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const end = begin(id, () => resolve(new Response(null, { status: 503 })));
  // whoever went while the body was read tells nobody any more
  if (signal.aborted) end(true);
  else signal.addEventListener("abort", () => end(true));
  return promise;
}

function control(path: string): Response {
  if (path === "/control/aborts") return Response.json(aborts);
  if (path === "/control/drop") for (const entry of open) entry.cut();
  if (path === "/control/reset") {
    aborts = [];
    requests = 0;
    sentBytes = 0;
  }
  const aborted = aborts.length;
  return Response.json({ requests, connections: open.size, streams: open.size, aborted, sent_bytes: sentBytes });
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 0),
  idleTimeout: 0,
  development: false,
  async fetch(request) {
    if (request.method === "GET") return control(new URL(request.url).pathname);
    requests++;
    const text = await request.text();
    const order = /"mock:([a-z]+):?([\d:]*)"/.exec(text);
    const numbers = order?.[2]?.split(":").map(Number) ?? [];
    if (order?.[1] === "stream") return stream(numbers, text.includes('"include_usage":true'));
    if (order?.[1] === "silent") return silent(numbers[0] ?? 0, request.signal);
    return new Response(jsonAnswer, { headers: { "content-type": "application/json" } });
  },
});
process.stdout.write(`${server.port}\n`);
