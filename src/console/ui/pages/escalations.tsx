import { useState } from "preact/hooks";
import type { Escalation } from "../../../schema/escalation.ts";
import { asError, post, type Reading, useApi } from "../api.ts";
import { eventHref } from "../events/model.ts";
import { ago, moment, NOTHING } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { EscalationChip } from "../parts/chips.tsx";
import { Said } from "../parts/code.tsx";
import { Facts } from "../parts/facts.tsx";
import { Loaded } from "../parts/states.tsx";
import { Table } from "../parts/table.tsx";

const EVERY_MS = 5_000;
const MOST = 200;
/** Requests that are shown until somebody asks for more. */
const AT_FIRST = 10;
const NAME_KEY = "weir-name";

/** Requests that wait for a person, what the person says, and what was said before. */
export function Escalations() {
  const all = useApi<{ escalations: Escalation[] }>(`/api/escalations?limit=${MOST}`, EVERY_MS);
  const waiting = useApi<{ escalations: Escalation[] }>(`/api/escalations?state=waiting&limit=${MOST}`, EVERY_MS);
  const [name, setName] = useState(() => sessionStorage.getItem(NAME_KEY) ?? "");
  const [said, setSaid] = useState("");
  const keep = (next: string) => {
    setName(next);
    sessionStorage.setItem(NAME_KEY, next);
  };
  const decided = (text: string) => {
    setSaid(text);
    waiting.again();
    all.again();
  };
  return (
    <>
      <div class="head">
        <h1>Escalations</h1>
        <label class="beside small soft">
          Your name, for the ledger
          <input
            value={name}
            maxLength={200}
            autocomplete="name"
            onInput={(event) => keep(event.currentTarget.value)}
          />
        </label>
      </div>
      <div role="status">{said !== "" && <div class="notice good">{said}</div>}</div>
      <Loaded of={waiting} lines={5}>
        {({ escalations }) => <Waiting of={escalations} name={name} decided={decided} />}
      </Loaded>
      <Before of={all} />
    </>
  );
}

interface WaitingProps {
  readonly of: readonly Escalation[];
  readonly name: string;
  readonly decided: (text: string) => void;
}

function Waiting({ of, name, decided }: WaitingProps) {
  const [shown, setShown] = useState(AT_FIRST);
  if (of.length === 0) {
    return (
      <Card id="waiting" title="Nobody waits" empty>
        <p>
          Where a policy's <code>action</code> is <code>escalate</code>, a request that it stops waits here for a
          person. Once approved, the same caller can send the identical request once.
        </p>
      </Card>
    );
  }
  return (
    <>
      {of.length === MOST && (
        <div class="notice warn">The newest {MOST} are shown; older ones follow as these are decided.</div>
      )}
      {of.slice(0, shown).map((each) => (
        <Decision key={each.id} of={each} name={name} decided={decided} />
      ))}
      {of.length > shown && (
        <p>
          <button type="button" onClick={() => setShown(of.length)}>
            Show all {of.length} that wait
          </button>
        </p>
      )}
    </>
  );
}

function Decision({ of, name, decided }: { of: Escalation; name: string; decided: (text: string) => void }) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const decide = async (word: "approve" | "reject") => {
    const missing = [
      ...(name.trim() === "" ? ["your name (above)"] : []),
      ...(reason.trim() === "" ? ["a reason"] : []),
    ];
    if (missing.length > 0) return setProblem(`Give ${missing.join(" and ")}: the ledger keeps who decided, and why.`);
    setBusy(true);
    try {
      await post<Escalation>(`/api/escalations/${encodeURIComponent(of.id)}/${word}`, { name, reason });
      decided(`${word === "approve" ? "Approved" : "Rejected"}: ${of.id}`);
    } catch (thrown) {
      setProblem(asError(thrown).message);
      setBusy(false);
    }
  };
  return (
    <section class="card" aria-label={`Request ${of.request}`}>
      <h2>
        <EscalationChip state={of.state} /> {of.policy}: {of.message}
      </h2>
      <Facts rows={factsOf(of)} />
      <Text of={of} />
      <form onSubmit={(event) => event.preventDefault()}>
        <label>
          Why
          <input
            class="whole"
            value={reason}
            maxLength={2000}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <p class="beside">
          <button type="button" class="first" disabled={busy} onClick={() => void decide("approve")}>
            Approve
          </button>
          <button type="button" disabled={busy} onClick={() => void decide("reject")}>
            Reject
          </button>
        </p>
        {problem !== "" && (
          <div class="notice bad" role="alert">
            {problem}
          </div>
        )}
      </form>
    </section>
  );
}

function factsOf({ at, request, model, consumer, reason_code }: Escalation) {
  const link = (
    <a class="mono" href={eventHref(request)}>
      {request}
    </a>
  );
  return [
    ["Came", `${moment(at)}, ${ago(at)}`],
    ["Request", link],
    ["Model", model ?? NOTHING],
    ["Consumer", consumer ?? "a caller without a key"],
    ["Reason code", <span class="mono">{reason_code}</span>],
  ] as const;
}

function Text({ of: { text } }: { of: Escalation }) {
  if (text === null) {
    return (
      <p class="soft small">
        Its text is not kept. <code>policy.audit-logger.content: redacted</code> keeps texts, redacted, so that a person
        can read what waits.
      </p>
    );
  }
  return (
    <>
      <p class="soft small">Its text, redacted:</p>
      <Said text={text} label="Its text" />
    </>
  );
}

function Before({ of }: { of: Reading<{ escalations: Escalation[] }> }) {
  const decided = of.data?.escalations.filter(({ state }) => state !== "waiting") ?? [];
  if (of.error === null && of.data !== null && decided.length === 0) return null;
  return (
    <Card id="before" title="Decided">
      <Loaded of={of} lines={4}>
        {() => (
          <Table label="Decided escalations" heads={["State", "Request", "Policy", "By", "Why", "When"]}>
            {decided.map((each) => (
              <tr key={each.id}>
                <td>
                  <EscalationChip state={each.state} />
                </td>
                <td class="long mono">
                  <a href={eventHref(each.request)}>{each.request}</a>
                </td>
                <td class="long">
                  {each.policy}
                  <div class="small soft">{each.reason_code}</div>
                </td>
                <td class="long">{each.by ?? NOTHING}</td>
                <td class="long">{each.reason ?? NOTHING}</td>
                <td>
                  {each.decided_at === null ? NOTHING : moment(each.decided_at)}
                  {each.state === "approved" && each.expires_at !== null && (
                    <div class="small soft">may be sent until {moment(each.expires_at)}</div>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </Card>
  );
}
