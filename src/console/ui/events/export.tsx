import { useState } from "preact/hooks";
import { asError, get } from "../api.ts";
import { save } from "../parts/save.ts";
import { apiQuery, csv, type EventPage, type EventRow } from "./model.ts";

const MAX_EXPORT = 10_000;

/** Two buttons that save what a query finds. */
export function ExportButtons({ query }: { query: URLSearchParams }) {
  const [busy, setBusy] = useState("");
  const exported = async (form: "jsonl" | "csv") => {
    setBusy("Reading …");
    try {
      const rows = await allRows(query);
      const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "");
      if (form === "csv") save(`weir-events-${stamp}.csv`, "text/csv", csv(rows));
      else
        save(
          `weir-events-${stamp}.jsonl`,
          "application/x-ndjson",
          rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
        );
      setBusy(rows.length >= MAX_EXPORT ? `The newest ${MAX_EXPORT}; more by weir events export` : "");
    } catch (thrown) {
      setBusy(asError(thrown).message);
    }
  };
  return (
    <>
      <button type="button" aria-label="Export JSONL" onClick={() => void exported("jsonl")}>
        <span class="desk">Export</span> JSONL
      </button>
      <button type="button" aria-label="Export CSV" onClick={() => void exported("csv")}>
        <span class="desk">Export</span> CSV
      </button>
      <span class="small soft" role="status">
        {busy}
      </span>
    </>
  );
}

async function allRows(query: URLSearchParams): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  let cursor: string | null = null;
  do {
    const extra: Record<string, string> = { limit: "1000", ...(cursor === null ? {} : { cursor }) };
    const page: EventPage = await get<EventPage>(`/api/events?${apiQuery(query, extra)}`);
    rows.push(...page.events);
    cursor = page.cursor;
  } while (cursor !== null && rows.length < MAX_EXPORT);
  return rows;
}
