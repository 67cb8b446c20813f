import { type JsonPath, showPath } from "../lib/json/json.ts";

/** Every lint code and what it stands for. E: the configuration is refused. W: it loads, and somebody should look. */
export const LINT_CODES = {
  E001: "unknown policy kind",
  E002: "unknown key",
  E003: "unknown reference: a target, a group, an environment variable",
  E004: "duplicate id",
  E005: "wrong type, value out of range, or a required key that is missing",
  E006: "not readable as YAML: syntax, duplicate key, encoding, size, or no such file",
  E007: "contradiction, or a setting that cannot be enforced",
  W001: "a policy is configured but not in the chain: it never runs",
  W002: "a secret is not set: the target is unavailable",
  W003: "a policy of the chain has no block: it runs on its defaults",
  W004: "a target has no pricing: its cost is unknown",
  W005: "the listener is open to other machines and callers need no key",
  W006: "there is no policies block: the chain is empty",
  W008: "metrics are open to everybody who reaches the listener",
  W009: "the configuration is disabled: every model route answers 503",
  W010: "a setting has no effect beside the others",
} as const;

/** A code of {@link LINT_CODES}. */
export type LintCode = keyof typeof LINT_CODES;

/** Where a value or a key came from. `variables`: names of environment variables that were expanded in it. */
export type Origin =
  | {
      readonly kind: "file";
      readonly file: string;
      /** Counted from 1. */
      readonly line: number;
      /** Counted from 1, in UTF-16 units. */
      readonly column: number;
      readonly variables?: readonly string[];
    }
  | { readonly kind: "environment"; readonly name: string; readonly variables?: readonly string[] }
  | { readonly kind: "flag"; readonly name: string; readonly variables?: readonly string[] }
  | { readonly kind: "default" };

/** One finding about a configuration. Never holds the value of a secret. */
export interface Problem {
  readonly code: LintCode;
  readonly severity: "error" | "warning";
  /** The file, or the name of the environment variable or flag that the value came from. */
  readonly file: string;
  /** Counted from 1; null where there is no line: a variable, a flag. */
  readonly line: number | null;
  readonly column: number | null;
  /** `providers.targets[0].model`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
  /** What was probably meant, ready to be put in its place. */
  readonly suggestion?: string;
}

/** What a finding says, apart from where. */
export interface Finding {
  readonly code: LintCode;
  readonly at: Origin;
  readonly path: JsonPath;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** Makes a finding a problem. */
export function problem({ code, at, path, message, suggestion }: Finding): Problem {
  return {
    code,
    severity: code.startsWith("E") ? "error" : "warning",
    file: at.kind === "file" ? at.file : at.kind === "default" ? "" : at.name,
    line: at.kind === "file" ? at.line : null,
    column: at.kind === "file" ? at.column : null,
    path: showPath(path),
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Whether any of them refuses the configuration. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((each) => each.severity === "error");
}

/** In reading order: the files as they were given, then variables and flags; without repetitions. */
export function sortProblems(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const seen = new Set<string>();
  return problems
    .filter((each) => {
      const key = JSON.stringify([each.code, each.file, each.line, each.column, each.path, each.message]);
      return !seen.has(key) && seen.add(key) !== undefined;
    })
    .sort(
      (a, b) =>
        (rank.get(a.file) ?? files.length) - (rank.get(b.file) ?? files.length) ||
        compare(a.file, b.file) ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0) ||
        compare(a.code, b.code) ||
        compare(a.path, b.path),
    );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One line for people: `policy-config.yaml:12:7: E002 unknown key …; did you mean "model"?` */
export function showProblem(each: Problem): string {
  const where = each.line === null ? each.file : `${each.file}:${each.line}:${each.column}`;
  const hint = each.suggestion === undefined ? "" : `; did you mean ${JSON.stringify(each.suggestion)}?`;
  return `${where === "" ? "" : `${where}: `}${each.code} ${each.message}${hint}`;
}
