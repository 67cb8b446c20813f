import { expect, test } from "bun:test";
import { version as released } from "../../package.json";
import type { Io } from "../../src/cli/command.ts";
import { version } from "../../src/cli/version.ts";

async function run(flags: Record<string, boolean>): Promise<{ readonly code: number; readonly out: string }> {
  const out: string[] = [];
  const io = { out: (text: string) => void out.push(text) } as Io;
  return { code: await version.run({ flags, positionals: [] }, io), out: out.join("") };
}

test("version names release, commit, Bun and target, one per line", async () => {
  expect(await run({})).toEqual({
    code: 0,
    out: `weir ${released}\ncommit unknown\nbun ${Bun.version}\ntarget source\n`,
  });
});

test("version --json is one JSON object", async () => {
  const { code, out } = await run({ json: true });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ version: released, commit: "unknown", bun: Bun.version, target: "source" });
});
