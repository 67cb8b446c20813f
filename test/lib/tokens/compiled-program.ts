/** Compiled by `compiled.test.ts`: counts one text in the thread of the binary and prints the answer. */
import { silentLogger } from "../../../src/lib/logger.ts";
import { createContextGuard } from "../../../src/lib/tokens/context-guard.ts";

const warn = (fields: object): never => {
  console.log(fields);
  process.exit(1);
};
const guard = createContextGuard({ log: { ...silentLogger, warn } });
const value = { messages: [{ role: "user", content: "The gate opens. ".repeat(100) }], max_tokens: 10 };
const request = { source: JSON.stringify(value), value };
const ask = (family: "mistral" | "openai") => guard.fits({ endpoint: "chat", request, family, limit: 1_000 });
for (const family of ["mistral", "openai"] as const) {
  let answer = ask(family);
  while (!(answer instanceof Promise)) {
    await new Promise((resolve) => setImmediate(resolve));
    answer = ask(family);
  }
  const { method, prompt } = await answer;
  console.log(method, prompt);
}
