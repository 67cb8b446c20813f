import type { PoliciesView, PolicyCount } from "../../../schema/views/policies-view.ts";
import type { TargetView } from "../../../schema/views/target-view.ts";
import { useApi } from "../api.ts";
import { Chart } from "../charts/chart.tsx";
import { fromKnown } from "../charts/course.ts";
import { count, NOTHING } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { Chip, VerdictChip } from "../parts/chips.tsx";
import { Playground, whose } from "../parts/playground.tsx";
import { RangePicker, useRange, useYouth } from "../parts/range.tsx";
import { FirstVisit, firstModel, Loaded } from "../parts/states.tsx";
import { desk, num, Table } from "../parts/table.tsx";

const EVERY_MS = 15_000;
const VERDICTS = ["redact", "block", "escalate", "error"] as const;
const COLORS = { redact: "--c2", block: "--c3", escalate: "--c4", error: "--c5" } as const;

/** What the policies are, where they look, and what they said. */
export function Policies() {
  const range = useRange();
  const targets = useApi<{ targets: TargetView[] }>("/api/targets");
  const policies = useApi<PoliciesView>(`/api/policies?since=${range}`, EVERY_MS);
  useYouth(policies.data?.covers_since ?? null);
  return (
    <>
      <div class="head">
        <h1>Policies</h1>
        <RangePicker />
      </div>
      <Loaded of={policies} lines={8}>
        {(data) => (
          <>
            {data.covers_since === null && (
              <FirstVisit
                what="What each policy says of requests and answers is counted here. The playground below tries the chain without a request."
                model={firstModel(targets.data)}
              />
            )}
            <Chain of={data} />
            {data.covers_since !== null && <Course of={data} />}
            <Coverage of={data} />
          </>
        )}
      </Loaded>
      <Playground chains={policies.data?.chains.map(({ name }) => name) ?? []} />
    </>
  );
}

const sum = (counts: readonly PolicyCount[], wanted: (count: PolicyCount) => boolean): number =>
  counts.reduce((total, each) => total + (wanted(each) ? each.count : 0), 0);

function Chain({ of: { chain, chains, coverage, totals, covers_since } }: { of: PoliciesView }) {
  const verdicts = covers_since === null ? [] : (["allow", ...VERDICTS] as const);
  const elsewhere = coverage.filter(({ policy }) => !chain.some((each) => each.policy === policy));
  const here = [
    ...chain.map((each) => ({ ...each, only: [] })),
    ...elsewhere.map((each) => ({ ...each, only: each.chains })),
  ];
  const gone = [...new Set(totals.map(({ policy }) => policy))].filter(
    (name) => !here.some(({ policy }) => policy === name),
  );
  const rows = [...here, ...gone.map((policy) => ({ policy, mode: "in no chain", only: [] }))];
  return (
    <Card id="chain" title={chains.length > 1 ? "The chains" : "The chain"}>
      {rows.length === 0 ? (
        <p class="soft">
          No policy is in <code>policies.chain</code>, so requests pass unseen. <code>weir init</code> writes
          configurations with policies and their tests.
        </p>
      ) : (
        <Table
          label="Policies of the chain"
          heads={["Policy", "Mode", ...verdicts.map((verdict) => num(<VerdictChip verdict={verdict} />))]}
        >
          {rows.map(({ policy, mode, only }) => (
            <tr key={policy}>
              <td class="long">
                {policy}
                {only.length > 0 && <div class="small soft">only for {only.map(whose).join(", ")}</div>}
              </td>
              <td>
                <ModeChip mode={mode} />
              </td>
              {verdicts.map((verdict) => (
                <td class="num" key={verdict}>
                  <Split of={totals.filter((each) => each.policy === policy)} verdict={verdict} />
                </td>
              ))}
            </tr>
          ))}
        </Table>
      )}
      {verdicts.length > 0 && rows.length > 0 && (
        <p class="soft small">
          Verdicts, not requests: a request and its answer are judged apart, and what a policy blocks no policy behind
          it sees.
        </p>
      )}
    </Card>
  );
}

function ModeChip({ mode }: { mode: string }) {
  if (mode === "enforce") return <Chip tone="good" sign="■" text="enforced" />;
  if (mode === "monitor") return <Chip tone="note" sign="◌" text="monitored" />;
  return <Chip tone="plain" sign="–" text={mode} />;
}

/** How often it was enforced, and how often only recorded. */
function Split({ of: said, verdict }: { of: readonly PolicyCount[]; verdict: string }) {
  if (said.length === 0) return <>{NOTHING}</>;
  const counts = said.filter((each) => each.verdict === verdict);
  const monitored = sum(counts, ({ mode }) => mode === "monitor");
  const enforced = sum(counts, ({ mode }) => mode !== "monitor");
  return (
    <>
      {count(enforced)}
      {monitored > 0 && <div class="small soft">+ {count(monitored)} monitored</div>}
    </>
  );
}

const isSaid = ({ verdict }: PolicyCount): boolean => VERDICTS.some((each) => each === verdict);
/** An error is one, whoever only watches. */
const enforced = ({ mode, verdict }: PolicyCount): boolean => mode !== "monitor" || verdict === "error";

function Course({ of: { since, until, covers_since, bucket_ms, series, totals } }: { of: PoliciesView }) {
  if (sum(totals, isSaid) === 0) {
    return (
      <Card id="course" title="Verdicts over time">
        <p class="soft">In this stretch of time every policy let everything pass.</p>
      </Card>
    );
  }
  const counted = new Map(series.map(({ at, counts }) => [at, counts]));
  const first = Math.floor(since / bucket_ms) * bucket_ms;
  const steps = Array.from({ length: Math.ceil((until - first) / bucket_ms) }, (_, step) => first + step * bucket_ms);
  const points = steps.map((at) => ({ at, counts: counted.get(at) ?? [] }));
  const shown = fromKnown(points, covers_since);
  const watchedIn = ({ counts }: { counts: readonly PolicyCount[] }) =>
    sum(counts, (each) => isSaid(each) && !enforced(each));
  const watched = watchedIn({ counts: totals }) > 0;
  return (
    <Card id="course" title="Verdicts over time">
      <Chart
        title="Verdicts over time"
        times={shown.map(({ at }) => at)}
        format={count}
        stacked
        series={[
          ...VERDICTS.map((verdict) => ({
            label: verdict,
            color: COLORS[verdict],
            values: shown.map(({ counts }) => sum(counts, (each) => each.verdict === verdict && enforced(each))),
          })),
          ...(watched ? [{ label: "monitored only", color: "--c6" as const, values: shown.map(watchedIn) }] : []),
        ]}
      />
    </Card>
  );
}

const PLACES = [
  ["request", "Request"],
  ["answer", "Answer"],
  ["stream", "Stream"],
  ["tool_definition", "Tool definition"],
  ["tool_call", "Tool call"],
  ["tool_result", "Tool result"],
] as const;
const EFFECTS = {
  blocks: ["bad", "✕"],
  redacts: ["warn", "▒"],
  observes: ["note", "◌"],
  none: ["plain", "–"],
} as const;

function Coverage({ of: { chains, coverage } }: { of: PoliciesView }) {
  if (coverage.length === 0) return null;
  return (
    <Card id="coverage" title="Where each policy looks">
      <Table
        label="Coverage"
        heads={["Policy", ...PLACES.map(([, name]) => name), ...(chains.length > 1 ? [desk("Chains")] : [])]}
      >
        {coverage.map((row) => (
          <tr key={row.policy}>
            <td class="long">{row.policy}</td>
            {PLACES.map(([place]) => {
              const effect = row[place];
              const [tone, sign] = EFFECTS[effect];
              return <td key={place}>{<Chip tone={tone} sign={sign} text={effect === "none" ? "not" : effect} />}</td>;
            })}
            {chains.length > 1 && <td class="long desk">{row.chains.map(whose).join(", ")}</td>}
          </tr>
        ))}
      </Table>
    </Card>
  );
}
