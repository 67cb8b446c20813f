import { useState } from "preact/hooks";
import { go, withQuery } from "../router.ts";
import { eventHref, FILTERS } from "./model.ts";

/** What the URL says, and what people read. */
type Option = readonly [value: string, text: string];

const VERDICTS: readonly Option[] = ["allow", "redact", "block", "escalate"].map((verdict) => [verdict, verdict]);
const OUTCOMES: readonly Option[] = [
  ["failed", "failed"],
  ["cancelled", "cancelled"],
];
const SINCE: readonly Option[] = [
  ["", "any time"],
  ["15m", "15 minutes"],
  ["1h", "1 hour"],
  ["24h", "24 hours"],
  ["7d", "7 days"],
];

const ANY: Option = ["", "any"];

interface FilterProps {
  readonly query: URLSearchParams;
  readonly name: (typeof FILTERS)[number];
  readonly label: string;
}

const set = (name: string, value: string): void => go(withQuery({ [name]: value }), { replace: true });

/** The filters of the events, which stand in the URL: a link to the page is a link to what it shows. */
export function EventFilters({ query, targets }: { query: URLSearchParams; targets: readonly string[] }) {
  const [id, setId] = useState("");
  const find = (event: Event) => {
    event.preventDefault();
    if (id.trim() !== "") go(eventHref(id.trim()));
  };
  return (
    <form class="filters" onSubmit={find} aria-label="Filters">
      <label class="id">
        Request id
        <input
          value={id}
          onInput={(event) => setId(event.currentTarget.value)}
          placeholder="Enter opens it"
          spellcheck={false}
        />
      </label>
      <Choice query={query} name="verdict" label="Verdict" options={[ANY, ...VERDICTS]} />
      <Choice query={query} name="outcome" label="Outcome" options={[ANY, ...OUTCOMES]} />
      <Choice
        query={query}
        name="target"
        label="Target"
        options={[ANY, ...targets.map((target) => [target, target] as const)]}
      />
      <Choice query={query} name="since" label="Since" options={SINCE} />
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

/** A filter that is chosen; what a link asks for is there as well. */
function Choice({ query, name, label, options }: FilterProps & { readonly options: readonly Option[] }) {
  const chosen = query.get(name) ?? "";
  const isThere = options.some(([value]) => value === chosen);
  const all: readonly Option[] = isThere ? options : [...options, [chosen, chosen]];
  return (
    <label>
      {label}
      <select value={chosen} onChange={(event) => set(name, event.currentTarget.value)}>
        {all.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A filter that is written: it counts once it is done, by Enter or by going on. */
function Text({ query, name, label }: FilterProps) {
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
