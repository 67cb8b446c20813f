import { join } from "node:path";

/** The console's parts as a browser loads them. */
export interface ConsoleFiles {
  /** One ES module, minified. */
  readonly script: string;
  readonly style: string;
}

/**
 * Bundles the console from its sources. `scripts/build.ts` does it once and writes the result into the binary; the
 * source itself does it at the first visit.
 */
export async function bundleConsole(): Promise<ConsoleFiles> {
  const result = await Bun.build({
    entrypoints: ["main.tsx", "style.css"].map((name) => join(import.meta.dir, "ui", name)),
    target: "browser",
    format: "esm",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const textOf = async (ending: string): Promise<string> => {
    const output = result.outputs.find(({ path }) => path.endsWith(ending));
    if (output === undefined) throw new Error(`The console's bundle has no ${ending} file`);
    return output.text();
  };
  return { script: await textOf(".js"), style: await textOf(".css") };
}
