import type { ComponentChildren } from "preact";

interface CardProps {
  /** Id of its heading: unique on the page. */
  readonly id: string;
  readonly title: ComponentChildren;
  /** There is nothing to show yet: it says so, in the middle. */
  readonly empty?: boolean;
  readonly children: ComponentChildren;
}

/** A part of a page under a heading. */
export function Card({ id, title, empty = false, children }: CardProps) {
  return (
    <section class={empty ? "card empty" : "card"} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
