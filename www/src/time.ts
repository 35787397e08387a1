// Moments are Unix seconds inside, and UTC to the second on the screen.

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** "2025-06-20 14:03:22 UTC" */
export function formatUtc(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} seconds after 1970`;
  return date.toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/** "3 hours", "12 days": as exact as one needs an age. */
export function daysInWords(seconds: number): string {
  const counted = (count: number, unit: string) => (count === 1 ? `1 ${unit}` : `${count} ${unit}s`);
  if (seconds < 7200) return counted(Math.max(0, Math.floor(seconds / 60)), "minute");
  return seconds < 172_800 ? counted(Math.floor(seconds / 3600), "hour") : counted(Math.floor(seconds / 86_400), "day");
}

/** The same moment by the clock and zone of this computer. */
export function formatLocal(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ]+(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?$/i;

/** Reads "2025-06-20 14:03:22", with or without seconds, UTC unless an offset stands behind it. Null when it is no moment. */
export function parseMoment(text: string): number | null {
  const match = MOMENT.exec(text.trim());
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => Number(match[group] ?? "0"));
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  date.setUTCHours(hour!, minute!, second!);
  // A date that does not exist, such as 30 February, would silently become another one.
  const exists = date.getUTCMonth() === month! - 1 && date.getUTCDate() === day && date.getUTCHours() === hour
    && date.getUTCMinutes() === minute && date.getUTCSeconds() === second;
  if (!exists) return null;
  const offset = (Number(match[8] ?? "0") * 60 + Number(match[9] ?? "0")) * 60;
  return date.getTime() / 1000 - (match[7] === "-" ? -offset : offset);
}
