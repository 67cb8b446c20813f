import { createServer, type Socket } from "node:net";

/** One request as it stood on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a script may do with its connection: every byte is its own. */
export interface Wire {
  readonly request: WireRequest;
  readonly socket: Socket;
  write(bytes: string | Uint8Array): Promise<void>;
  /** Head of a chunked event stream. */
  streamHead(headers?: string): Promise<void>;
  /** One chunk of a chunked body. */
  chunk(bytes: string | Uint8Array): Promise<void>;
  /** Ends a chunked body cleanly. */
  end(): Promise<void>;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
}

export type Script = (wire: Wire) => Promise<void> | void;

/** A scripted upstream on a port of its own (`using`, or `stop`); scripts are used in order, the last one again and again. */
export async function rawUpstream(...scripts: readonly Script[]) {
  const requests: WireRequest[] = [];
  let served = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    let pending: Uint8Array = new Uint8Array(0);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("data", (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes]);
      for (let read = take(pending); read !== null; read = take(pending)) {
        pending = read.rest;
        requests.push(read.request);
        const script = scripts[Math.min(served++, scripts.length - 1)]!;
        void Promise.resolve(script(wireOf(read.request, socket, closed))).catch(() => socket.destroy());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = (): void => void server.close();
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    connections: () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))),
    stop,
    [Symbol.dispose]: stop,
  };
}

function take(received: Uint8Array): { request: WireRequest; rest: Uint8Array } | null {
  const bytes = Buffer.from(received.buffer, received.byteOffset, received.byteLength);
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [line = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  const headers: Record<string, string> = {};
  for (const header of lines)
    headers[header.slice(0, header.indexOf(":")).toLowerCase()] = header.slice(header.indexOf(":") + 1).trim();
  const length = Number(headers["content-length"] ?? 0);
  const end = headEnd + 4 + length;
  if (bytes.length < end) return null;
  const [method = "", path = ""] = line.split(" ");
  return {
    request: { method, path, headers, body: bytes.subarray(headEnd + 4, end).toString("utf8") },
    rest: bytes.subarray(end),
  };
}

function wireOf(request: WireRequest, socket: Socket, closed: Promise<void>): Wire {
  const write = (bytes: string | Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) reject(new Error("closed"));
      else socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  return {
    request,
    socket,
    closed,
    write,
    streamHead: (headers = "") =>
      write(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n${headers}\r\n`),
    async chunk(bytes) {
      const raw = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      await write(Buffer.concat([Buffer.from(`${raw.length.toString(16)}\r\n`), raw, Buffer.from("\r\n")]));
    },
    end: () => write("0\r\n\r\n"),
  };
}

/** A script that answers one whole JSON body. */
export function json(body: unknown, status = 200, headers = ""): Script {
  return async (wire) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    await wire.write(
      `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n${headers}\r\n${text}`,
    );
  };
}

/** A script that streams the given pieces, each in a chunk of its own, and ends cleanly. */
export function stream(...pieces: readonly (string | Uint8Array)[]): Script {
  return async (wire) => {
    await wire.streamHead();
    for (const piece of pieces) await wire.chunk(piece);
    await wire.end();
  };
}

/** A whole chat answer. */
export function chatAnswer(content: string, more: object = {}): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    ...more,
  };
}

/** One event of a chat stream. */
export function chunkEvent(delta: object, finish: string | null = null, more: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices, ...more })}\n\n`;
}

/** The usage-only event of OpenAI. */
export function usageEvent(): string {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  return `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage })}\n\n`;
}

export const DONE = "data: [DONE]\n\n";
