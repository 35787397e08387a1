import { formatUtc } from "../time";

/** A moment, never broken across lines. */
export function Moment({ at }: { at: number }) {
  return <time class="moment" dateTime={formatUtc(at).replace(" UTC", "Z").replace(" ", "T")}>{formatUtc(at)}</time>;
}
