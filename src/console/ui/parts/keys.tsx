import { Fragment } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { go } from "../router.ts";
import { LINKS, pageHref } from "./links.ts";

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** Moves the focus among the rows of the page's list. */
function step(by: number): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("tr.row a")];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}

/** The keys of the console, and the list of them under `?`. */
export function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    let afterG = false;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
      const page = afterG ? LINKS.find(({ key }) => key === event.key) : undefined;
      afterG = event.key === "g";
      if (page !== undefined) go(pageHref(page.path));
      else if (event.key === "?") dialog.current?.showModal();
      else if (event.key === "j") step(1);
      else if (event.key === "k") step(-1);
      else if (event.key === "/") {
        const field = document.querySelector<HTMLElement>("main input, main select");
        if (field === null) return;
        event.preventDefault();
        field.focus();
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="facts">
        {LINKS.map(({ key, title }) => (
          <Fragment key={key}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{title}</dd>
          </Fragment>
        ))}
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>To the first filter</dd>
        <dt>
          <kbd>j</kbd> <kbd>k</kbd>
        </dt>
        <dd>Down and up in a list; Enter opens</dd>
      </dl>
      <form method="dialog">
        <p style={{ marginTop: "1rem" }}>
          <button type="submit">Close</button>
        </p>
      </form>
    </dialog>
  );
}
