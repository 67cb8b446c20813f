import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds per kernel tick: user space sees USER_HZ, which is 100 on every Linux. */
const MS_PER_TICK = 10;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** utime + stime, milliseconds. */
  readonly ownMs: number;
  /** cutime + cstime, milliseconds: children that ended and were waited for. */
  readonly childrenMs: number;
}

/** proc(5): the fields behind the command's closing bracket begin with field 3, the state. */
function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const at = (field: number): number => Number(fields[field - 3]);
    return {
      pid,
      parent: at(4),
      ownMs: (at(14) + at(15)) * MS_PER_TICK,
      childrenMs: (at(16) + at(17)) * MS_PER_TICK,
    };
  } catch {
    return null;
  }
}

function treeStats(root: number): readonly Stat[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== null);
  const found = all.filter((stat) => stat.pid === root);
  for (let i = 0; i < found.length; i++) found.push(...all.filter((stat) => stat.parent === found[i]?.pid));
  return found;
}

/** Ids of a process and of all that descend from it; empty when it is gone. */
export function processTree(root: number): readonly number[] {
  return treeStats(root).map((stat) => stat.pid);
}

/** Resident memory of a process tree, bytes (`VmRSS` summed; shared pages count in each process). */
export function residentBytes(root: number): number {
  let sum = 0;
  for (const pid of processTree(root)) {
    try {
      sum += Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
    } catch {
      // It ended between listing and reading.
    }
  }
  return sum;
}

/** user + nice + system of the whole machine, milliseconds. */
function machineMs(): number {
  const fields = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.trim().split(/\s+/) ?? [];
  return [1, 2, 3].reduce((sum, i) => sum + Number(fields[i]), 0) * MS_PER_TICK;
}

/** Processor time of this process and everything it started, dead or alive, milliseconds. */
function oursMs(): number {
  return treeStats(process.pid).reduce((sum, stat) => sum + stat.ownMs + stat.childrenMs, 0);
}

/** Starts watching what others do on this machine; the returned function gives their load since then, in cores. */
export function watchForeignLoad(): () => number {
  const from = { at: performance.now(), machine: machineMs(), ours: oursMs() };
  return () => {
    const foreign = machineMs() - from.machine - (oursMs() - from.ours);
    return Math.max(0, foreign / (performance.now() - from.at));
  };
}

/** Processor numbers this process may use, ascending. */
export function allowedCpus(): readonly number[] {
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return list.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}
