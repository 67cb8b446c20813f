import type { Config } from "../../config/config.ts";
import type { Logger } from "../../lib/logger.ts";
import type { FromWorker, LogLevel } from "./messages.ts";

const ORDER = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** A worker's log: lines go to the main thread, which writes them; those below the level go nowhere. */
export class WorkerLog implements Logger {
  readonly #post: (message: FromWorker) => void;
  level: Config["telemetry"]["log"]["level"] = "info";
  /** While the main thread says the same. */
  isMuted = false;

  constructor(post: (message: FromWorker) => void) {
    this.#post = post;
  }

  debug(fields: object, message: string): void {
    this.#write("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.#write("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.#write("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.#write("error", fields, message);
  }

  #write(level: LogLevel, fields: object, message: string): void {
    if (this.isMuted || ORDER.indexOf(level) < ORDER.indexOf(this.level)) return;
    this.#post({ kind: "log", level, fields: plain(fields), message });
  }
}

/** Fields as they may be sent: errors as the log writes them, and nothing that cannot be copied. */
function plain(fields: object): object {
  const text = JSON.stringify(fields, (_key, value: unknown) =>
    value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value,
  );
  return JSON.parse(text) as object;
}
