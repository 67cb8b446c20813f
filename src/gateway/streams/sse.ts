/** Bytes ↔ server-sent events (WHATWG HTML, section 9.2), as upstreams of chat completions send them. */

const LF = 0x0a;
const CR = 0x0d;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const mending = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes of one unfinished event above which a stream is given up: no vendor's event comes near. */
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** One event that carries data, or a comment. */
export interface SseEvent {
  /**
   * The data lines joined by LF; null for a comment or an event without data. What is not UTF-8 has become U+FFFD, as in
   * whole answers: some servers cut a character in two where a token ends.
   */
  readonly data: string | null;
  /** The event's `event:` name, or null. */
  readonly name: string | null;
  /** The bytes as they came, blank line included, when they are one plain `data:` line; null when they need a new frame. */
  readonly raw: Uint8Array | null;
}

/** What is used of a stream's reader. */
export interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

/** Thrown by the splitter when an event grows past {@link MAX_EVENT_BYTES}. */
export class EventTooLarge extends Error {
  override readonly name = "EventTooLarge";
}

/**
 * Cuts a byte stream into events, whatever way the network cut it. Line ends (CRLF, lone CR) become LF on the way in;
 * a byte order mark at the very start is dropped. Work is linear in the bytes, also for a line that never ends.
 */
export class SseSplitter {
  /** The unfinished event: `#buffer[0, #length)`. */
  #buffer = new Uint8Array(0);
  #length = 0;
  /** Start of the line that is being read, and where to look for its end. */
  #lineStart = 0;
  #scanFrom = 0;
  #afterCr = false;
  #atStart = true;
  /** Events given so far, comments among them. */
  count = 0;

  /** Feeds bytes and gives the events they complete. Throws {@link EventTooLarge}. */
  push(chunk: Uint8Array): readonly SseEvent[] {
    let bytes = this.#normalise(chunk);
    const events: SseEvent[] = [];
    while (this.#length > 0 && bytes.length > 0) {
      // one read may bring many megabytes after a pause: only the unfinished event is bounded
      const piece = bytes.subarray(0, Math.max(1, MAX_EVENT_BYTES - this.#length));
      this.#complete(piece, events);
      bytes = bytes.subarray(piece.length);
    }
    if (bytes.length === 0) return events;
    const consumed = this.#cut(bytes, events);
    this.#keep(bytes.subarray(consumed), consumed);
    return events;
  }

  /** Joins bytes to the unfinished event and cuts what is whole now. */
  #complete(bytes: Uint8Array, events: SseEvent[]): void {
    this.#append(bytes);
    // never beyond the length: what stands there is old, and long where many small pieces come
    const consumed = this.#cut(this.#buffer.subarray(0, this.#length), events);
    if (consumed === 0) return;
    // events point into the buffer, so what is left moves to a new one
    const rest = this.#buffer.subarray(consumed, this.#length);
    this.#length = 0;
    this.#buffer = new Uint8Array(0);
    this.#keep(rest, consumed);
  }

  /** Cuts all whole events out; returns the offset of the first byte that belongs to none. */
  #cut(bytes: Uint8Array, events: SseEvent[]): number {
    let eventStart = 0;
    for (;;) {
      const lineEnd = bytes.indexOf(LF, this.#scanFrom);
      if (lineEnd === -1) {
        this.#scanFrom = bytes.length;
        return eventStart;
      }
      if (lineEnd === this.#lineStart) {
        if (lineEnd > eventStart) {
          events.push(readEvent(this.#withoutMark(bytes.subarray(eventStart, lineEnd + 1))));
          this.count++;
        }
        eventStart = lineEnd + 1;
      }
      this.#lineStart = lineEnd + 1;
      this.#scanFrom = lineEnd + 1;
    }
  }

  #withoutMark(event: Uint8Array): Uint8Array {
    if (!this.#atStart) return event;
    this.#atStart = false;
    return event[0] === 0xef && event[1] === 0xbb && event[2] === 0xbf ? event.subarray(3) : event;
  }

  #keep(rest: Uint8Array, consumed: number): void {
    this.#lineStart -= consumed;
    this.#scanFrom -= consumed;
    if (rest.length > 0) this.#append(rest);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > MAX_EVENT_BYTES)
      throw new EventTooLarge(`An event of the upstream is longer than ${MAX_EVENT_BYTES} bytes`);
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2, 512));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  #normalise(chunk: Uint8Array): Uint8Array {
    if (!this.#afterCr && chunk.indexOf(CR) === -1) return chunk;
    const out = new Uint8Array(chunk.length);
    let length = 0;
    for (const byte of chunk) {
      if (byte === LF && this.#afterCr) {
        this.#afterCr = false;
        continue;
      }
      this.#afterCr = byte === CR;
      out[length++] = byte === CR ? LF : byte;
    }
    return out.subarray(0, length);
  }
}

const D = 0x64;
const A = 0x61;
const T = 0x74;
const SPACE = 0x20;
const COLON = 0x3a;

function startsWithData(bytes: Uint8Array): boolean {
  return bytes[0] === D && bytes[1] === A && bytes[2] === T && bytes[3] === A && bytes[4] === COLON;
}

function readEvent(raw: Uint8Array): SseEvent {
  // the usual event: one `data:` line and the blank line
  if (startsWithData(raw) && raw.indexOf(LF) === raw.length - 2) {
    const body = raw.subarray(raw[5] === SPACE ? 6 : 5, raw.length - 2);
    const data = decode(body);
    return data === null ? { data: mending.decode(body), name: null, raw: null } : { data, name: null, raw };
  }
  return readLines(raw);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

function readLines(raw: Uint8Array): SseEvent {
  const text = mending.decode(raw);
  let data: string | null = null;
  let name: string | null = null;
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0 || line === "") continue;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data = data === null ? value : `${data}\n${value}`;
    else if (field === "event") name = value;
  }
  return { data, name, raw: null };
}

const encoder = new TextEncoder();

/** The frame of one event with JSON data, as bytes. */
export function frame(json: string): Uint8Array {
  return encoder.encode(`data: ${json}\n\n`);
}

/** The last event of a stream that ended well. */
export const DONE_FRAME: Uint8Array = encoder.encode("data: [DONE]\n\n");

/** A comment: every client ignores it, every proxy counts it as life. */
export const HEARTBEAT_FRAME: Uint8Array = encoder.encode(": keepalive\n\n");
