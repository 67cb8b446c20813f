import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { systemClock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import { Ticker } from "../../lib/ticker.ts";
import { type Address, isLoopback, urlOf } from "./address.ts";
import type { Handler } from "./handler.ts";
import { Silence } from "./silence.ts";

/** One open socket. */
export interface Listener {
  /** With the port that was really taken. */
  readonly address: Address;
  readonly url: string;
  /** Tells those who are connected to leave, takes no more connections, lets what runs end; resolves then. */
  stop(): Promise<void>;
  /** Cuts what still runs. */
  abort(): Promise<void>;
}

/** How to listen. */
export interface ListenOptions {
  /** How long a connection stays that nobody uses, or that its client does not read from, in seconds. */
  readonly idleTimeoutSeconds: number;
  /** Lets further listeners of this process have the same port: the kernel gives each a part of the connections. */
  readonly reusePort?: boolean;
}

/**
 * Opens all addresses or none. Of several loopback addresses (`localhost`, the default) the IPv6 one is left out where
 * the machine has none, and takes the port of the first where that was 0. Throws `internal` that says which address
 * could not be had and why.
 */
export async function listen(
  addresses: readonly Address[],
  handler: Pick<Handler, "handle">,
  options: ListenOptions,
): Promise<readonly Listener[]> {
  const open: Listener[] = [];
  try {
    for (const { hostname, port } of addresses) {
      const first = open[0];
      if (first !== undefined && hostname === "::1" && !hasIpv6Loopback()) continue;
      const anyPort = port === 0 && first !== undefined;
      const address = { hostname, port: anyPort ? first.address.port : port };
      try {
        open.push(listenOn(address, handler, options));
      } catch (cause) {
        // a free port of one address may be taken on the other: nobody asked for that number
        if (!anyPort) throw await cannotListen(address, cause);
      }
    }
    return open;
  } catch (error) {
    await Promise.all(open.map((listener) => listener.abort()));
    throw error;
  }
}

/**
 * Closing a connection costs a proxy the request that it is just sending on it. So answers say first that theirs end
 * with them, until for one step no request has come, or for so many steps.
 */
const LEAVING = { stepMs: 50, steps: 10 } as const;

async function untilQuiet(arrived: () => number): Promise<void> {
  for (let step = 0; step < LEAVING.steps; step++) {
    const before = arrived();
    await new Promise<void>((resolve) => void systemClock.after(LEAVING.stepMs, resolve));
    if (arrived() === before) return;
  }
}

/** Bun looks every four seconds: a limit of one step would be over at once for who comes right before it looks. */
const SHORTEST_SILENCE_S = 5;

function listenOn(
  address: Address,
  handler: Pick<Handler, "handle">,
  { idleTimeoutSeconds, reusePort = false }: ListenOptions,
): Listener {
  const loopback = isLoopback(address);
  const ticker = new Ticker(systemClock);
  const silenceSeconds = Math.max(idleTimeoutSeconds, SHORTEST_SILENCE_S);
  let stopping = false;
  let arrived = 0;
  const server = Bun.serve({
    hostname: address.hostname,
    port: address.port,
    // a compiled binary is in development mode otherwise, which shows sources to clients
    development: false,
    // which, without this, lets a second process share the port and take half of the requests
    reusePort,
    idleTimeout: silenceSeconds,
    // the limit is ours to keep (`size_limits`), so that the 413 is JSON; unread bodies are dropped, not kept
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    async fetch(request, socket) {
      arrived++;
      const silence = new Silence(ticker, (seconds) => socket.timeout(request, seconds), silenceSeconds);
      const response = await handler.handle(request, {
        loopback,
        address: () => socket.requestIP(request)?.address ?? null,
        received: () => silence.received(),
        answered: () => silence.answered(),
      });
      if (stopping) response.headers.set("connection", "close");
      return response;
    },
    error: () => new Response(null, { status: 500 }),
  });
  const bound = { hostname: address.hostname, port: server.port ?? address.port };
  return {
    address: bound,
    url: urlOf(bound),
    async stop() {
      stopping = true;
      await untilQuiet(() => arrived);
      await server.stop();
    },
    abort: () => server.stop(true),
  };
}

function hasIpv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
}

/** Why the system would not let an address be listened on, and what would do instead. */
export async function cannotListen(address: Address, cause: unknown): Promise<GatewayError> {
  const why = (await isUnknown(address))
    ? `"${address.hostname}" stands for no address, ${ANY_HOST}`
    : told(address, cause);
  return new GatewayError("internal", `Cannot listen on ${urlOf(address)}: ${why}`, { cause });
}

const ANY_HOST = "give 127.0.0.1 or 0.0.0.0";

/**
 * Whether nobody knows the name. The system then fails for the reason of whatever failed before, such as "file already
 * exists".
 */
export async function isUnknown({ hostname }: Address): Promise<boolean> {
  if (isIP(hostname) !== 0) return false;
  return await lookup(hostname).then(
    () => false,
    () => true,
  );
}

function told({ hostname, port }: Address, cause: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE:
      port === 0
        ? `"${hostname}" is no address of this machine`
        : "something else listens there, stop it or give another --listen",
    EADDRNOTAVAIL: `${hostname} is no address of this machine, ${ANY_HOST}`,
    EACCES: "no right to that port, give one above 1023",
  };
  const { code, message } = cause as { code?: string; message?: string };
  return reasons[code ?? ""] ?? message ?? "it failed";
}
