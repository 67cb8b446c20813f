import { duration, moment, NOTHING, tokens, usd } from "../format.ts";
import { OutcomeChip, VerdictChip } from "../parts/chips.tsx";
import { num, Table } from "../parts/table.tsx";
import { go } from "../router.ts";
import { type EventRow, eventHref } from "./model.ts";

const hrefOf = ({ id, seq }: EventRow): string => `${eventHref(id)}?row=${seq}`;

/** Events as rows; each opens its request. */
export function EventTable({ rows, fresh }: { rows: readonly EventRow[]; fresh: ReadonlySet<number> }) {
  const open = (event: MouseEvent, row: EventRow) => {
    const chosen = (getSelection()?.toString() ?? "") !== "";
    if (!chosen && !(event.target as Element).closest("a")) go(hrefOf(row));
  };
  return (
    <Table
      label="Events"
      heads={[
        "Time",
        "Verdict",
        "Model",
        "Target",
        "Outcome",
        { text: "Consumer", class: "wide" },
        { text: "Tokens", class: "num wide" },
        num("Cost"),
        num("Duration"),
      ]}
      class="events"
    >
      {rows.map((row) => (
        <tr key={row.seq} class={fresh.has(row.seq) ? "row fresh" : "row"} onClick={(event) => open(event, row)}>
          <td>
            <a href={hrefOf(row)} title={row.id}>
              {moment(row.at)}
            </a>
          </td>
          <td class="verdict">
            <VerdictChip verdict={row.verdict} />
          </td>
          <td class="long model">
            <Name text={row.model} none={NOTHING} />
          </td>
          <td class="long target">
            <Name text={row.target} none="none" />
            {row.attempts.length > 1 && <div class="soft small">after {row.attempts.length} attempts</div>}
          </td>
          <td class="outcome">
            <OutcomeChip outcome={row.outcome} status={row.status} />
          </td>
          <td class="long wide">
            <Name text={row.consumer} none={NOTHING} />
          </td>
          <td class="num wide">{tokensOf(row)}</td>
          <td class="num cost">{usd(row.cost?.usd ?? null)}</td>
          <td class="num took">{duration(row.duration_ms)}</td>
        </tr>
      ))}
    </Table>
  );
}

/** A name, cut where it is long; whole in its tip. */
function Name({ text, none }: { text: string | null; none: string }) {
  if (text === null) return none;
  return (
    <span class="clamp" title={text}>
      {text}
    </span>
  );
}

function tokensOf({ usage }: EventRow): string {
  const shown = tokens(usage);
  return usage.basis === "estimated" && shown !== NOTHING ? `≈ ${shown}` : shown;
}
