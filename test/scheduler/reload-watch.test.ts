import { expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "../../src/lib/logger.ts";
import type { JobContext } from "../../src/scheduler/job.ts";
import { reloadWatch } from "../../src/scheduler/reload-watch.ts";
import { emptyFolder } from "../support/empty-folder.ts";

function watch(...watched: string[]) {
  let reloads = 0;
  const runtime = {
    gateway: { config: {} as unknown },
    async reload() {
      reloads += 1;
    },
  };
  const jobs = reloadWatch.create({ watched, runtime, log: silentLogger } as unknown as JobContext);
  const { signal } = new AbortController();
  return { look: async () => jobs[0]!.run(signal).then(() => reloads), jobs, runtime };
}

test("reloads once when a file has changed and then stayed the same", async () => {
  const file = join(emptyFolder(), "a.yaml");
  writeFileSync(file, "one");
  const { look } = watch(file);
  expect(await look()).toBe(0);
  writeFileSync(file, "half");
  expect(await look()).toBe(0);
  writeFileSync(file, "whole thing");
  expect(await look()).toBe(0);
  expect(await look()).toBe(1);
  expect(await look()).toBe(1);
});

test("sees a file that is replaced and a symbolic link that is swapped", async () => {
  const at = emptyFolder();
  const [file, link] = [join(at, "a.yaml"), join(at, "link.yaml")];
  writeFileSync(file, "same");
  writeFileSync(join(at, "v2"), "same");
  symlinkSync(file, link);
  const { look } = watch(link);
  renameSync(join(at, "v2"), file);
  await look();
  expect(await look()).toBe(1);
  rmSync(link);
  writeFileSync(join(at, "v3"), "same");
  symlinkSync(join(at, "v3"), link);
  await look();
  expect(await look()).toBe(2);
});

test("a file that went away is a change too: the reload says so and keeps the old configuration", async () => {
  const file = join(emptyFolder(), "a.yaml");
  writeFileSync(file, "one");
  const { look } = watch(file);
  rmSync(file);
  await look();
  expect(await look()).toBe(1);
});

test("watches nothing unless asked to", () => {
  expect(watch().jobs).toEqual([]);
});

test("a file that is out of reach is one that went away", async () => {
  const at = emptyFolder();
  mkdirSync(join(at, "d"));
  const file = join(at, "d", "a.yaml");
  writeFileSync(file, "one");
  const { look } = watch(file);
  rmSync(join(at, "d"), { recursive: true });
  writeFileSync(join(at, "d"), "no folder any more");
  await look();
  expect(await look()).toBe(1);
});

test("a secret's file is watched like the configuration that names it", async () => {
  const at = emptyFolder();
  const [file, first, second] = [join(at, "a.yaml"), join(at, "first"), join(at, "second")];
  for (const path of [file, first]) writeFileSync(path, "one");
  const { look, runtime } = watch(file);
  runtime.gateway = { config: { consumers: [{ id: "a", key_ref: { file: first } }] } };
  expect([await look(), await look()]).toEqual([0, 0]);
  writeFileSync(first, "rotated");
  expect([await look(), await look(), await look()]).toEqual([0, 1, 1]);
  runtime.gateway = { config: { consumers: [{ id: "a", key_ref: { file: second } }] } };
  expect([await look(), await look()]).toEqual([1, 1]);
  writeFileSync(second, "there at last");
  expect([await look(), await look()]).toEqual([1, 2]);
});

test("a secret that is away for a while goes on, and is read when another has come", async () => {
  const at = emptyFolder();
  const [file, key] = [join(at, "a.yaml"), join(at, "key")];
  for (const path of [file, key]) writeFileSync(path, "one");
  const { look, runtime } = watch(file);
  runtime.gateway = { config: { key_ref: { file: key } } };
  await look();
  rmSync(key);
  expect([await look(), await look(), await look()]).toEqual([0, 0, 0]);
  writeFileSync(key, "another");
  expect([await look(), await look(), await look()]).toEqual([0, 1, 1]);
});

test("without --watch a secret's file is not watched either", () => {
  const { runtime, jobs } = watch();
  runtime.gateway = { config: { key_ref: { file: "key" } } };
  expect(jobs).toEqual([]);
});
