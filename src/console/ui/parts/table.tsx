import { type ComponentChildren, toChildArray } from "preact";
import { useState } from "preact/hooks";
import { count } from "../format.ts";

/** The head of a column: what it says, and the class that its cells have as well. */
export interface Head {
  readonly text: ComponentChildren;
  readonly class: "num" | "wide" | "num wide" | "desk";
}

interface TableProps {
  /** What it is called by those who read it aloud. */
  readonly label: string;
  /** A column each; a bare text stands over words. */
  readonly heads: readonly (string | Head)[];
  readonly caption?: string;
  readonly class?: string;
  /** Rows that are shown until somebody asks for all of them; left out: all. */
  readonly most?: number;
  /** The rows. */
  readonly children: ComponentChildren;
}

/** The head of a column that a phone has no room for. */
export const desk = (text: ComponentChildren): Head => ({ text, class: "desk" });

/** The head of a column of numbers. */
export const num = (text: ComponentChildren): Head => ({ text, class: "num" });

/** A table that may be wider than the page: it scrolls by itself, by keys too. */
export function Table({ label, heads, caption, class: name, most, children }: TableProps) {
  const [whole, setWhole] = useState(false);
  const rows = toChildArray(children);
  const cut = most !== undefined && !whole && rows.length > most;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (WCAG 2.1.1) */}
      <section class="scroll" tabIndex={0} aria-label={label}>
        <table class={name}>
          {caption !== undefined && <caption>{caption}</caption>}
          <thead>
            <tr>
              {heads.map((head, at) => (
                <th key={at} scope="col" class={typeof head === "string" ? undefined : head.class}>
                  {typeof head === "string" ? head : head.text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{cut ? rows.slice(0, most) : rows}</tbody>
        </table>
      </section>
      {cut && (
        <p>
          <button type="button" onClick={() => setWhole(true)}>
            Show all {count(rows.length)}
          </button>
        </p>
      )}
    </>
  );
}
