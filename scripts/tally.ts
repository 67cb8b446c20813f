/** How many of something passed, failed and did not run. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One run of `bun test` that is over. */
export interface TestRun {
  /** The end of its stderr. */
  readonly tail: string;
  /** Its exit code. */
  readonly code: number;
  /** How many test files there are to run. */
  readonly files: number;
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/**
 * Reads the closing lines of `bun test`. The exit code alone does not tell: a test that calls `process.exit(0)` ends the
 * run with code 0 and no closing lines. So a run is good when the lines are there, speak of every file and of no
 * failure, and the code is 0; whatever else is wrong counts as one failure more, and `problem` says what.
 */
export function readTestRun({ tail, code, files }: TestRun): {
  readonly tally: Tally;
  readonly problem: string | null;
} {
  const text = tail.replace(ESCAPES, "");
  const ran = /^Ran (\d+) tests? across (\d+) files?\./m.exec(text);
  const count = (word: string): number => {
    const lines = [...text.slice(0, ran?.index ?? 0).matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))];
    return Number(lines.at(-1)?.[1] ?? 0);
  };
  const tally = { passed: count("pass"), failed: count("fail"), skipped: count("skip") + count("todo") };
  const problem = faultOf({ tally, code, files, ran: ran === null ? null : Number(ran[2]) });
  return { tally: problem === null ? tally : { ...tally, failed: tally.failed + 1 }, problem };
}

function faultOf(run: { tally: Tally; code: number; files: number; ran: number | null }): string | null {
  if (run.ran === null) return `the run broke off without closing lines (exit code ${run.code})`;
  if (run.ran !== run.files) return `${run.ran} of ${run.files} test files ran`;
  if (run.tally.failed === 0 && run.code !== 0) return `no test failed, but the exit code is ${run.code}`;
  if (run.tally.failed > 0 && run.code === 0) return `${run.tally.failed} tests failed, but the exit code is 0`;
  if (run.tally.passed === 0 && run.tally.failed === 0) return "no test ran";
  return null;
}

/** Adds up and says it in one line. */
export function closingLine(tallies: readonly Tally[]): { readonly line: string; readonly failed: number } {
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  const skipped = sum("skipped");
  const line = `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return { line, failed: sum("failed") };
}
