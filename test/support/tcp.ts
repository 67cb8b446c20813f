import { connect, type Socket } from "node:net";

/** One answer as it stood on the wire, its body put together. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case; of repeated headers the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A TCP client that says exactly what it is told to. */
export interface Tcp {
  readonly socket: Socket;
  /** Resolves when the bytes have been handed to the system; never rejects. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** The next whole answer; null when the connection closed before there was one. */
  answer(): Promise<WireAnswer | null>;
  /** Resolves to what came in until `text` was in it, or until the connection closed. */
  saw(text: string): Promise<string>;
  /** Everything that came in and was not taken by `answer`. */
  received(): Buffer;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Connects to a server, given its URL. */
export async function openTcp(url: string): Promise<Tcp> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  const pieces: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  let open = true;
  const end = (): void => {
    open = false;
    wake();
  };
  socket.on("data", (bytes) => {
    pieces.push(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    wake();
  });
  socket.on("error", end);
  // the other side is done: what it sent is all there will be
  socket.on("end", () => {
    end();
    socket.end();
  });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve(end())));
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const received = (): Buffer => {
    if (pieces.length > 1) pieces.splice(0, pieces.length, Buffer.concat(pieces));
    return pieces[0] ?? Buffer.alloc(0);
  };
  const more = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  return {
    socket,
    closed,
    received,
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    async answer() {
      for (;;) {
        const read = takeAnswer(received(), !open);
        if (read !== null) {
          pieces.splice(0, pieces.length, read.rest);
          return read.answer;
        }
        if (!open) return null;
        await more();
      }
    },
    async saw(text) {
      while (open && !received().includes(text)) await more();
      return received().toString("latin1");
    },
    close: () => socket.destroy(),
  };
}

/** Asks once on a connection of its own. */
export async function askTcp(url: string, bytes: string | Uint8Array): Promise<WireAnswer | null> {
  const tcp = await openTcp(url);
  void tcp.write(bytes);
  const answer = await tcp.answer();
  tcp.close();
  return answer;
}

function takeAnswer(bytes: Buffer, closed: boolean): { answer: WireAnswer; rest: Buffer } | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [line = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  const status = Number(line.split(" ")[1]);
  const headers: Record<string, string> = {};
  for (const header of lines) {
    const colon = header.indexOf(":");
    headers[header.slice(0, colon).toLowerCase()] = header.slice(colon + 1).trim();
  }
  const start = headEnd + 4;
  const body = bodyOf(bytes.subarray(start), { status, headers, closed });
  if (body === null) return null;
  const answer = { status, headers, body: body.bytes.toString("utf8") };
  return { answer, rest: bytes.subarray(start + body.length) };
}

function bodyOf(
  bytes: Buffer,
  head: { status: number; headers: Readonly<Record<string, string>>; closed: boolean },
): { bytes: Buffer; length: number } | null {
  const { status, headers, closed } = head;
  if (status < 200 || status === 204 || status === 304) return { bytes: Buffer.alloc(0), length: 0 };
  if (headers["transfer-encoding"] === "chunked") return chunksOf(bytes);
  const declared = headers["content-length"];
  if (declared === undefined) return closed ? { bytes, length: bytes.length } : null;
  const length = Number(declared);
  return bytes.length < length ? null : { bytes: bytes.subarray(0, length), length };
}

function chunksOf(bytes: Buffer): { bytes: Buffer; length: number } | null {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return null;
    if (size === 0) return { bytes: Buffer.concat(pieces), length: end };
    pieces.push(bytes.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}
