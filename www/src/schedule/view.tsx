// Two weekly slots, who witnesses when, on everybody's own clock, and as a file for calendars.

import { useState } from "preact/hooks";
import { nowSeconds } from "../time";
import { Confirm } from "../ui/confirm";
import { TextField } from "../ui/field";
import { FilePicker } from "../ui/file";
import { isKept, whereKept } from "../ui/kept";
import { saveFile } from "../ui/save";
import { calendarOf } from "./calendar";
import {
  change, clearSchedule, isDate, lacking, MOST_PEOPLE, MOST_WEEKS, occurrencesOf, openSchedule, removePerson, schedule, scheduleText,
  setTurn, shareOut, SLOT_NAMES, type Occurrence, type SlotName,
} from "./store";
import { clockText, isZone, ownZone, PACIFIC, todayIn, zoneNames } from "./zones";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

export function ScheduleView() {
  return (
    <div class="schedule-view">
      <h1>Schedule</h1>
      <p class="lead">
        Ceremonies are held in two weekly slots, one in the Pacific morning and one in the Pacific evening, so that
        witnesses everywhere can take part. Say here who witnesses when; everybody sees their own clock.
      </p>
      <Slots />
      <People />
      <Calls />
      <Files />
    </div>
  );
}

function Slots() {
  const { slots, from, weeks, minutes, link } = schedule.value;
  return (
    <section class="panel" aria-labelledby="slots-title">
      <h2 id="slots-title">The two slots</h2>
      <p class="hint">Day and time in Pacific time ({PACIFIC}), with daylight saving as it is there. Take them from the alliance: they are not fixed in this page.</p>
      {SLOT_NAMES.map((name) => <SlotFields key={name} name={name} />)}
      <div class="schedule-line">
        <div class="field">
          <label for="field-from">First day</label>
          <DateInput id="field-from" value={from} onDate={(date) => change({ from: date })} />
        </div>
        <NumberField id="field-weeks" label="Weeks" value={weeks} least={1} most={MOST_WEEKS} onNumber={(value) => change({ weeks: value })} />
        <NumberField id="field-minutes" label="Minutes a call" value={minutes} least={5} most={600} onNumber={(value) => change({ minutes: value })} />
      </div>
      {from === "" && <p><button type="button" onClick={() => change({ from: todayIn(PACIFIC, nowSeconds()) })}>Begin today</button></p>}
      <LinkField link={link} />
      {SLOT_NAMES.every((name) => slots[name].day === null || slots[name].time === "") && <p class="hint">Nothing is planned until a slot has its day and time.</p>}
    </section>
  );
}

function SlotFields({ name }: { name: SlotName }) {
  const { slots } = schedule.value;
  const { day, time } = slots[name];
  const id = `field-${name.toLowerCase()}`;
  const set = (patch: Partial<typeof slots[SlotName]>) => change({ slots: { ...slots, [name]: { ...slots[name], ...patch } } });
  return (
    <fieldset class="schedule-slot">
      <legend>{name}</legend>
      <label for={`${id}-day`}>Day</label>
      <select id={`${id}-day`} value={day === null ? "" : String(day)} onChange={({ currentTarget }) => set({ day: currentTarget.value === "" ? null : Number(currentTarget.value) })}>
        <option value="">not set</option>
        {WEEKDAYS.map((word, index) => <option key={word} value={String(index)}>{word}</option>)}
      </select>
      <label for={`${id}-time`}>Time</label>
      <input id={`${id}-time`} type="time" value={time} onInput={({ currentTarget }) => set({ time: currentTarget.value.slice(0, 5) })} />
    </fieldset>
  );
}

/** What is typed stays as it is; it counts once it is a date that may be. */
function DateInput({ id, value, onDate }: { id: string; value: string; onDate: (date: string) => void }) {
  const [typed, type] = useState<string | null>(null);
  return (
    <input
      id={id}
      type="date"
      value={typed ?? value}
      onInput={({ currentTarget }) => {
        const date = currentTarget.value;
        type(isDate(date) ? null : date);
        onDate(isDate(date) ? date : "");
      }}
      onBlur={() => type(null)}
    />
  );
}

/** What is typed counts once it is a number that may be, and stays as it was typed until the field is left. */
function NumberField({ id, label, value, least, most, onNumber }: { id: string; label: string; value: number; least: number; most: number; onNumber: (value: number) => void }) {
  const [typed, type] = useState<string | null>(null);
  const isNumber = (text: string) => /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
  const isWrong = typed !== null && !isNumber(typed);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        class="short"
        value={typed ?? String(value)}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-problem` : undefined}
        onInput={({ currentTarget }) => {
          const text = currentTarget.value;
          type(text);
          if (isNumber(text)) onNumber(Number(text));
        }}
        onBlur={() => !isWrong && type(null)}
      />
      {isWrong && <p class="problem" id={`${id}-problem`}>A number from {least} to {most}.</p>}
    </div>
  );
}

function LinkField({ link }: { link: string }) {
  const [typed, type] = useState<string | null>(null);
  const shown = typed ?? link;
  const isWrong = shown !== "" && !shown.startsWith("https://");
  return (
    <>
      <TextField id="field-link" label="Link to the call (optional)" hint="https://…" value={shown} onInput={(text) => {
        const isRight = text === "" || (text.startsWith("https://") && text.length <= 500);
        type(isRight ? null : text);
        if (isRight) change({ link: text });
      }} />
      {isWrong && <p class="problem">Give the link as it opens in a browser, beginning with https://.</p>}
    </>
  );
}

function People() {
  const { people } = schedule.value;
  const [name, setName] = useState("");
  const [project, setProject] = useState("");
  const [zone, setZone] = useState(ownZone());
  const [complaint, complain] = useState("");

  function add(event: Event) {
    event.preventDefault();
    const wrong = name.trim() === "" || project.trim() === "" ? "Give the name and the project: witnesses of two projects are needed."
      : !isZone(zone.trim()) ? "This is no time zone that this browser knows. Write it as Europe/Berlin."
        : people.length >= MOST_PEOPLE ? `At most ${MOST_PEOPLE} people.`
          : people.some((one) => one.name.trim() === name.trim() && one.project.trim() === project.trim()) ? "This person is on the list already." : "";
    complain(wrong);
    if (wrong !== "") return;
    change({ people: [...people, { name: name.trim().slice(0, 100), project: project.trim().slice(0, 100), zone: zone.trim() }] });
    setName("");
    setProject("");
    document.getElementById("field-person")?.focus();
  }

  return (
    <section class="panel" aria-labelledby="people-title">
      <h2 id="people-title">Witnesses: {people.length === 0 ? "none yet" : people.length}</h2>
      <ul class="plain">
        {people.map((person, index) => (
          <li key={index} class="schedule-person" data-person={index}>
            <span><strong><bdi>{person.name}</bdi></strong> of <bdi>{person.project}</bdi>, {person.zone.replaceAll("_", " ")}</span>
            <button type="button" class="button-small" onClick={() => removePerson(index)}>Remove<span class="visually-hidden"> {person.name}</span></button>
          </li>
        ))}
      </ul>
      <form noValidate onSubmit={add}>
        <div class="schedule-line">
          <TextField id="field-person" label="Name" value={name} onInput={setName} />
          <TextField id="field-project" label="Project" value={project} onInput={setProject} />
          <div class="field">
            <label for="field-zone">Time zone</label>
            <input id="field-zone" type="text" list="zones" autocomplete="off" spellcheck={false} value={zone} onInput={({ currentTarget }) => setZone(currentTarget.value)} />
            <datalist id="zones">{zoneNames().map((one) => <option key={one} value={one} />)}</datalist>
          </div>
        </div>
        {complaint !== "" && <p class="problem" role="alert">{complaint}</p>}
        <button type="submit">Add this witness</button>
      </form>
    </section>
  );
}

function Calls() {
  const of = schedule.value;
  const all = occurrencesOf(of);
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="calls-title">
      <h2 id="calls-title">Who witnesses when: {all.length === 1 ? "1 call" : `${all.length} calls`}</h2>
      <p class="field-line">
        <button type="button" disabled={of.people.length === 0} onClick={shareOut}>Share out in turn</button>
        <span class="hint">Two witnesses of two projects a call, so that everybody has about as many. You can change each below.</span>
      </p>
      <ul class="plain">{all.map((one) => <Call key={one.key} one={one} />)}</ul>
    </section>
  );
}

function Call({ one }: { one: Occurrence }) {
  const of = schedule.value;
  const lacks = lacking(of, one);
  return (
    <li class="panel schedule-call" data-call={one.key} data-at={one.at}>
      <fieldset>
        <legend>{one.slot}: {clockText(one.at, PACIFIC)}, Pacific</legend>
        <ul class="plain">
          {of.people.map((person, index) => {
            const id = `turn-${one.key.replace(" ", "-")}-${index}`;
            return (
              <li key={index} class="schedule-turn">
                <input type="checkbox" id={id} checked={one.witnesses.includes(index)} onChange={({ currentTarget }) => setTurn(one.key, index, currentTarget.checked)} />
                <label for={id}><bdi>{person.name}</bdi> <span class="hint"><bdi>{person.project}</bdi></span></label>
                <span class="schedule-clock">{clockText(one.at, person.zone)}</span>
              </li>
            );
          })}
        </ul>
        {lacks !== null && <p class="hint schedule-lacks">{lacks}</p>}
      </fieldset>
    </li>
  );
}

function Files() {
  const of = schedule.value;
  const all = occurrencesOf(of);
  const [whose, choose] = useState("");
  const mine = whose === "" ? all : all.filter(({ witnesses }) => witnesses.includes(Number(whose)));
  return (
    <section class="panel no-print" aria-labelledby="schedule-files-title">
      <h2 id="schedule-files-title">Take it with you</h2>
      <p class="field-line">
        <label for="field-whose">Calls of</label>
        <select id="field-whose" value={whose} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          <option value="">everybody</option>
          {of.people.map(({ name }, index) => <option key={index} value={String(index)}>{name}</option>)}
        </select>
        <button type="button" disabled={mine.length === 0} onClick={() => saveFile("proof-of-cloud.ics", calendarOf(of, mine, nowSeconds()), "text/calendar")}>
          Save for a calendar (.ics), {mine.length === 1 ? "1 call" : `${mine.length} calls`}
        </button>
      </p>
      <p class="hint">Made in this tab. Importing a newer file into the same calendar changes the calls that are there.</p>
      <FilePicker id="field-schedule" label="Open a schedule that was sent to you" onFile={({ bytes }) => openSchedule(bytes)} />
      {scheduleText.value !== "" && (
        <div class="field-line">
          <button type="button" onClick={() => saveFile("schedule.json", scheduleText.peek())}>Save the schedule, to send it</button>
          <Confirm action="Clear the schedule" confirm="Yes, clear it" onConfirm={clearSchedule} />
        </div>
      )}
      {scheduleText.value !== "" && !isKept(scheduleText) && <p class="problem">{whereKept(scheduleText, "The schedule is", "save the schedule before you close the tab")}</p>}
    </section>
  );
}
