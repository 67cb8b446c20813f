import { expect, test } from "bun:test";
import { join } from "node:path";
import { WORKERS } from "../../../scripts/build.ts";
import { emptyFolder } from "../../support/empty-folder.ts";
import { ROOT } from "../../support/source.ts";
import { countAll } from "./support.ts";

test("the counting thread and its tables are inside a compiled binary", async () => {
  const outfile = join(emptyFolder(), "program");
  // as scripts/build.ts does it: the worker is an entry point, `src` is the root
  const built = await Bun.build({
    entrypoints: [import.meta.resolve("./compiled-program.ts"), ...WORKERS.map((path) => ROOT + path)].map((path) =>
      path.replace("file://", ""),
    ),
    root: `${ROOT}src`,
    target: "bun",
    format: "esm",
    bytecode: true,
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  });
  expect(built.success).toBe(true);
  const child = Bun.spawn([outfile], { cwd: emptyFolder(), env: {}, stderr: "pipe" });
  const [out, problems, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const text = "The gate opens. ".repeat(100);
  const tekken = countAll("tekken", text) + 3 + 32;
  const o200k = Math.ceil((countAll("o200k", text) + 7) * 1.05);
  expect({ out, problems, code }).toEqual({ out: `tekken ${tekken}\no200k ${o200k}\n`, problems: "", code: 0 });
}, 60_000);
