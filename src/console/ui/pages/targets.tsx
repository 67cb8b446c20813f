import type { FigureGroups, Figures } from "../../../schema/views/figures.ts";
import type { QualityView } from "../../../schema/views/quality-view.ts";
import type { TargetView } from "../../../schema/views/target-view.ts";
import { useApi } from "../api.ts";
import { ago, count, duration, grams, many, moment, NOTHING, percent, usd } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { BreakerChip } from "../parts/chips.tsx";
import { Facts } from "../parts/facts.tsx";
import { RangePicker, useRange, useYouth } from "../parts/range.tsx";
import { Loaded } from "../parts/states.tsx";
import { desk, num, Table } from "../parts/table.tsx";
import { TargetCells } from "../parts/target-cells.tsx";

const EVERY_MS = 5_000;
type Group = Figures & { readonly name: string };

/** Every target: how it does now, and what it did in the stretch of time. */
export function Targets() {
  const range = useRange();
  const targets = useApi<{ targets: TargetView[] }>("/api/targets", EVERY_MS);
  const figures = useApi<FigureGroups>(`/api/costs?by=target&since=${range}`, EVERY_MS);
  const quality = useApi<QualityView>(`/api/quality?since=${range}`, EVERY_MS);
  useYouth(figures.data?.covers_since ?? null);
  const groups = figures.data?.groups ?? [];
  const scores = quality.data?.targets ?? [];
  return (
    <>
      <div class="head">
        <h1>Targets</h1>
        <RangePicker />
      </div>
      <Loaded of={targets} lines={8}>
        {(data) => (
          <>
            <Compared targets={data.targets} groups={groups} scores={scores} />
            <div class="cards">
              {data.targets.map((target) => (
                <TargetCard key={target.id} target={target} />
              ))}
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

interface ComparedProps {
  readonly targets: readonly TargetView[];
  readonly groups: readonly Group[];
  readonly scores: QualityView["targets"];
}

function Compared({ targets, groups, scores }: ComparedProps) {
  const all = targets.reduce((sum, { id }) => sum + (groupOf(groups, id)?.requests ?? 0), 0);
  return (
    <Card id="compared" title="Side by side">
      <Table
        label="Targets compared"
        heads={[
          "Target",
          "State",
          desk("Breaker"),
          num("Tries failed"),
          num("Answered"),
          num("Answers in"),
          num("Tokens out"),
          num("Cost"),
          num("CO₂e"),
          ...(scores.length > 0 ? [num("Quality")] : []),
        ]}
      >
        {targets.map((target) => {
          const group = groupOf(groups, target.id);
          const requests = group?.requests ?? 0;
          return (
            <tr key={target.id}>
              <TargetCells of={target} />
              <td class="num">
                {percent(target.failures, target.requests)}
                {target.failures > 0 && (
                  <div class="small soft">
                    {count(target.failures)} of {count(target.requests)}
                  </div>
                )}
              </td>
              <td class="num">
                {count(requests)}
                {all > 0 && (
                  <>
                    <div class="small soft">{percent(requests, all)} of all</div>
                    <div class="meter thin" aria-hidden="true">
                      <i style={{ width: `${(100 * requests) / all}%` }} />
                    </div>
                  </>
                )}
              </td>
              <td class="num">
                {duration(group?.p50_ms ?? null)}
                {group?.p95_ms != null && <div class="small soft">p95 {duration(group.p95_ms)}</div>}
              </td>
              <td class="num">{group === undefined ? NOTHING : count(group.completion_tokens)}</td>
              <td class="num">{usd(group?.usd ?? null)}</td>
              <td class="num">{grams(group?.gco2e ?? null)}</td>
              {scores.length > 0 && <QualityCell of={scores.filter((score) => score.target === target.id)} />}
            </tr>
          );
        })}
      </Table>
      <p class="soft small">Failed tries are counted since the start of the gateway, the rest in the chosen time.</p>
    </Card>
  );
}

/** What its answers scored, and how many were found wanting. */
function QualityCell({ of }: { of: QualityView["targets"] }) {
  const answers = of.reduce((sum, each) => sum + each.answers, 0);
  if (answers === 0) return <td class="num">{NOTHING}</td>;
  const mean = of.reduce((sum, each) => sum + each.mean * each.answers, 0) / answers;
  const failed = of.reduce((sum, each) => sum + each.failed, 0);
  return (
    <td class="num">
      {mean.toFixed(2)}
      <div class="small soft">{many(answers, "answer")}</div>
      <div class="small soft">{percent(failed, answers)} wanting</div>
    </td>
  );
}

const groupOf = (groups: readonly Group[], id: string): Group | undefined => groups.find(({ name }) => name === id);

function TargetCard({ target }: { target: TargetView }) {
  const { breaker, probe } = target;
  const rows: readonly (readonly [string, string])[] = [
    ["Provider", target.provider],
    ["Models", [...new Set([target.model, ...target.models])].join(", ")],
    ["Address", target.base_url ?? "none: it is simulated"],
    ["Region", target.region ?? "unknown"],
    ["In flight", placesText(target)],
    ["Recent speed", speedText(target.speed)],
    ["Since the start", `${many(target.requests, "request")}, ${many(target.failures, "failure")}`],
    ["Last success", target.last_success_at === null ? "none yet" : ago(target.last_success_at)],
    ["Last error", target.last_error ?? "none"],
    ["Breaker", breakerText(breaker)],
    ["Probe", probeText(probe)],
  ];
  return (
    <section class="card" aria-label={`Target ${target.id}`}>
      <h2>{target.id}</h2>
      {target.description !== null && <p class="soft">{target.description}</p>}
      <Facts rows={rows} />
      <History of={breaker.history} />
    </section>
  );
}

function placesText({ in_flight, max_in_flight, saturation }: TargetView): string {
  if (max_in_flight === null || saturation === null) return count(in_flight);
  return `${count(in_flight)} of ${count(max_in_flight)} places, ${percent(saturation, 1)}`;
}

function speedText({ answer_ms, first_token_ms, tokens_per_second }: TargetView["speed"]): string {
  const parts: string[] = [];
  if (answer_ms !== null) parts.push(`answers in ${duration(answer_ms)}`);
  if (first_token_ms !== null) parts.push(`first token after ${duration(first_token_ms)}`);
  if (tokens_per_second !== null) parts.push(`${count(tokens_per_second)} tokens/s`);
  return parts.length === 0 ? "not measured yet" : parts.join(", ");
}

function History({ of }: { of: TargetView["breaker"]["history"] }) {
  if (of.length === 0) return null;
  return (
    <details>
      <summary>Breaker: latest changes</summary>
      <ul class="attention">
        {of.map(({ at, from, to, reason }) => (
          <li key={`${at} ${to}`}>
            <BreakerChip state={to} />
            <span>
              {moment(at)}, before {from.replace("_", " ")}: {reason}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function breakerText({
  state,
  since,
  half_open_at,
  consecutive_failures,
  resting_until,
}: TargetView["breaker"]): string {
  const parts = [String(state).replace("_", " ")];
  if (since !== null) parts.push(`since ${ago(since)}`);
  if (half_open_at !== null) parts.push(`tries again in ${wait(half_open_at)}`);
  if (consecutive_failures > 0) parts.push(`${many(consecutive_failures, "failure")} in a row`);
  if (resting_until !== null) parts.push(`left alone for ${wait(resting_until)} after a 429`);
  return parts.join(", ");
}

/** How long until a moment, in whole seconds: it is counted down. */
function wait(until: number): string {
  const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
  return seconds < 60 ? `${seconds} s` : duration(1000 * seconds);
}

function probeText(probe: TargetView["probe"]): string {
  if (probe === null) return "none is configured";
  const parts = [String(probe.state)];
  if (probe.latency_ms !== null) parts.push(`${duration(probe.latency_ms)} round trip`);
  if (probe.checked_at !== null) parts.push(ago(probe.checked_at));
  if (probe.last_error !== null) parts.push(`last error: ${probe.last_error}`);
  return parts.join(", ");
}
