import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import OpenAI from "openai";
import { SignalTable } from "../../src/carbon/signal-table.ts";
import { main } from "../../src/cli/cli.ts";
import { programHere } from "../../src/cli/demo/quick-start.ts";
import { SCENES } from "../../src/cli/demo/traffic.ts";
import { freshnessRules, gridPlans } from "../../src/config/grid-plans.ts";
import { loadConfig } from "../../src/config/load.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { until } from "../support/until.ts";
import { fakeIo } from "./fake-io.ts";
import { serving } from "./running.ts";

/** Runs a printed curl line with fetch: URL, headers and data as they stand. */
async function runCurl(line: string): Promise<Response> {
  const url = /curl (\S+)/.exec(line)![1]!;
  const header = /-H '([^:']+): ([^']+)'/.exec(line);
  const body = /-d '([^']+)'/.exec(line)?.[1];
  return fetch(url, {
    ...(body === undefined ? {} : { method: "POST", body }),
    headers: header === null ? {} : { [header[1]!]: header[2]! },
  });
}

interface Trace {
  readonly decision_mode: string;
  readonly decision_reason: string;
  readonly region: string;
}

const curlLines = (text: string) => text.split("\n").filter((line) => line.trim().startsWith("curl "));

describe("demo", () => {
  test("every printed curl line works as printed, and stopping it leaves nothing behind", async () => {
    const running = await serving(["demo", "--listen", "127.0.0.1:0"]);
    await running.io.saw("Stop it with");
    const lines = curlLines(running.io.written.out);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) expect([line, (await runCurl(line)).status]).toEqual([line, 200]);
    const { choices, model } = (await (await runCurl(lines[0]!)).json()) as {
      choices: { message: { content: string } }[];
      model: string;
    };
    expect(choices[0]!.message.content).toContain("simulated");
    expect(model).toStartWith("simulated/");
    running.io.stop();
    expect(await running.exit).toBe(0);
  });

  test("answers the users' own clients: chat, stream, embeddings, code", async () => {
    const running = await serving(["demo", "--listen", "127.0.0.1:0"]);
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: "unused", maxRetries: 0 });
    for (const model of ["mistral-large-latest", "mistral-small-latest", "codestral-latest"]) {
      const messages = [{ role: "user" as const, content: "hello" }];
      const whole = await client.chat.completions.create({ model, messages, max_tokens: 16 });
      expect(whole.choices[0]!.message.content).toBeTruthy();
      let text = "";
      const stream = await client.chat.completions.create({ model, messages, max_tokens: 16, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]!.delta.content ?? "";
      expect(text).toBe(whole.choices[0]!.message.content!);
    }
    const vectors = await client.embeddings.create({ model: "mistral-embed", input: ["a", "b"] });
    expect(vectors.data.map(({ embedding }) => embedding.length > 0)).toEqual([true, true]);
    const fim = await fetch(`${running.url}/v1/fim/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "codestral-latest", prompt: "def f(", suffix: "return a" }),
    });
    expect(fim.status).toBe(200);
    running.io.stop();
    expect(await running.exit).toBe(0);
  }, 60_000);

  test("without --listen, a taken port 8080 is said and another is used", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => {
      blocker.on("error", () => resolve());
      blocker.listen(8080, "127.0.0.1", resolve);
    });
    const running = await serving(["demo"]);
    expect(running.io.written.err).toContain("Port 8080 is taken");
    expect(new URL(running.url).port).not.toBe("8080");
    await running.io.saw("Stop it with");
    expect((await runCurl(curlLines(running.io.written.out)[0]!)).status).toBe(200);
    running.io.stop();
    expect(await running.exit).toBe(0);
    blocker.close();
  });

  test("--state-dir keeps the ledger, which the commands can read afterwards", async () => {
    const state = emptyFolder();
    const running = await serving(["demo", "--listen", "127.0.0.1:0", "--state-dir", state, "--traffic", "0"]);
    await running.io.saw("Stop it with");
    expect(running.io.written.out).not.toContain("of itself");
    await runCurl(curlLines(running.io.written.out)[0]!);
    running.io.stop();
    expect(await running.exit).toBe(0);
    expect(existsSync(`${state}/ledger.db`)).toBe(true);
    const io = fakeIo();
    expect(await main(["events", "tail", "--state-dir", state], io)).toBe(0);
    expect(io.written.out).toContain("mistral-large-latest");
  });

  test("shows regions: what is live, a pin, its secondary, each degradation, and a receipt that verifies", async () => {
    const running = await serving(["demo", "--listen", "127.0.0.1:0", "--traffic", "0"]);
    await running.io.saw("Stop it with");
    const ask = async (model: string, vetted?: object) => {
      const body = JSON.stringify({ model, messages: [{ role: "user", content: "hello" }], vetted });
      return fetch(`${running.url}/v1/chat/completions`, { method: "POST", body });
    };
    const decided = async (model: string, vetted?: object) => {
      const { routing_trace: trace } = (await (await ask(model, vetted)).json()) as { routing_trace: Trace };
      return [trace.decision_mode, trace.decision_reason, trace.region];
    };
    const carbon = { routing: "carbon_aware" };
    // the sources are asked when the gateway starts
    await until(async () => (await decided("mistral-medium-3", carbon))[0] === "live");
    expect(await decided("mistral-medium-3", carbon)).toEqual([
      "live",
      "lowest_current_grid_intensity",
      "atnorth-sto-1",
    ]);
    expect(await decided("mistral-medium-3")).toEqual(["standard", "default_region", "scaleway-par-1"]);
    expect(await decided("mistral-small-latest", carbon)).toEqual([
      "degraded",
      "degraded_mixed_basis",
      "scaleway-par-1",
    ]);
    expect((await decided("open-mixtral-8x22b", carbon)).slice(0, 2)).toEqual([
      "degraded",
      "degraded_single_zone_signal",
    ]);
    expect((await decided("mistral-medium-3", { ...carbon, latency_budget_ms: 5 })).slice(0, 2)).toEqual([
      "degraded",
      "degraded_no_candidate_within_latency_budget",
    ]);
    expect(await decided("mistral-medium-3", { region: "atnorth-isl-1" })).toEqual([
      "pinned",
      "region_pinned_by_request",
      "atnorth-isl-1",
    ]);
    const refused = await ask("mistral-medium-3", { region: "ovh-rbx-1" });
    expect([refused.status, ((await refused.json()) as { error: { type: string } }).error.type]).toEqual([
      503,
      "region_unavailable",
    ]);
    const answer = await ask("mistral-medium-3", { region: "ovh-rbx-1", secondary_region: "ovh-gra-1" });
    expect(answer.headers.get("x-weir-region")).toBe("ovh-gra-1");
    const files = [`${running.cwd}/answer.json`, `${running.cwd}/jwks.json`] as const;
    writeFileSync(files[0], await answer.text());
    writeFileSync(files[1], await (await fetch(`${running.url}/.well-known/jwks.json`)).text());
    const io = fakeIo();
    expect(await main(["receipts", "verify", files[0], "--jwks", files[1]], io)).toBe(0);
    running.io.stop();
    expect(await running.exit).toBe(0);
  }, 60_000);

  test("makes requests of its own, which show what the chain and the regions do", async () => {
    const running = await serving(["demo", "--listen", "127.0.0.1:0", "--traffic", "600"]);
    await running.io.saw('"endpoint":"embeddings"');
    running.io.stop();
    expect(await running.exit).toBe(0);
    const requests = running.log().filter(({ msg }) => msg === "request");
    expect(requests.slice(0, SCENES.length).map(({ status }) => status)).toEqual(
      SCENES.map((_, at) => (at === 6 || at === 7 ? 409 : at === 8 ? 503 : 200)),
    );
    const policies = requests.flatMap((request) => request["policies"] as string[]);
    expect(policies.some((line) => line.startsWith("pii-detector: redact"))).toBe(true);
    expect(policies.some((line) => line.startsWith("prompt-injection: block"))).toBe(true);
    expect(policies.some((line) => line.startsWith("safety-filter: escalate"))).toBe(true);
  }, 60_000);

  test.each(["-1", "601", "many"])("--traffic %s makes no sense and is exit 2", async (value) => {
    const io = fakeIo();
    expect(await main(["demo", `--traffic=${value}`], io)).toBe(2);
    expect(io.written.err).toContain("from 0 to 600");
  });

  test("an address that makes no sense is exit 2", async () => {
    const io = fakeIo();
    expect(await main(["demo", "--listen", "nowhere"], io)).toBe(2);
    expect(io.written.err).toContain("HOST:PORT");
  });
});
test("the demo's grids go through what the banner says, in six minutes", async () => {
  const startMs = Date.parse("2026-11-21T08:00:00Z");
  const env = { WEIR_DEMO_STARTED: new Date(startMs).toISOString() };
  const readFile = () => readFileSync(`${import.meta.dir}/../../config/demo.yaml`);
  const loaded = loadConfig({ files: ["demo.yaml"], env, readFile });
  if (!loaded.ok) throw new Error("demo.yaml does not load");
  const table = new SignalTable(freshnessRules(loaded.config));
  const plan = gridPlans(loaded.config).find(({ source }) => source.name === "replay")!;
  let nowMs = startMs;
  const services = {
    fetch,
    clock: { ...systemClock, now: () => nowMs },
    timeoutMs: 1_000,
    signal: new AbortController().signal,
    pace: async () => {},
  };
  const told: string[] = [];
  for (let second = 0; second < 390; second += 15) {
    nowMs = startMs + second * 1000;
    const { signals } = await plan.source.read({ ...plan, key: null }, services);
    table.put(0, signals);
    const known = plan.zones.flatMap((zone) => table.operational(zone, nowMs) ?? []);
    const least = known.toSorted((a, b) => a.gramsPerKwh - b.gramsPerKwh)[0];
    if (told.at(-1)?.split(" ")[1] !== (least?.zone ?? "nobody")) told.push(`${second} ${least?.zone ?? "nobody"}`);
  }
  expect(told).toEqual(["0 SE-SE3", "75 IS", "120 FR", "315 nobody", "360 SE-SE3"]);
});

test.each([
  ["/usr/local/bin/weir", "/home/me", true, "weir"],
  ["/home/me/weir/dist/weir", "/home/me/weir", false, "./dist/weir"],
  ["/opt/weir", "/home/me", false, "/opt/weir"],
  ["/usr/bin/bun", "/home/me", false, "weir"],
])("%s is called from %s (on the PATH: %p) as %s", (path, cwd, isOnPath, name) => {
  expect(programHere(path, cwd, isOnPath)).toBe(name);
});
