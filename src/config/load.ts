import { checks } from "./checks/index.ts";
import { checkShape } from "./checks/shape.ts";
import { type Config, ConfigSchema } from "./config.ts";
import { applyDefaults } from "./defaults.ts";
import { type Environment, expandTree } from "./layers/expand.ts";
import { mergeLayers, withoutNulls } from "./layers/merge.ts";
import { normalise } from "./layers/normalise.ts";
import { type FlagValue, flagLayer, overrideLayer } from "./layers/override.ts";
import { type ReadFile, readDocument, readFromDisk } from "./layers/read.ts";
import { emptyMap, type MapNode, toPlain } from "./layers/tree.ts";
import { rememberSecrets } from "./mask.ts";
import { hasErrors, type Origin, type Problem, problem, sortProblems } from "./problem.ts";
import { type Provenance, rememberOrigins, traceOrigins } from "./provenance.ts";

/** Where a configuration comes from. */
export interface LoadInput {
  /** Paths of YAML files, later ones over earlier ones; at least one. */
  readonly files: readonly string[];
  /** For `${NAME}`, `WEIR__…` overrides and whether secrets are set. */
  readonly env: Environment;
  /** Command line values by the dotted path they set: `{ "server.listen": "127.0.0.1:0" }`. */
  readonly flags?: Readonly<Record<string, FlagValue | undefined>> | undefined;
  /** Gives the bytes of a file, throws as `node:fs` does; the disk by default. */
  readonly readFile?: ReadFile | undefined;
}

/** A configuration with its warnings, or everything that is wrong with it. */
export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly problems: readonly Problem[];
      readonly provenance: Provenance;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads, layers, checks and completes a configuration. Never throws: whatever is wrong comes back as problems, all of
 * them at once and in reading order. Precedence: flag, environment, later file, earlier file, default.
 */
export function loadConfig({ files, env, flags = {}, readFile = readFromDisk }: LoadInput): LoadResult {
  const problems: Problem[] = [];
  const finish = (): LoadResult => ({ ok: false, problems: sortProblems(problems, files) });
  const root = readLayers(files, { env, readFile, problems });
  if (root === undefined) return finish();
  const merged = applyOverrides(root, { env, flags, problems });
  problems.push(...checkShape(ConfigSchema, merged));
  const inspection = {
    root: merged,
    env,
    readFile,
    report: (finding: Parameters<typeof problem>[0]) => problems.push(problem(finding)),
  };
  for (const check of checks) check(inspection);
  if (hasErrors(problems)) return finish();
  const clean = withoutNulls(merged, new Set(["testing"]));
  const config = applyDefaults(toPlain(clean) as Record<string, unknown>);
  const provenance = traceOrigins(config, clean);
  rememberSecrets(config, provenance);
  rememberOrigins(config, provenance);
  return { ok: true, config, problems: sortProblems(problems, files), provenance };
}

interface Reading {
  readonly env: Environment;
  readonly readFile: ReadFile;
  readonly problems: Problem[];
}

/** All files as one tree; undefined where one of them is no readable map. */
function readLayers(files: readonly string[], { env, readFile, problems }: Reading): MapNode | undefined {
  let merged: MapNode | undefined;
  let readable = true;
  for (const file of files) {
    const layer = readLayer(file, { env, readFile, problems });
    if (layer === undefined) readable = false;
    else merged = merged === undefined ? layer : mergeLayers(merged, layer);
  }
  if (readable && merged !== undefined && merged.entries.size === 0) {
    const message = `the document is empty: it must be a map with pack, policies and providers`;
    problems.push(problem({ code: "E005", at: merged.origin, path: [], message }));
    return undefined;
  }
  return readable ? merged : undefined;
}

function readLayer(file: string, { env, readFile, problems }: Reading): MapNode | undefined {
  const { root, problems: found } = readDocument(file, readFile);
  problems.push(...found);
  if (root === undefined) return undefined;
  const at: Origin = { kind: "file", file, line: 1, column: 1 };
  if (root === null) return emptyMap(at);
  if (root.kind !== "map") {
    const what = root.kind === "list" ? "a list" : "a single value";
    const message = `the document must be a map with pack, policies and providers, not ${what}`;
    problems.push(problem({ code: "E005", at: root.origin, path: [], message }));
    return undefined;
  }
  problems.push(...expandTree(root, env), ...normalise(root));
  return root;
}

function applyOverrides(
  root: MapNode,
  { env, flags, problems }: { env: Environment; flags: NonNullable<LoadInput["flags"]>; problems: Problem[] },
): MapNode {
  const fromEnvironment = overrideLayer(root, env);
  const fromFlags = flagLayer(flags);
  problems.push(...fromEnvironment.problems, ...expandTree(fromEnvironment.layer, env));
  for (const layer of [fromEnvironment.layer, fromFlags]) problems.push(...normalise(layer));
  return mergeLayers(mergeLayers(root, fromEnvironment.layer), fromFlags);
}
