import { readFileSync } from "node:fs";
import { cpus, release, type as system } from "node:os";

/** The machine in one line, without its name: processor, cores, kernel. */
export function machineText(): string {
  const model = cpus()[0]?.model.replace(/\s+/g, " ").trim() ?? "unknown processor";
  return `${model}, ${cpus().length} cores, ${Math.round(memoryBytes() / 2 ** 30)} GB, ${system()} ${release()}`;
}

function memoryBytes(): number {
  return Number(/MemTotal:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0) * 1024;
}
