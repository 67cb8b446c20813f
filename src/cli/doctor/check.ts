/** Whether something is as it should be. */
export type Status = "ok" | "warning" | "broken";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly status: Status;
  /** For people; never a secret. */
  readonly detail: string;
  /** How long it took, where that says something. */
  readonly ms?: number;
}
