import type { Alarm } from "../../../schema/views/alarm.ts";
import type { BudgetView, Costs, Overview } from "../../../schema/views/figures.ts";
import type { TargetView } from "../../../schema/views/target-view.ts";
import { useApi } from "../api.ts";
import { count, many, percent } from "../format.ts";
import { Card } from "./card.tsx";
import { Chip } from "./chips.tsx";
import { RANGE_WORDS, type RANGES } from "./range.tsx";

/** A share of failed requests from which somebody should look. */
const MANY_ERRORS = 0.05;

/** A share of a budget from which it is nearly used up. */
const NEARLY = 0.9;

/** Matters of one kind that are told one by one; more are counted. */
const MOST_ALIKE = 3;

/** Waiting requests are counted up to this. */
const MOST = 100;

interface Matter {
  readonly grave: boolean;
  readonly text: string;
  readonly href: string;
}

interface AttentionProps {
  readonly figures: Overview;
  readonly targets: readonly TargetView[];
  /** The stretch of time that the figures are of. */
  readonly range: (typeof RANGES)[number];
}

/** What a person should look at now; with nothing of the kind it says that. */
export function Attention({ figures, targets, range }: AttentionProps) {
  const waiting = useApi<{ escalations: unknown[] }>(`/api/escalations?state=waiting&limit=${MOST}`, 30_000);
  const costs = useApi<Costs>("/api/costs?since=1h", 30_000);
  const matters = [
    ...ofAlarms(figures.alarms),
    ...ofTargets(targets),
    ...ofWaiting(waiting.data?.escalations.length ?? 0),
    ...ofFigures(figures, range),
    ...ofBudgets(costs.data?.budgets ?? []),
  ];
  matters.sort((a, b) => Number(b.grave) - Number(a.grave));
  return (
    <Card id="attention" title="Needs attention">
      {matters.length === 0 ? (
        <p class="soft">Nothing. Every target is ready, and errors are few.</p>
      ) : (
        <ul class="attention">
          {matters.map(({ grave, text, href }) => (
            <li key={text}>
              <Chip tone={grave ? "bad" : "warn"} sign={grave ? "✕" : "!"} text={grave ? "now" : "soon"} />
              <a href={href}>{text}</a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Where somebody sees more of what an alarm is about. */
const ALARMED: Readonly<Record<Alarm["about"], string>> = {
  ledger: "/console/events",
  counters: "/console/costs",
  grid: "/console/carbon",
  config: "/console/config",
};

const ofAlarms = (alarms: readonly Alarm[]): Matter[] =>
  alarms.map(({ about, is_now: grave, text }) => ({ grave, text, href: ALARMED[about] }));

function ofTargets(targets: readonly TargetView[]): Matter[] {
  const alike = new Map<string, string[]>();
  for (const { id, available, reason } of targets) {
    const why = reason ?? "no reason is known";
    if (!available) alike.set(why, [...(alike.get(why) ?? []), id]);
  }
  return [...alike].flatMap(([why, ids]) =>
    (ids.length > MOST_ALIKE
      ? [`${ids.length} targets are not available, ${ids[0]} among them: ${why}`]
      : ids.map((id) => `Target ${id} is not available: ${why}`)
    ).map((text) => ({ grave: true, text, href: "/console/targets" })),
  );
}

function ofWaiting(number: number): Matter[] {
  if (number === 0) return [];
  const text = `${number === MOST ? `${MOST} or more` : number} ${number === 1 ? "request waits" : "requests wait"} for a person`;
  return [{ grave: true, text, href: "/console/escalations" }];
}

function ofFigures({ totals }: Overview, range: AttentionProps["range"]): Matter[] {
  const matters: Matter[] = [];
  if (totals.requests > 0 && totals.errors / totals.requests >= MANY_ERRORS) {
    const share = percent(totals.errors, totals.requests);
    const text = `${share} of the requests of the last ${RANGE_WORDS[range]} failed (${count(totals.errors)})`;
    matters.push({ grave: true, text, href: `/console/events?outcome=failed&since=${range}` });
  }
  if (totals.cost_unknown > 0) {
    const text = `The cost of ${many(totals.cost_unknown, "request")} is unknown: give their targets pricing`;
    matters.push({ grave: false, text, href: "/console/costs" });
  }
  return matters;
}

function ofBudgets(budgets: readonly BudgetView[]): Matter[] {
  const near = budgets.filter(({ used, limit }) => used !== null && used >= NEARLY * limit);
  if (near.length > MOST_ALIKE) {
    const gone = near.filter(({ left }) => left === 0).length;
    const text = `${near.length} budgets are used up to ${NEARLY * 100} % or more, ${gone === 0 ? "none" : gone} of them wholly`;
    return [{ grave: gone > 0, text, href: "/console/costs" }];
  }
  return near.map(({ setting, used, limit, left }) => {
    const text = left === 0 ? `Nothing is left of ${setting}` : `${percent(used ?? 0, limit)} of ${setting} is used`;
    return { grave: left === 0, text, href: "/console/costs" };
  });
}
