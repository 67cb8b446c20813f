import { onceFor } from "./_once.ts";

/** Whether a part of a JSON web token is a header (RFC 7515, 4.1). All the matches that begin at one place have the same. */
export const isTokenHeader = onceFor((part) => {
  try {
    const header: unknown = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof header === "object" && header !== null && ("alg" in header || "enc" in header || "typ" in header);
  } catch {
    return false;
  }
});
