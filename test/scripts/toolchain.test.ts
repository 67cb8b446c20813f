import { describe, expect, test } from "bun:test";
import { cpSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { devDependencies } from "../../package.json";
import { dependencies } from "../../scripts/toolchain/package.json";
import lock from "../../scripts/toolchain/package-lock.json";
import { emptyFolder } from "../support/empty-folder.ts";
import { ROOT } from "../support/source.ts";

describe("the pinned Bun", () => {
  test("is one exact version, for the runtime, its types and this run", () => {
    expect(dependencies.bun).toMatch(/^\d+\.\d+\.\d+$/);
    expect(devDependencies["bun-types"]).toBe(dependencies.bun);
    expect(Bun.version).toBe(dependencies.bun);
  });

  test.each(["@oven/bun-linux-x64", "@oven/bun-linux-aarch64"] as const)("has a checksum for %s", (name) => {
    const locked = lock.packages[`node_modules/${name}`];
    expect(locked.version).toBe(dependencies.bun);
    expect(locked.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  });
});

describe("setup.sh", () => {
  const setUp = (programs: readonly string[]): { readonly code: number; readonly err: string } => {
    const home = emptyFolder();
    const bin = emptyFolder();
    cpSync(`${ROOT}scripts/toolchain`, join(home, "scripts/toolchain"), { recursive: true });
    for (const name of programs)
      symlinkSync(name === "bun" ? process.execPath : (Bun.which(name) ?? name), join(bin, name));
    const child = Bun.spawnSync([Bun.which("sh") ?? "sh", "-c", ". ./scripts/toolchain/setup.sh"], {
      cwd: home,
      env: { PATH: bin },
    });
    return { code: child.exitCode, err: child.stderr.toString() };
  };

  test("says what is missing on a machine with neither Bun nor npm", () => {
    const why = `weir: Cannot install Bun ${dependencies.bun}: npm is not on the PATH, install Node.js with npm first\n`;
    expect(setUp(["sed"])).toEqual({ code: 1, err: why });
  });

  test("takes a Bun of that version that is there already, and stops where there is no lockfile", () => {
    const { code, err } = setUp(["sed", "bun"]);
    expect(code).toBe(1);
    expect(err).toEndWith("weir: Cannot install the dependencies of bun.lock\n");
    expect(err).not.toContain("Installing Bun");
  });
});

test.each(["scripts/start", "scripts/test", ".ci/run"])("%s can be run as it is", (path) => {
  expect(statSync(ROOT + path).mode & 0o111).toBe(0o111);
});
