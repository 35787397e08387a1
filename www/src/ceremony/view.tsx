// A ceremony as steps with one decision each. What has ended stands above with its time; what comes next stands below.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { readNoted } from "../inputs/noted";
import { formatUtc } from "../time";
import { FilePicker } from "../ui/file";
import { Confirm } from "../ui/confirm";
import { Hex, isLongHex } from "../ui/hex";
import { whereKept } from "../ui/kept";
import { saveFile } from "../ui/save";
import { address } from "../views";
import { areUsedForgotten, canCorrectHash, canReopen, clockProblem, current, draft, draftText, erase, exported, importDraft, isEmpty, redo, reopened, STEPS, unreadable, type Draft, type Step } from "./draft";
import { AppraisalStep } from "./appraisal";
import { ChallengeStep, CommandStep } from "./challenge";
import { EditHash, FileStep, HashStep } from "./file";
import { OutcomeStep } from "./outcome";
import { ColocationStep, ConsoleStep, ParticipantsStep } from "./people";

const TITLES: Readonly<Record<Step, string>> = {
  participants: "Who takes part?",
  colocation: "Is the machine really the provider's?",
  console: "What was seen on the console?",
  challenge: "The challenge",
  command: "The attester runs",
  hash: "The file's hash",
  file: "The file",
  appraisal: "What it proves",
  outcome: "Outcome and record",
};

const FORMS: Readonly<Record<Step, () => preact.JSX.Element>> = {
  participants: ParticipantsStep,
  colocation: ColocationStep,
  console: ConsoleStep,
  challenge: ChallengeStep,
  command: CommandStep,
  hash: HashStep,
  file: FileStep,
  appraisal: AppraisalStep,
  outcome: OutcomeStep,
};

export function CeremonyView() {
  const now = current.value;
  return (
    <div class="ceremony-view">
      <h1>Run a ceremony</h1>
      <p class="lead">
        One witness keeps the record while everyone is on the call. Each step notes its time. At the end stands one file
        that all of you sign, and that anyone can open and check again.
      </p>
      <p class="hint">
        {whereKept(draftText, "What you enter is", "save what was entered before you close the tab")}
        {areUsedForgotten() && " Nor can it tell then whether a challenge was used in an earlier visit: make a new one for every call."}
      </p>
      {unreadable.value !== null && (
        <div class="problem" role="alert">
          <p>What this browser kept of a ceremony cannot be read by this version. Save it, if it matters, before you erase it.</p>
          <p class="field-line">
            <button type="button" onClick={() => saveFile("ceremony-unreadable.json", unreadable.peek() ?? "")}>Save it</button>
            <Confirm action="Erase it" confirm="Yes, erase it" onConfirm={beginAnew} />
          </p>
        </div>
      )}
      {unreadable.value === null && <Steps now={now} />}
    </div>
  );
}

function Steps({ now }: { now: Step | null }) {
  return (
    <>
      <ol class="steps">
        {STEPS.map((step) => <StepItem key={step} step={step} isNow={step === now} />)}
      </ol>
      <Keep />
    </>
  );
}

function StepItem({ step, isNow }: { step: Step; isNow: boolean }) {
  const time = draft.value.times[step];
  const Form = FORMS[step];
  const heading = useRef<HTMLHeadingElement>(null);
  const was = useRef(isNow);
  useLayoutEffect(() => {
    // The next step begins where the reading goes on.
    if (isNow && !was.current) heading.current?.focus();
    was.current = isNow;
  }, [isNow]);
  return (
    <li class="step" data-step={step} data-state={isNow ? "now" : time === undefined ? "later" : "done"} aria-current={isNow ? "step" : undefined}>
      <div class="row-head">
        <h2 ref={heading} tabIndex={-1}>{TITLES[step]}</h2>
        {time !== undefined && <time class="hint" dateTime={formatUtc(time)}>{formatUtc(time)}</time>}
      </div>
      {time !== undefined && !isNow && <Done step={step} />}
      {isNow && <Form />}
      {isNow && <ClockProblem />}
    </li>
  );
}

function Done({ step }: { step: Step }) {
  const summary = summaryOf(step, draft.value);
  return (
    <div class="step-done">
      <p>{summary}</p>
      <div class="field-line">
        {step === "hash" && canCorrectHash(draft.value) && <EditHash small />}
        {canReopen(step) ? (
          <button type="button" class="button-small" onClick={() => (reopened.value = step)}>Correct<span class="visually-hidden">: {TITLES[step]}</span></button>
        ) : (
          <button type="button" class="button-small" onClick={() => redo(step)}>Do it again<span class="visually-hidden">: {TITLES[step]}</span></button>
        )}
      </div>
    </div>
  );
}

const COLOCATION: Readonly<Record<Draft["colocation"]["answer"], string>> = {
  "": "Not answered",
  not_offered: "The provider offers no colocation",
  shown_not_in_it: "Shown not to be in colocation",
  not_shown: "Not shown to be outside of colocation",
  in_colocation: "The machine is in colocation",
};

function summaryOf(step: Step, of: Draft): ComponentChildren {
  switch (step) {
    case "participants":
      return of.participants.map(({ name, project, role }) => `${name} of ${project} (${role})`).join(", ");
    case "colocation":
      return `${COLOCATION[of.colocation.answer]}: ${of.colocation.how}`;
    case "console":
      return `${of.console.machine}, on the ${of.console.console_type} console of ${of.console.provider}, ${of.console.product}, ${of.console.region}`;
    case "challenge":
      return `${of.challenge?.hex ?? ""}, for ${of.minutes} minutes`;
    case "command":
      return "The prover ran the attester on the machine.";
    case "hash":
      return of.notedHash.trim() === "" ? "No hash was noted." : <Noted text={of.notedHash} />;
    case "file":
      return <bdi>{of.file?.name ?? ""}</bdi>;
    case "appraisal":
      return "The participants have seen the verdict.";
    case "outcome":
      return <>The record was made. <a href={address("record")}>Open and sign it</a></>;
  }
}

function Noted({ text }: { text: string }) {
  const { sha256, name } = readNoted(text);
  return <>{isLongHex(sha256) ? <Hex value={sha256} /> : <span class="code">{sha256}</span>}{name !== null && <> <bdi>{name}</bdi></>}</>;
}

function ClockProblem() {
  const problem = clockProblem.value;
  if (problem === null) return null;
  return (
    <p class="problem" role="alert">
      This computer's clock says {formatUtc(problem.now)}, but the step before ended at {formatUtc(problem.before)}. Somebody set the
      clock back. Set it right and go on, or begin again; nothing that you entered is lost.
    </p>
  );
}

/** To hand a ceremony on, to go on with one, or to begin anew. */
function Keep() {
  return (
    <section class="panel" aria-labelledby="keep-title">
      <h2 id="keep-title">Hand on, go on, begin anew</h2>
      {!isEmpty.value && (
        <div class="field-line">
          <button type="button" onClick={() => saveFile("ceremony-half-way.json", exported())}>Save what was entered</button>
          <Confirm action="Erase and begin anew" confirm="Yes, erase this ceremony" onConfirm={beginAnew} />
        </div>
      )}
      {isEmpty.value && <p class="hint">Another witness, or you on another computer, may have saved a ceremony half-way.</p>}
      {isEmpty.value && <FilePicker id="field-draft" label="Go on with a saved ceremony" onFile={({ bytes }) => importDraft(bytes)} />}
    </section>
  );
}

function beginAnew(): void {
  erase();
  document.getElementById("main")?.focus();
}

/** The step's form: what it asks, and the button that ends it. */
export function StepForm({ children, action, onDone, disabled = false, beside }: { children: ComponentChildren; action: string; onDone: () => void; disabled?: boolean; beside?: ComponentChildren }) {
  return (
    <form
      class="step-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onDone();
      }}
    >
      {children}
      <div class="field-line">
        <button type="submit" class="button-primary" disabled={disabled}>{action}</button>
        {beside}
      </div>
    </form>
  );
}
