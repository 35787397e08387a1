// One column of inputs, in the order of a ceremony.

import { useEffect } from "preact/hooks";
import { engine } from "../engine";
import { outcome, problems, verifyInputs } from "../state";
import { Actions, SampleOffer } from "./actions";
import { AttestersInput } from "./attesters";
import { ChallengeInput } from "./challenge";
import { CollateralInput } from "./collateral";
import { EvidenceInput } from "./evidence";
import { NotedHashInput } from "./noted-hash";
import { PolicyInput } from "./policy";
import { TimeInput } from "./time";

export function InputForm() {
  useEffect(focusFirstProblem, [problems.value]);
  return (
    <form
      noValidate
      aria-busy={outcome.value?.state === "checking"}
      onSubmit={(event) => {
        event.preventDefault();
        if (engine.peek() === "ready") void verifyInputs();
      }}
    >
      <SampleOffer />
      <EvidenceInput />
      <ChallengeInput />
      <NotedHashInput />
      <CollateralInput />
      <TimeInput />
      <PolicyInput />
      <AttestersInput />
      <Actions />
    </form>
  );
}

function focusFirstProblem(): void {
  const first = problems.peek()[0];
  if (first !== undefined) document.getElementById(`field-${first.field}`)?.focus();
}
