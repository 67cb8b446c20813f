import type { Config } from "../config/config.ts";
import { showProblem } from "../config/problem.ts";
import { makeTarget } from "../gateway/targets/make-target.ts";
import type { Target } from "../gateway/targets/target.ts";
import { shownText } from "../gateway/views.ts";
import type { Arguments, Command, Io } from "./command.ts";
import type { Check, Status } from "./doctor/check.ts";
import { checkGrids } from "./doctor/grid-checks.ts";
import { checkListen } from "./doctor/listen-check.ts";
import { probe } from "./doctor/probe.ts";
import { checkSecrets } from "./doctor/secret-checks.ts";
import { checkState } from "./doctor/state-check.ts";
import { checkStores } from "./doctor/store-checks.ts";
import { worstCases } from "./doctor/worst-case.ts";
import { loadFiles, missingDefaultHint, POLICY_CONFIG_FLAG } from "./terminal/config-source.ts";
import { hasFlag, listFlag, stateSource } from "./terminal/flags.ts";
import { type Style, styleFor } from "./terminal/style.ts";

/** `weir doctor`: looks at everything a gateway would need, and says what is broken. */
export const doctor: Command<"doctor"> = {
  name: "doctor",
  summary: "Check configuration, secrets, targets, grid sources and state directory",
  positionals: "",
  options: {
    ...POLICY_CONFIG_FLAG,
    "state-dir": { type: "string", help: "State directory; default as for gateway run" },
    json: { type: "boolean", help: "Print JSON" },
  },
  example: "weir doctor --policy-config policy-config.yaml",
  async run(args, io) {
    const files = listFlag(args, "policy-config");
    const loaded = loadFiles(files, {}, io);
    // that a secret is missing is said once, below
    const found = loaded.problems.filter(({ code }) => !loaded.ok || code !== "W002");
    const checks: Check[] = found.map((problem) => ({
      name: `config ${problem.code}`,
      status: problem.severity === "error" ? "broken" : "warning",
      detail: showProblem(problem),
    }));
    const hint = missingDefaultHint(files, loaded.problems).trim();
    if (hint !== "") checks.push({ name: "config", status: "broken", detail: hint });
    if (loaded.ok) checks.push(...(await checkConfig(loaded.config, args, io)));
    const worst = loaded.ok ? worstCases(loaded.config) : [];
    const ok = checks.every(({ status }) => status !== "broken");
    const exitCode = ok ? 0 : loaded.ok ? 1 : 2;
    if (hasFlag(args, "json")) {
      const routes = worst.map(({ route, plainSeconds, streamSeconds, capped }) => ({
        route,
        worst_case_seconds: plainSeconds,
        worst_case_stream_seconds: streamSeconds,
        capped_by_total_timeout: capped,
      }));
      io.out(`${JSON.stringify({ ok, checks, routes })}\n`);
      return exitCode;
    }
    const style = styleFor(io.terminal.out, io.env);
    for (const check of checks) io.out(shown(check, style));
    for (const { route, plainSeconds, streamSeconds, capped } of worst) {
      const note = capped ? " (ended by total_timeout_seconds)" : "";
      io.out(`${style.dim("info")}  route ${route}: at worst ${plainSeconds} s, a stream ${streamSeconds} s${note}\n`);
    }
    io.out(ok ? "Nothing is broken.\n" : "Something is broken: see above.\n");
    return exitCode;
  },
};

async function checkConfig(config: Config, args: Arguments, io: Io): Promise<readonly Check[]> {
  const targets = config.providers.targets.map((target, position) => makeTarget(target, position, { env: io.env }));
  const [probes, grids, stores, listening] = await Promise.all([
    Promise.all(targets.map((target) => checkTarget(target, config, io.env))),
    checkGrids(config, io),
    checkStores(config),
    checkListen(config),
  ]);
  const { name, version, enabled } = config.pack;
  const pack: Check = enabled
    ? { name: "config", status: "ok", detail: `${name} ${version} is valid` }
    : { name: "config", status: "warning", detail: `${name} ${version} is switched off (pack.enabled: false)` };
  return [
    pack,
    listening,
    ...checkSecrets(config, io),
    ...probes,
    ...grids,
    checkState(config, stateSource(args, io)),
    ...stores,
  ];
}

/** What the configuration says of a target stands behind what was found of it. */
async function checkTarget(target: Target, config: Config, env: Io["env"]): Promise<Check> {
  const check = await probe(target, shownText(config, target, "base_url"), env);
  const description = shownText(config, target, "description");
  return description === null ? check : { ...check, detail: `${check.detail} (${description})` };
}

function shown({ name, status, detail, ms }: Check, style: Style): string {
  const marks: Readonly<Record<Status, string>> = {
    ok: style.good("ok   "),
    warning: style.warn("warn "),
    broken: style.bad("FAIL "),
  };
  return `${marks[status]} ${name}: ${detail}${ms === undefined ? "" : style.dim(` (${ms} ms)`)}\n`;
}
