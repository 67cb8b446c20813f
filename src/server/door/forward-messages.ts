/** Names and values of headers, in order. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request that another thread answers. */
export interface ForwardedRequest {
  readonly op: "ask";
  readonly id: number;
  readonly method: string;
  /** Percent-encoded, without trailing slashes. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly requestId: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
  readonly loopback: boolean;
  readonly address: string | null;
}

/** What the thread with the socket sends: a request, that its client takes another piece of the answer, that it has gone. */
export type ToRoutes =
  | ForwardedRequest
  | { readonly op: "more"; readonly id: number }
  | { readonly op: "cancel"; readonly id: number };

/** What comes back: a head, with the whole body or with its bytes to follow, each when it is asked for. */
export type FromRoutes =
  | {
      readonly op: "head";
      readonly id: number;
      readonly status: number;
      readonly headers: HeaderList;
      /** Null: it comes in pieces. */
      readonly body: Uint8Array | null;
    }
  | { readonly op: "bytes"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly op: "end"; readonly id: number };
