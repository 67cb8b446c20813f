import type { Listed } from "./model.ts";

/** The list of events as it was left to look at one of them. */
export interface LeftList {
  /** The query of the page, with its `?`; empty: none. */
  readonly search: string;
  readonly listed: Listed;
  /** How far down the page was, in pixels. */
  readonly scrollY: number;
  /** Address of the request that is looked at; null: the list was only touched. */
  readonly opened: string | null;
}

let left: LeftList | null = null;

/** Keeps a list while one of its requests is looked at. */
export function leaveList(list: LeftList): void {
  left = list;
}

/** The list that was left with this query; null: there is none. */
export function leftList(search: string): LeftList | null {
  return left?.search === search ? left : null;
}

/** Where the list is that was left last. */
export const listHref = (): string => `/console/events${left?.search ?? ""}`;

/** Whoever goes elsewhere comes back to what is newest. */
export function forgetList(): void {
  left = null;
}
