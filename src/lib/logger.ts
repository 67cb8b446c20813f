/** What the code below `cli` may ask of a logger; pino satisfies it. Fields never hold prompt text or secrets. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};

/** A logger that drops everything: tests and commands that only compute. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
