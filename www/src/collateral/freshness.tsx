import type { CollateralBundle } from "cloud-witness";
import { bundle, engine } from "../verifier/engine";
import { daysInWords, formatUtc, nowSeconds } from "../time";
import { address } from "../views";

/** How old this site's collateral is, and when it ends. */
export function Freshness({ isLinked = true }: { isLinked?: boolean }) {
  const site = bundle.value;
  if (engine.value === "loading") return <p class="hint">Loading…</p>;
  if (site === null) return <p class="problem">This site has none. Give a file of your own.</p>;
  const now = nowSeconds();
  const isOver = site.valid_until !== null && site.valid_until < now;
  return (
    <>
      <p class={isOver ? "freshness freshness-over" : "freshness"}>
        Fetched {formatUtc(site.fetched_at).slice(0, 10)} ({daysInWords(now - site.fetched_at)} ago), {numbers(site)}.{" "}
        {isOver ? "Part of it has expired: for such machines nothing can be decided about now, only as of an earlier moment." : `All of it is valid until ${formatUtc(site.valid_until ?? now)}.`}
      </p>
      {isLinked && <p><a href={address("collateral")}>See what is in it</a></p>}
    </>
  );
}

export function numbers({ tcb_evaluation_data_numbers: range }: CollateralBundle): string {
  if (range === null) return "without evaluation numbers";
  return range.least === range.greatest ? `TCB evaluation number ${range.least}` : `TCB evaluation numbers ${range.least} to ${range.greatest}`;
}
