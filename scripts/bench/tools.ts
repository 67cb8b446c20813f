import { join } from "node:path";
import type { Pinning } from "./pinning.ts";

/** The two programs on the other side of a subject. */
export interface Tools {
  readonly mock: readonly string[];
  readonly load: readonly string[];
  /** For the report: native, or the slow kind and why. */
  readonly text: string;
}

/** Compiles mock and load generator with the machine's C compiler into `workDir`; without one (or when it fails) the Bun forms. */
export function makeTools(workDir: string, pins: Pinning): Tools {
  const compiler = ["cc", "gcc", "clang"].find((name) => Bun.which(name) !== null);
  const compiled = compiler === undefined ? "no C compiler here" : compile(compiler, workDir);
  if (compiled === null) {
    return {
      mock: pins.load([join(workDir, "mock")]),
      load: pins.load([join(workDir, "load")]),
      text: "mock and load generator in C",
    };
  }
  const script = (name: string): readonly string[] =>
    pins.load([process.execPath, join(import.meta.dir, "fallback", `${name}.ts`)]);
  return {
    mock: script("mock"),
    load: script("load"),
    text: `mock and load generator in Bun (${compiled}): they are slower than what they measure, so requests per second and latencies are theirs`,
  };
}

/** null when both programs are there, else why not. */
function compile(compiler: string, workDir: string): string | null {
  for (const name of ["mock", "load"]) {
    const source = join(import.meta.dir, "native", `${name}.c`);
    const run = Bun.spawnSync([compiler, "-O2", "-o", join(workDir, name), source]);
    if (run.exitCode !== 0) return `${compiler} could not compile ${name}.c`;
  }
  return null;
}

/** What `GET /control/stats` of the mock tells. */
export interface MockStats {
  readonly requests: number;
  readonly connections: number;
  readonly streams: number;
  readonly aborted: number;
  readonly sent_bytes: number;
}

/** The running mock upstream. */
export interface Mock {
  readonly port: number;
  stats(): Promise<MockStats>;
  /** `[serial, monotonic ns]` of every request whose connection went away before its end. */
  aborts(): Promise<readonly (readonly [number, number])[]>;
  /** Cuts what is still open, then clears the counts. */
  clear(): Promise<void>;
  stop(): void;
}

/** Starts the mock upstream on a free port. Rejects when it does not say its port. */
export async function startMock(tools: Tools): Promise<Mock> {
  const child = Bun.spawn([...tools.mock, "0"], { stdout: "pipe", stderr: "inherit" });
  const reader = child.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  if (!(port > 0)) throw new Error("Cannot start the mock upstream: it did not print its port");
  const control = async (what: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}/control/${what}`)).json();
  return {
    port,
    stats: async () => (await control("stats")) as MockStats,
    aborts: async () => (await control("aborts")) as [number, number][],
    async clear() {
      await control("drop");
      await control("reset");
    },
    stop: () => child.kill(),
  };
}
