import { existsSync } from "node:fs";
import { join } from "node:path";
import { PYTHON } from "../../support/require.ts";
import { type Driver, type Endpoint, LEVEL_TOOL, type Said } from "../driver.ts";

/** Whether the Python packages of `requirements.txt` are there. */
export const pythonReady = existsSync(PYTHON) && Bun.spawnSync([PYTHON, "-c", "import openai"]).exitCode === 0;

class PythonError extends Error {
  override readonly name = "PythonError";
  readonly status: number | null;
  constructor(message: string, status: number | null) {
    super(message);
    this.status = status;
  }
}

/** The Python `openai` package in one process of its own; its calls come one after the other. */
export function pythonDriver({ url, model }: Endpoint): Driver {
  const script = join(import.meta.dir, "openai_client.py");
  const child = Bun.spawn([PYTHON, script, url, model, JSON.stringify(LEVEL_TOOL)], { stdin: "pipe", stdout: "pipe" });
  const answers = linesOf(child.stdout);
  const call = async <T>(name: string, ...args: readonly unknown[]): Promise<T> => {
    void child.stdin.write(`${JSON.stringify({ call: name, arguments: args })}\n`);
    await child.stdin.flush();
    const { value } = await answers.next();
    if (value === undefined) throw new Error("Python ended");
    const answer = JSON.parse(value) as { value?: T; error?: string; status?: number | null };
    if (answer.error !== undefined) throw new PythonError(answer.error, answer.status ?? null);
    return answer.value as T;
  };
  return {
    name: "openai (Python)",
    // a timeout is how this library's users give up on an answer
    chat: (prompt, signal) => call<Said>("chat", prompt, signal !== undefined),
    // an abort is asked for beforehand: the loop leaves the stream at its first word
    stream: (prompt, { signal } = {}) => call<Said>("stream", prompt, signal !== undefined),
    tool: (prompt, stream) => call("tool", prompt, stream),
    json: (prompt) => call("json", prompt),
    embed: (texts) => call("embed", texts),
    models: () => call("models"),
    statusOf: (thrown) => (thrown instanceof PythonError ? (thrown.status ?? undefined) : undefined),
    async close() {
      await child.stdin.end();
      await child.exited;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const bytes of stream) {
    const lines = (held + decoder.decode(bytes, { stream: true })).split("\n");
    held = lines.pop() ?? "";
    yield* lines;
  }
}
