// What was compared with what: both values, side by side, the differing part marked.

import type { Compared } from "cloud-witness";
import { Folded } from "../ui/folded";
import { Hex, isLongHex, markedRuns } from "../ui/hex";

export function ComparedValues({ compared }: { compared: Compared[] }) {
  if (compared.length === 0) return null;
  const unequal = compared.filter(({ equal }) => !equal);
  const equal = compared.filter((pair) => pair.equal);
  return (
    <>
      {unequal.map((pair) => <Pair key={pair.label} pair={pair} />)}
      {equal.length > 0 && (
        <Folded class="compared-equal" summary={equal.length === 1 ? "What was compared" : `${equal.length} values compared, all equal`}>
          {() => equal.map((pair) => <Pair key={pair.label} pair={pair} />)}
        </Folded>
      )}
    </>
  );
}

function Pair({ pair }: { pair: Compared }) {
  return (
    <div class="pair" data-equal={pair.equal}>
      <p class="label">{pair.label}: {pair.equal ? "equal" : "not equal"}</p>
      <dl>
        <div>
          <dt>Expected</dt>
          <dd><Value value={pair.expected} other={pair.equal ? null : pair.actual} /></dd>
        </div>
        <div>
          <dt>Found</dt>
          <dd><Value value={pair.actual} other={pair.equal ? null : pair.expected} /></dd>
        </div>
      </dl>
    </div>
  );
}

function Value({ value, other }: { value: string; other: string | null }) {
  if (value === "") return <span class="nothing">nothing</span>;
  // Against nothing there is no part to mark: all of it differs.
  const marked = other === null || other === "" ? new Set<number>() : differences(value, other);
  if (isLongHex(value)) return <Hex value={value} marked={marked} />;
  return <span class="code">{markedRuns(value, 0, value.length, marked)}</span>;
}

/** The positions at which `value` differs: digit by digit for equal lengths, else all between a common start and end. */
export function differences(value: string, other: string): ReadonlySet<number> {
  const differing = new Set<number>();
  if (value.length === other.length) {
    for (let at = 0; at < value.length; at += 1) if (value[at] !== other[at]) differing.add(at);
    return differing;
  }
  const shorter = Math.min(value.length, other.length);
  let start = 0;
  while (start < shorter && value[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && value[value.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  for (let at = start; at < value.length - end; at += 1) differing.add(at);
  return differing;
}
