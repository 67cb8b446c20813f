import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Asking, askOnce, type Fate, idOf } from "./soaking/client.ts";
import { configuration, type SoakGateway, startGateway } from "./soaking/gateway.ts";
import { readLedger } from "./soaking/ledger.ts";
import { type SoakUpstream, startUpstream } from "./soaking/upstream.ts";
import { differences, mb, memoryFifths } from "./soaking/verdict.ts";

const HELP = `scripts/soak [--seconds N] [--clients N] [--seed N] [--binary FILE] [--keep]

Runs the gateway under traffic whose upstreams fail at random, and accounts for every request: requests in, answers out
and ledger rows must be the same, no answer silently short, memory flat. Exit 1 on any difference.
  --seconds N    instead of 600
  --clients N    requests at once, instead of 48
  --seed N       instead of one of the clock's; the same seed makes the same requests and faults
  --binary FILE  instead of one that is built for this run
  --keep         leave the ledger and the log behind, and say where
Example: scripts/soak --seconds 120 --seed 7
`;

const ROOT = join(import.meta.dir, "..");

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "600" },
      clients: { type: "string", default: "48" },
      seed: { type: "string", default: String(Date.now() % 1e9) },
      binary: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [seconds, clients, seed] = [values.seconds, values.clients, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const usable = [seconds, clients, seed].every(Number.isInteger) && seconds > 0 && clients > 0 && clients <= 200;
  if (values.help || !usable) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const dir = mkdtempSync(join(tmpdir(), "weir-soak-"));
  try {
    const command = [values.binary ?? (await built(dir))];
    return await soak({ command, dir, seconds, clients, seed });
  } finally {
    if (values.keep) console.log(`ledger and log: ${dir}`);
    else rmSync(dir, { recursive: true, force: true });
  }
}

async function built(dir: string): Promise<string> {
  const outfile = join(dir, "weir");
  const child = Bun.spawn([process.execPath, join(ROOT, "scripts/build.ts"), "--outfile", outfile], {
    stdout: "ignore",
    stderr: "inherit",
  });
  if ((await child.exited) !== 0) throw new Error("Cannot build the binary: see above");
  return outfile;
}

interface Plan {
  readonly command: readonly string[];
  readonly dir: string;
  readonly seconds: number;
  readonly clients: number;
  readonly seed: number;
}

async function soak(plan: Plan): Promise<number> {
  const { command, dir, seconds, seed } = plan;
  const upstreams = await Promise.all(["a", "b", "c"].map((name) => startUpstream(name, seed)));
  try {
    const gateway = await startGateway(command, dir, configuration(upstreams.map(({ port }) => port)));
    console.log(`soaking for ${seconds} s, seed ${seed}`);
    const { fates, memory } = await load(gateway, plan);
    const exitCode = await gateway.stop();
    const ledger = await readLedger(command, dir);
    summary({ fates, memory, upstreams, rows: ledger.rows, seconds });
    const wrong = differences({ fates, ledger, memory, exitCode });
    for (const each of wrong) console.log(`DIFFERENCE: ${each}`);
    console.log(wrong.length === 0 ? "no difference" : `seed ${seed} shows it again`);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    for (const upstream of upstreams) upstream.stop();
  }
}

/** All clients at once, each asking again when it has its answer, until the time is over. */
async function load(gateway: SoakGateway, { seconds, clients, seed }: Plan) {
  const fates = new Map<string, Fate>();
  const memory: number[] = [];
  const asking: Asking = { url: gateway.url, seed };
  const until = performance.now() + seconds * 1000;
  let next = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const n = next++;
      fates.set(idOf(n), await askOnce(n, asking));
    }
  };
  const watch = setInterval(() => memory.push(gateway.memory()), 1000);
  await Promise.all(Array.from({ length: clients }, client));
  clearInterval(watch);
  return { fates, memory };
}

function summary(of: {
  readonly fates: ReadonlyMap<string, Fate>;
  readonly memory: readonly number[];
  readonly upstreams: readonly SoakUpstream[];
  readonly rows: number;
  readonly seconds: number;
}): void {
  const fates = Object.entries(Object.groupBy(of.fates.values(), (fate) => fate));
  const did: Record<string, number> = {};
  for (const upstream of of.upstreams)
    for (const [fault, count] of Object.entries(upstream.did)) did[fault] = (did[fault] ?? 0) + count;
  const listed = (counts: readonly (readonly [string, number])[]): string =>
    counts.map(([name, count]) => `${name} ${count}`).join(", ");
  const [early, late] = memoryFifths(of.memory);
  console.log(`requests in:  ${of.fates.size} (${(of.fates.size / of.seconds).toFixed(0)} a second)`);
  console.log(`answers out:  ${listed(fates.map(([fate, all]) => [fate, all?.length ?? 0]))}`);
  console.log(`ledger rows:  ${of.rows}`);
  console.log(`upstreams:    ${listed(Object.entries(did))}`);
  console.log(`memory:       ${mb(early)} early, ${mb(late)} late`);
}

process.exitCode = await main();
