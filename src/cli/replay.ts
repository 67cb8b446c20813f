import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { systemClock } from "../lib/clock.ts";
import { DAY_MS } from "../lib/durations.ts";
import { GatewayError } from "../lib/errors.ts";
import { MOMENT_FORMS } from "../lib/moment.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { ChainedLedger } from "../store/store.ts";
import type { Arguments, Command, Io } from "./command.ts";
import { momentFlag } from "./ledger/event-filter.ts";
import { LEDGER_FLAGS, readLedger } from "./ledger/ledger.ts";
import { newestRequests, requestPages } from "./ledger/requests.ts";
import { ReplaySums } from "./replay/sums.ts";
import { type ReplayOf, replayJson, replayMarkdown, replayText } from "./replay/text.ts";
import { usageError } from "./terminal/arguments.ts";
import { DEFAULT_CONFIG_FILE, loadOrTell, POLICY_CONFIG_FLAG } from "./terminal/config-source.ts";
import { formatFlag, hasFlag, limitFlag, listFlag, textFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";

const FORMATS = ["json", "md"] as const;

/** `weir replay`: what requests on record would have come to under another configuration. */
export const replay: Command<"replay"> = {
  name: "replay",
  summary: "Re-decide recorded requests under a new configuration, without calling anyone",
  positionals: "",
  options: {
    since: { type: "string", help: `Received not before: ${MOMENT_FORMS}; default 24h` },
    until: { type: "string", help: "Received not after, written as --since" },
    limit: { type: "string", help: "At most this many, the newest" },
    ...POLICY_CONFIG_FLAG,
    format: { type: "string", help: "json or md; default text for people, with the first changes" },
    json: { type: "boolean", help: "The same as --format json" },
    all: { type: "boolean", help: "List requests that stay as they are, too" },
    out: { type: "string", help: "Write the report of --format (default md) to this file, and print the text" },
    ...LEDGER_FLAGS,
  },
  example: "weir replay --since 24h --policy-config new.yaml",
  async run(args, io) {
    const asked = readAsked(args);
    const loaded = loadOrTell(args, {}, io);
    if (loaded === null) return 2;
    const files = listFlag(args, "policy-config");
    const { sinceMs, untilMs, limit, all } = asked;
    const filter = { since: sinceMs, until: untilMs, limit };
    return readLedger({ args, io, what: "replay", filter }, async (ledger) => {
      const sums = new ReplaySums(all);
      const configHash = await replayInto(sums, { config: loaded.config, ledger, asked });
      const shown = files.length === 0 ? [DEFAULT_CONFIG_FILE] : files;
      write({ sinceMs, untilMs, files: shown, configHash, sums }, asked, io);
      return 0;
    });
  },
};

interface Asked {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly limit: number | undefined;
  readonly all: boolean;
  readonly format: (typeof FORMATS)[number] | undefined;
  readonly out: string | undefined;
}

function readAsked(args: Arguments): Asked {
  const limit = limitFlag(args, "requests");
  const format = formatFlag(args, FORMATS);
  const sinceMs = momentFlag(args, "since") ?? systemClock.now() - DAY_MS;
  // what comes in meanwhile is not in it
  const untilMs = momentFlag(args, "until") ?? systemClock.now();
  if (sinceMs > untilMs) {
    throw usageError("--since lies after --until: give the earlier one as --since");
  }
  return {
    sinceMs,
    untilMs,
    limit,
    all: hasFlag(args, "all"),
    format,
    out: textFlag(args, "out"),
  };
}

/** Replays everything asked for; resolves to the hash of the new configuration, null where there was nothing. */
async function replayInto(
  sums: ReplaySums,
  { config, ledger, asked }: { config: Config; ledger: ChainedLedger; asked: Asked },
): Promise<string | null> {
  const [{ Replay }, { Past }, { ReplaySignals }, { compare }, { createContextGuard }] = await Promise.all([
    import("./replay/run.ts"),
    import("./replay/past.ts"),
    import("./replay/signals.ts"),
    import("./replay/compare.ts"),
    import("../lib/tokens/context-guard.ts"),
  ]);
  const past = new Past();
  const signals = new ReplaySignals(config);
  let startMs: number | null = null;
  for await (const event of recorded(ledger, asked)) {
    startMs ??= event.at;
    past.learn(event);
    signals.survey(event);
  }
  if (startMs === null) return null;
  const guard = createContextGuard();
  try {
    const run = new Replay(startMs - 1, {
      config,
      guard,
      past,
      signals,
      onReplayed: (one) => sums.add(compare(one)),
      onSkipped: (_, reason) => sums.skip(reason),
    });
    for await (const event of recorded(ledger, asked)) await run.add(event);
    if (!(await run.finish())) throw new GatewayError("internal", "Some requests of the replay did not come to an end");
    return run.configHash;
  } finally {
    guard.close();
  }
}

/** The requests asked for, oldest first; of a limited number the newest. */
async function* recorded(ledger: ChainedLedger, { sinceMs, untilMs, limit }: Asked): AsyncGenerator<RequestEvent> {
  const stretch = { sinceMs, untilMs };
  if (limit !== undefined) yield* await newestRequests(ledger, stretch, limit);
  else for await (const events of requestPages(ledger, stretch)) yield* events;
}

function write(of: ReplayOf, { format, out }: Asked, io: Io): void {
  const report = format === "json" ? replayJson : replayMarkdown;
  if (out !== undefined) {
    const path = resolve(io.cwd, out);
    try {
      writeFileSync(path, report(of));
    } catch (cause) {
      throw new GatewayError("internal", `The report could not be written to ${path}: name a file that can be`, {
        cause,
      });
    }
  }
  io.out(out === undefined && format !== undefined ? report(of) : replayText(of, styleFor(io.terminal.out, io.env)));
}
