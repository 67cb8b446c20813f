import type { AttemptRecord } from "../../../schema/event.ts";
import { duration, tokens, usd } from "../format.ts";
import { Chip, OutcomeChip } from "../parts/chips.tsx";
import { num, Table } from "../parts/table.tsx";

/** Attempts one below the other, each on the same time line from the receipt of the request to its end. */
export function AttemptLine({ attempts, totalMs }: { attempts: readonly AttemptRecord[]; totalMs: number }) {
  if (attempts.length === 0) return <p class="soft">No target was asked. Below is why.</p>;
  const whole = Math.max(totalMs, ...attempts.map(({ ended_ms }) => ended_ms), 1);
  const share = (ms: number): string => `${Math.max(0, Math.min(100, (100 * ms) / whole))}%`;
  return (
    <Table
      label="Attempts on a time line"
      heads={["Target", "Outcome", `0 to ${duration(whole)}`, num("Took"), num("Tokens"), num("Cost")]}
    >
      {attempts.map((attempt, at) => (
        <tr key={at}>
          <td class="long">
            {attempt.target}
            <div class="small soft">
              {attempt.provider}, {attempt.model}
            </div>
            {attempt.hedge === true && <Chip tone="note" sign="⇉" text="hedge" />}
          </td>
          <td class="long">
            <OutcomeChip outcome={attempt.outcome} status={attempt.status} />
            {attempt.cause !== null && <div class="small soft">{attempt.cause}</div>}
          </td>
          <td style={{ width: "34%" }}>
            <div class="line" role="img" aria-label={spoken(attempt)}>
              <div
                class={attempt.outcome === "ok" ? "bar" : "bar bad"}
                style={{ left: share(attempt.started_ms), width: share(attempt.ended_ms - attempt.started_ms) }}
              />
              {attempt.first_token_ms !== null && <div class="first" style={{ left: share(attempt.first_token_ms) }} />}
            </div>
            {attempt.first_token_ms !== null && (
              <div class="small soft">first token at {duration(attempt.first_token_ms)}</div>
            )}
          </td>
          <td class="num">{duration(attempt.ended_ms - attempt.started_ms)}</td>
          <td class="num">{tokens(attempt.usage)}</td>
          <td class="num">{usd(attempt.cost?.usd ?? null)}</td>
        </tr>
      ))}
    </Table>
  );
}

function spoken({ started_ms, ended_ms, first_token_ms }: AttemptRecord): string {
  const first = first_token_ms === null ? "" : `, first token at ${duration(first_token_ms)}`;
  return `from ${duration(started_ms)} to ${duration(ended_ms)}${first}`;
}
