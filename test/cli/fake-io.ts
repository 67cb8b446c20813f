import { main } from "../../src/cli/cli.ts";
import type { Io } from "../../src/cli/command.ts";

/** An outside that writes nothing and remembers what would have been written. */
export interface FakeIo extends Io {
  readonly written: { out: string; err: string };
  /** Sends SIGTERM (or another signal) to whoever listens. */
  stop(signal?: "SIGINT" | "SIGTERM"): void;
  /** Resolves as soon as stdout or stderr holds that text. */
  saw(text: string): Promise<void>;
}

interface Settings {
  readonly env?: Io["env"];
  readonly cwd?: string;
  readonly terminal?: boolean;
}

/** A fake outside; not a terminal unless asked for. */
export function fakeIo({ env = {}, cwd = "/nowhere", terminal = false }: Settings = {}): FakeIo {
  const written = { out: "", err: "" };
  const waits = new Set<() => void>();
  const write = (to: "out" | "err") => (text: string) => {
    written[to] += text;
    for (const wait of waits) wait();
  };
  let listeners: ((signal: "SIGINT" | "SIGTERM") => void)[] = [];
  return {
    env,
    cwd,
    terminal: { out: terminal, err: terminal },
    out: write("out"),
    err: write("err"),
    onStop(fn) {
      listeners.push(fn);
      return () => {
        listeners = listeners.filter((one) => one !== fn);
      };
    },
    written,
    stop(signal = "SIGTERM") {
      for (const listener of listeners) listener(signal);
    },
    saw: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!written.out.includes(text) && !written.err.includes(text)) return;
          waits.delete(look);
          resolve();
        };
        waits.add(look);
        look();
      }),
  };
}

/** Runs one command line against a fake outside: its exit code, and what it wrote. */
export async function weir(args: readonly string[], settings: Settings = {}) {
  const io = fakeIo(settings);
  const code = await main(args, io);
  return { code, ...io.written };
}
