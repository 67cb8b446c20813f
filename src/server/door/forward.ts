import { firstBytesOf } from "../request-text.ts";
import type { ForwardedRequest, FromRoutes, HeaderList, ToRoutes } from "./forward-messages.ts";
import type { AnswerOther, Arrival } from "./handler.ts";

/** Bytes of a request that are handed over. No route takes as many: of a longer one enough is there to refuse it. */
const MAX_BODY_BYTES = 1_048_576;
/** Statuses whose answers have no body (RFC 9110). */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** A body that comes in pieces, as its client takes them. */
interface Taker {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** The client has taken what there was, and the next piece is under way. */
  taken: () => void;
}

/** The socket's side: hands requests to the thread that has the routes. */
export class Forwarder {
  readonly #post: (message: ToRoutes) => void;
  readonly #waiting = new Map<number, (response: Response) => void>();
  readonly #bodies = new Map<number, Taker>();
  #ids = 0;

  constructor(post: (message: ToRoutes) => void) {
    this.#post = post;
  }

  /** Has a request answered. */
  readonly ask: AnswerOther = async (request, { peer, id: requestId, target }) => {
    const isBare = request.body === null || request.method === "GET" || request.method === "HEAD";
    const body = isBare ? null : await firstBytesOf(request, MAX_BODY_BYTES);
    const id = this.#ids++;
    const answered = new Promise<Response>((resolve) => this.#waiting.set(id, resolve));
    this.#post({
      op: "ask",
      id,
      method: request.method,
      ...target,
      requestId,
      headers: [...request.headers],
      body,
      loopback: peer.loopback,
      address: peer.address(),
    });
    return answered;
  };

  /** A message of the other side. */
  hear(message: FromRoutes): void {
    switch (message.op) {
      case "head": {
        const { id, status, headers, body } = message;
        const answer = BODILESS.has(status) ? null : ((body as Uint8Array<ArrayBuffer> | null) ?? this.#open(id));
        const response = new Response(answer, { status, headers: entries(headers) });
        this.#waiting.get(id)?.(response);
        this.#waiting.delete(id);
        return;
      }
      case "bytes":
        this.#came(message.id)?.enqueue(message.bytes);
        return;
      case "end":
        this.#came(message.id)?.close();
        this.#bodies.delete(message.id);
    }
  }

  /** What the client asked for is here. */
  #came(id: number): Taker["controller"] | undefined {
    const taker = this.#bodies.get(id);
    taker?.taken();
    return taker?.controller;
  }

  /** Nothing is sent ahead: a client that does not read would have it all kept here. */
  #open(id: number): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        start: (controller) => void this.#bodies.set(id, { controller, taken() {} }),
        pull: () => {
          const taker = this.#bodies.get(id);
          if (taker === undefined) return;
          this.#post({ op: "more", id });
          return new Promise<void>((resolve) => {
            taker.taken = resolve;
          });
        },
        cancel: () => {
          this.#came(id);
          this.#bodies.delete(id);
          this.#post({ op: "cancel", id });
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** A request that is being answered. */
interface Running {
  /** Aborted when its client has gone. */
  readonly left: AbortController;
  /** Its client takes another piece. */
  more: () => void;
}

/** The side with the routes: answers what {@link Forwarder} hands over; the function takes its messages. */
export function answerForwarded(
  answer: AnswerOther,
  post: (message: FromRoutes) => void,
): (message: ToRoutes) => Promise<void> {
  const running = new Map<number, Running>();
  return async (message) => {
    const { id } = message;
    if (message.op === "cancel") {
      running.get(id)?.left.abort();
      return;
    }
    if (message.op === "more") {
      running.get(id)?.more();
      return;
    }
    const asked: Running = { left: new AbortController(), more() {} };
    running.set(id, asked);
    try {
      const response = await answer(requestOf(message, asked.left.signal), arrivalOf(message));
      await send(response, { id, post, asked });
    } finally {
      running.delete(id);
    }
  };
}

function requestOf({ method, path, query, headers, body }: ForwardedRequest, signal: AbortSignal): Request {
  return new Request(`http://weir.internal${path}${query}`, {
    method,
    headers: entries(headers),
    signal,
    ...(body === null ? {} : { body: body as Uint8Array<ArrayBuffer> }),
  });
}

function entries(headers: HeaderList): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}

function arrivalOf({ path, query, requestId, loopback, address }: ForwardedRequest): Arrival {
  const peer = { loopback, address: () => address, received() {}, answered() {} };
  return { id: requestId, target: { path, query }, peer };
}

async function send(
  response: Response,
  { id, post, asked }: { id: number; post: (message: FromRoutes) => void; asked: Running },
): Promise<void> {
  const headers: HeaderList = [...response.headers];
  const { status } = response;
  const streams = response.body !== null && response.headers.get("content-type")?.includes("event-stream") === true;
  if (!streams) {
    post({ op: "head", id, status, headers, body: new Uint8Array(await response.arrayBuffer()) });
    return;
  }
  post({ op: "head", id, status, headers, body: null });
  const reader = response.body.getReader();
  asked.left.signal.addEventListener("abort", () => {
    asked.more();
    reader.cancel().catch(() => {});
  });
  try {
    for (;;) {
      await nextTaken(asked);
      const { done, value } = await reader.read();
      if (done) break;
      post({ op: "bytes", id, bytes: value });
    }
  } catch {
    // a stream that broke ends here as it would at the socket
  }
  post({ op: "end", id });
}

/** Resolves when the client takes another piece, or has gone. */
function nextTaken(asked: Running): Promise<void> {
  return new Promise((resolve) => {
    asked.more = resolve;
    if (asked.left.signal.aborted) resolve();
  });
}
