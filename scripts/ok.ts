/**
 * `bun run ok`: every check and every test. The last line on stdout is `N passed, N failed`, with `, N skipped` behind
 * it when tests were skipped; exit code 0 only when none failed. A check counts as one.
 */
import { Glob } from "bun";
import { scripts } from "../package.json";
import { closingLine, readTestRun, type Tally } from "./tally.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** The static checks: scripts of `package.json`. */
const CHECKS = Object.keys(scripts).filter((name) => name.startsWith("check:"));

async function check(name: string): Promise<Tally> {
  const child = Bun.spawn([process.execPath, "run", "--silent", name], { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name}`);
  if (code !== 0) console.log(stdout + stderr);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/**
 * A bound on hangs: the longest tests take five seconds here, and on one core that is shared with thirty other programs a
 * walk through all pages of the console took more than sixty.
 */
const HANG_MS = 180_000;

/** Runs the suite, shows what it says as it says it, and reads its closing lines. */
async function suite(): Promise<Tally> {
  const child = Bun.spawn([process.execPath, "test", "--timeout", String(HANG_MS)], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "pipe",
  });
  const decoder = new TextDecoder();
  let tail = "";
  for await (const bytes of child.stderr) {
    process.stderr.write(bytes);
    tail = (tail + decoder.decode(bytes, { stream: true })).slice(-65_536);
  }
  const files = [...new Glob("test/**/*.test.{ts,tsx}").scanSync({ cwd: ROOT })].length;
  const { tally, problem } = readTestRun({ tail, code: await child.exited, files });
  if (problem !== null) console.log(`FAIL tests: ${problem}`);
  return tally;
}

const tallies: Tally[] = [];
for (const name of CHECKS) tallies.push(await check(name));
if (!process.argv.includes("--static")) tallies.push(await suite());

const { line, failed } = closingLine(tallies);
console.log(line);
process.exitCode = failed === 0 ? 0 : 1;
