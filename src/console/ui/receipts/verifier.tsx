import { useState } from "preact/hooks";
import type { ReceiptKey } from "../../../schema/receipt.ts";
import { Card } from "../parts/card.tsx";
import { ownKeys } from "./card.tsx";
import { receiptsIn } from "./check.ts";
import { Verdicts } from "./verdicts.tsx";

/** Files beyond this are for `weir receipts verify`. */
const MAX_BYTES = 20_000_000;

interface Given {
  readonly blocks: readonly object[];
  readonly keys: readonly ReceiptKey[] | null;
  readonly said: string;
}

const EMPTY: Given = { blocks: [], keys: null, said: "" };

/** Takes receipts by drag and drop, by choosing files, or pasted; nothing of them is sent anywhere. */
export function Verifier() {
  const [given, setGiven] = useState<Given>(EMPTY);
  const [over, setOver] = useState(false);
  const take = async (files: readonly File[]) => {
    const large = files.find(({ size }) => size > MAX_BYTES);
    if (large !== undefined)
      return setGiven({ ...EMPTY, said: `${large.name} is too large here: use weir receipts verify` });
    const texts = await Promise.all(files.map((file) => file.text()));
    setGiven(readAll(texts, files.map(({ name }) => name).join(", ")));
  };
  return (
    <Card id="verifier" title="Check receipts">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the shorter way, the field in it is the other */}
      <div
        class={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take([...(event.dataTransfer?.files ?? [])]);
        }}
      >
        <p>
          Drop a receipt, an answer, a recorded stream or JSON lines of them here. A JWKS file beside them brings keys
          of another gateway.
        </p>
        <p>
          <label>
            <span class="gone">Files with receipts</span>
            <input
              type="file"
              multiple
              accept=".json,.jsonl,.ndjson,.txt,application/json"
              onChange={(event) => void take([...(event.currentTarget.files ?? [])])}
            />
          </label>
        </p>
        <details>
          <summary>Or paste one</summary>
          <label>
            <span class="gone">A receipt as text</span>
            <textarea
              spellcheck={false}
              onInput={(event) => setGiven(readAll([event.currentTarget.value], "What you pasted"))}
            />
          </label>
        </details>
        <p class="small soft">It is checked in this browser; nothing is sent.</p>
      </div>
      {given.said !== "" && (
        <p role="status">
          {given.said}
          {given.keys === null ? "; checked with the keys of this gateway" : "; checked with the keys given"}.
        </p>
      )}
      {given.blocks.length > 0 && (
        <Verdicts
          blocks={given.blocks}
          keys={given.keys === null ? ownKeys : () => Promise.resolve(given.keys ?? [])}
        />
      )}
    </Card>
  );
}

function readAll(texts: readonly string[], name: string): Given {
  if (texts.every((text) => text.trim() === "")) return EMPTY;
  const keys = texts.flatMap(keysIn);
  const blocks = texts.flatMap(receiptsIn);
  const said =
    blocks.length === 0
      ? `${name}: no receipt is in it`
      : `${name}: ${blocks.length} ${blocks.length === 1 ? "receipt" : "receipts"}`;
  return { blocks, keys: keys.length === 0 ? null : keys, said };
}

function keysIn(text: string): ReceiptKey[] {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? (keys as ReceiptKey[]) : [];
  } catch {
    return [];
  }
}
