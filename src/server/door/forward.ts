import { bytesOf } from "../request-text.ts";
import type { ForwardedRequest, FromRoutes, HeaderList, ToRoutes } from "./forward-messages.ts";
import type { AnswerOther, Arrival } from "./handler.ts";

/** Bytes of a request to one of these routes; none of them takes much. */
const MAX_BODY_BYTES = 1_048_576;
/** Statuses whose answers have no body (RFC 9110). */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** The socket's side: hands requests to the thread that has the routes. */
export class Forwarder {
  readonly #post: (message: ToRoutes) => void;
  readonly #waiting = new Map<number, (response: Response) => void>();
  readonly #bodies = new Map<number, ReadableStreamDefaultController<Uint8Array>>();
  #ids = 0;

  constructor(post: (message: ToRoutes) => void) {
    this.#post = post;
  }

  /** Has a request answered. Rejects with `request_too_large`. */
  readonly ask: AnswerOther = async (request, { peer, id: requestId, target }) => {
    const isBare = request.body === null || request.method === "GET" || request.method === "HEAD";
    const body = isBare ? null : await bytesOf(request, MAX_BODY_BYTES);
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
        this.#bodies.get(message.id)?.enqueue(message.bytes);
        return;
      case "end":
        this.#bodies.get(message.id)?.close();
        this.#bodies.delete(message.id);
    }
  }

  #open(id: number): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => void this.#bodies.set(id, controller),
      cancel: () => {
        this.#bodies.delete(id);
        this.#post({ op: "cancel", id });
      },
    });
  }
}

/** The side with the routes: answers what {@link Forwarder} hands over; the function takes its messages. */
export function answerForwarded(
  answer: AnswerOther,
  post: (message: FromRoutes) => void,
): (message: ToRoutes) => Promise<void> {
  const running = new Map<number, AbortController>();
  return async (message) => {
    const { id } = message;
    if (message.op === "cancel") {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const response = await answer(requestOf(message, controller.signal), arrivalOf(message));
      await send(response, { id, post, signal: controller.signal });
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
  { id, post, signal }: { id: number; post: (message: FromRoutes) => void; signal: AbortSignal },
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
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}));
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      post({ op: "bytes", id, bytes: read.value });
    }
  } catch {
    // a stream that broke ends here as it would at the socket
  }
  post({ op: "end", id });
}
