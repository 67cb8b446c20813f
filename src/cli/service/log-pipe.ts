import { constants, fstatSync, openSync, writeSync } from "node:fs";

/** What may wait for a reader that hangs, some 1,500 lines; beyond it lines are counted instead of kept. */
const MOST_BYTES = 1_048_576;
/** How often a pipe that was full is tried again. */
const RETRY_MS = 20;
/** How long the end of the process waits for the reader. */
const END_MS = 500;

/**
 * The log's end of a pipe, for a process that must not wait for whoever reads it: a line is in the pipe before the call
 * returns, and where that is full in memory, up to 1 MiB. What found no room is told in a line of its own.
 */
export class LogPipe {
  readonly #fd: number;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #lost = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `fd` does not block. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#bytes > 0 && this.#bytes + bytes.length > MOST_BYTES) {
      this.#lost += text.split("\n").length - 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    // in the order of the lines, and none between the halves of another
    if (this.#timer === null) this.#drain();
  }

  /** Waits half a second at most for a reader that has not kept up. */
  end(): void {
    const untilMs = performance.now() + END_MS;
    for (this.#drain(); this.#bytes > 0 && performance.now() < untilMs; this.#drain()) Bun.sleepSync(5);
  }

  #drain(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const written = this.#put(first);
      this.#bytes -= written;
      if (written === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(written);
      if (written < first.length) {
        this.#timer = setTimeout(() => this.#drain(), RETRY_MS);
        this.#timer.unref();
        return;
      }
    }
    if (this.#lost > 0) this.#tellLost();
  }

  /** How much of it the pipe took. Where nobody will read it, it is all done. */
  #put(bytes: Buffer): number {
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(this.#fd, bytes, at);
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== "EAGAIN") return bytes.length;
    }
    return at;
  }

  #tellLost(): void {
    const lost = this.#lost;
    this.#lost = 0;
    const msg = "lines of the log were not kept: nobody read it";
    this.write(`${JSON.stringify({ level: "warn", time: Date.now(), lost, msg })}\n`);
  }
}

/** The pipe behind `fd`, or null where that is none, or may not be opened again. */
export function logPipe(fd: number): LogPipe | null {
  try {
    if (!fstatSync(fd).isFIFO()) return null;
    // opened anew: that it must not block would be true for everybody who writes to the one we were given
    return new LogPipe(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    return null;
  }
}
