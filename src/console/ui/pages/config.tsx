import { useEffect, useState } from "preact/hooks";
import type { ConfigCheck, ConfigState, Reloaded } from "../../../schema/views/config-view.ts";
import { asError, post, useApi } from "../api.ts";
import { ago, moment } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chips.tsx";
import { Code } from "../parts/code.tsx";
import { Facts } from "../parts/facts.tsx";
import { Copy, Loaded } from "../parts/states.tsx";
import { Table } from "../parts/table.tsx";

/** The configuration in force, what the files say now, and the reload between the two. */
export function Config() {
  const state = useApi<ConfigState>("/api/config");
  const check = useApi<ConfigCheck>("/api/config/check");
  const [said, setSaid] = useState<{ good: boolean; text: string } | null>(null);
  useEffect(() => {
    // whoever comes back from an editor sees what the files say now
    const back = () => {
      state.again();
      check.again();
    };
    addEventListener("focus", back);
    return () => removeEventListener("focus", back);
  }, []);
  const reload = async () => {
    try {
      const { changed } = await post<Reloaded>("/api/config/reload");
      setSaid({
        good: true,
        text: changed.length === 0 ? "Reloaded; nothing differs." : `Reloaded. Changed: ${changed.join(", ")}`,
      });
    } catch (thrown) {
      setSaid({ good: false, text: asError(thrown).message });
    }
    state.again();
    check.again();
  };
  return (
    <>
      <div class="head">
        <h1>Configuration</h1>
        <button type="button" class="first" onClick={() => void reload()}>
          Reload
        </button>
      </div>
      {said !== null && (
        <div class={said.good ? "notice good" : "notice bad"} role="status">
          {said.text}
        </div>
      )}
      <Loaded of={state} lines={3}>
        {(data) => <InForce of={data} />}
      </Loaded>
      <Loaded of={check} lines={6}>
        {(data) => <Files of={data} />}
      </Loaded>
      <Loaded of={state} lines={6}>
        {({ yaml }) => (
          <Card id="effective" title="In force, with every default and the origin of each value">
            <details>
              <summary>Show it; secrets are masked</summary>
              <p>
                <Copy text={yaml} label="Copy" />
              </p>
              <Code text={yaml} label="In force, as YAML" />
            </details>
          </Card>
        )}
      </Loaded>
    </>
  );
}

function InForce({ of: { hash, loaded_at, last_reload_errors } }: { of: ConfigState }) {
  const errors = (
    <ul>
      {last_reload_errors.map((error) => (
        <li key={error}>{error}</li>
      ))}
    </ul>
  );
  return (
    <Card id="in-force" title="In force">
      <Facts
        rows={[
          ["Hash", <span class="mono">{hash}</span>],
          ["Loaded", `${moment(loaded_at)}, ${ago(loaded_at)}`],
          ["Last reload", last_reload_errors.length === 0 ? "no error" : errors],
        ]}
      />
    </Card>
  );
}

function Difference({ changed, needsRestart }: { changed: readonly string[]; needsRestart: readonly string[] }) {
  return (
    <Card id="changed" title="What a reload would change">
      {changed.length === 0 ? (
        <p class="soft">Nothing: the files say what is in force.</p>
      ) : (
        <ul>
          {changed.map((path) => (
            <li key={path} class="mono long">
              {path}
            </li>
          ))}
        </ul>
      )}
      {needsRestart.length > 0 && (
        <div class="notice warn">
          A reload would be refused: only a restart can take on <strong>{needsRestart.join(", ")}</strong>.
        </div>
      )}
    </Card>
  );
}

function Files({ of: { ok, problems, changed, needs_restart, yaml } }: { of: ConfigCheck }) {
  return (
    <>
      {ok && <Difference changed={changed} needsRestart={needs_restart} />}
      <Card id="lint" title="Lint of the files as they are now">
        {problems.length === 0 && (
          <p>
            <Chip tone="good" sign="✓" text="valid" /> A reload would take them.
          </p>
        )}
        {problems.length > 0 && (
          <>
            {!ok && <p>A reload would change nothing until the errors are gone.</p>}
            <Table label="Findings" heads={["Code", "Where", "What"]}>
              {problems.map(({ code, severity, where, path, message, suggestion }) => (
                <tr key={`${where} ${path} ${message}`}>
                  <td>
                    <Chip
                      tone={severity === "error" ? "bad" : "warn"}
                      sign={severity === "error" ? "✕" : "!"}
                      text={code}
                    />
                  </td>
                  <td class="long mono">
                    {where}
                    <div class="soft">{path}</div>
                  </td>
                  <td class="long">
                    {message}
                    {suggestion !== null && <div class="soft">{suggestion}</div>}
                  </td>
                </tr>
              ))}
            </Table>
          </>
        )}
      </Card>
      {yaml !== null && (
        <Card id="origins" title="What is set, and where each value comes from">
          <p>
            <Copy text={yaml} label="Copy" />
          </p>
          <Code text={yaml} label="What is set, as YAML" />
        </Card>
      )}
    </>
  );
}
