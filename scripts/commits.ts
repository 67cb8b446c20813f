/** `bun run check:commits`: the subjects of commits that are not on `origin/main` yet: `type(scope): subject`. */
import { existsSync, readdirSync } from "node:fs";

const ROOT = new URL("..", import.meta.url).pathname;
const TYPES = ["feat", "fix", "perf", "refactor", "test", "docs", "build", "ci", "chore", "style", "revert"];
const BESIDE_SRC = ["house", "scripts", "test", "config"];

/** What is wrong with a commit's subject, or null. `scopes` are the folders of `src` and what stands beside it. */
export function subjectFault(subject: string, scopes: readonly string[]): string | null {
  const [, type, scope] = /^([a-z]+)\(([a-z-]+)\)!?: \S.*[^.\s]$/.exec(subject) ?? [];
  if (type === undefined || scope === undefined) return `want "type(scope): subject" without a final period`;
  if (!TYPES.includes(type)) return `type "${type}" is none of ${TYPES.join(", ")}`;
  return scopes.includes(scope) ? null : `scope "${scope}" is none of ${scopes.join(", ")}`;
}

/** The scopes a commit may have now: one per folder of `src` or `test`, and what stands beside them. */
export function scopes(): string[] {
  const folders = ["src", "test"].flatMap((parent) => readdirSync(ROOT + parent));
  return [...new Set([...folders.filter((name) => !name.includes(".")), ...BESIDE_SRC])];
}

function unlanded(): string[] {
  if (!existsSync(`${ROOT}.git`) || Bun.which("git") === null) return [];
  const known = Bun.spawnSync(["git", "rev-parse", "--verify", "--quiet", "origin/main"], { cwd: ROOT }).exitCode === 0;
  const range = known ? ["origin/main..HEAD"] : ["HEAD"];
  const log = Bun.spawnSync(["git", "log", "--no-merges", "--format=%s", ...range], { cwd: ROOT });
  return log.stdout.toString().split("\n").filter(Boolean);
}

if (import.meta.main) {
  const faults = unlanded().flatMap((subject) => {
    const why = subjectFault(subject, scopes());
    return why === null ? [] : [`"${subject}": ${why}`];
  });
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
