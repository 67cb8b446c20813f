import { useEffect, useState } from "preact/hooks";
import { REACH, type Reach } from "../api.ts";
import { moment } from "../format.ts";

/** Says over every page that the gateway does not answer, and since when; gone as soon as it does. */
export function ReachBanner() {
  const [lostAt, setLostAt] = useState<number | null>(null);
  useEffect(() => {
    const heard = (event: Event) => {
      const { reached, at } = (event as CustomEvent<Reach>).detail;
      setLostAt((before) => (reached ? null : (before ?? at)));
    };
    addEventListener(REACH, heard);
    return () => removeEventListener(REACH, heard);
  }, []);
  if (lostAt === null) return null;
  return (
    <div class="notice bad lost" role="alert">
      <strong>The gateway does not answer</strong> since {moment(lostAt)}. What is shown is from before; it is tried
      again by itself.
    </div>
  );
}
