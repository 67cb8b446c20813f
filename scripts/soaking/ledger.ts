import { join } from "node:path";

/** What the ledger says of the requests of a soak. */
export interface LedgerCount {
  readonly rows: number;
  /** Outcome of each request, by its id. */
  readonly outcomes: ReadonlyMap<string, string>;
  /** Ids that stand there more than once. */
  readonly repeated: readonly string[];
  /** Whether the chain of the ledger holds. */
  readonly verified: boolean;
}

/** Reads the ledger below `dir` with the program's own commands. */
export async function readLedger(command: readonly string[], dir: string): Promise<LedgerCount> {
  const state = ["--state-dir", join(dir, "state")];
  const env = { PATH: process.env["PATH"] ?? "", HOME: dir };
  const child = Bun.spawn([...command, "events", "export", ...state], { env, stdout: "pipe", stderr: "inherit" });
  const outcomes = new Map<string, string>();
  const repeated: string[] = [];
  let rows = 0;
  for await (const line of lines(child.stdout)) {
    const entry = JSON.parse(line) as { readonly id: string; readonly outcome: string };
    rows++;
    if (outcomes.has(entry.id)) repeated.push(entry.id);
    outcomes.set(entry.id, entry.outcome);
  }
  if ((await child.exited) !== 0) throw new Error("Cannot read the ledger: see above");
  const check = Bun.spawnSync([...command, "events", "verify", ...state], { env, stdout: "pipe", stderr: "pipe" });
  return { rows, outcomes, repeated, verified: check.exitCode === 0 };
}

async function* lines(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const piece of bytes) {
    const parts = (held + decoder.decode(piece, { stream: true })).split("\n");
    held = parts.pop() ?? "";
    yield* parts;
  }
  if (held !== "") yield held;
}
