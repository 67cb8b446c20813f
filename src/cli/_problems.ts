import type { Problem } from "../config/problem.ts";
import { showProblem } from "../server/runtime.ts";
import { styleFor } from "./_style.ts";
import type { Io } from "./command.ts";

/** Writes problems of a configuration for people, one a line, suggestions below. */
export function printProblems(problems: readonly Problem[], io: Io): void {
  const style = styleFor(io.terminal.err, io.env);
  for (const problem of problems) {
    const paint = problem.severity === "error" ? style.bad : style.warn;
    io.err(`${paint(problem.severity)} ${showProblem(problem)}\n`);
    if (problem.suggestion !== undefined) io.err(`      did you mean ${problem.suggestion}?\n`);
  }
}
