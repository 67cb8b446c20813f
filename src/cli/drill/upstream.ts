import { createServer, type Server, type Socket } from "node:net";
import { GatewayError } from "../../lib/errors.ts";
import { asObject, type JsonObject } from "../../lib/json/json.ts";
import { after, nextTurn } from "../../lib/pause.ts";
import { type DrillWorld, EXCHANGE_HEADER, type Exchange } from "./world.ts";

/** One call, as a script sees it: every byte of the answer is its own. */
export interface Wire {
  readonly request: JsonObject;
  /** Waits so long in the time of the drill. */
  wait(ms: number): Promise<void>;
  /** A whole answer with its length; `upTo` breaks the connection off after so many bytes. */
  whole(body: string, how?: { status?: number; headers?: string; upTo?: number }): Promise<void>;
  /** Begins a chunked event stream. */
  begin(): Promise<void>;
  /** Events of it. */
  send(...events: readonly string[]): Promise<void>;
  /** Ends it as it should end. */
  end(): void;
  /** Breaks the connection once everything sent has been taken: closes it, or resets it. */
  cut(how?: "close" | "reset"): Promise<void>;
  /** When the call began, in the time of the drill. */
  readonly nowMs: number;
}

/** Answers one call. */
export type Script = (wire: Wire) => Promise<void>;

/** A simulated upstream on a port of its own; {@link play} says what it does. */
export interface DrillUpstream {
  /** Its base URL. */
  readonly url: string;
  play(script: Script): void;
  stop(): void;
}

/** Listens on a free port of this machine. */
export async function openUpstream(world: DrillWorld, script: Script): Promise<DrillUpstream> {
  let current = script;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    serveOne(socket, world, (wire) => current(wire));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    play(next) {
      current = next;
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A base URL at which nobody listens: a port that was free a moment ago. */
export async function refusingUrl(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/v1`;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new GatewayError("internal", "Could not open a port on 127.0.0.1 for a simulated upstream", { cause }));
    });
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function serveOne(socket: Socket, world: DrillWorld, script: Script): void {
  let received = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const head = received.subarray(0, headEnd).toString("latin1");
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (received.length < headEnd + 4 + length) return;
    const body = received.subarray(headEnd + 4).toString("utf8");
    received = Buffer.alloc(0);
    const id = new RegExp(`^${EXCHANGE_HEADER}: *(\\d+)`, "im").exec(head)?.[1] ?? "";
    const exchange = world.exchange(id);
    if (exchange === undefined) return void socket.destroy();
    exchange.arrived = true;
    const request: unknown = JSON.parse(body);
    script(wireOf(socket, exchange, { world, request: asObject(request) })).catch(() => {
      exchange.ending = true;
      socket.destroy();
    });
  });
}

function wireOf(
  socket: Socket,
  exchange: Exchange,
  { world, request }: { world: DrillWorld; request: JsonObject },
): Wire {
  const write = (bytes: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) reject(new Error("the gateway has gone"));
      else socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  const cut = async (how: "close" | "reset" = "close"): Promise<void> => {
    while (exchange.taken < exchange.sent && !socket.destroyed) await nextTurn();
    exchange.ending = true;
    if (how === "reset") socket.resetAndDestroy();
    else socket.destroy();
  };
  return {
    request,
    nowMs: world.clock.monotonic(),
    cut,
    wait: (ms) => after(ms, world.clock),
    async whole(body, { status = 200, headers = "", upTo } = {}) {
      const bytes = Buffer.from(body);
      const sent = bytes.subarray(0, upTo);
      exchange.headSent = true;
      exchange.sent += sent.length;
      const fixed = `content-type: application/json\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n`;
      await write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Drill\r\n${fixed}${headers}\r\n`), sent]));
      if (upTo !== undefined) return;
      exchange.ending = true;
      socket.end();
    },
    begin() {
      exchange.headSent = true;
      return write(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n",
      );
    },
    async send(...events) {
      for (const each of events) {
        const bytes = Buffer.from(each);
        exchange.sent += bytes.length;
        await write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]));
      }
    },
    end() {
      exchange.ending = true;
      socket.end("0\r\n\r\n");
    },
  };
}
