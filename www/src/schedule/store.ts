// Who witnesses when: two weekly slots, told in Pacific time, and the people who take turns. Kept in this browser, and
// passed on as a file: nothing here is sent.

import { computed } from "@preact/signals";
import { kept, type Kept } from "../ui/kept";
import { dayAfter, isZone, momentOf, PACIFIC, weekdayOf } from "./zones";

export const SLOT_NAMES = ["Morning", "Evening"] as const;
export type SlotName = (typeof SLOT_NAMES)[number];

/** A weekly slot in Pacific time; without day or time until somebody sets it. */
export interface Slot {
  /** 0 for Sunday. */
  day: number | null;
  /** "09:00" */
  time: string;
}

export interface Person {
  name: string;
  project: string;
  zone: string;
}

export interface Schedule {
  version: 1;
  slots: Record<SlotName, Slot>;
  minutes: number;
  /** The first day that is planned, "2026-11-23". */
  from: string;
  weeks: number;
  /** Where the call is; may be empty. */
  link: string;
  people: Person[];
  /** By date and slot ("2026-11-24 Morning"), who witnesses: places in `people`. */
  turns: Record<string, number[]>;
}

export interface Occurrence {
  /** "2026-11-24 Morning" */
  key: string;
  slot: SlotName;
  date: string;
  /** Unix seconds. */
  at: number;
  witnesses: readonly number[];
}

export const MOST_WEEKS = 53;
export const MOST_PEOPLE = 32;

const NOTHING: Schedule = {
  version: 1, slots: { Morning: { day: null, time: "" }, Evening: { day: null, time: "" } },
  minutes: 60, from: "", weeks: 8, link: "", people: [], turns: {},
};

const text = kept("cloud-witness.schedule");

export const schedule = computed<Schedule>(() => {
  if (text.value === "") return NOTHING;
  const read = readSchedule(text.value);
  return "complaint" in read ? NOTHING : read.schedule;
});

export function change(patch: Partial<Schedule>): void {
  text.value = `${JSON.stringify({ ...schedule.peek(), ...patch }, null, 1)}\n`;
}

export function clearSchedule(): void {
  text.value = "";
}

export const scheduleText: Kept = text;

/** Takes over a schedule that somebody sent. Throws what is wrong with it; the one before stays. */
export function openSchedule(bytes: Uint8Array): void {
  const read = readSchedule(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  if ("complaint" in read) throw new Error(read.complaint);
  text.value = `${JSON.stringify(read.schedule, null, 1)}\n`;
}

const isTime = (value: unknown): value is string => typeof value === "string" && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
export const isDate = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`))
  && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
const isWhole = (value: unknown, least: number, most: number): value is number => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown, most: number): value is string => typeof value === "string" && value.length <= most;

/** Reads a schedule of exactly this form: everything else is named. */
function readSchedule(json: string): { schedule: Schedule } | { complaint: string } {
  const refuse = (what: string) => ({ complaint: `This is no schedule of Cloud Witness: ${what}. Ask for the file that was saved here.` });
  if (json.length > 256 * 1024) return refuse("it has more than 256 KiB");
  let of: unknown;
  try {
    of = JSON.parse(json);
  } catch {
    return refuse("it is no JSON");
  }
  if (!isObject(of) || of.version !== 1) return refuse("it has no version 1");
  const { slots, minutes, from, weeks, link, people, turns } = of;
  if (!isObject(slots)) return refuse("it has no slots");
  const found: Partial<Record<SlotName, Slot>> = {};
  for (const name of SLOT_NAMES) {
    const slot = slots[name];
    if (!isObject(slot) || !(slot.day === null || isWhole(slot.day, 0, 6)) || !(slot.time === "" || isTime(slot.time))) return refuse(`its slot ${name} has no day or time of a week`);
    found[name] = { day: slot.day, time: slot.time };
  }
  if (!isWhole(minutes, 5, 600)) return refuse("its calls do not last 5 to 600 minutes");
  if (from !== "" && !isDate(from)) return refuse("its first day is no date");
  if (!isWhole(weeks, 1, MOST_WEEKS)) return refuse(`it is not for 1 to ${MOST_WEEKS} weeks`);
  if (!isText(link, 500) || !(link === "" || link.startsWith("https://"))) return refuse("its link does not begin with https://");
  if (!Array.isArray(people) || people.length > MOST_PEOPLE) return refuse(`it has no list of at most ${MOST_PEOPLE} people`);
  for (const [index, person] of people.entries()) {
    if (!isObject(person) || !isText(person.name, 100) || !isText(person.project, 100) || !isText(person.zone, 60)) return refuse(`person ${index + 1} has no name, project and zone`);
    if (!isZone(person.zone)) return refuse(`the zone of person ${index + 1} is none that this browser knows`);
  }
  if (!isObject(turns) || Object.keys(turns).length > 2 * MOST_WEEKS) return refuse("it does not say who witnesses when");
  for (const [key, who] of Object.entries(turns)) {
    if (!/^\d{4}-\d\d-\d\d (Morning|Evening)$/.test(key) || !Array.isArray(who) || !who.every((one) => isWhole(one, 0, people.length - 1))) return refuse("a turn is of nobody on its list");
  }
  return {
    schedule: {
      version: 1, slots: found as Record<SlotName, Slot>, minutes, from: from as string, weeks, link,
      people: people.map(({ name, project, zone }) => ({ name, project, zone }) as Person),
      turns: Object.fromEntries(Object.entries(turns)) as Record<string, number[]>,
    },
  };
}

/** The calls that are planned, in their order. */
export function occurrencesOf(of: Schedule): Occurrence[] {
  const found: Occurrence[] = [];
  if (!isDate(of.from)) return found;
  for (let day = 0; day < 7 * of.weeks; day += 1) {
    const date = dayAfter(of.from, day);
    for (const slot of SLOT_NAMES) {
      const { day: weekday, time } = of.slots[slot];
      if (weekday !== weekdayOf(date) || !isTime(time)) continue;
      const key = `${date} ${slot}`;
      found.push({ key, slot, date, at: momentOf(date, time, PACIFIC), witnesses: Object.hasOwn(of.turns, key) ? of.turns[key]! : [] });
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

/** What a call lacks: two witnesses of two projects. */
export function lacking(of: Schedule, { witnesses }: Occurrence): string | null {
  if (witnesses.length === 0) return "Nobody witnesses yet.";
  const projects = new Set(witnesses.map((index) => of.people[index]?.project.trim().toLowerCase()));
  return projects.size < 2 ? "Witnesses of two projects are needed." : null;
}

/** Two witnesses of two projects for each call, in turn, so that everybody has about as many. */
export function shareOut(): void {
  const of = schedule.peek();
  const counts = of.people.map(() => 0);
  const turns: Record<string, number[]> = {};
  const next = (taken: readonly number[]) => {
    const projects = taken.map((index) => of.people[index]!.project.trim().toLowerCase());
    const free = of.people.map((_, index) => index).filter((index) => !projects.includes(of.people[index]!.project.trim().toLowerCase()));
    return free.sort((a, b) => counts[a]! - counts[b]! || a - b)[0];
  };
  for (const { key } of occurrencesOf(of)) {
    const taken: number[] = [];
    for (let one = next(taken); one !== undefined && taken.length < 2; one = next(taken)) {
      taken.push(one);
      counts[one]! += 1;
    }
    turns[key] = taken;
  }
  change({ turns });
}

export function setTurn(key: string, index: number, isOn: boolean): void {
  const { turns } = schedule.peek();
  const before = Object.hasOwn(turns, key) ? turns[key]! : [];
  const after = before.filter((one) => one !== index);
  change({ turns: { ...turns, [key]: isOn ? [...after, index].sort((a, b) => a - b) : after } });
}

/** Everyone behind moves up, in their turns as well. */
export function removePerson(gone: number): void {
  const { people, turns } = schedule.peek();
  change({
    people: people.filter((_, index) => index !== gone),
    turns: Object.fromEntries(Object.entries(turns).map(([key, who]) => [key, who.filter((index) => index !== gone).map((index) => (index > gone ? index - 1 : index))])),
  });
}
