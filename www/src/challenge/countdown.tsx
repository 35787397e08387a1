import { useTicking } from "../clock";
import { Icon } from "../ui/icon";
import { formatUtc } from "../time";

/** How much of the challenge's window is left. It ticks for the eye only: a screen reader reads it when asked to. */
export function Countdown({ madeAt, minutes }: { madeAt: number; minutes: number }) {
  const now = useTicking();
  if (!Number.isInteger(minutes) || minutes < 1) return <p class="hint">Made here at {formatUtc(madeAt)}.</p>;
  const end = madeAt + minutes * 60;
  const left = end - now;
  return (
    <div class="countdown" data-over={left <= 0}>
      <p role="timer" aria-live="off">
        <Icon name="clock" /> {left > 0 ? <>Answer within <strong>{asClock(left)}</strong></> : <>The window ended <strong>{asClock(-left)}</strong> ago</>}
      </p>
      <p class="hint">Made here at {formatUtc(madeAt)}, to be answered by {formatUtc(end)}. Use it once.</p>
      {left <= 0 && <p class="problem">A file that comes from now on is at best a warning. Make a new challenge.</p>}
    </div>
  );
}

/** "14:03", or "1:00:07" from an hour on. */
function asClock(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
