import { pino } from "pino";
import type { Config } from "../../config/config.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Io } from "../command.ts";
import { styleFor } from "../terminal/style.ts";
import { prettyRequest } from "./pretty-request.ts";

type LogSettings = Config["telemetry"]["log"];

/** A line to be written. */
export interface Line {
  readonly level: "info" | "warn";
  /** At least one; nothing in them is secret: they are written as they are. */
  readonly fields: object;
}

/** The log, and the one thing about it that a reload may change. */
export interface ProcessLog {
  readonly log: Logger;
  /** Writes many lines of one message in one go, at a fifteenth of what each costs through `log`. */
  many(lines: readonly Line[], message: string): void;
  setLevel(level: LogSettings["level"]): void;
}

/**
 * The process's log on stderr: one JSON object per line, or lines for people on a terminal. Each line is written before
 * the call returns, so that none is lost however the process ends, unless the reader of stderr does not keep up.
 */
export function createLog({ level, format }: LogSettings, io: Io): ProcessLog {
  const pretty = format === "pretty" || (format === undefined && io.terminal.err);
  const put = (text: string): void => (io.log ?? io.err)(text);
  const write = pretty ? prettyLine(io, put) : put;
  const log = pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ["*.authorization", "*.apiKey", "*.token", "headers"], censor: "[secret]" },
    },
    { write },
  );
  return {
    log,
    many(lines, message) {
      const wanted = lines.filter(({ level: of }) => log.isLevelEnabled(of));
      if (pretty) for (const { level: of, fields } of wanted) log[of](fields, message);
      else if (wanted.length > 0) put(jsonLines(wanted, message));
    },
    setLevel(next) {
      log.level = next;
    },
  };
}

/** Lines as pino writes them. */
function jsonLines(lines: readonly Line[], message: string): string {
  const head = `","time":${Date.now()},`;
  const end = `,"msg":${JSON.stringify(message)}}\n`;
  let text = "";
  for (const { level, fields } of lines)
    text += `{"level":"${level}${head}${JSON.stringify(fields).slice(1, -1)}${end}`;
  return text;
}

/** `12:00:00.123 INFO  listening url=http://127.0.0.1:8080`; a request has a line of its own form, that fits. */
function prettyLine(io: Io, put: (text: string) => void): (line: string) => void {
  const style = styleFor(io.terminal.err, io.env);
  const paint: Readonly<Record<string, (text: string) => string>> = {
    warn: style.warn,
    error: style.bad,
    fatal: style.bad,
  };
  return (line) => {
    const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const at = new Date(Number(time)).toISOString().slice(11, 23);
    const head = `${style.dim(at)} ${(paint[String(level)] ?? style.good)(String(level).toUpperCase().padEnd(5))}`;
    if (msg === "request") return put(`${head} ${prettyRequest(fields, style)}\n`);
    const shown = Object.entries(fields).map(([name, value]) => `${name}=${shownValue(value)}`);
    put(`${head} ${String(msg)} ${style.dim(shown.join(" "))}\n`);
  };
}

function shownValue(value: unknown): string {
  if (typeof value === "string") return /^[\x21-\x7e]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value);
}
