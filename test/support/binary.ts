import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { ROOT } from "./source.ts";

/** A fresh directory that any user may enter, gone when the tests are over. */
export function emptyDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "weir-"));
  chmodSync(path, 0o755);
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}

let built: Promise<string> | undefined;

/** The path of a freshly built binary, alone in its directory; built once in a run of the suite. */
export function builtBinary(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const outfile = join(emptyDirectory(), "weir");
  const child = Bun.spawn([process.execPath, "scripts/build.ts", "--outfile", outfile], { cwd: ROOT, stderr: "pipe" });
  const [stderr, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`Cannot build the binary: ${stderr}`);
  return outfile;
}

/** A running `weir gateway run`. */
export interface RunningGateway extends AsyncDisposable {
  readonly url: string;
  readonly child: Subprocess<"ignore", "pipe", "pipe">;
  /** What it wrote to stderr until now. */
  log(): string;
}

/** Starts a command that logs `listening` with its `url` on stderr, and waits for that line. */
export async function startGateway(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<RunningGateway> {
  const child = Bun.spawn([...command], { ...options, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const found = Promise.withResolvers<string>();
  let log = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of child.stderr) {
      log += decoder.decode(bytes, { stream: true });
      const url = /^\{.*"url":"([^"]+)".*"msg":"listening".*\}$/m.exec(log)?.[1];
      if (url !== undefined) found.resolve(url);
    }
    found.reject(new Error(`The gateway ended without listening, exit code ${await child.exited}: ${log}`));
  })();
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await Promise.all([child.exited, reading]);
  };
  return { url: await found.promise, child, log: () => log, [Symbol.asyncDispose]: stop };
}
