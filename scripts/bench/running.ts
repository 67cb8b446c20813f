import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pinning } from "./pinning.ts";
import { type RequestKind, wireRequest } from "./requests.ts";
import type { Ports, Subject } from "./subject.ts";

/** What every start needs to know. */
export interface Bench {
  readonly workDir: string;
  readonly pins: Pinning;
  readonly upstream: number;
  /** Milliseconds until a start counts as failed. */
  readonly startTimeoutMs: number;
}

/** A subject that answers. */
export interface Running {
  readonly subject: Subject;
  readonly pid: number;
  readonly port: number;
  /** Milliseconds from spawn to the first good answer. */
  readonly startMs: number;
  /** A file with one whole request of that kind to this subject. */
  requestFile(kind: RequestKind): string;
  stop(): Promise<void>;
}

/** A port that is free at this moment. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** The first line of the answer to a GET, or null where nobody answers. By a bare socket: who asks must not keep a core busy. */
function statusLine(port: number, path: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = {
    open: (own: { write(text: string): number }) => {
      own.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`);
    },
    data: (own: { end(): void }, bytes: Buffer) => {
      resolve(bytes.toString("latin1").split("\r\n", 1)[0] ?? "");
      own.end();
    },
    close: () => resolve(null),
    connectError: () => resolve(null),
  };
  Bun.connect({ hostname: "127.0.0.1", port, socket }).catch(() => resolve(null));
  return promise;
}

async function untilReady(subject: Subject, port: number, deadline: number): Promise<boolean> {
  while (performance.now() < deadline) {
    const line = await statusLine(port, subject.readyPath ?? "/");
    if (line !== null && (subject.readyPath === null || line.includes(" 200"))) return true;
    await Bun.sleep(1);
  }
  return false;
}

/**
 * Starts a subject in a fresh directory, on its core or on both, and waits until it is ready. Rejects with the end of its
 * log when it is not in time.
 */
export async function start(subject: Subject, bench: Bench, cores: "subject" | "free" = "subject"): Promise<Running> {
  const dir = mkdtempSync(join(bench.workDir, `${subject.name}-`));
  const ports: Ports = { own: freePort(), upstream: bench.upstream };
  const launch = await subject.launch(ports, dir);
  const log = join(dir, "log");
  const from = performance.now();
  const child = Bun.spawn([...bench.pins[cores](launch.argv)], {
    cwd: launch.cwd,
    env: { PATH: process.env["PATH"] ?? "", ...launch.env },
    stdout: Bun.file(log),
    stderr: Bun.file(log),
  });
  const ready = await untilReady(subject, ports.own, from + bench.startTimeoutMs);
  const startMs = performance.now() - from;
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 3000);
    await child.exited;
    clearTimeout(killer);
  };
  if (!ready) {
    await stop();
    throw new Error(
      `Cannot start ${subject.label}: no answer in ${bench.startTimeoutMs} ms; it said: ${(await Bun.file(log).text()).slice(-800)}`,
    );
  }
  return { subject, pid: child.pid, port: ports.own, startMs, requestFile: requestFiles(subject, ports, dir), stop };
}

/** Writes each request once, when first asked for. */
export function requestFiles(
  subject: Pick<Subject, "path" | "headers">,
  ports: Ports,
  dir: string,
): (kind: RequestKind) => string {
  const written = new Map<RequestKind, string>();
  return (kind) => {
    const file = written.get(kind) ?? join(dir, `${kind}.http`);
    if (!written.has(kind)) writeFileSync(file, wireRequest(subject, kind, ports));
    written.set(kind, file);
    return file;
  };
}
