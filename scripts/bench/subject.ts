/** How one program under test is started; made by a file under `subjects/`. */
export interface Launch {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Where a program under test shall listen and whom it shall ask. */
export interface Ports {
  readonly own: number;
  readonly upstream: number;
}

/** One program under test. */
export interface Subject {
  readonly name: SubjectName;
  readonly label: string;
  /** Name and version for the line that names the machine. */
  readonly version: string;
  /** Request path of chat completions. */
  readonly path: string;
  /** Request headers beside host, content-type, content-length and authorization. */
  headers(ports: Ports): Readonly<Record<string, string>>;
  /** Path that answers 200 when it is ready; null: any answer on `/` will do. */
  readonly readyPath: string | null;
  /** Prepares a fresh state directory and gives the command line; `dir` is empty and its own. */
  launch(ports: Ports, dir: string): Promise<Launch>;
}

/** A subject that is there, or why it is not. */
export type SubjectOrReason = Subject | { readonly name: SubjectName; readonly missing: string };

/** All programs that can be compared; `direct` is the mock itself, with nothing in between. */
export const SUBJECT_NAMES = ["weir", "pass-through", "nginx", "portkey", "direct"] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];
