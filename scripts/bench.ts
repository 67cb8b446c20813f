import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Round } from "./bench/figures.ts";
import { judge, LIMITS } from "./bench/limits.ts";
import { machineText } from "./bench/machine.ts";
import { MEASURES } from "./bench/measures.ts";
import { pinning } from "./bench/pinning.ts";
import { replaceRegion, report } from "./bench/report.ts";
import { playRound } from "./bench/rounds.ts";
import { SUBJECT_NAMES, type Subject, type SubjectOrReason } from "./bench/subject.ts";
import { nginx } from "./bench/subjects/nginx.ts";
import { passThrough } from "./bench/subjects/pass-through.ts";
import { portkey } from "./bench/subjects/portkey.ts";
import { weir } from "./bench/subjects/weir.ts";
import { makeTools, startMock } from "./bench/tools.ts";

const HELP = `bun run bench [--check] [--quick] [--only NAMES] [--rounds N] [--no-build] [--write-readme]

Measures Weir beside a bare pass-through, nginx and Portkey, and prints a Markdown table.
  --check         exit 1 when a limit is broken (over by more than 10 % in two of three rounds)
  --quick         short windows: for a first look, not for judging
  --only NAMES    comma-separated subjects and measures
                  subjects: ${SUBJECT_NAMES.join(", ")}
                  measures: ${MEASURES.map((measure) => measure.name).join(", ")}
  --rounds N      instead of 3
  --no-build      take dist/weir as it is
  --write-readme  put the table between the bench markers of README.md
Example: bun run bench --only weir,pass-through,json-1k
`;

const { values: flags } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "3" },
    "no-build": { type: "boolean", default: false },
    "write-readme": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** The names of `--only` that belong to one list; all of the list when none does. */
function chosen<T extends string>(all: readonly T[], asked: readonly string[]): readonly T[] {
  const found = all.filter((name) => asked.includes(name));
  return found.length === 0 ? all : found;
}

async function subjectsNamed(names: readonly string[], workDir: string): Promise<readonly SubjectOrReason[]> {
  const makers = {
    weir: () => weir(!flags["no-build"]),
    "pass-through": () => passThrough(workDir),
    nginx: () => nginx(),
    portkey: () => portkey(),
  };
  const found: SubjectOrReason[] = [];
  for (const [name, make] of Object.entries(makers)) if (names.includes(name)) found.push(await make());
  return found;
}

async function main(): Promise<number> {
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (process.platform !== "linux") {
    process.stderr.write("Cannot measure here: the benchmark reads /proc, so it needs Linux\n");
    return 2;
  }
  const asked = flags.only.split(",").filter((name) => name !== "");
  const known: readonly string[] = [...SUBJECT_NAMES, ...MEASURES.map((measure) => measure.name)];
  const unknown = asked.filter((name) => !known.includes(name));
  const roundCount = Number(flags.rounds);
  if (unknown.length > 0 || !(Number.isInteger(roundCount) && roundCount > 0)) {
    process.stderr.write(`Unknown: ${unknown.join(", ") || `--rounds ${flags.rounds}`}\n\n${HELP}`);
    return 2;
  }
  const workDir = mkdtempSync(join(tmpdir(), "weir-bench-"));
  try {
    return await measure(workDir, asked, roundCount);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

async function measure(workDir: string, asked: readonly string[], roundCount: number): Promise<number> {
  const progress = (text: string): void => void process.stderr.write(`${text}\n`);
  const names = chosen(SUBJECT_NAMES, asked);
  const found = await subjectsNamed(names, workDir);
  const subjects = found.filter((entry): entry is Subject => "launch" in entry);
  const missing = found.flatMap((entry) => ("missing" in entry ? [`${entry.name}: ${entry.missing}`] : []));
  for (const text of missing) progress(`skipped ${text}`);
  const pins = pinning();
  const tools = makeTools(workDir, pins);
  const mock = await startMock(tools);
  const bench = { workDir, pins, upstream: mock.port, startTimeoutMs: 20_000 };
  const measureNames = chosen(
    MEASURES.map(({ name }) => name),
    asked,
  );
  const plan = {
    ...{ tools, mock, bench, subjects, direct: names.includes("direct") },
    measures: MEASURES.filter(({ name }) => measureNames.includes(name)),
    windowMs: flags.quick ? 300 : 800,
  };
  const rounds: Round[] = [];
  try {
    for (let i = 1; i <= roundCount; i++) {
      rounds.push(await playRound({ ...plan, progress: (text) => progress(`round ${i}/${roundCount} ${text}`) }));
    }
  } finally {
    mock.stop();
  }
  const weirHas = new Set(rounds.flatMap((round) => Object.keys(round.samples.get("weir") ?? {})));
  const verdicts = LIMITS.filter((limit) => weirHas.has(limit.figure)).map((limit) => judge(rounds, limit));
  const versions = subjects.map((subject) => subject.version);
  const columns = [...subjects, ...(plan.direct ? [{ name: "direct", label: "no gateway" }] : [])];
  const setting = [machineText(), [...new Set(versions)].join(", "), pins.text, tools.text];
  const table = report({ rounds, columns, verdicts, setting, missing });
  process.stdout.write(table);
  if (flags["write-readme"]) await writeReadme(table);
  const broken = verdicts.filter((verdict) => verdict.state === "broken");
  return flags.check && broken.length > 0 ? 1 : 0;
}

async function writeReadme(table: string): Promise<void> {
  const file = join(import.meta.dir, "..", "README.md");
  await Bun.write(file, replaceRegion(await Bun.file(file).text(), table));
}

process.exitCode = await main();
