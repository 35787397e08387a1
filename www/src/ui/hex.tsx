// Long hexadecimal values: in groups of four for the eye, one unbroken word for the clipboard.

const GROUP = 4;
const NOTHING: ReadonlySet<number> = new Set();

interface Props {
  value: string;
  /** Where the value differs from another: each position as `differences` returns it. */
  marked?: ReadonlySet<number>;
  large?: boolean;
}

export function Hex({ value, marked = NOTHING, large = false }: Props) {
  const groups = [];
  for (let start = 0; start < value.length; start += GROUP) {
    const end = Math.min(start + GROUP, value.length);
    groups.push(<span class="hex-group" key={start}>{markedRuns(value, start, end, marked)}</span>);
  }
  return <span class={large ? "hex hex-large" : "hex"}>{groups}</span>;
}

/** A part of a value, with runs of marked positions inside <mark>. */
export function markedRuns(value: string, start: number, end: number, marked: ReadonlySet<number>) {
  const parts = [];
  let from = start;
  for (let at = start + 1; at <= end; at += 1) {
    if (at < end && marked.has(at) === marked.has(from)) continue;
    const text = value.slice(from, at);
    parts.push(marked.has(from) ? <mark key={from}>{text}</mark> : text);
    from = at;
  }
  return parts;
}

export function isLongHex(value: string): boolean {
  return value.length >= 16 && /^[0-9a-f]+$/i.test(value);
}
