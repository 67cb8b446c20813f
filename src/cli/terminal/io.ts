import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { GatewayError } from "../../lib/errors.ts";
import type { Io } from "../command.ts";
import { type LogPipe, logPipe } from "../service/log-pipe.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The process's own environment, terminal and signals. */
export function systemIo(): Io {
  let pipe: LogPipe | null | undefined;
  const openPipe = (): LogPipe | null => {
    const opened = logPipe(2);
    if (opened !== null) process.on("exit", () => opened.end());
    return opened;
  };
  return {
    env: process.env,
    cwd: process.cwd(),
    out: (text) => {
      const failed = write(1, text);
      if (failed !== null) throw cannotWrite(failed);
    },
    // a gateway outlives its log: where that finds no room, there is nobody left to tell
    err: (text) => void write(2, text),
    log(text) {
      if (pipe === undefined) pipe = openPipe();
      if (pipe === null) write(2, text);
      else pipe.write(text);
    },
    terminal: { out: isatty(1), err: isatty(2) },
    onStop(fn) {
      // one handler for all: between two, the default of a signal would end the process
      for (const signal of STOP_SIGNALS) process.on(signal, fn);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, fn);
      };
    },
    onHangup(fn) {
      process.on("SIGHUP", fn);
    },
  };
}

function cannotWrite({ code, message }: { code?: string; message: string }): GatewayError {
  const why = code === "ENOSPC" ? "no space is left there (ENOSPC)" : message;
  return new GatewayError("internal", `What was asked for cannot be written to stdout: ${why}`);
}

/**
 * Writes all of it before it returns, so that no line is lost however the process ends. Returns why it could not; null
 * too where nobody reads any more (`weir … | head`).
 */
function write(fd: number, text: string): (Error & { code?: string }) | null {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const failed = error as Error & { code?: string };
      const { code } = failed;
      // a pipe that others made non-blocking is full: wait for its reader
      if (code === "EAGAIN") Bun.sleepSync(1);
      else return code === "EPIPE" || code === "EIO" || code === "EBADF" ? null : failed;
    }
  }
  return null;
}
