// Who, and where: the steps before the challenge.

import { checkParticipants, type Entered, type Participant } from "cloud-witness";
import { useState } from "preact/hooks";
import { draft as colocated } from "../colocation/store";
import { TextField, Radio } from "../ui/field";
import { engine } from "../verifier/engine";
import { asRecorded, change, draft, finish, NOBODY, unfinish } from "./draft";
import { Findings } from "./findings";
import { StepForm } from "./view";

export function ParticipantsStep() {
  const { participants, madeBy, notedBy } = draft.value;
  const [wasAsked, ask] = useState(false);
  const findings = engine.value === "ready" ? checkParticipants(asRecorded(participants)) : [];

  // Another name or project is another participant, who has given no key.
  const replace = (index: number, patch: Partial<Participant>) =>
    change({ participants: participants.map((one, at) => (at === index ? { ...one, ...patch, key: null } : one)) });
  const isNeeded = (index: number) => draft.value.times.challenge !== undefined && (index === madeBy || index === notedBy);
  const remove = (index: number) => {
    const moved = (position: number) => (position > index ? position - 1 : position === index ? 1 : position);
    change({ participants: participants.filter((_, at) => at !== index), madeBy: moved(madeBy), notedBy: moved(notedBy) });
  };

  return (
    <StepForm
      action="These take part"
      disabled={engine.value !== "ready"}
      onDone={() => {
        ask(true);
        if (findings.length === 0) finish("participants");
      }}
    >
      <p>One prover, who shows the machine, and at least two witnesses. The witnesses are of two different projects, neither of them the prover's: so nobody vouches for their own machine. Each of them needs a key at the end: have them open <a href="#/keys">Keys</a> now, or bring an SSH key.</p>
      {participants.map((participant, index) => (
        <fieldset class="person" key={index}>
          <legend>{participant.role === "prover" ? "The prover" : `Witness ${participants.slice(0, index + 1).filter(({ role }) => role === "witness").length}`}</legend>
          <TextField id={`field-name-${index}`} label="Name" value={participant.name} onInput={(name) => replace(index, { name })} />
          <TextField id={`field-project-${index}`} label="Project" value={participant.project} onInput={(project) => replace(index, { project })} />
          {participant.role === "witness" && participants.length > 3 && !isNeeded(index) && (
            <button type="button" class="button-small" onClick={() => remove(index)}>Remove<span class="visually-hidden"> {participant.name}</span></button>
          )}
        </fieldset>
      ))}
      <p><button type="button" onClick={() => change({ participants: [...participants, NOBODY] })}>Add a witness</button></p>
      {wasAsked && <Findings findings={findings} />}
    </StepForm>
  );
}

export function ColocationStep() {
  const { answer, how } = draft.value.colocation;
  const set = (patch: Partial<typeof draft.value.colocation>) => change({ colocation: { ...draft.value.colocation, ...patch } });
  const isEnough = answer !== "" && answer !== "not_shown" && how.trim() !== "";
  const [wasAsked, ask] = useState(false);
  return (
    <StepForm
      action="Go on"
      onDone={() => {
        ask(true);
        if (isEnough) finish("colocation");
      }}
    >
      <p>Many providers also house machines that customers own (colocation). A machine of the owner's own could be opened by its owner. Does this provider offer colocation, and can the prover show that this machine is not in it?</p>
      <Radio name="colocation" value="not_offered" chosen={answer} onChoose={(chosen) => set({ answer: chosen })} label="The provider offers no colocation" />
      <Radio name="colocation" value="shown_not_in_it" chosen={answer} onChoose={(chosen) => set({ answer: chosen })} label="It does, and the prover showed that this machine is not in it" />
      <Radio name="colocation" value="not_shown" chosen={answer} onChoose={() => { set({ answer: "not_shown" }); unfinish("colocation"); }} label="It does, and that was not shown" />
      <Radio name="colocation" value="in_colocation" chosen={answer} onChoose={(chosen) => set({ answer: chosen })} label="The machine is in colocation, and its owner gives other evidence" />
      {answer === "in_colocation" && <p class="nested">Enter that evidence under <a href="#/colocation">Colocation</a>, before or after the call: {counted(colocated.value.items.length)} so far. It goes into the record, and is checked as of the moment when the file is received.</p>}
      {answer === "not_shown" ? (
        <p class="problem" role="alert">
          Then a console proves too little: such a machine needs colocation evidence (the owner's claim, the data centre's pledge, and
          more). This ceremony can't go on as one for bare metal. What was entered stays here.
        </p>
      ) : (
        <TextField id="field-how" label="How is that known?" hint="For example: the provider's price list; or the product's page that the prover opened." value={how} onInput={(text) => set({ how: text })} />
      )}
      {wasAsked && !isEnough && answer !== "not_shown" && <p class="problem" role="alert">Choose an answer, and say how it is known.</p>}
    </StepForm>
  );
}

function counted(items: number): string {
  return items === 1 ? "1 item" : `${items === 0 ? "no" : items} items`;
}

const SEEN: readonly { name: keyof Entered["console"]; label: string; hint: string }[] = [
  { name: "provider", label: "Provider", hint: "Whose console is it?" },
  { name: "product", label: "Product", hint: "What the machine is sold as." },
  { name: "region", label: "Region", hint: "As the console names it." },
  { name: "console_type", label: "Kind of console", hint: "For example IPMI, or serial over the provider's page." },
  { name: "machine", label: "The machine picked on the screen", hint: "Its name or number, as everyone saw it." },
];

/** The same places in the record, for a machine without a provider's console. */
const SEEN_IN_COLOCATION: typeof SEEN = [
  { name: "provider", label: "Data centre", hint: "Who runs it?" },
  { name: "product", label: "The machine's make", hint: "For example its chassis and board." },
  { name: "region", label: "Place", hint: "City, hall and rack, as far as they are told." },
  { name: "console_type", label: "How was the machine reached?", hint: "For example its controller's console, or ssh." },
  { name: "machine", label: "The machine that was reached", hint: "Its name, serial number or address, as everyone saw it." },
];

export function ConsoleStep() {
  const isColocated = draft.value.colocation.answer === "in_colocation";
  const fields = isColocated ? SEEN_IN_COLOCATION : SEEN;
  const seen = draft.value.console;
  const [wasAsked, ask] = useState(false);
  const missing = fields.filter(({ name }) => seen[name].trim() === "");
  return (
    <StepForm
      action="This was seen"
      onDone={() => {
        ask(true);
        const first = missing[0];
        if (first === undefined) finish("console");
        else document.getElementById(`field-${first.name}`)?.focus();
      }}
    >
      <p>{isColocated ? "The prover shares the screen, and reaches the machine in the data centre." : "The prover shares the screen, logs on to the provider's console, picks the machine, and opens its own console there."}</p>
      {fields.map(({ name, label, hint }) => (
        <TextField key={name} id={`field-${name}`} label={label} hint={hint} value={seen[name]} onInput={(text) => change({ console: { ...draft.value.console, [name]: text } })} />
      ))}
      {wasAsked && missing.length > 0 && <p class="problem" role="alert">Still to enter: {missing.map(({ label }) => label.toLowerCase()).join(", ")}.</p>}
    </StepForm>
  );
}
