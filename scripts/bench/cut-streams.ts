/**
 * `bun scripts/bench/cut-streams.ts STREAMS SECONDS [MS]`: an upstream that breaks off one stream in a hundred, and so many
 * clients that stream all the time. Prints the upstream's port, reads the gateway's from stdin, and at the end prints
 * what became of the streams as JSON. Every other broken stream can be gone on with; of the others the client must be
 * told.
 */
import { connect, createServer, type Socket } from "node:net";

const [STREAMS = 2000, SECONDS = 20, WORD_MS = 250] = process.argv.slice(2).map(Number);
/** Ten seconds of four words each. */
const WORDS = 40;
/** One stream in so many is broken off. */
const CUT_EVERY = 100;

const words = Array.from({ length: WORDS }, (_, at) => `word-${at} `);
const TEXT = words.join("");
const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

const framed = (data: string): string => {
  const event = `data: ${data}\n\n`;
  return `${event.length.toString(16)}\r\n${event}\r\n`;
};
const chunk = (delta: object, finish: string | null, more: object = {}): string =>
  framed(
    JSON.stringify({
      ...{ id: "c", object: "chat.completion.chunk", created: 1, model: "bench" },
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...more,
    }),
  );
const EVENTS = words.map((content) => chunk({ content }, null));
const END = `${chunk({}, "stop", { usage: { prompt_tokens: 4, completion_tokens: WORDS, total_tokens: WORDS + 4 } })}${framed("[DONE]")}0\r\n\r\n`;

/** One whole request out of what has come in, or null. */
function takeBody(received: Buffer): string | null {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const length = Number(/^content-length: *(\d+)/im.exec(received.subarray(0, headEnd).toString("latin1"))?.[1] ?? 0);
  return received.length < headEnd + 4 + length ? null : received.subarray(headEnd + 4).toString();
}

let cut = 0;

function speak(socket: Socket, body: string): void {
  const { messages } = JSON.parse(body) as { messages: readonly { content: string; prefix?: boolean }[] };
  const n = Number(messages[0]?.content);
  const prefix = messages.at(-1)?.prefix === true ? (messages.at(-1)?.content ?? "") : "";
  const breaks = prefix === "" && n % CUT_EVERY === CUT_EVERY - 1;
  if (prefix !== "" && n % (2 * CUT_EVERY) === CUT_EVERY - 1) return void socket.destroy();
  let at = TEXT.startsWith(prefix) ? prefix.split(" ").length - 1 : 0;
  socket.write(HEAD);
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else if (breaks && at >= WORDS / 2) {
      cut++;
      socket.destroy();
    } else if (at < WORDS) socket.write(EVENTS[at++]!);
    else {
      clearInterval(timer);
      socket.write(END);
    }
  }, WORD_MS);
}

const upstream = createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    const body = takeBody(received);
    if (body === null) return;
    received = Buffer.alloc(0);
    speak(socket, body);
  });
});

const fates = { whole: 0, error_event: 0, error_status: 0, short: 0, lost: 0 };
let next = 0;
let openNow = 0;
let stopping = false;
let over: () => void = () => {};

/** One client: asks again on the same connection as soon as its stream has ended. */
function client(port: number): void {
  openNow++;
  let text = "";
  const socket = connect(port, "127.0.0.1");
  const ask = (): void => {
    text = "";
    const body = JSON.stringify({
      model: "bench",
      stream: true,
      messages: [{ role: "user", content: String(next++) }],
    });
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  };
  socket.on("connect", ask);
  socket.on("error", () => {});
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    if (!text.endsWith("0\r\n\r\n") && !/^HTTP\/1\.1 [45]/.test(text)) return;
    fates[fateOf(text)]++;
    if (stopping) socket.end();
    else ask();
  });
  socket.on("close", () => {
    if (!stopping) fates.lost++;
    if (--openNow === 0) over();
  });
}

function fateOf(answer: string): keyof typeof fates {
  if (!answer.startsWith("HTTP/1.1 200")) return "error_status";
  const said = [...answer.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word).join("");
  if (answer.includes('data: {"error"')) return TEXT.startsWith(said) ? "error_event" : "short";
  return said === TEXT && answer.includes("data: [DONE]") ? "whole" : "short";
}

await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const address = upstream.address();
process.stdout.write(`${typeof address === "object" && address !== null ? address.port : 0}\n`);
for await (const line of console) {
  const port = Number(line);
  const allOver = new Promise<void>((resolve) => {
    over = resolve;
  });
  // connections come over two seconds, so that the streams are in all phases
  for (let at = 0; at < STREAMS; at++) {
    client(port);
    if (at % 20 === 19) await Bun.sleep(20);
  }
  await Bun.sleep(SECONDS * 1000);
  stopping = true;
  await Promise.race([allOver, Bun.sleep(60_000)]);
  break;
}
process.stdout.write(`${JSON.stringify({ ...fates, cut, unfinished: openNow })}\n`);
process.exit(0);
