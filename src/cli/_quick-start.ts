import type { Style } from "./_style.ts";

/** Where a gateway can be tried. */
export interface Place {
  /** `http://localhost:8080`. */
  readonly url: string;
  /** The admin token, if it may be shown. */
  readonly token: string | null;
}

/** What to try against a running gateway; every line works as it is printed. */
export function quickStart({ url, token }: Place, style: Style): string {
  const body = '{"model":"mistral-large-latest","messages":[{"role":"user","content":"hello"}]}';
  const lines = [
    "",
    style.bold(`Weir is running at ${url}`),
    "Every model here is simulated: no key is needed and nothing leaves this machine.",
    "",
    style.bold("Try it:"),
    `  curl ${url}/v1/chat/completions -H 'Content-Type: application/json' -d '${body}'`,
    "",
    style.bold("With the OpenAI SDK:"),
    "  from openai import OpenAI",
    "",
    `  client = OpenAI(base_url="${url}/v1", api_key="unused")`,
    '  stream = client.chat.completions.create(model="mistral-large-latest", stream=True, messages=[{"role": "user", "content": "hello"}])',
    "  for chunk in stream:",
    '      print(chunk.choices[0].delta.content or "", end="", flush=True)',
    "",
    style.bold("Look inside:"),
    `  curl ${url}/v1/models`,
    `  curl ${url}/metrics`,
    ...(token === null ? [] : [`  curl ${url}/api/events -H 'Authorization: Bearer ${token}'`]),
    `  open ${url}/docs`,
    "",
    "Stop it with Ctrl-C. With models of your own: weir init, then weir gateway run.",
    "",
  ];
  return `${lines.join("\n")}\n`;
}
