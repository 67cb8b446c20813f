import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, linkSync, mkdirSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { version } from "../package.json";
import { builtBinary } from "./support/binary.ts";
import { emptyFolder } from "./support/empty-folder.ts";
import { type ListeningProcess, spawnListening } from "./support/listening.ts";
import { until } from "./support/until.ts";
import { startUpstream, UPSTREAM_TEXT, type Upstream } from "./support/upstream.ts";

const BUILD_MS = 120_000;
const RUN_MS = 60_000;
const TIGHT = { PATH: "/usr/bin:/bin", UPSTREAM_KEY: "sk-from-the-environment" };

/** A directory with the binary and a configuration for one upstream in it, and nothing else. */
class Home {
  readonly path = emptyFolder();
  readonly binary = join(this.path, "weir");
  readonly state = join(this.path, "state");

  async furnish(upstream: Upstream): Promise<this> {
    linkSync(await builtBinary(), this.binary);
    mkdirSync(this.state, { mode: 0o777 });
    await Bun.write(
      join(this.path, "policy.yaml"),
      [
        "pack: { name: binary, version: 1.0.0, enabled: true }",
        "policies: { chain: [] }",
        "providers:",
        "  targets:",
        "    - id: upstream",
        "      provider: openai-compatible",
        `      model: "\${PROBE:-clean}"`,
        `      base_url: ${upstream.baseUrl}`,
        "      secret_key_ref: { env: UPSTREAM_KEY }",
        "",
      ].join("\n"),
    );
    return this;
  }

  command(): string[] {
    const flags = ["--listen", "127.0.0.1:0", "--policy-config", "policy.yaml", "--state-dir", this.state];
    return [this.binary, "gateway", "run", ...flags];
  }

  start(wrapper: readonly string[] = [], more: Readonly<Record<string, string>> = {}): Promise<ListeningProcess> {
    return spawnListening([...wrapper, ...this.command()], { cwd: this.path, env: { ...TIGHT, ...more } });
  }
}

const home = async (upstream: Upstream): Promise<Home> => new Home().furnish(upstream);

function chat(gateway: ListeningProcess, stream: boolean): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer unused" },
    body: JSON.stringify({ model: "upstream", stream, messages: [{ role: "user", content: "What is a weir?" }] }),
  });
}

/** The same over `node:http`: of `fetch`, one process has only 256 at once, which is what the binary must not have. */
function chatUnlimited(gateway: ListeningProcess): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const asked = request(
    `${gateway.url}/v1/chat/completions`,
    { method: "POST", agent: false, headers: { "content-type": "application/json" } },
    (answer) => resolve(new Response(Readable.toWeb(answer) as unknown as ReadableStream)),
  );
  asked.on("error", reject);
  asked.end(
    JSON.stringify({ model: "upstream", stream: true, messages: [{ role: "user", content: "What is a weir?" }] }),
  );
  return promise;
}

interface Streamed {
  readonly text: string;
  readonly finished: number;
  readonly done: boolean;
}

/** The text of a stream, how often it finished, and whether `[DONE]` ended it; reads blindly as users do. */
async function streamed(response: Response): Promise<Streamed> {
  const events = (await response.text())
    .split("\n\n")
    .flatMap((part) => (part.startsWith("data: ") ? [part.slice(6)] : []));
  const chunks = events.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));
  return {
    text: chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join(""),
    finished: chunks.filter((chunk) => chunk.choices[0].finish_reason !== null).length,
    done: events.at(-1) === "[DONE]",
  };
}

const WHOLE: Streamed = { text: UPSTREAM_TEXT, finished: 1, done: true };

/** Runs what follows as a user who owns nothing, under a root where only the state directory can be written. */
function sealed(state: string): string[] {
  const script = [
    "set -e",
    'mount --bind "$0" "$0"',
    "mount -o remount,bind,ro /",
    'for m in /tmp /var /home; do ! mountpoint -q "$m" || mount -o remount,bind,ro "$m"; done',
    'exec setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"',
  ].join("; ");
  return ["unshare", "--mount", "sh", "-c", script, state];
}

const canSeal = Bun.which("unshare") !== null && Bun.spawnSync([...sealed(emptyFolder()), "true"]).exitCode === 0;

beforeAll(async () => void (await builtBinary()), BUILD_MS);

describe("the binary, in an empty directory", () => {
  test("is one file", async () => {
    const binary = await builtBinary();
    expect(readdirSync(join(binary, ".."))).toEqual(["weir"]);
  });

  test("says what it was made from", async () => {
    const child = Bun.spawn([await builtBinary(), "version", "--json"], { cwd: emptyFolder(), env: {} });
    expect(JSON.parse(await child.stdout.text())).toEqual({
      version,
      commit: expect.stringMatching(/^(?:[0-9a-f]{40}(?:-dirty)?|unknown)$/),
      bun: Bun.version,
      target: `${process.platform}-${process.arch}`,
    });
    expect(await child.exited).toBe(0);
  });

  test(
    "answers a JSON and a streamed request through a real upstream",
    async () => {
      using upstream = startUpstream();
      await using gateway = await (await home(upstream)).start();
      const whole = await chat(gateway, false);
      expect(whole.status).toBe(200);
      expect(await whole.json()).toMatchObject({ choices: [{ message: { content: UPSTREAM_TEXT } }] });
      const stream = await chat(gateway, true);
      expect(stream.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
      expect(await streamed(stream)).toEqual(WHOLE);
      expect(upstream.received.map(({ path, authorization, body }) => [path, authorization, body.model])).toEqual([
        ["/v1/chat/completions", "Bearer sk-from-the-environment", "clean"],
        ["/v1/chat/completions", "Bearer sk-from-the-environment", "clean"],
      ]);
    },
    RUN_MS,
  );

  test(
    "counts tokens with its own tables, in a thread of its own",
    async () => {
      using upstream = startUpstream();
      const place = await home(upstream);
      const policy = await Bun.file(join(place.path, "policy.yaml")).text();
      await Bun.write(join(place.path, "policy.yaml"), `${policy}      max_context_tokens: 8\n`);
      await using gateway = await place.start([], { PROBE: "gpt-4o" });
      // until the tables are loaded an estimate decides, and says so
      const deadline = Date.now() + RUN_MS;
      let refusal = { error: { code: "", method: "" } };
      while (refusal.error.method !== "o200k" && Date.now() < deadline) {
        const answer = await chat(gateway, false);
        expect(answer.status).toBe(400);
        refusal = (await answer.json()) as typeof refusal;
      }
      expect(refusal.error).toMatchObject({ code: "context_length_exceeded", method: "o200k" });
      expect(upstream.received).toEqual([]);
    },
    RUN_MS,
  );

  test("gives a slow reader the whole of a result that no pipe holds", async () => {
    const shell = `"$0" config schema | (read -r first; sleep 0.2; printf '%s\\n' "$first"; cat)`;
    const child = Bun.spawn(["sh", "-c", shell, await builtBinary()], { env: TIGHT });
    const schema = await child.stdout.text();
    expect(schema.length).toBeGreaterThan(65_536);
    expect(JSON.parse(schema)).toHaveProperty("$schema");
  });

  test(
    "loads neither .env nor bunfig.toml, package.json or tsconfig.json that lie there",
    async () => {
      using upstream = startUpstream();
      const place = await home(upstream);
      const ran = join(place.state, "preloaded");
      await Bun.write(join(place.path, ".env"), "PROBE=dotenv\nUPSTREAM_KEY=dotenv\n");
      await Bun.write(join(place.path, ".env.production"), "PROBE=dotenv\n");
      await Bun.write(join(place.path, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
      await Bun.write(join(place.path, "preload.ts"), `await Bun.write(${JSON.stringify(ran)}, "yes");\n`);
      await Bun.write(join(place.path, "package.json"), "{ broken");
      await Bun.write(join(place.path, "tsconfig.json"), "{ broken");
      await using gateway = await place.start();
      expect((await chat(gateway, false)).status).toBe(200);
      expect(upstream.received[0]).toMatchObject({
        authorization: `Bearer ${TIGHT.UPSTREAM_KEY}`,
        body: { model: "clean" },
      });
      expect(existsSync(ran)).toBe(false);
    },
    RUN_MS,
  );

  test(
    "prints neither keys nor prompts where the environment would have every call printed",
    async () => {
      using upstream = startUpstream();
      await using gateway = await (await home(upstream)).start([], { BUN_CONFIG_VERBOSE_FETCH: "curl" });
      expect((await chat(gateway, false)).status).toBe(200);
      expect(upstream.received[0]?.authorization).toBe(`Bearer ${TIGHT.UPSTREAM_KEY}`);
      gateway.child.kill("SIGTERM");
      expect(await gateway.child.exited).toBe(0);
      expect(gateway.log()).toContain("listening");
      expect(gateway.log()).not.toContain(TIGHT.UPSTREAM_KEY);
      expect(gateway.log()).not.toContain("What is a weir?");
    },
    RUN_MS,
  );

  test(
    "closes its ledger however many signals come meanwhile",
    async () => {
      using upstream = startUpstream();
      await using gateway = await (await home(upstream)).start();
      expect((await chat(gateway, false)).status).toBe(200);
      await until(() => {
        for (const signal of ["SIGTERM", "SIGHUP"] as const) gateway.child.kill(signal);
        return gateway.child.exitCode !== null || gateway.child.signalCode !== null;
      });
      await gateway.child.exited;
      expect(gateway.child.signalCode).toBeNull();
      expect(gateway.log()).toContain("The ledger is closed");
    },
    RUN_MS,
  );

  test.skipIf(!canSeal)(
    "serves as a user without rights under a read-only root, its state directory apart",
    async () => {
      using upstream = startUpstream();
      const place = await home(upstream);
      Bun.spawnSync(["chmod", "777", place.state]);
      await using gateway = await place.start(sealed(place.state));
      expect(await streamed(await chat(gateway, true))).toEqual(WHOLE);
      const status = await Bun.file(`/proc/${gateway.child.pid}/status`).text();
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).toBe("65534");
    },
    RUN_MS,
  );

  test(
    "looks a name up again after five seconds, or as long as it is told",
    async () => {
      using upstream = startUpstream();
      const place = await home(upstream);
      const kept = async (more?: Readonly<Record<string, string>>): Promise<string | undefined> => {
        await using gateway = await place.start([], more);
        const environment = await Bun.file(`/proc/${gateway.child.pid}/environ`).text();
        return /BUN_CONFIG_DNS_TIME_TO_LIVE_SECONDS=(\d+)/.exec(environment)?.[1];
      };
      expect([await kept(), await kept({ BUN_CONFIG_DNS_TIME_TO_LIVE_SECONDS: "60" })]).toEqual(["5", "60"]);
    },
    RUN_MS,
  );

  test(
    "holds 300 upstream streams at once",
    async () => {
      using upstream = startUpstream({ held: true });
      await using gateway = await (await home(upstream)).start();
      const answers = Array.from({ length: 300 }, async () => streamed(await chatUnlimited(gateway)));
      await upstream.waiting(300);
      upstream.release();
      expect(await Promise.all(answers)).toEqual(answers.map(() => WHOLE));
    },
    RUN_MS,
  );

  test.each(["SIGTERM", "SIGINT"] as const)(
    "lets streams end on %s, takes no new ones, and exits 0",
    async (signal) => {
      using upstream = startUpstream({ held: true });
      await using gateway = await (await home(upstream)).start();
      const response = await chat(gateway, true);
      await upstream.waiting(1);
      gateway.child.kill(signal);
      while (
        await chat(gateway, false).then(
          (late) => late.status === 200,
          () => false,
        )
      )
        await Bun.sleep(5);
      upstream.release();
      expect(await streamed(response)).toEqual(WHOLE);
      expect(await gateway.child.exited).toBe(0);
    },
    RUN_MS,
  );
});
