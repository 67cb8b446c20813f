import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { medianSample, type Round, type Sample } from "./figures.ts";
import type { Measure } from "./measures.ts";
import { watchForeignLoad } from "./process-figures.ts";
import { type Bench, type Running, requestFiles, start } from "./running.ts";
import type { Subject } from "./subject.ts";
import type { Mock, Tools } from "./tools.ts";

/** What one round needs. */
export interface RoundPlan {
  readonly tools: Tools;
  readonly mock: Mock;
  readonly bench: Bench;
  readonly subjects: readonly Subject[];
  readonly direct: boolean;
  readonly measures: readonly Measure[];
  readonly windowMs: number;
  /** Told before each measure. */
  progress(text: string): void;
}

/** The mock itself in a subject's place. */
function directly(bench: Bench): Running {
  const subject: Subject = {
    name: "direct",
    label: "direct",
    version: "",
    path: "/v1/chat/completions",
    headers: () => ({}),
    readyPath: null,
    launch: async () => {
      throw new Error("Cannot start `direct`: it is the mock upstream, which runs already");
    },
  };
  const dir = mkdtempSync(join(bench.workDir, "direct-"));
  const files = requestFiles(subject, { own: bench.upstream, upstream: bench.upstream }, dir);
  return { subject, pid: 0, port: bench.upstream, startMs: 0, requestFile: files, stop: async () => {} };
}

function isMeasured({ of }: Measure, { subject, pid }: Running): boolean {
  return of === "all" || (of === "weir" ? subject.name === "weir" : pid !== 0);
}

/**
 * Starts every subject afresh and takes one measure after the other, each on all subjects in turn: what is compared is
 * measured seconds apart. Rejects when a subject does not start; all are stopped in any case.
 */
export async function playRound(plan: RoundPlan): Promise<Round> {
  const samples = new Map<string, Sample>();
  const runnings: Running[] = [];
  try {
    for (const subject of plan.subjects) runnings.push(await start(subject, plan.bench));
    if (plan.direct) runnings.push(directly(plan.bench));
    await Bun.sleep(1500);
    const foreign = watchForeignLoad();
    for (const measure of plan.measures) {
      plan.progress(measure.name);
      const measured = runnings.filter((running) => isMeasured(measure, running));
      const found = new Map<string, Sample[]>();
      for (let turn = 0; turn < measure.turns; turn++) {
        for (const running of measured) {
          const { name } = running.subject;
          found.set(name, [...(found.get(name) ?? []), await measure.run({ ...plan, running })]);
        }
      }
      for (const [name, turns] of found) samples.set(name, { ...samples.get(name), ...medianSample(turns) });
    }
    return { samples, foreignCores: foreign() };
  } finally {
    await Promise.all(runnings.map((running) => running.stop()));
  }
}
