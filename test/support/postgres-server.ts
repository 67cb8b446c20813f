import { chmodSync, chownSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SQL, type Subprocess } from "bun";
import { freePort, logged } from "./child-server.ts";
import { emptyFolder } from "./empty-folder.ts";
import { needs } from "./require.ts";

/** Where Debian keeps the programs of each version: `postgres` itself is on no PATH there. */
const DEBIAN = "/usr/lib/postgresql";

function program(name: string): string | null {
  const found = Bun.which(name);
  if (found !== null) return found;
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return (
      versions.map((version) => join(DEBIAN, version, "bin", name)).find((path) => Bun.which(path) !== null) ?? null
    );
  } catch {
    return null;
  }
}

const INITDB = program("initdb");
const POSTGRES = program("postgres");
/** PostgreSQL refuses to run as root: it gets the user that its package made. */
const OWNER = process.getuid?.() === 0 ? userNamed("postgres") : null;
const canRun = process.getuid?.() !== 0 || (OWNER !== null && Bun.which("setpriv") !== null);

/** Whether a server can be started; use it as `describe.skipIf(!hasPostgres)`. */
export const hasPostgres = needs(["postgres", "psql"], INITDB !== null && POSTGRES !== null && canRun);

/** A PostgreSQL server on a port of its own, for the user `weir`, whose password does not matter. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** A new, empty database, as `store.url` names it. */
  database(): Promise<string>;
  /** Ends it at once, as a crash would; what was committed is on disk. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with what it held. */
  start(): Promise<void>;
  /** Makes it hang (SIGSTOP) and go on (SIGCONT). */
  hang(): void;
  goOn(): void;
}

/** Starts one in a directory of its own. */
export async function startPostgres(): Promise<PostgresServer> {
  const directory = emptyFolder();
  if (OWNER !== null) chownSync(directory, OWNER.uid, OWNER.gid);
  chmodSync(directory, 0o700);
  const data = join(directory, "data");
  const init = run([INITDB!, "-D", data, "-A", "trust", "-U", "weir", "--no-sync", "-E", "UTF8", "--locale=C"]);
  if ((await init.exited) !== 0) throw new Error(`initdb failed: ${await new Response(init.stderr).text()}`);
  const port = freePort();
  let child: Subprocess | null = null;
  const start = async (): Promise<void> => {
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"].flatMap((each) => [
      "-c",
      each,
    ]);
    child = run([POSTGRES!, "-D", data, "-p", String(port), ...settings]);
    await logged(child.stderr as ReadableStream<Uint8Array>, "database system is ready to accept connections");
  };
  const stop = async (): Promise<void> => {
    // immediate shutdown: no goodbye to anybody
    child?.kill("SIGCONT");
    child?.kill("SIGQUIT");
    await child?.exited;
  };
  await start();
  let made = 0;
  return {
    port,
    start,
    stop,
    hang: () => signalAll(child, "STOP"),
    goOn: () => signalAll(child, "CONT"),
    async database() {
      const name = `weir_${++made}`;
      await using sql = new SQL({ url: `postgres://weir@127.0.0.1:${port}/postgres`, max: 1 });
      await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`);
      return `postgres://weir:secret@127.0.0.1:${port}/${name}`;
    },
    async [Symbol.asyncDispose]() {
      signalAll(child, "CONT");
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function run(command: readonly string[]): Subprocess<"ignore", "ignore", "pipe"> {
  const as = OWNER === null ? [] : ["setpriv", `--reuid=${OWNER.uid}`, `--regid=${OWNER.gid}`, "--clear-groups"];
  return Bun.spawn([...as, ...command], { stdin: "ignore", stdout: "ignore", stderr: "pipe", cwd: "/" });
}

/** Every connection has a process of its own. */
function signalAll(child: Subprocess | null, signal: "STOP" | "CONT"): void {
  if (child === null || child.exitCode !== null) return;
  const children = Bun.spawnSync(["pgrep", "-P", String(child.pid)])
    .stdout.toString()
    .split("\n")
    .filter(Boolean);
  Bun.spawnSync(["kill", `-${signal}`, String(child.pid), ...children]);
}

function userNamed(name: string): { readonly uid: number; readonly gid: number } | null {
  const id = (flag: string) => Bun.spawnSync(["id", flag, name]).stdout.toString().trim();
  const uid = id("-u");
  return uid === "" ? null : { uid: Number(uid), gid: Number(id("-g")) };
}
