import { allowedCpus } from "./process-figures.ts";

/** Which core does what. */
export interface Pinning {
  /** Puts the measured program on its core: the command line with `taskset` in front. */
  subject(argv: readonly string[]): readonly string[];
  /** Gives it both cores, as whoever starts it does. */
  free(argv: readonly string[]): readonly string[];
  /** Puts mock and generator on theirs. */
  load(argv: readonly string[]): readonly string[];
  /** For the report. */
  readonly text: string;
}

/** The subject on the first core we may use, everything else on the second; without `taskset` or with one core: nothing pinned. */
export function pinning(): Pinning {
  const [first, second] = allowedCpus();
  if (Bun.which("taskset") === null || first === undefined || second === undefined) {
    const reason = Bun.which("taskset") === null ? "taskset is not there" : "one core only";
    const asItIs = (argv: readonly string[]) => argv;
    return { subject: asItIs, free: asItIs, load: asItIs, text: `nothing pinned (${reason})` };
  }
  Bun.spawnSync(["taskset", "-a", "-c", "-p", String(second), String(process.pid)]);
  return {
    subject: (argv) => ["taskset", "-c", String(first), ...argv],
    free: (argv) => ["taskset", "-c", `${first},${second}`, ...argv],
    load: (argv) => ["taskset", "-c", String(second), ...argv],
    text: "subject on one core (a cold start on both), mock upstream and load generator on another",
  };
}
