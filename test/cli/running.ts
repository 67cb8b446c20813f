import { main } from "../../src/cli/cli.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { type FakeIo, fakeIo } from "./fake-io.ts";

/** A command that serves, run inside the test. */
export interface Running {
  readonly io: FakeIo;
  readonly cwd: string;
  readonly url: string;
  /** Resolves to the exit code. */
  readonly exit: Promise<number>;
  /** The log so far, one object per line; what is no JSON is left out. */
  log(): Record<string, unknown>[];
}

/** Runs a serving command until it listens. Fails with what it wrote when it ends before. */
export async function serving(
  args: readonly string[],
  settings: Parameters<typeof fakeIo>[0] & { cwd?: string } = {},
): Promise<Running> {
  const cwd = settings.cwd ?? emptyFolder();
  const io = fakeIo({ ...settings, cwd });
  const exit = main(args, io);
  const early = await Promise.race([io.saw('"msg":"listening"').then(() => null), exit]);
  if (early !== null) throw new Error(`Ended with ${early}:\n${io.written.err}`);
  const log = () =>
    io.written.err
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const url = String(log().find(({ msg }) => msg === "listening")!["url"]);
  return { io, cwd, url, exit, log };
}
