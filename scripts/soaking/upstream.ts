import { createServer, type Socket } from "node:net";
import { chance, pick, textOf } from "./chance.ts";

/** What an upstream may do to one call. */
const FAULTS = [
  ["none", 800],
  ["slow", 30],
  ["500", 20],
  ["503", 20],
  ["429", 15],
  ["429-long", 0.3],
  ["reset", 20],
  ["cut", 40],
  ["end-early", 20],
  ["error-event", 15],
  ["malformed", 15],
  ["stall", 4],
  ["silent", 4],
] as const;
type Fault = (typeof FAULTS)[number][0];

/** One upstream: its port, and how often it did what. */
export interface SoakUpstream {
  readonly port: number;
  readonly did: Readonly<Record<string, number>>;
  stop(): void;
}

interface Call {
  readonly n: number;
  readonly stream: boolean;
  readonly model: string;
  /** What the client has already, where the rest is asked for. */
  readonly prefix: string;
}

/** Starts an upstream that answers as both ends know, or goes wrong by the seed. */
export async function startUpstream(name: string, seed: number): Promise<SoakUpstream> {
  const did: Record<string, number> = {};
  let calls = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let pending = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes]);
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd === -1) return;
      const length = Number(
        /^content-length: *(\d+)/im.exec(pending.subarray(0, headEnd).toString("latin1"))?.[1] ?? 0,
      );
      if (pending.length < headEnd + 4 + length) return;
      const call = readCall(pending.subarray(headEnd + 4, headEnd + 4 + length).toString("utf8"));
      pending = pending.subarray(headEnd + 4 + length);
      const fault: Fault = pick(FAULTS, chance(seed, name, calls++));
      did[fault] = (did[fault] ?? 0) + 1;
      answer(socket, call, { fault, seed }).catch(() => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    did,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function readCall(body: string): Call {
  const { messages, stream, model } = JSON.parse(body) as {
    messages: readonly { content: string; prefix?: boolean }[];
    stream?: boolean;
    model: string;
  };
  const last = messages.at(-1)!;
  const prefix = last.prefix === true ? last.content : "";
  return { n: Number(/\d+/.exec(messages[0]!.content)?.[0]), stream: stream === true, model, prefix };
}

async function answer(socket: Socket, call: Call, { fault, seed }: { fault: Fault; seed: number }): Promise<void> {
  if (fault === "silent") return;
  if (fault === "reset") return void socket.resetAndDestroy();
  if (fault === "slow") await Bun.sleep(300);
  if (fault === "500" || fault === "503") return failed(socket, Number(fault), "");
  if (fault === "429") return failed(socket, 429, "retry-after-ms: 20\r\n");
  if (fault === "429-long") return failed(socket, 429, "retry-after: 2\r\n");
  const text = textOf(seed, call.n);
  return call.stream ? streamed(socket, call, { fault, text }) : whole(socket, call, { fault, text });
}

function failed(socket: Socket, status: number, headers: string): void {
  const body = JSON.stringify({ error: { message: "soaked", type: "server_error" } });
  socket.write(`HTTP/1.1 ${status} X\r\n${JSON_TYPE}content-length: ${body.length}\r\n${headers}\r\n${body}`);
}

const JSON_TYPE = "content-type: application/json\r\n";
const head = ({ model }: Call, object: string): object => ({ id: "soak", object, created: 1, model });

function whole(socket: Socket, call: Call, { fault, text }: { fault: Fault; text: string }): void {
  const message = { role: "assistant", content: text };
  const usage = { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const body = JSON.stringify({ ...head(call, "chat.completion"), choices, usage });
  const half = body.slice(0, body.length / 2);
  const answerHead = (length: number): string => `HTTP/1.1 200 OK\r\n${JSON_TYPE}content-length: ${length}\r\n\r\n`;
  if (fault === "error-event") failed(socket, 200, "");
  else if (fault === "malformed") socket.write(answerHead(half.length) + half);
  else if (fault === "stall") socket.write(answerHead(body.length) + half);
  else if (fault === "cut" || fault === "end-early") socket.end(answerHead(body.length) + half);
  else socket.write(answerHead(body.length) + body);
}

async function streamed(socket: Socket, call: Call, { fault, text }: { fault: Fault; text: string }): Promise<void> {
  const data = (delta: object, finish: string | null = null, more: object = {}): string => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    return `data: ${JSON.stringify({ ...head(call, "chat.completion.chunk"), choices, ...more })}\n\n`;
  };
  const send = (event: string): void => void socket.write(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
  const words = text.slice(text.startsWith(call.prefix) ? call.prefix.length : 0).match(/\s*\S+/g) ?? [];
  const goesWrong = fault !== "none" && fault !== "slow";
  const until = goesWrong ? Math.floor(words.length / 2) : words.length;
  socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
  send(data({ role: "assistant", content: "" }));
  for (const [at, content] of words.slice(0, until).entries()) {
    send(data({ content }));
    if (at % 8 === 7) await Bun.sleep(2);
    if (socket.destroyed) return;
  }
  if (fault === "stall") return;
  if (fault === "cut") {
    await Bun.sleep(5);
    return void socket.resetAndDestroy();
  }
  if (fault === "error-event") send('data: {"error":{"message":"soaked","type":"server_error"}}\n\n');
  else if (fault === "malformed") send('data: {"id":"soak","choices":[{"index":0,"delta":{"cont\n\n');
  else if (!goesWrong) {
    send(
      data({}, "stop", {
        usage: { prompt_tokens: 5, completion_tokens: words.length, total_tokens: 5 + words.length },
      }),
    );
    send("data: [DONE]\n\n");
  }
  socket.write("0\r\n\r\n");
}
