/** An eligible target, as far as an ordering needs to know it. */
export interface Candidate {
  readonly id: string;
  /** Place in the configured order: a group's own where a group was asked for. */
  readonly position: number;
  readonly weight: number;
  /** Whether the target declares the model that was asked for. */
  readonly servesModel: boolean;
}

/** What a strategy decided: the ids to ask, first one first. */
export interface RouteDecision {
  readonly order: readonly string[];
  /** Whether targets behind the first may be asked at all. */
  readonly failover: boolean;
}

/** Orders what is already eligible. Pure and synchronous. */
export interface Strategy<Name extends string = string> {
  readonly name: Name;
  /** Other names it answers to in a configuration. */
  readonly aliases: readonly string[];
  pick(eligible: readonly Candidate[]): RouteDecision;
}
