import { expect, test } from "bun:test";
import { scripts } from "../../package.json";
import { ROOT, sources } from "../support/source.ts";

/** The files of the house that one run of the type checker looks at. */
function checked(command: string): readonly string[] {
  const [program = "", ...flags] = command.trim().split(" ");
  const run = Bun.spawnSync([`${ROOT}node_modules/.bin/${program}`, ...flags, "--listFilesOnly"], { cwd: ROOT });
  return run.stdout
    .toString()
    .split("\n")
    .flatMap((path) => (path.startsWith(ROOT) && !path.includes("/node_modules/") ? [path.slice(ROOT.length)] : []));
}

test("the types of every file are checked, the console's pages too", async () => {
  const all = new Set(scripts["check:types"].split("&&").flatMap(checked));
  const files = [
    ...(await sources("src/**/*.{ts,tsx}")),
    ...(await sources("test/**/*.ts")),
    ...(await sources("scripts/**/*.ts")),
  ];
  expect(files.map(({ path }) => path).filter((path) => !all.has(path))).toEqual([]);
  expect(files.length).toBeGreaterThan(1_000);
}, 60_000);
