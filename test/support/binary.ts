import { join } from "node:path";
import { emptyFolder } from "./empty-folder.ts";
import { ROOT } from "./source.ts";

let built: Promise<string> | undefined;

/** The path of a freshly built binary, alone in its directory; built once in a run of the suite. */
export function builtBinary(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const outfile = join(emptyFolder(), "weir");
  const child = Bun.spawn([process.execPath, "scripts/build.ts", "--outfile", outfile], { cwd: ROOT, stderr: "pipe" });
  const [stderr, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`Cannot build the binary: ${stderr}`);
  return outfile;
}
