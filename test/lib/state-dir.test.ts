import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../../src/lib/errors.ts";
import { openStateDir, stateDir } from "../../src/lib/state-dir.ts";
import { scratch } from "../support/events.ts";

describe("stateDir", () => {
  const cwd = "/srv";

  test("takes the flag, the variable, XDG, the home, the working directory: in this order", () => {
    using home = scratch();
    const env = { WEIR_STATE_DIR: "/from/env", XDG_STATE_HOME: "/xdg", HOME: home.path };
    expect(stateDir({ flag: "/from/flag", env, cwd })).toBe("/from/flag");
    expect(stateDir({ env, cwd })).toBe("/from/env");
    expect(stateDir({ env: { ...env, WEIR_STATE_DIR: undefined }, cwd })).toBe("/xdg/weir");
    expect(stateDir({ env: { HOME: home.path }, cwd })).toBe(join(home.path, ".local/state/weir"));
    expect(stateDir({ env: {}, cwd })).toBe("/srv/.weir");
  });

  test("starts relative paths at the working directory, and takes empty ones for none", () => {
    expect(stateDir({ flag: "state", env: {}, cwd })).toBe("/srv/state");
    expect(stateDir({ flag: "", env: { WEIR_STATE_DIR: "../s" }, cwd })).toBe("/s");
    expect(stateDir({ flag: "", env: { WEIR_STATE_DIR: "", XDG_STATE_HOME: "", HOME: "" }, cwd })).toBe("/srv/.weir");
  });

  test("ignores a relative XDG_STATE_HOME and a home that is not there", () => {
    expect(stateDir({ env: { XDG_STATE_HOME: "xdg" }, cwd })).toBe("/srv/.weir");
    using dir = scratch();
    expect(stateDir({ env: { HOME: join(dir.path, "none") }, cwd })).toBe("/srv/.weir");
  });
});

describe("openStateDir", () => {
  test("makes the folder for this user only and leaves nothing in it", () => {
    using dir = scratch();
    const path = openStateDir({ flag: "a/b", env: {}, cwd: dir.path });
    expect(path).toBe(join(dir.path, "a/b"));
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(readdirSync(path)).toEqual([]);
  });

  test("leaves a folder that is there as it is", () => {
    using dir = scratch();
    const path = join(dir.path, "state");
    mkdirSync(path, { mode: 0o750 });
    writeFileSync(join(path, "kept"), "x");
    openStateDir({ flag: path, env: {}, cwd: "/" });
    expect(statSync(path).mode & 0o777).toBe(0o750);
    expect(readdirSync(path)).toEqual(["kept"]);
  });

  test("leaves nothing in a folder whose disk is full", () => {
    using dir = scratch();
    symlinkSync("/dev/full", join(dir.path, `.probe-${process.pid}`));
    expect(() => openStateDir({ flag: dir.path, env: {}, cwd: "/" })).toThrow(/not writable \(ENOSPC\)/);
    expect(readdirSync(dir.path)).toEqual([]);
  });

  test("says which flag mends a folder that cannot be written", () => {
    using dir = scratch();
    const file = join(dir.path, "file");
    writeFileSync(file, "");
    for (const flag of [file, join(file, "below")]) {
      const open = () => openStateDir({ flag, env: {}, cwd: "/" });
      expect(open).toThrow(GatewayError);
      expect(open).toThrow(/--state-dir DIR or WEIR_STATE_DIR, or keep nothing on disk with store.url: memory:/);
    }
  });
});
