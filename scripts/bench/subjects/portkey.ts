import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SubjectOrReason } from "../subject.ts";

const VERSION = "1.15.2";
const MANIFEST = {
  private: true,
  dependencies: { "@portkey-ai/gateway": VERSION },
  // With newer ones every stream of this version is answered 500.
  overrides: { hono: "4.9.7", "@hono/node-server": "1.13.5" },
};

/** Installs the peer once into a temporary folder, outside our own dependencies, without running its scripts. */
async function install(): Promise<string | { readonly missing: string }> {
  const dir = join(tmpdir(), `weir-bench-portkey-${VERSION}`);
  const server = join(dir, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");
  if (existsSync(server)) return server;
  if (Bun.which("npm") === null) return { missing: "not installed: npm is not there" };
  mkdirSync(dir, { recursive: true });
  await Bun.write(join(dir, "package.json"), JSON.stringify(MANIFEST));
  const npm = Bun.spawn(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: dir,
    stdout: "ignore",
    stderr: "pipe",
    timeout: 120_000,
  });
  const [words, code] = await Promise.all([new Response(npm.stderr).text(), npm.exited]);
  if (code !== 0)
    return { missing: `npm could not install it: ${/npm (?:error|ERR!) code (\S+)/.exec(words)?.[1] ?? code}` };
  return existsSync(server) ? server : { missing: "its package holds no build/start-server.js" };
}

/** The TypeScript peer on Bun, as section 7 of the measurements prescribes it. */
export async function portkey(): Promise<SubjectOrReason> {
  const server = await install();
  if (typeof server !== "string") return { name: "portkey", missing: server.missing };
  return {
    name: "portkey",
    label: "Portkey on Bun",
    version: `@portkey-ai/gateway ${VERSION}`,
    path: "/v1/chat/completions",
    headers: (ports) => ({
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `http://127.0.0.1:${ports.upstream}/v1`,
    }),
    readyPath: null,
    launch: async (ports, dir) => ({
      argv: [process.execPath, server, `--port=${ports.own}`, "--headless"],
      cwd: dir,
      env: { BUN_CONFIG_MAX_HTTP_REQUESTS: "65535", NODE_ENV: "production" },
    }),
  };
}
