import { Value } from "@sinclair/typebox/value";
import type { SignalReader } from "../../src/carbon/signal-table.ts";
import { type Config, ConfigSchema } from "../../src/config/config.ts";
import { createGateway } from "../../src/gateway/build.ts";
import type { RunningGateway } from "../../src/gateway/gateway.ts";
import { type Clock, systemClock } from "../../src/lib/clock.ts";
import type { Endpoint, ReceiptDesk, Services } from "../../src/lib/context.ts";
import { toGatewayError } from "../../src/lib/errors.ts";
import type { Logger } from "../../src/lib/logger.ts";
import { createContextGuard } from "../../src/lib/tokens/context-guard.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { errorResponse } from "../../src/server/error-response.ts";
import type { Counters } from "../../src/store/counters/counters.ts";

/** A configuration with all defaults, as the loader would give it. */
export function configOf(
  targets: readonly object[],
  more: { providers?: object } & Record<string, unknown> = {},
): Config {
  const { providers, ...rest } = more;
  const filled = targets.map((target) => ({
    provider: "openai-compatible",
    provider_type: (target as { provider?: string }).provider ?? "openai-compatible",
    model: "m",
    stream_timeout_seconds: (target as { timeout_seconds?: number }).timeout_seconds ?? 60,
    ...target,
  }));
  const retry = { max_attempts: 1 };
  const document = {
    pack: { name: "test", version: "1.0.0", enabled: true },
    policies: { chain: [] },
    ...rest,
    providers: {
      strategy: targets.length > 1 ? "fallback" : "single",
      total_timeout_seconds: 120,
      retry,
      targets: filled,
      ...providers,
    },
  };
  return Value.Default(ConfigSchema, document) as Config;
}

/** One line of a log. */
export interface Logged {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

function recordingLog(logs: Logged[]): Logger {
  const at = (level: string) => (fields: object, message: string) => void logs.push({ level, fields, message });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A gateway in this process, its events, and a way to ask it as the server would. */
export function testGateway(
  config: Config,
  options: {
    clock?: Clock;
    env?: Record<string, string>;
    fetch?: typeof fetch;
    signals?: SignalReader;
    receipts?: ReceiptDesk;
    services?: Partial<Services>;
    memoryBytes?: number;
    counters?: Counters;
  } = {},
) {
  const events: RequestEvent[] = [];
  const watchers: (() => void)[] = [];
  const logs: Logged[] = [];
  const observed: string[] = [];
  const build = (built: Config, previous?: RunningGateway): RunningGateway =>
    createGateway({
      config: built,
      services: {
        fetch: options.fetch ?? fetch,
        clock: options.clock ?? systemClock,
        ...(options.receipts === undefined ? {} : { receipts: options.receipts }),
        ...options.services,
      },
      env: options.env ?? {},
      log: recordingLog(logs),
      guard: createContextGuard(),
      failMode: "block",
      onEvent(event) {
        events.push(event);
        for (const tell of watchers) tell();
      },
      observer: {
        breakerChanged: (target, { from, to }) => void observed.push(`${target} ${from} ${to}`),
        probed: (target, { error }) => void observed.push(`${target} ${error === null ? "ok" : "failed"}`),
      },
      admits: () => true,
      ...(options.signals === undefined ? {} : { signals: options.signals }),
      ...(options.counters === undefined ? {} : { counters: options.counters }),
      ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
      ...(previous === undefined ? {} : { previous }),
    });
  let gateway = build(config);
  const ask = async (
    body: unknown,
    init: { endpoint?: Endpoint; headers?: Record<string, string>; signal?: AbortSignal } = {},
  ) => {
    const request = new Request("http://weir.test/v1", {
      method: "POST",
      headers: { "content-type": "application/json", ...init.headers },
      body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
    });
    try {
      return await gateway.answer(init.endpoint ?? "chat", request, { id: "req-1", address: null });
    } catch (thrown) {
      return errorResponse(toGatewayError(thrown), "req-1");
    }
  };
  /** Resolves once so many events have been written. */
  const recorded = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (events.length >= count) resolve();
      };
      watchers.push(check);
      check();
    });
  /** Puts another configuration in force, as a reload does. */
  const reload = (next: Config): RunningGateway => {
    gateway = build(next, gateway);
    return gateway;
  };
  return { gateway, events, ask, recorded, logs, observed, reload };
}

export const CHAT = { model: "m", messages: [{ role: "user", content: "hello" }] };
