import { describe, expect, test } from "bun:test";
import { closingLine, readTestRun } from "../../scripts/tally.ts";

const lines = (pass: number, fail: number, more = ""): string =>
  ` ${pass} pass\n${more} ${fail} fail\n 11 expect() calls\nRan ${pass + fail} tests across 2 files. [184.00ms]\n`;

describe("readTestRun", () => {
  test("takes a clean run as it is", () => {
    expect(readTestRun({ tail: lines(13, 0), code: 0, files: 2 })).toEqual({
      tally: { passed: 13, failed: 0, skipped: 0 },
      problem: null,
    });
  });

  test("counts skipped and todo tests as skipped", () => {
    const { tally } = readTestRun({ tail: lines(13, 0, " 2 skip\n 1 todo\n"), code: 0, files: 2 });
    expect(tally).toEqual({ passed: 13, failed: 0, skipped: 3 });
  });

  test("takes failures as they are", () => {
    expect(readTestRun({ tail: lines(12, 2), code: 1, files: 2 })).toEqual({
      tally: { passed: 12, failed: 2, skipped: 0 },
      problem: null,
    });
  });

  test("reads through colours and what tests printed", () => {
    const tail = `Ran into 3 fail\n 99 fail\n\u001b[0m\u001b[32m 5 pass\u001b[0m\n\u001b[2m 0 fail\u001b[0m\nRan 5 tests across 1 file. \u001b[2m[\u001b[1m9.00ms\u001b[0m]\n`;
    expect(readTestRun({ tail, code: 0, files: 1 }).tally).toEqual({ passed: 5, failed: 0, skipped: 0 });
  });

  test.each([
    [
      "no closing lines",
      { tail: "(pass) one\n", code: 0, files: 2 },
      "the run broke off without closing lines (exit code 0)",
    ],
    ["a file that never ran", { tail: lines(3, 0), code: 0, files: 3 }, "2 of 3 test files ran"],
    [
      "an exit code without a failure",
      { tail: lines(3, 0), code: 1, files: 2 },
      "no test failed, but the exit code is 1",
    ],
    [
      "a failure without an exit code",
      { tail: lines(3, 1), code: 0, files: 2 },
      "1 tests failed, but the exit code is 0",
    ],
    ["nothing at all", { tail: lines(0, 0), code: 0, files: 2 }, "no test ran"],
  ])("counts %s as one failure more", (_, run, problem) => {
    const read = readTestRun(run);
    expect(read.problem).toBe(problem);
    expect(closingLine([read.tally]).failed).toBeGreaterThan(0);
  });

  test("does not take a real run of one file for a run of all", () => {
    const child = Bun.spawnSync([process.execPath, "test", "test/scripts/commits.test.ts"], {
      cwd: new URL("../..", import.meta.url).pathname,
    });
    const run = { tail: child.stderr.toString(), code: child.exitCode };
    expect(readTestRun({ ...run, files: 1 }).problem).toBeNull();
    expect(readTestRun({ ...run, files: 2 }).problem).toBe("1 of 2 test files ran");
  });
});

describe("closingLine", () => {
  test("adds up, and names skips only when there are some", () => {
    const check = { passed: 1, failed: 0, skipped: 0 };
    expect(closingLine([check, check])).toEqual({ line: "2 passed, 0 failed", failed: 0 });
    expect(closingLine([check, { passed: 0, failed: 2, skipped: 3 }])).toEqual({
      line: "1 passed, 2 failed, 3 skipped",
      failed: 2,
    });
  });
});
