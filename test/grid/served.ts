import { afterAll } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gridSources } from "../../src/grid/index.ts";
import type { GridReading, GridSource } from "../../src/grid/source.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { secret } from "../../src/lib/secret.ts";

/** Recorded answers of the services themselves; they stay where they are. */
const RECORDED = resolve(import.meta.dir, "../../../shared/data/grid");
/** Whether they are there: tests on a bare clone do without. */
export const hasRecorded = existsSync(RECORDED);

export const recorded = (path: string): string => readFileSync(resolve(RECORDED, path), "utf8");

export const KEY = "k3y/with+odd=signs-0123456789";

type Reply = (url: URL, request: Request) => Response | Promise<Response>;

export interface Asked {
  /** What to answer; a text is an answer of status 200. */
  readonly reply: Reply | string;
  readonly zones?: readonly string[];
  /** What the clock shows. */
  readonly at: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
  readonly key?: string | null;
}

export interface Outcome extends GridReading {
  readonly requests: readonly { readonly url: URL; readonly headers: Headers }[];
}

const servers: { stop(force: boolean): void }[] = [];
afterAll(() => {
  for (const server of servers) server.stop(true);
});

/** Serves a reply on a port of its own. */
export function serve(reply: Reply): { url: string; requests: { url: URL; headers: Headers }[] } {
  const requests: { url: URL; headers: Headers }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const url = new URL(request.url);
      requests.push({ url, headers: request.headers });
      return reply(url, request);
    },
  });
  servers.push(server);
  return { url: `http://127.0.0.1:${server.port}`, requests };
}

/** Asks a source whose service answers as told; rejects as the source does. */
export async function ask(name: keyof typeof gridSources, asked: Asked): Promise<Outcome> {
  const { reply, zones, at, options = {}, timeoutMs = 5_000, key = KEY } = asked;
  const { url, requests } = serve(typeof reply === "string" ? () => new Response(reply) : reply);
  const reading = await askAt(url, name, { zones, at, options, timeoutMs, key });
  return { ...reading, requests };
}

/** Asks a source at an address. */
export function askAt(
  baseUrl: string,
  name: keyof typeof gridSources,
  asked: Omit<Asked, "reply" | "zones"> & { readonly zones?: readonly string[] | undefined },
): Promise<GridReading> {
  const source: GridSource = gridSources[name];
  const { zones = source.zones?.slice(0, 1) ?? ["FR"], at, options = {}, timeoutMs = 5_000, key = KEY } = asked;
  const usual = Object.fromEntries(Object.entries(source.options).map(([each, schema]) => [each, schema["default"]]));
  return source.read(
    {
      zones,
      baseUrl,
      key: key === null ? null : secret(key),
      options: { ...usual, ...options },
      averages: new Map([["FR", { gramsPerKwh: 58, source: "a table" }]]),
    },
    {
      fetch,
      clock: { ...systemClock, now: () => Date.parse(at) },
      timeoutMs,
      signal: new AbortController().signal,
      pace: async () => {},
    },
  );
}

/** The newest signal of an outcome, as it may be compared. */
export function newest({ signals }: GridReading) {
  const last = signals.toSorted((a, b) => (a.observedAtMs ?? 0) - (b.observedAtMs ?? 0)).at(-1);
  if (last === undefined) return null;
  const moment = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    zone: last.zone,
    grams: Number(last.gramsPerKwh.toFixed(4)),
    kind: last.kind,
    basis: last.basis,
    accounting: last.accounting,
    from: moment(last.fromMs),
    observed: moment(last.observedAtMs),
  };
}
