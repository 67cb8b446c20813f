import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";

/**
 * A configuration that is made in memory: a pack's name and an empty chain beside what `document` says. Where it is not a
 * valid one, that is thrown with the first finding.
 */
export function configurationOf(document: object, env: Readonly<Record<string, string>> = {}): Config {
  const whole = { pack: { name: "bench", version: "1.0.0", enabled: true }, policies: { chain: [] }, ...document };
  const readFile = (): Uint8Array => new TextEncoder().encode(JSON.stringify(whole));
  const loaded = loadConfig({ files: ["bench.yaml"], env, readFile });
  if (!loaded.ok) throw new Error(`Cannot load the configuration: ${loaded.problems[0]?.message}`);
  return loaded.config;
}
