import { Fragment } from "preact";

/** The remark at the end of a line, where values say where they come from. */
const REMARK = / # [^#]*$/;

/** A text set as code, as tall as a page shows well: it scrolls by itself, by keys too. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (WCAG 2.1.1)
    <section class="code" tabIndex={0} aria-label={label}>
      <pre>
        {text.split("\n").map((line, at) => {
          const cut = line.search(REMARK);
          return (
            <Fragment key={at}>
              {at > 0 && "\n"}
              {cut === -1 ? line : line.slice(0, cut)}
              {cut !== -1 && <span class="soft">{line.slice(cut)}</span>}
            </Fragment>
          );
        })}
      </pre>
    </section>
  );
}

/** Characters and lines of a text that stand on a page without pushing the rest of it away. */
const SHORT = 1_200;
const FEW_LINES = 16;

/** Whether a text gets a box of its own that scrolls. */
export function isLong(text: string): boolean {
  return text.length > SHORT || text.split("\n", FEW_LINES + 1).length > FEW_LINES;
}

/** A text as somebody wrote it. A long one stays as tall as a page shows well and scrolls by itself, by keys too. */
export function Said({ text, label }: { text: string; label: string }) {
  const said = <pre class="wrap">{text}</pre>;
  if (!isLong(text)) return said;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (WCAG 2.1.1)
    <section class="code said" tabIndex={0} aria-label={label}>
      {said}
    </section>
  );
}
