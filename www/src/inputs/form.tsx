// One column of inputs, in the order of a ceremony.

import { useLayoutEffect } from "preact/hooks";
import { engine } from "../verifier/engine";
import { outcome, problems, verifyInputs } from "../state";
import { Actions, SampleOffer } from "./actions";
import { AttestersInput } from "./attesters";
import { ChallengeInput } from "./challenge";
import { CollateralInput } from "./collateral";
import { EvidenceInput } from "./evidence";
import { NotedHashInput } from "./noted-hash";
import { RegistryInput } from "./registry";
import { Settings } from "./settings";

export function InputForm() {
  useLayoutEffect(focusFirstProblem, [problems.value]);
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
      <AttestersInput />
      <RegistryInput />
      <Settings />
      <Actions />
    </form>
  );
}

function focusFirstProblem(): void {
  const first = problems.peek()[0];
  if (first !== undefined) document.getElementById(`field-${first.field}`)?.focus();
}
