// What a heartbeat log covers, as a picture, and the same in words for those who do not see it.

import type { HeartbeatTimeline, StretchState } from "cloud-witness";
import { daysInWords, formatUtc } from "../time";
import { Folded } from "../ui/folded";

const WIDTH = 1000;
const HEIGHT = 48;

/** By colour, height and word, so that no one of them is needed. */
const STATES: Readonly<Record<StretchState, { word: string; what: string; height: number }>> = {
  covered: { word: "Covered", what: "the machine answered", height: 40 },
  gap: { word: "Gap", what: "nothing was recorded", height: 6 },
  error: { word: "No good answer", what: "recorded, but without a good answer", height: 18 },
  unproven: { word: "Not proven", what: "recorded, but no good signature covers it", height: 28 },
};

/** More than anyone reads. */
const MOST_LISTED = 200;

export function Timeline({ timeline }: { timeline: HeartbeatTimeline }) {
  const { from, to, spans } = timeline;
  const seconds = Math.max(1, to - from);
  const lost = spans.filter(({ state }) => state !== "covered");
  const used = (Object.keys(STATES) as StretchState[]).filter((state) => spans.some((span) => span.state === state));
  const summary = inWords(timeline);
  // What is not covered is drawn last, and never so thin that it disappears.
  const drawn = [...spans.filter(({ state }) => state === "covered"), ...lost];
  return (
    <figure class="timeline" data-covered={timeline.covered_ppm}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        <rect class="timeline-ground" x={0} y={0} width={WIDTH} height={HEIGHT} />
        {drawn.map((span) => {
          const { height } = STATES[span.state];
          const width = Math.max(span.state === "covered" ? 0 : 2, ((span.to - span.from) / seconds) * WIDTH);
          const x = Math.min(((span.from - from) / seconds) * WIDTH, WIDTH - width);
          return (
            <g key={`${span.from} ${span.state}`}>
              {span.state !== "covered" && <rect class="timeline-ground" x={x} y={0} width={width} height={HEIGHT} />}
              <rect data-state={span.state} x={x} y={HEIGHT - height} width={width} height={height} />
            </g>
          );
        })}
      </svg>
      <div class="timeline-ends"><span>{formatUtc(from)}</span><span>{formatUtc(to)}</span></div>
      <ul class="timeline-key">
        {used.map((state) => <li key={state}><span class="timeline-mark" data-state={state} aria-hidden="true" /> {STATES[state].word}: {STATES[state].what}</li>)}
      </ul>
      <figcaption>{summary}</figcaption>
      {lost.length > 0 && (
        <Folded summary={`The stretches that are not covered: ${(lost.length + timeline.left_off).toLocaleString("en")}`}>
          {() => (
            <ul class="plain timeline-list">
              {lost.slice(0, MOST_LISTED).map((span) => (
                <li key={span.from}>{STATES[span.state].word}, {lasting(span.to - span.from)}: from {formatUtc(span.from)} to {formatUtc(span.to)}</li>
              ))}
              {lost.length + timeline.left_off > MOST_LISTED && <li>and more</li>}
            </ul>
          )}
        </Folded>
      )}
    </figure>
  );
}

function inWords({ covered, span, covered_ppm: ppm, longest_gap: longest, left_off: leftOff }: HeartbeatTimeline): string {
  const whole = ppm === 1_000_000 ? "all" : `${(Math.floor(ppm / 100) / 100).toFixed(2)} %`;
  const gap = longest === 0 ? "Nothing is lacking." : `The longest stretch that is not covered has ${lasting(longest)}.`;
  const more = leftOff === 0 ? "" : ` ${leftOff.toLocaleString("en")} more stretches are counted, and not drawn.`;
  return `Covered: ${whole} of ${lasting(span)} (${covered.toLocaleString("en")} of ${span.toLocaleString("en")} seconds). ${gap}${more}`;
}

function lasting(seconds: number): string {
  return seconds < 600 ? `${seconds} ${seconds === 1 ? "second" : "seconds"}` : daysInWords(seconds);
}
