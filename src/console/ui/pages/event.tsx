import { useEffect, useState } from "preact/hooks";
import { useApi } from "../api.ts";
import { AttemptLine } from "../events/attempt-line.tsx";
import { curlOf, explainOf } from "../events/curl.ts";
import { forgetList, listHref } from "../events/left-list.ts";
import type { EventRow } from "../events/model.ts";
import { RouteCard } from "../events/route-card.tsx";
import { becauseOf, storyOf } from "../events/story.ts";
import { count, duration, energy, exactly, grams, inWords, NOTHING, usd } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { OutcomeChip, VerdictChip } from "../parts/chips.tsx";
import { Said } from "../parts/code.tsx";
import { Facts } from "../parts/facts.tsx";
import { save } from "../parts/save.ts";
import { Copy, Loaded } from "../parts/states.tsx";
import { Table } from "../parts/table.tsx";
import { ReceiptCard } from "../receipts/card.tsx";

/** The whole story of one request. */
export function EventPage({ id, row }: { id: string; row: string | null }) {
  const of = row === null ? "" : `?row=${encodeURIComponent(row)}`;
  const [list] = useState(listHref);
  useEffect(() => forgetList, []);
  const reading = useApi<EventRow>(`/api/events/${encodeURIComponent(id)}${of}`);
  return (
    <>
      <p class="small">
        <a href={list}>← Events</a>
      </p>
      {reading.data === null && <h1 class="mono">{id}</h1>}
      <Loaded of={reading} lines={10}>
        {(event) => <Story event={event} />}
      </Loaded>
    </>
  );
}

function Story({ event }: { event: EventRow }) {
  const json = JSON.stringify(event, null, 2);
  return (
    <>
      <div class="head">
        <h1 class="mono">{event.id}</h1>
        <div class="row">
          <Copy text={curlOf(event, location.origin)} label="Copy as curl" />
          <Copy text={json} label="Copy JSON" />
          <button type="button" onClick={() => save(`weir-event-${event.seq}.json`, "application/json", json)}>
            Export
          </button>
        </div>
      </div>
      <Card id="story" title="What happened">
        <p>
          <VerdictChip verdict={event.verdict} /> <OutcomeChip outcome={event.outcome} status={event.status} />
        </p>
        <ol>
          {storyOf(event).map((sentence, at) => (
            <li key={at}>{sentence}</li>
          ))}
        </ol>
      </Card>
      <Card id="attempts" title="Attempts">
        <AttemptLine attempts={event.attempts} totalMs={event.duration_ms} />
      </Card>
      <div class="cards">
        <FactsCard event={event} />
        <TokensCard event={event} />
      </div>
      <PoliciesCard event={event} />
      <RouteCard event={event} />
      <KeptCard event={event} />
      <ReceiptCard event={event} />
      <Card id="row" title="In the ledger">
        <p class="soft small">
          Row {event.seq}, hash <code>{event.hash}</code>. The same by <code>{explainOf(event)}</code>. No text of
          prompts or answers is in it unless the audit settings keep it.
        </p>
        <details>
          <summary>The row as JSON</summary>
          <pre class="wrap">{json}</pre>
        </details>
      </Card>
    </>
  );
}

function FactsCard({ event }: { event: EventRow }) {
  const rows: readonly (readonly [string, string])[] = [
    ["Received", exactly(event.at)],
    ["Endpoint", event.stream ? `${event.endpoint}, streamed` : event.endpoint],
    ["Consumer", event.consumer ?? "a caller without a key"],
    ["Asked for", event.model ?? NOTHING],
    [
      "Answered by",
      event.target === null ? "no target" : `${event.target}, ${event.answered_model ?? "model unknown"}`,
    ],
    ["Finish", event.finish_reasons.join(", ") || NOTHING],
    ["First token", duration(event.first_token_ms)],
    ["Duration", duration(event.duration_ms)],
    ...ofTiming(event),
    ["Degraded", event.degraded.map(inWords).join(", ") || "nothing"],
    ["Configuration", event.config],
  ];
  return (
    <Card id="facts" title="Facts">
      <Facts rows={rows} />
    </Card>
  );
}

/** What of it was spent in the gateway, where that was measured. */
function ofTiming({ timing }: EventRow): (readonly [string, string])[] {
  const { policy_ms: policies = null, routing_ms: routing = null } = timing ?? {};
  return [
    ...(policies === null ? [] : [["of it policies", duration(policies)] as const]),
    ...(routing === null ? [] : [["of it routing", duration(routing)] as const]),
  ];
}

function TokensCard({ event: { usage, cost, carbon: kept, attempts } }: { event: EventRow }) {
  const carbon = kept ?? null;
  if (attempts.length === 0 && usage.prompt_tokens === null && carbon === null) {
    return (
      <Card id="tokens" title="Tokens, cost, carbon">
        <p class="soft">No target was asked, so there are none.</p>
      </Card>
    );
  }
  const rows: readonly (readonly [string, string])[] = [
    ["Prompt", count(usage.prompt_tokens)],
    ["of it cached", count(usage.cached_tokens)],
    ["Completion", count(usage.completion_tokens)],
    ["of it reasoning", count(usage.reasoning_tokens)],
    ["Tokens are", usage.basis],
    ["Cost", `${usd(cost?.usd ?? null)} (${cost?.basis ?? "unknown"})`],
    ["Energy", carbon === null ? "no receipt" : energy(carbon.energy_wh)],
    ["CO₂e", carbon === null ? "no receipt" : grams(carbon.gco2e)],
  ];
  return (
    <Card id="tokens" title="Tokens, cost, carbon">
      <Facts rows={rows} />
    </Card>
  );
}

/** The texts, where the audit settings keep them; nothing where they do not. */
function KeptCard({ event: { content } }: { event: EventRow }) {
  if (content === undefined) return null;
  const how = content.form === "hash" ? "as hashes only" : "redacted";
  return (
    <Card id="kept" title={`Texts that the audit settings keep, ${how}`}>
      <h3>Request</h3>
      <Said text={content.request ?? "It was not let through."} label="Request" />
      <h3>Answer</h3>
      <Said text={content.answer ?? "None was let through."} label="Answer" />
      {content.truncated === true && <p class="soft small">There was more.</p>}
    </Card>
  );
}

function PoliciesCard({ event: { policies } }: { event: EventRow }) {
  return (
    <Card id="policies" title="Policies">
      {policies.length === 0 && <p class="soft">No policy looked at this request.</p>}
      {policies.length > 0 && (
        <Table label="What each policy said" heads={["Policy", "Phase", "Verdict", "Why"]}>
          {policies.map((policy, at) => (
            <tr key={at}>
              <td class="long">{policy.policy}</td>
              <td>{policy.phase}</td>
              <td>
                <VerdictChip verdict={policy.verdict} />
                {policy.mode === "monitor" && <span class="small soft"> monitored only</span>}
              </td>
              <td class="long">{becauseOf(policy)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}
