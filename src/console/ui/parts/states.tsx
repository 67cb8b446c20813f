import type { ComponentChildren } from "preact";
import type { TargetView } from "../../../schema/views/target-view.ts";
import { type ApiError, type Reading, UNREACHED, useApi } from "../api.ts";
import { firstCurl } from "../events/curl.ts";
import { Card } from "./card.tsx";

/** What stands there until the first answer comes. */
export function Bones({ lines }: { lines: number }) {
  return (
    <div class="bones" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => (
        <i key={at} style={{ width: `${95 - ((at * 17) % 50)}%` }} />
      ))}
    </div>
  );
}

/** What went wrong with a reading, and the way to try again. */
export function Problem({ error, again }: { error: ApiError; again: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <strong>This could not be read.</strong> {error.message}{" "}
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}

/** The three states of a reading around what is shown of it; old figures stay while the next reading fails. */
export function Loaded<T>({
  of,
  lines,
  children,
}: {
  of: Reading<T>;
  lines: number;
  children: (data: T) => ComponentChildren;
}) {
  // where there is something to show, the banner over the page says that it is old
  const told = of.error !== null && (of.data === null || of.error.status !== UNREACHED);
  return (
    <>
      {told && of.error !== null && <Problem error={of.error} again={of.again} />}
      {of.data !== null ? (
        <div class={of.error === null ? undefined : "old"}>{children(of.data)}</div>
      ) : (
        of.error === null && <Bones lines={lines} />
      )}
    </>
  );
}

/** The model a first request may ask for: that of a target which can take it. */
export function firstModel(known: { readonly targets: readonly TargetView[] } | null): string | null {
  return known?.targets.find(({ available }) => available)?.model ?? null;
}

/** The first visit: what will appear here, and how to make it so. */
export function FirstVisit({ what, model }: { what: string; model: string | null }) {
  const inForce = useApi<{ config: { consumers?: readonly unknown[] } }>("/api/config");
  const keyed = (inForce.data?.config.consumers?.length ?? 0) > 0;
  const command = firstCurl(model ?? "your-model", location.origin, keyed);
  return (
    <Card id="first-visit" title="No request has come yet" empty>
      <p>{what}</p>
      <p>Send one, and it is here a moment later:</p>
      <pre>{command}</pre>
      <p>
        <Copy text={command} label="Copy the command" />
      </p>
      <p class="small">
        {keyed && (
          <>
            <code>WEIR_API_KEY</code> is the key of one of your consumers.{" "}
          </>
        )}
        Prompts and answers are shown here only where <code>audit-logger.content</code> keeps them.
      </p>
    </Card>
  );
}

/** Copies a text; over plain http to another machine a browser has no clipboard, only what is selected on the page. */
async function copied(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
  }
}

/** A button that copies a text, and says that it did. */
export function Copy({ text, label }: { text: string; label: string }) {
  const copy = (event: MouseEvent) => {
    const button = event.currentTarget as HTMLButtonElement;
    const say = (word: string) => {
      button.textContent = word;
      setTimeout(() => {
        button.textContent = label;
      }, 1_500);
    };
    void copied(text).then((done) => say(done ? "Copied" : "Could not copy"));
  };
  return (
    <button type="button" onClick={copy} aria-live="polite">
      {label}
    </button>
  );
}
