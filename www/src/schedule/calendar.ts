// The schedule as an .ics file (RFC 5545): one event a call, at a moment in UTC, so that no calendar has to know the rules
// of Pacific time.

import ical from "ical-generator";
import type { Occurrence, Schedule } from "./store";
import { clockText, PACIFIC } from "./zones";

/** Each call has a name of its own that stays when its hour or its witnesses change: importing again changes the event. */
export function calendarOf(of: Schedule, occurrences: readonly Occurrence[], nowSeconds: number): string {
  const calendar = ical({ name: "Proof of Cloud ceremonies", prodId: { company: "Cloud Witness", product: "schedule", language: "EN" } });
  for (const { key, slot, at, witnesses } of occurrences) {
    const who = witnesses.map((index) => of.people[index]).filter((person) => person !== undefined);
    const names = who.map(({ name, project }) => `${name} (${project})`);
    calendar.createEvent({
      id: `${key.replace(" ", "-").toLowerCase()}@schedule.cloud-witness`,
      // A later file has a larger number, by which calendars know which one counts.
      sequence: Math.max(0, Math.floor(nowSeconds / 60) - 28_000_000),
      stamp: new Date(nowSeconds * 1000),
      start: new Date(at * 1000),
      end: new Date((at + of.minutes * 60) * 1000),
      summary: `Proof of Cloud ceremony, ${slot.toLowerCase()}: ${names.length === 0 ? "no witness yet" : names.join(" and ")}`,
      description: [
        names.length === 0 ? "Nobody witnesses yet." : `Witnesses: ${names.join(", ")}`,
        `Pacific: ${clockText(at, PACIFIC)}`,
        ...of.people.map(({ name, zone }) => `${name}: ${clockText(at, zone)}`),
      ].join("\n"),
      ...(of.link === "" ? {} : { url: of.link }),
    });
  }
  return calendar.toString();
}
