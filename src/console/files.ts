import { once } from "../lib/once.ts";
import { bundleConsole, type ConsoleFiles } from "./bundle.ts";

/** Written in by `scripts/build.ts`; not there when the source itself runs. */
declare const WEIR_CONSOLE: ConsoleFiles | undefined;

/** The console's parts: those in the binary, or bundled now from the sources. Made once. */
export const consoleFiles: () => Promise<ConsoleFiles> = once(() => {
  return typeof WEIR_CONSOLE === "undefined" ? bundleConsole() : Promise.resolve(WEIR_CONSOLE);
});
