import { bundleConsole, type ConsoleFiles } from "./bundle.ts";

/** Written in by `scripts/build.ts`; not there when the source itself runs. */
declare const WEIR_CONSOLE: ConsoleFiles | undefined;

let files: Promise<ConsoleFiles> | null = null;

/** The console's parts: those in the binary, or bundled now from the sources. Made once. */
export function consoleFiles(): Promise<ConsoleFiles> {
  files ??= typeof WEIR_CONSOLE === "undefined" ? bundleConsole() : Promise.resolve(WEIR_CONSOLE);
  return files;
}
