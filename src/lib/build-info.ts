import { version } from "../../package.json";

/** Written in by `scripts/build.ts`; not there when the source itself runs. */
declare const WEIR_COMMIT: string | undefined;
declare const WEIR_TARGET: string | undefined;

/** What this program was made from. */
export interface BuildInfo {
  /** SemVer of the release. */
  readonly version: string;
  /** The commit it was built from, `-dirty` behind it when files had been changed since; `unknown` outside git. */
  readonly commit: string;
  /** Version of the Bun inside. */
  readonly bun: string;
  /** `linux-x64` and the like; `source` when no binary was built. */
  readonly target: string;
}

/** The facts of this build. */
export const buildInfo: BuildInfo = {
  version,
  commit: typeof WEIR_COMMIT === "string" ? WEIR_COMMIT : "unknown",
  bun: Bun.version,
  target: typeof WEIR_TARGET === "string" ? WEIR_TARGET : "source",
};
