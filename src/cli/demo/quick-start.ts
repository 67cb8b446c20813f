import { basename, relative } from "node:path";
import type { Style } from "../terminal/style.ts";

/** Where a gateway can be tried. */
export interface Place {
  /** `http://localhost:8080`. */
  readonly url: string;
  /** The admin token, if it may be shown. */
  readonly token: string | null;
  /** Where its ledger is; null: in memory. */
  readonly stateDir: string | null;
  /** How many requests a minute it makes of itself. */
  readonly perMinute: number;
  /** What this program is called by here, as {@link programHere} says. */
  readonly program: string;
}

/** How to call the program at `path` from `cwd`: by its name where the shell finds it, as it does not after a build. */
export function programHere(path: string, cwd: string, isOnPath: boolean): string {
  if (isOnPath || basename(path) !== "weir") return "weir";
  const here = relative(cwd, path);
  return here.startsWith("..") ? path : `./${here}`;
}

/** What to try against a running gateway; every line works as it is printed. */
export function quickStart(place: Place, style: Style): string {
  const { url, program } = place;
  const post = (body: string): string =>
    `curl ${url}/v1/chat/completions -H 'Content-Type: application/json' -d '${body}'`;
  const ask = (model: string, vetted = ""): string =>
    post(`{"model":"${model}","messages":[{"role":"user","content":"hello"}]${vetted}}`);
  const lines = [
    "",
    style.bold(`Weir is running at ${url}`),
    "Every model here is simulated, and so is every grid: no key is needed and nothing leaves this machine.",
    ...(place.perMinute > 0 ? [`It makes ${place.perMinute} requests a minute of itself (--traffic 0: none).`] : []),
    "",
    style.bold("Try it:"),
    `  ${ask("mistral-large-latest")}`,
    "",
    style.bold("With the OpenAI SDK:"),
    "  from openai import OpenAI",
    "",
    `  client = OpenAI(base_url="${url}/v1", api_key="unused")`,
    '  stream = client.chat.completions.create(model="mistral-large-latest", stream=True, messages=[{"role": "user", "content": "hello"}])',
    "  for chunk in stream:",
    '      print(chunk.choices[0].delta.content or "", end="", flush=True)',
    "",
    style.bold("Regions:"),
    `  curl ${url}/v1/regions`,
    "  Where the grid emits least now: Stockholm for a minute, then Iceland, then France; then the sources fall silent, and",
    "  after two minutes routing_trace says degraded_no_operational_live_signal. After six minutes it begins again.",
    `  ${ask("mistral-medium-3", ',"vetted":{"routing":"carbon_aware"}')}`,
    "  Signals that cannot be compared, and a signal of one zone only: degraded, and the default path is followed.",
    `  ${ask("mistral-small-latest", ',"vetted":{"routing":"carbon_aware"}')}`,
    `  ${ask("open-mixtral-8x22b", ',"vetted":{"routing":"carbon_aware"}')}`,
    "  A pin holds; ovh-rbx-1 is down, and only a secondary that is written down takes its place.",
    `  ${ask("mistral-medium-3", ',"vetted":{"region":"atnorth-sto-1"}')}`,
    `  ${ask("mistral-medium-3", ',"vetted":{"region":"ovh-rbx-1","secondary_region":"ovh-gra-1"}')}`,
    "",
    style.bold("A receipt, checked without this gateway:"),
    `  ${ask("mistral-large-latest")} > answer.json`,
    `  curl ${url}/.well-known/jwks.json > jwks.json`,
    `  ${program} receipts verify answer.json --jwks jwks.json`,
    "",
    style.bold("Look inside:"),
    ...lookInside(place),
    "",
    `Stop it with Ctrl-C. With models of your own: ${program} init, then ${program} gateway run.`,
    "",
  ];
  return `${lines.join("\n")}\n`;
}

function lookInside({ url, token, stateDir, program }: Place): readonly string[] {
  return [
    ...(token === null
      ? stateDir === null
        ? ["  (no console: there is no directory to keep its admin token in; name one with --state-dir)"]
        : [
            `  open ${url}/console    and log in with the admin token of ${stateDir} (${program} admin token --rotate: another)`,
          ]
      : [
          `  open ${url}/console    and log in with ${token}`,
          `  curl ${url}/api/events -H 'Authorization: Bearer ${token}'`,
        ]),
    ...(stateDir === null ? [] : [`  ${program} events tail --state-dir ${stateDir}`]),
    `  curl ${url}/v1/models`,
    `  curl ${url}/metrics`,
    `  open ${url}/docs`,
  ];
}
