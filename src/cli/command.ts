import type { ParseArgsOptionsConfig } from "node:util";

/** What a command may touch of the outside; tests inject their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Results, for people or machines. */
  out(text: string): void;
  /** Messages and errors for people. */
  err(text: string): void;
  /** The same for the log of a gateway, which must not wait for whoever reads it; absent: as `err`. */
  log?(text: string): void;
  /** Whether stdout and stderr are terminals (colour only there, and never with `NO_COLOR`). */
  readonly terminal: { readonly out: boolean; readonly err: boolean };
  /** Calls back on every SIGINT and SIGTERM until the returned function is called; from then on these end the process. */
  onStop(fn: (signal: "SIGINT" | "SIGTERM") => void): () => void;
  /** Calls back on every SIGHUP; absent where there are no signals. */
  onHangup?(fn: () => void): void;
}

/** Flags as `parseArgs` gives them, and what stood beside them. */
export interface Arguments {
  readonly flags: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  /** Flags that were not on the command line but in their environment variable, and its name. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** One command: one file, one line in `index.ts`. */
export interface Command<Name extends string = string> {
  /** One or two words: `gateway run`. */
  readonly name: Name;
  /** One line for `weir --help`. */
  readonly summary: string;
  /** How the positionals are shown in the usage line: `REQUEST_ID`, `FILE…`, or empty. */
  readonly positionals: string;
  /** Flags of `node:util` parseArgs, each with what `--help` says of it. */
  readonly options: { readonly [flag: string]: ParseArgsOptionsConfig[string] & { readonly help: string } };
  /** One example line for `--help`. */
  readonly example: string;
  /** Resolves to the exit code: 0 done, 1 failed, 2 usage or invalid config. `all`: every command, for who shows them. */
  run(args: Arguments, io: Io, all?: readonly Command[]): Promise<number>;
}
