import { useState } from "preact/hooks";
import { FILTERS } from "../events-model.ts";
import { go, withQuery } from "../router.ts";

const VERDICTS = ["allow", "redact", "block", "escalate"];
const SINCE: readonly (readonly [string, string])[] = [
  ["", "any time"],
  ["15m", "15 minutes"],
  ["1h", "1 hour"],
  ["24h", "24 hours"],
  ["7d", "7 days"],
];

const set = (name: string, value: string): void => go(withQuery({ [name]: value }), { replace: true });

/** The filters of the events, which stand in the URL: a link to the page is a link to what it shows. */
export function EventFilters({ query, targets }: { query: URLSearchParams; targets: readonly string[] }) {
  const [id, setId] = useState("");
  const find = (event: Event) => {
    event.preventDefault();
    if (id.trim() !== "") go(`/console/events/${encodeURIComponent(id.trim())}`);
  };
  const chosen = query.get("target") ?? "";
  const known = chosen === "" || targets.includes(chosen) ? targets : [chosen, ...targets];
  const since = query.get("since") ?? "";
  const times = SINCE.some(([value]) => value === since) ? SINCE : [...SINCE, [since, since] as const];
  return (
    <form class="filters" onSubmit={find} aria-label="Filters">
      <label>
        Request id
        <input
          value={id}
          onInput={(event) => setId(event.currentTarget.value)}
          placeholder="Enter opens it"
          spellcheck={false}
        />
      </label>
      <label>
        Verdict
        <select value={query.get("verdict") ?? ""} onChange={(event) => set("verdict", event.currentTarget.value)}>
          <option value="">any</option>
          {VERDICTS.map((verdict) => (
            <option key={verdict}>{verdict}</option>
          ))}
        </select>
      </label>
      <label>
        Target
        <select value={chosen} onChange={(event) => set("target", event.currentTarget.value)}>
          <option value="">any</option>
          {known.map((target) => (
            <option key={target}>{target}</option>
          ))}
        </select>
      </label>
      <label>
        Since
        <select value={since} onChange={(event) => set("since", event.currentTarget.value)}>
          {times.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <Text query={query} name="model" label="Model" />
      <Text query={query} name="consumer" label="Consumer" />
      <Text query={query} name="region" label="Region" />
      <Text query={query} name="reason" label="Reason holds" />
      {FILTERS.some((name) => (query.get(name) ?? "") !== "") && (
        <a class="button" href="/console/events">
          Clear
        </a>
      )}
    </form>
  );
}

/** A filter that is written: it counts once it is done, by Enter or by going on. */
function Text({ query, name, label }: { query: URLSearchParams; name: (typeof FILTERS)[number]; label: string }) {
  return (
    <label>
      {label}
      <input
        value={query.get(name) ?? ""}
        onChange={(event) => set(name, event.currentTarget.value.trim())}
        placeholder="any"
        spellcheck={false}
      />
    </label>
  );
}
