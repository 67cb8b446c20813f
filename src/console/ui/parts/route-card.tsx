import type { RoutingTrace } from "../../../schema/routing-trace.ts";
import type { EventRow } from "../events-model.ts";
import { NOTHING } from "../format.ts";
import { Chip } from "./chips.tsx";
import { Scroll } from "./scroll.tsx";

/** How the order of targets came about: every candidate, and why it was or was not asked. */
export function RouteCard({ event }: { event: EventRow }) {
  const { route } = event;
  return (
    <section class="card" aria-labelledby="route">
      <h2 id="route">Candidates</h2>
      {route === null && <p class="soft">The request ended before a target was chosen.</p>}
      {route !== null && (
        <>
          <p>
            Strategy <strong>{route.strategy}</strong>, asked for <strong>{route.asked}</strong>
            {route.decision !== undefined && <>; {route.decision}</>}
          </p>
          <Scroll label="Candidates in order">
            <table>
              <thead>
                <tr>
                  <th scope="col">Target</th>
                  <th scope="col">Place</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {route.candidates.map(({ target, dropped }) => (
                  <tr key={target}>
                    <td class="long">{target}</td>
                    <td>{placeOf(route.order, target)}</td>
                    <td class="long">{dropped === null ? "eligible" : <>dropped: {dropped}</>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
      {event.routing_trace != null && <Trace trace={event.routing_trace} />}
    </section>
  );
}

function placeOf(order: readonly string[], target: string): string {
  const at = order.indexOf(target);
  return at === -1 ? NOTHING : String(at + 1);
}

function Trace({ trace }: { trace: RoutingTrace }) {
  const tone = trace.decision_mode === "degraded" || trace.decision_mode === "failover" ? "warn" : "note";
  return (
    <>
      <h3>Region</h3>
      <p>
        <Chip tone={tone} sign={tone === "warn" ? "!" : "◇"} text={trace.decision_mode} />{" "}
        {trace.decision_reason.replaceAll("_", " ")}; answered in <strong>{trace.region ?? "an unknown region"}</strong>
        {trace.failover !== null && (
          <>
            {" "}
            after {trace.failover.from_target}: {trace.failover.reason}
          </>
        )}
      </p>
      <Scroll label="Candidates by carbon">
        <table>
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col">Region</th>
              <th scope="col" class="num">
                g/kWh
              </th>
              <th scope="col">Class</th>
              <th scope="col">Why not</th>
            </tr>
          </thead>
          <tbody>
            {trace.candidates.map((candidate) => (
              <tr key={candidate.target}>
                <td class="long">{candidate.target}</td>
                <td>{candidate.region ?? "unknown"}</td>
                <td class="num">{candidate.gco2_per_kwh ?? NOTHING}</td>
                <td>{candidate.class ?? NOTHING}</td>
                <td class="long">{candidate.reason ?? (candidate.eligible ? "eligible" : NOTHING)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
