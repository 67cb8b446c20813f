import { useEffect, useRef, useState } from "preact/hooks";

/** The status of what had no answer. */
export const UNREACHED = 0;

/** What an answer of `/api` that is no answer says. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What was thrown while asking, as an answer: what is none came because there was nobody to ask. */
export const asError = (thrown: unknown): ApiError =>
  thrown instanceof ApiError ? thrown : new ApiError(UNREACHED, "The gateway cannot be reached.");

const meta = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="weir-${name}"]`)?.content ?? "";

/** What a change must carry to be taken for this page's own. */
export const csrf = (): string => meta("csrf");

/** The version of the gateway that served this page. */
export const version = (): string => meta("version");

/** Event of the window: whether the last request had an answer. */
export const REACH = "weir:reach";

/** What that event tells. */
export interface Reach {
  readonly reached: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** For so long an answer to a reading is waited for: beyond it nobody is there, though a connection may be. */
const MOST_MS = 30_000;

/** A signal that ends with the other one, or once the answer has taken too long; `clear` when it is there. */
function patience(signal: AbortSignal | null | undefined) {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), MOST_MS);
  signal?.addEventListener("abort", () => end.abort());
  return { signal: end.signal, clear: () => clearTimeout(timer) };
}

async function reached(path: string, init: RequestInit): Promise<Response> {
  const tell = (detail: Reach) => dispatchEvent(new CustomEvent<Reach>(REACH, { detail }));
  // a change may take its time, and is not asked for twice
  const wait = init.method === undefined ? patience(init.signal) : null;
  try {
    const response = await fetch(path, { ...init, ...(wait && { signal: wait.signal }), credentials: "same-origin" });
    tell({ reached: true, at: Date.now() });
    return response;
  } catch (thrown) {
    if (init.signal?.aborted === true) throw thrown;
    tell({ reached: false, at: Date.now() });
    throw asError(thrown);
  } finally {
    wait?.clear();
  }
}

async function read<T>(path: string, init: RequestInit): Promise<T> {
  const response = await reached(path, init);
  if (response.status === 401) {
    location.assign(`/console/login?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new ApiError(401, "The log-in has ended.");
  }
  // an answer that breaks off, or that nobody waits for any more, is none
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  throw new ApiError(response.status, body?.error?.message ?? `The gateway answered ${response.status}.`);
}

/** Reads from `/api`. Throws {@link ApiError}. */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return read<T>(path, signal === undefined ? {} : { signal });
}

/** Changes something; carries what shows that this page wants it. */
export function post<T>(path: string, body?: unknown): Promise<T> {
  return read<T>(path, {
    method: "POST",
    headers: { "x-weir-csrf": csrf(), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** What is there of a reading: the newest answer stays while the next is under way, and when that one fails. */
export interface Reading<T> {
  readonly data: T | null;
  readonly error: ApiError | null;
  readonly again: () => void;
}

/** Until what had no answer is asked again. */
export const RETRY_MS = 5_000;

/** Reads a path of `/api` and, with `everyMs`, again and again while the page is to be seen. */
export function useApi<T>(path: string, everyMs?: number): Reading<T> {
  const [state, setState] = useState<{ path: string; data: T | null; error: ApiError | null }>({
    path,
    data: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  const newest = useRef(path);
  newest.current = path;
  // what is read once is read again as long as there was no answer at all
  const unanswered = state.path === path && state.error?.status === UNREACHED;
  const pauseMs = everyMs ?? (unanswered ? RETRY_MS : undefined);
  useEffect(() => {
    const stop = new AbortController();
    let busy = false;
    const load = async () => {
      if (busy || (document.hidden && pauseMs !== undefined)) return;
      busy = true;
      try {
        const data = await get<T>(path, stop.signal);
        if (!stop.signal.aborted) setState({ path, data, error: null });
      } catch (thrown) {
        if (stop.signal.aborted) return;
        setState((before) => ({ path, data: before.path === path ? before.data : null, error: asError(thrown) }));
      } finally {
        busy = false;
      }
    };
    void load();
    const timer = pauseMs === undefined ? undefined : setInterval(() => void load(), pauseMs);
    // nobody who comes to a tab looks at what was before, or at nothing, until the next turn
    const seen = () => {
      if (pauseMs !== undefined) void load();
    };
    document.addEventListener("visibilitychange", seen);
    return () => {
      stop.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [path, turn, pauseMs]);
  const isOf = state.path === path;
  return {
    data: isOf ? state.data : null,
    error: isOf ? state.error : null,
    again: () => setTurn((now) => now + 1),
  };
}
