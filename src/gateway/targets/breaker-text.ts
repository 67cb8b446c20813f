/** A cell's text: its epoch, which begins anew when the cell is lost, its number within it, and the state. */
export function versionOf(text: string): { readonly epoch: string; readonly number: number } {
  const [epoch = "", number = "0"] = text.split(" ", 2);
  return { epoch, number: Number(number) };
}

/** The state in a cell's text, as `Breaker.restore` takes it. */
export function stateOf(text: string): string {
  return text.slice(text.indexOf(" ", text.indexOf(" ") + 1) + 1);
}

/** The text that follows another one in a cell, with this state. */
export function nextText(from: string, state: string): string {
  const { epoch, number } = versionOf(from);
  return `${epoch === "" ? crypto.randomUUID().slice(0, 8) : epoch} ${number + 1} ${state}`;
}
