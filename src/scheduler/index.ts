import { reloadWatch } from "./reload-watch.ts";
import { retention } from "./retention.ts";

/** Every periodic job, by its name. */
export const jobs = { "reload-watch": reloadWatch, retention };
