import { useLayoutEffect, useRef } from "preact/hooks";
import { inputs, problems } from "../state";
import { formatUtc, parseMoment } from "../time";
import { PolicyInput } from "./policy";
import { TimeInput } from "./time";

const POLICIES = { ceremony: "the ceremony's policy", strict: "the strict policy", own: "a policy of my own" } as const;

/** What seldom changes, folded; the summary says what is set. */
export function Settings() {
  const details = useRef<HTMLDetailsElement>(null);
  const { time, asOf, policy } = inputs.value;
  const moment = parseMoment(asOf);
  const isWrong = problems.value.some(({ field }) => field === "asOf" || field === "policy");
  useLayoutEffect(() => {
    if (isWrong && details.current !== null) details.current.open = true;
  }, [isWrong]);
  return (
    <details class="settings" ref={details}>
      <summary>
        <span class="settings-title">Moment and policy</span>
        <span class="hint"> {time === "now" ? "now" : `as of ${moment === null ? "an earlier moment" : formatUtc(moment)}`}, {POLICIES[policy]}</span>
      </summary>
      <TimeInput />
      <PolicyInput />
    </details>
  );
}
