import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../support/empty-folder.ts";
import { type ListeningProcess, spawnListening } from "../support/listening.ts";
import { ROOT } from "../support/source.ts";
import { until } from "../support/until.ts";

const CONFIG = (model: string) => `
pack: {name: t, version: 1.0.0, enabled: true}
policies: {chain: [audit-logger]}
policy: {audit-logger: {}}
providers: {targets: [{id: a, provider: openai-compatible, model: ${model}, base_url: "http://127.0.0.1:9/v1"}]}
`;

/** A gateway process of its own; `preload` is code that runs in it first. */
async function start(preload: string | null = null): Promise<{ gateway: ListeningProcess; file: string }> {
  const cwd = emptyFolder();
  const file = join(cwd, "policy-config.yaml");
  writeFileSync(file, CONFIG("one"));
  if (preload !== null) writeFileSync(join(cwd, "preload.ts"), preload);
  const first = preload === null ? [] : ["--preload", join(cwd, "preload.ts")];
  const run = ["gateway", "run", "--listen", "127.0.0.1:0", "--state-dir", join(cwd, "state")];
  const command = [process.execPath, ...first, join(ROOT, "src/main.ts"), ...run];
  const env = { PATH: process.env["PATH"] ?? "", HOME: cwd };
  return { gateway: await spawnListening(command, { cwd, env }), file };
}

const models = async (url: string) => (await fetch(`${url}/v1/models`)).text();

test("SIGHUP reloads, an invalid file changes nothing, SIGTERM ends with 0", async () => {
  const { gateway, file } = await start();
  await using running = gateway;
  writeFileSync(file, CONFIG("two"));
  running.child.kill("SIGHUP");
  await until(async () => (await models(running.url)).includes('"two"'));
  writeFileSync(file, "pack: 1\n");
  running.child.kill("SIGHUP");
  await until(() => running.log().includes("reload refused"));
  expect(await models(running.url)).toContain('"two"');
  running.child.kill("SIGTERM");
  expect(await running.child.exited).toBe(0);
}, 60_000);

test("SIGINT ends it as SIGTERM does", async () => {
  await using running = (await start()).gateway;
  running.child.kill("SIGINT");
  expect(await running.child.exited).toBe(0);
}, 60_000);

test.each(["SIGUSR1", "SIGUSR2"] as const)(
  "%s is noted and changes nothing",
  async (signal) => {
    await using running = (await start()).gateway;
    running.child.kill(signal);
    await until(() => running.log().includes(`"signal":"${signal}"`));
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
    running.child.kill("SIGTERM");
    expect(await running.child.exited).toBe(0);
  },
  60_000,
);

test("an error that nobody caught is logged, and the process stays up", async () => {
  const preload = `
process.on("SIGUSR2", () => {
  Promise.reject(new Error("nobody awaits this"));
  setTimeout(() => { throw new Error("nobody catches this"); });
});`;
  await using running = (await start(preload)).gateway;
  running.child.kill("SIGUSR2");
  await until(() => running.log().includes("nobody awaits this") && running.log().includes("nobody catches this"));
  expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  running.child.kill("SIGTERM");
  expect(await running.child.exited).toBe(0);
}, 60_000);

test("a log that finds no room takes no request with it, and a result that finds none is told in one line", async () => {
  const { gateway, file } = await start();
  await using running = gateway;
  const cli = [process.execPath, join(ROOT, "src/main.ts")];
  const env = { PATH: process.env["PATH"] ?? "", HOME: join(file, "..") };
  const full = Bun.spawn([...cli, "config", "schema"], { env, stdout: Bun.file("/dev/full"), stderr: "pipe" });
  expect([await full.exited, await full.stderr.text()]).toEqual([
    1,
    "weir: What was asked for cannot be written to stdout: no space is left there (ENOSPC)\n",
  ]);
  const run = ["gateway", "run", "--policy-config", file, "--state-dir", join(file, "../other")];
  const address = `127.0.0.1:${new URL(running.url).port}`;
  running.child.kill("SIGTERM");
  await running.child.exited;
  await using deaf = Bun.spawn([...cli, ...run, "--listen", address], { env, stderr: Bun.file("/dev/full") });
  await until(() =>
    models(running.url).then(
      (text) => text.includes('"one"'),
      () => false,
    ),
  );
  const asked = { method: "POST", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({ model: "one", messages: [{ role: "user", content: "hi" }] });
  const statuses = [1, 2, 3].map(() => fetch(`${running.url}/v1/chat/completions`, { ...asked, body }));
  expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([502, 502, 502]);
  expect(await models(running.url)).toContain('"one"');
  deaf.kill("SIGTERM");
  expect(await deaf.exited).toBe(0);
}, 60_000);
