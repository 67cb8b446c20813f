import type { SignalReader } from "../../src/carbon/signal-table.ts";
import type { ReceiptDesk } from "../../src/lib/context.ts";
import { LocalCells } from "../../src/store/counters/local-cells.ts";
import { MemoryCounters } from "../../src/store/counters/memory.ts";
import { fakeClock } from "../support/clock.ts";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chatAnswer } from "../support/raw-upstream.ts";

/** One request as a target got it. */
export interface Call {
  readonly target: string;
  /** Clock reading, from the start of the test. */
  readonly atMs: number;
  readonly body: { readonly [key: string]: unknown };
  readonly init: RequestInit & { readonly keepalive?: boolean };
}

/** What a target does with a request: an answer, or a rejection as fetch gives it. */
export type Behaviour = (call: Call) => Response | Promise<Response>;

export const answers =
  (body: unknown = chatAnswer("hi"), status = 200, headers: Record<string, string> = {}): Behaviour =>
  () =>
    Response.json(body, { status, headers });

/** A whole answer of that text. */
export const says = (text: string): Behaviour => answers(chatAnswer(text));

export const fails = (status: number, headers: Record<string, string> = {}): Behaviour =>
  answers({ error: { message: `failure ${status}`, type: "server_error" } }, status, headers);

export const refuses: Behaviour = () => {
  throw Object.assign(new TypeError("no"), { code: "ConnectionRefused" });
};

export const breaks: Behaviour = () => {
  throw Object.assign(new TypeError("no"), { code: "ECONNRESET" });
};

/** Never answers; rejects as fetch does when its signal is aborted. */
export const hangs: Behaviour = ({ init }) =>
  new Promise((_resolve, reject) => {
    const { signal } = init;
    const stop = (): void => reject(signal!.reason);
    if (signal!.aborted) stop();
    signal!.addEventListener("abort", stop);
  });

/** An event stream of the given text, that ends or stays open. */
export const streams =
  (text: string, { open = false } = {}): Behaviour =>
  ({ init }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        if (!open) return controller.close();
        init.signal?.addEventListener("abort", () => controller.error(init.signal?.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };

/**
 * A gateway over targets that behave as told, by id; the last behaviour of a list goes on for ever. `http://ID.test/v1`
 * is each one's address.
 */
export function gatewayOver(
  targets: Readonly<Record<string, Behaviour | readonly Behaviour[]>>,
  more: {
    target?: Readonly<Record<string, object>>;
    providers?: object;
    env?: Record<string, string>;
    signals?: SignalReader;
    desk?: ReceiptDesk;
    /** Whether breakers are shared, as several workers or nodes share them. */
    sharing?: boolean;
    [key: string]: unknown;
  } = {},
) {
  const { target = {}, env = {}, signals, desk, sharing = false, ...config } = more;
  const clock = fakeClock();
  const zeroMs = clock.monotonic();
  const calls: Call[] = [];
  const fetch = (async (url: string, init: RequestInit) => {
    const id = new URL(url).hostname.replace(".test", "");
    const raw = typeof init.body === "string" ? init.body : new TextDecoder().decode(init.body as Uint8Array);
    const call: Call = { target: id, atMs: clock.monotonic() - zeroMs, body: JSON.parse(raw), init };
    const before = calls.filter((earlier) => earlier.target === id).length;
    calls.push(call);
    const behaviours = [targets[id]!].flat() as readonly Behaviour[];
    return behaviours[Math.min(before, behaviours.length - 1)]!(call);
  }) as unknown as typeof globalThis.fetch;
  const list = Object.keys(targets).map((id) => ({ id, base_url: `http://${id}.test/v1`, ...target[id] }));
  const all = testGateway(configOf(list, config), {
    clock,
    fetch,
    env,
    ...(signals === undefined ? {} : { signals }),
    ...(desk === undefined ? {} : { receipts: desk }),
    ...(sharing ? { counters: Object.assign(new MemoryCounters(clock), { cells: new LocalCells(clock) }) } : {}),
  });
  return {
    ...all,
    clock,
    calls,
    /** The ids of the targets asked, in order. */
    asked: () => calls.map((call) => call.target),
    /** Asks while time passes as fast as it is wanted: the answer, its error object or null, and the event. */
    async run(body: object = CHAT, init: Parameters<typeof all.ask>[1] = {}) {
      let done = false;
      const answering = all.ask(body, init).finally(() => {
        done = true;
      });
      for (let tick = 0; !done && tick < 3_000; tick++) await clock.advance(100);
      const response = await answering;
      const text = response.status === 200 ? "" : await response.text();
      const error = text === "" ? null : (JSON.parse(text) as { error: Record<string, unknown> }).error;
      return { response, error };
    },
  };
}
