import type { Style } from "../terminal/style.ts";
import { counted, visible } from "../terminal/text.ts";
import type { Verdict } from "./client.ts";
import { FAULTS } from "./faults.ts";
import type { Drilled, Outcome, RouteDrill } from "./run.ts";

/** How outcomes are called in a report for people. */
const WORDS: Readonly<Record<Verdict, string>> = {
  served: "served",
  error: "error",
  broken_off: "broken off with an error event",
  short: "SHORT, and nobody said so",
  silent: "SILENT: no answer",
};

/** What must never be: an answer that is not whole and does not say so, or none. */
export function isFailure({ verdict }: Pick<Outcome, "verdict">): boolean {
  return verdict === "short" || verdict === "silent";
}

/** The scorecard of one route, for people. */
export function routeText({ name, strategy, healthy, drills }: RouteDrill, style: Style): string {
  const lines = [`${style.bold(visible(name))} ${style.dim(`(${strategy})`)}`];
  if (drills.length === 0) {
    lines.push(`  ${style.warn("not drilled:")} without any fault it is not served: ${outcomeText(healthy, style)}`);
    return `${lines.join("\n")}\n\n`;
  }
  const pairs = Map.groupBy(drills, ({ fault, request }) => `${fault.padEnd(16)}${request.padEnd(8)}`);
  for (const [head, both] of pairs) {
    for (const [at, drilled] of both.entries()) {
      const where = both.length === 1 ? "" : drilled.where === "first" ? "first fails: " : "all fail:    ";
      lines.push(`  ${at === 0 ? head : " ".repeat(head.length)}${style.dim(where)}${outcomeText(drilled, style)}`);
    }
  }
  return `${lines.join("\n")}\n\n`;
}

function outcomeText(outcome: Outcome | Drilled, style: Style): string {
  const { verdict, seconds, firstSeconds, calls, status, error } = outcome;
  const mark = verdict === "served" ? style.good : isFailure(outcome) ? style.bad : style.warn;
  const word = verdict === "error" && status !== null ? `${WORDS.error} ${status}` : WORDS[verdict];
  const facts = [error === null ? "" : error, `${seconds} s`];
  if ("request" in outcome && outcome.request === "stream" && firstSeconds !== null && firstSeconds < seconds) {
    facts.push(`first word after ${firstSeconds} s`);
  }
  facts.push(`${counted(calls.length, "call")}${calls.length === 0 ? "" : ` (${askedText(calls)})`}`);
  if ("leftAloneAfter" in outcome && outcome.leftAloneAfter !== null) {
    facts.push(`left alone after ${counted(outcome.leftAloneAfter, "request")}`);
  }
  return `${mark(word)}: ${facts.filter((fact) => fact !== "").join(", ")}`;
}

/** `a ×2, b` for a, a, b. */
function askedText(calls: readonly string[]): string {
  const runs: { id: string; count: number }[] = [];
  for (const id of calls) {
    const last = runs.at(-1);
    if (last?.id === id) last.count++;
    else runs.push({ id, count: 1 });
  }
  return runs.map(({ id, count }) => (count === 1 ? visible(id) : `${visible(id)} ×${count}`)).join(", ");
}

/** What stands above the scorecards. */
export function introText(targets: number, style: Style): string {
  const upstreams =
    targets === 1
      ? "a simulated upstream stands in the place of your target"
      : `simulated upstreams stand in the place of your ${targets} targets`;
  return [
    `In this drill ${upstreams}: no network, no keys.`,
    style.dim("Times are what your timeouts, backoffs and waits come to; nobody had to wait them out."),
    "",
    "",
  ].join("\n");
}

/** What stands below them: what the faults are, and what it all came to. */
export function summaryText(routes: readonly RouteDrill[], style: Style): string {
  const all = routes.flatMap(({ drills }) => drills);
  const count = (verdict: Verdict): number => all.filter((each) => each.verdict === verdict).length;
  const legend = FAULTS.map(({ name, what }) => style.dim(`  ${name.padEnd(16)}the upstream ${what}`));
  const failed = all.filter(isFailure).length;
  const counts = `${all.length} drills: ${count("served")} served, ${count("error")} ended in an error status, ${count("broken_off")} broke off with an error event, ${count("short")} short, ${count("silent")} silent.`;
  const verdict =
    failed === 0
      ? style.good("No answer was silent or short.")
      : style.bad("Some answers were silent or short: see above.");
  const unserved = routes.filter(({ drills }) => drills.length === 0).length;
  const words = counted(unserved, "route is", "routes are");
  const rest = unserved === 0 ? "" : `${style.warn(`${words} not served without any fault either`)}: see above.\n`;
  return `${legend.join("\n")}\n\n${counts}\n${rest}${verdict}\n`;
}

/** Everything, for machines. Seconds are those of the configuration. */
export function reportJson(routes: readonly RouteDrill[]): object {
  return {
    ok: !routes.some(({ drills }) => drills.some(isFailure)),
    faults: FAULTS.map(({ name, what }) => ({ fault: name, upstream: what })),
    routes: routes.map(({ name, strategy, healthy, drills }) => ({
      route: name,
      strategy,
      healthy: outcomeJson(healthy),
      drills: drills.map((drilled) => ({
        fault: drilled.fault,
        request: drilled.request,
        failing: drilled.where,
        ...outcomeJson(drilled),
        left_alone_after: drilled.leftAloneAfter,
      })),
    })),
  };
}

function outcomeJson({ verdict, seconds, firstSeconds, calls, status, finish, error }: Outcome): object {
  return {
    outcome: verdict,
    served: verdict === "served",
    seconds,
    first_seconds: firstSeconds,
    calls: calls.length,
    asked: calls,
    client: { status, finish_reason: finish, error },
  };
}
