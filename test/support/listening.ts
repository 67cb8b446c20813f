import type { Subprocess } from "bun";

/** A process of Weir that listens. */
export interface ListeningProcess extends AsyncDisposable {
  readonly url: string;
  readonly child: Subprocess<"ignore", "pipe", "pipe">;
  /** What it wrote to stderr until now. */
  log(): string;
}

/** Starts a command that logs `listening` with its `url` on stderr, and waits for that line. */
export async function spawnListening(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<ListeningProcess> {
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
