import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Problem } from "../../config/problem.ts";
import { readFromDisk } from "../../config/layers/read.ts";
import { readCases } from "../../config/test-cases.ts";
import type { TestCase } from "../../schema/config/testing.ts";
import { usageError } from "../terminal/arguments.ts";

/** A case and where it stands. */
export interface PlacedCase {
  readonly one: TestCase;
  readonly file: string;
}

/** Every case there is, in the order of the files' names, or what is wrong with their files. */
export interface FoundCases {
  readonly cases: readonly PlacedCase[];
  readonly problems: readonly Problem[];
}

/** Where to look for cases. */
export interface CaseSources {
  readonly cwd: string;
  /** The configuration files; `tests/` is looked for beside each. */
  readonly configs: readonly string[];
  /** Files and folders named instead; empty: none. */
  readonly named: readonly string[];
}

/** The cases of the configuration itself, and of the files beside it or of those that were named. */
export function findCases(config: Config, { cwd, configs, named }: CaseSources): FoundCases {
  const own = named.length > 0 ? [] : (config.testing?.suites ?? []);
  const cases: PlacedCase[] = own.map((one) => ({ one: one as TestCase, file: configs.at(-1)! }));
  const problems: Problem[] = [];
  const files =
    named.length > 0
      ? named.flatMap((path) => filesAt(cwd, path))
      : configs.flatMap((config) => folder(cwd, join(dirname(config), "tests")));
  for (const file of new Set(files)) {
    const read = readCases(file, (path) => readFromDisk(resolve(cwd, path)));
    problems.push(...read.problems);
    cases.push(...read.cases.map((one) => ({ one, file })));
  }
  return { cases, problems };
}

function filesAt(cwd: string, path: string): readonly string[] {
  const found = statSync(resolve(cwd, path), { throwIfNoEntry: false });
  if (found === undefined)
    throw usageError(`--tests "${path}" is not there: name a file of cases, or a folder of them`);
  return found.isDirectory() ? folder(cwd, path) : [path];
}

function folder(cwd: string, path: string): readonly string[] {
  if (statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const names = readdirSync(resolve(cwd, path)).filter((name) => /\.(?:json|ya?ml)$/i.test(name));
  return names.sort().map((name) => join(path, name));
}
