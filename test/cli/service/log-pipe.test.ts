import { expect, test } from "bun:test";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { LogPipe, logPipe } from "../../../src/cli/service/log-pipe.ts";
import { scratch } from "../../support/events.ts";
import { until } from "../../support/until.ts";

/** A pipe with both ends in this process. */
function pipe(path: string) {
  Bun.spawnSync(["mkfifo", path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(65_536);
  const read = (): string => {
    try {
      return buffer.toString("utf8", 0, readSync(reader, buffer));
    } catch {
      return "";
    }
  };
  return { log: new LogPipe(writer), read, hangUp: () => closeSync(reader), writer };
}

const line = (at: number) => `${String(at).padStart(6, "0")} ${"x".repeat(1016)}\n`;

test("a line is in the pipe when the call returns", () => {
  using dir = scratch();
  const { log, read } = pipe(join(dir.path, "log"));
  log.write("one\n");
  expect(read()).toBe("one\n");
});

test("a reader that hangs keeps nobody waiting, and finds every line whole and in order, but those it is told of", async () => {
  using dir = scratch();
  const { log, read } = pipe(join(dir.path, "log"));
  const most = 3000;
  for (let at = 0; at < most; at++) log.write(line(at));
  let got = "";
  await until(() => {
    got += read();
    return got.includes("not kept");
  });
  const lines = got.trimEnd().split("\n");
  const told = JSON.parse(lines.pop()!) as { level: string; lost: number };
  expect(told.level).toBe("warn");
  expect(lines.length + told.lost).toBe(most);
  // 64 KiB in the pipe, 1 MiB behind it
  expect(lines.length).toBeGreaterThan(1000);
  expect(lines.every((text, at) => `${text}\n` === line(at))).toBe(true);
  log.write("later\n");
  expect(read()).toBe("later\n");
});

test("the end waits for a reader, but not for ever, and one that hung up is nobody to wait for", async () => {
  using dir = scratch();
  const { log, hangUp } = pipe(join(dir.path, "log"));
  for (let at = 0; at < 200; at++) log.write(line(at));
  const began = performance.now();
  log.end();
  expect(performance.now() - began).toBeGreaterThan(400);
  hangUp();
  log.end();
  log.write("to nobody\n");
  const took = ["1", "2", "3", "4", "5"].map((name) => {
    const other = pipe(join(dir.path, name));
    for (let at = 0; at < 200; at++) other.log.write(line(at));
    other.hangUp();
    const again = performance.now();
    other.log.end();
    return performance.now() - again;
  });
  // the best of five: the machine has other work, too
  expect(Math.min(...took)).toBeLessThan(400);
});

test("what is a pipe is told from what is none", () => {
  using dir = scratch();
  expect(logPipe(pipe(join(dir.path, "log")).writer)).toBeInstanceOf(LogPipe);
  const fd = openSync(join(dir.path, "file"), "w");
  expect(logPipe(fd)).toBeNull();
  closeSync(fd);
  expect(logPipe(9999)).toBeNull();
});
