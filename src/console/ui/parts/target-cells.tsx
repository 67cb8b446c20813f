import type { TargetView } from "../../../schema/views/target-view.ts";
import { BreakerChip, StateChip } from "./chips.tsx";

/** The first cells of a target's row: its name, which leads to its events, whether it can be asked, and its breaker. */
export function TargetCells({ of: target }: { of: TargetView }) {
  return (
    <>
      <td class="long">
        <a href={`/console/events?target=${encodeURIComponent(target.id)}`}>{target.id}</a>
        <div class="small soft">{target.model}</div>
      </td>
      <td class="long state">
        <StateChip target={target} />
      </td>
      <td class="desk">
        <BreakerChip state={target.breaker.state} />
      </td>
    </>
  );
}
