import type { RoutingTrace, TraceCandidate } from "../../../schema/routing-trace.ts";
import { inWords, NOTHING } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chips.tsx";
import { num, Table } from "../parts/table.tsx";
import { ClassChip } from "../regions/table.tsx";
import type { EventRow } from "./model.ts";

interface Candidate {
  readonly target: string;
  /** From 1 in the order in which targets would be asked; null: it would not be. */
  readonly place: number | null;
  readonly why: string;
  readonly grid: TraceCandidate | null;
}

/** How the order of targets came about: every candidate, why it was or was not asked, and its grid. */
export function RouteCard({ event }: { event: EventRow }) {
  const { route, routing_trace: trace } = event;
  const rows = candidatesOf(event);
  const grids = rows.some(({ grid }) => grid !== null);
  return (
    <Card id="route" title="Candidates">
      {route === null && <p class="soft">The request ended before a target was chosen.</p>}
      {route !== null && (
        <p>
          Strategy <strong>{route.strategy}</strong>, asked for <strong>{route.asked || "no model"}</strong>
          {route.decision !== undefined && trace == null && <>; {route.decision}</>}
        </p>
      )}
      {trace != null && <Decision trace={trace} answered={event.target !== null} />}
      {rows.length > 0 && (
        <Table
          label="Candidates in order"
          heads={["Place", "Target", "Why", ...(grids ? ["Region", num("g/kWh"), "Class"] : [])]}
        >
          {rows.map(({ target, place, why, grid }) => (
            <tr key={target} class={place === null ? "soft" : undefined}>
              <td>{place ?? NOTHING}</td>
              <td class="long">
                {target === event.target ? <strong>{target}</strong> : target}
                {target === event.target && <span class="small soft"> answered</span>}
              </td>
              <td class="long">{why}</td>
              {grids && (
                <>
                  <td class="whole">{grid?.region ?? "unknown"}</td>
                  <td class="num">{grid?.gco2_per_kwh == null ? NOTHING : Math.round(grid.gco2_per_kwh)}</td>
                  <td>
                    <ClassChip of={grid?.class ?? null} />
                  </td>
                </>
              )}
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}

/** Those that would be asked in their order, then the others; with what the choice of a region saw of them. */
function candidatesOf({ route, routing_trace: trace }: EventRow): Candidate[] {
  const grids = new Map(trace?.candidates.map((candidate) => [candidate.target, candidate]) ?? []);
  const known: readonly { target: string; dropped: string | null }[] =
    route?.candidates ?? [...grids.keys()].map((target) => ({ target, dropped: null }));
  const order = route?.order ?? [];
  const rows = known.map(({ target, dropped }): Candidate => {
    const at = order.indexOf(target);
    const grid = grids.get(target) ?? null;
    const reason = dropped ?? grid?.reason ?? null;
    return { target, place: at === -1 ? null : at + 1, why: reason === null ? "eligible" : inWords(reason), grid };
  });
  const last = rows.length + 1;
  return rows.sort((a, b) => (a.place ?? last) - (b.place ?? last));
}

function Decision({ trace, answered }: { trace: RoutingTrace; answered: boolean }) {
  const tone = trace.decision_mode === "degraded" || trace.decision_mode === "failover" ? "warn" : "note";
  return (
    <p>
      <Chip tone={tone} sign={tone === "warn" ? "!" : "◇"} text={trace.decision_mode} />{" "}
      {inWords(trace.decision_reason)};{" "}
      {answered ? (
        <>
          answered in <strong>{trace.region ?? "an unknown region"}</strong>
        </>
      ) : (
        "no target answered"
      )}
      {trace.failover !== null && (
        <>
          {" "}
          after {trace.failover.from_target}: {inWords(trace.failover.reason)}
        </>
      )}
    </p>
  );
}
