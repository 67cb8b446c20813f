/**
 * `bun run build`: `dist/weir` for the machine it runs on; `--all`: the cross-targets and their checksums beside it;
 * `--outfile FILE`: one binary, elsewhere. The same tree at the same path gives the same bytes.
 */
import { mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleConsole } from "../src/console/bundle.ts";
import { runtimeFor } from "./toolchain/runtime.ts";

const ROOT = resolve(import.meta.dir, "..");

/** Workers are entry points of their own, or the binary cannot find them. */
export const WORKERS: readonly string[] = ["src/lib/tokens/worker.ts", "src/cli/workers/worker.ts"];

/** The machines a release is built for. */
export const TARGETS = ["linux-x64", "linux-arm64"] as const;

/** Bun takes 16 KiB of request head by default: too little for callers with long cookies and tokens. */
const MAX_HEAD_BYTES = 65_536;

function git(...args: readonly string[]): string | null {
  if (Bun.which("git") === null) return null;
  const { exitCode, stdout } = Bun.spawnSync(["git", ...args], { cwd: ROOT, stderr: "ignore" });
  return exitCode === 0 ? stdout.toString().trim() : null;
}

/** `WEIR_COMMIT` where there is no git (a container build), else the commit that is checked out. */
function commit(): string {
  const given = process.env["WEIR_COMMIT"];
  if (given) return given;
  if (git("rev-parse", "--show-toplevel") !== ROOT) return "unknown";
  const dirty = git("status", "--porcelain", "--", "src", "config", "package.json", "bun.lock") !== "";
  return `${git("rev-parse", "HEAD") ?? "unknown"}${dirty ? "-dirty" : ""}`;
}

interface Plan {
  readonly target: string;
  readonly outfile: string;
  /** The Bun to put the program into; without it the one that runs this script. */
  readonly runtime?: string;
}

/**
 * Builds one binary. Never minified: Elysia reads the source of handlers. Bytecode needs ESM for top-level await. Split,
 * so that a process loads only what it runs: `main.ts`, which restarts itself, is then half a kilobyte instead of
 * everything. The source map inside makes stacks name our files.
 */
async function build({ target, outfile, runtime }: Plan): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  rmSync(outfile, { force: true });
  const result = await Bun.build({
    entrypoints: ["src/main.ts", ...WORKERS].map((path) => join(ROOT, path)),
    root: join(ROOT, "src"),
    target: "bun",
    format: "esm",
    bytecode: true,
    splitting: true,
    sourcemap: "inline",
    define: {
      WEIR_COMMIT: JSON.stringify(commit()),
      WEIR_TARGET: JSON.stringify(target),
      WEIR_CONSOLE: JSON.stringify(await bundleConsole()),
    },
    compile: {
      outfile,
      target: `bun-${target}` as Bun.Build.CompileTarget,
      execArgv: [`--max-http-header-size=${MAX_HEAD_BYTES}`],
      autoloadDotenv: false,
      autoloadBunfig: false,
      ...(runtime === undefined ? {} : { executablePath: runtime }),
    },
  });
  for (const log of result.logs) console.error(String(log));
  if (!result.success) throw new Error(`Cannot build ${outfile}`);
  // the maps are inside; Bun writes them beside the binary all the same
  for (const output of result.outputs) if (output.path.endsWith(".map")) rmSync(output.path, { force: true });
  console.log(`${outfile} (${target}, ${(Bun.file(outfile).size / 1e6).toFixed(0)} MB)`);
}

async function checksums(files: readonly string[]): Promise<void> {
  const lines = await Promise.all(
    files.map(
      async (file) =>
        `${new Bun.CryptoHasher("sha256").update(await Bun.file(file).bytes()).digest("hex")}  ${basename(file)}\n`,
    ),
  );
  await Bun.write(join(ROOT, "dist/SHA256SUMS"), lines.join(""));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { all: { type: "boolean" }, outfile: { type: "string" } } });
  const here = `${process.platform}-${process.arch}`;
  const outfile = resolve(values.outfile ?? join(ROOT, "dist/weir"));
  await build({ target: here, outfile });
  if (values.all !== true) return;
  const files = TARGETS.map((target) => join(ROOT, `dist/weir-${target}`));
  for (const [at, target] of TARGETS.entries()) {
    await build({ target, outfile: files[at] ?? "", runtime: runtimeFor(target) });
  }
  await checksums([outfile, ...files]);
}

if (import.meta.main) await main();
