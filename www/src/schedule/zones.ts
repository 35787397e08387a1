// Clocks of places, by the browser's own table of time zones.

/** What the alliance's slots are told in. */
export const PACIFIC = "America/Los_Angeles";

export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export function isZone(name: string): boolean {
  try {
    // An offset such as "+02:00" is a zone to some browsers, but knows no daylight saving.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

/** Names to choose from; a browser that tells none still takes them typed. */
export function zoneNames(): readonly string[] {
  return typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
}

/** What a clock in the zone shows at a moment (Unix seconds), as if it were UTC. */
function shownAt(seconds: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23",
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(seconds * 1000);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) / 1000;
}

/**
 * The moment at which a clock in the zone shows this date ("2026-03-08") and time ("09:00"). Of an hour that comes twice,
 * the first; an hour that is left out is read by the clock from before, so that it comes out an hour later.
 */
export function momentOf(date: string, time: string, zone: string): number {
  const wanted = Date.parse(`${date}T${time}:00Z`) / 1000;
  const offsets = [wanted - 86_400, wanted + 86_400].map((near) => shownAt(near, zone) - near);
  const fitting = offsets.map((offset) => wanted - offset).filter((moment) => shownAt(moment, zone) === wanted);
  return fitting.length > 0 ? fitting.reduce((first, moment) => Math.min(first, moment)) : wanted - offsets[0]!;
}

/** The date after so many days, both as "2026-03-08". */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** 0 for Sunday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** Today by a clock in the zone. */
export function todayIn(zone: string, seconds: number): string {
  return new Date(shownAt(seconds, zone) * 1000).toISOString().slice(0, 10);
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Wed 25 Nov, 02:00 (GMT+1)": in words of our own, as browsers spell them differently. */
export function clockText(seconds: number, zone: string): string {
  const shown = shownAt(seconds, zone);
  const at = new Date(shown * 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const minutes = Math.abs(shown - seconds) / 60;
  const offset = minutes === 0 ? "" : `${shown < seconds ? "-" : "+"}${Math.floor(minutes / 60)}${minutes % 60 === 0 ? "" : `:${two(minutes % 60)}`}`;
  return `${DAYS[at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}, ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} (GMT${offset})`;
}
