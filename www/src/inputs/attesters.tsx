import { counted, list, listText } from "../attesters/store";
import { problemWith, ProblemText, Section } from "../ui/field";
import { shortlyKept } from "../ui/kept";
import { address } from "../views";

/** The list itself has a view of its own. */
export function AttestersInput() {
  const { builds } = list.value;
  return (
    <Section
      title="The attester"
      hint="Which programs you know to be the attester, by their fingerprint (MRENCLAVE)."
    >
      <p>
        {builds.length === 0 ? "Your list is empty, so no verdict will be better than a warning." : `Your list, ${shortlyKept(listText)}, has ${counted(builds.length)}.`}
        {" "}<a id="field-attesters" href={address("attesters")} aria-describedby={problemWith("attesters") === undefined ? undefined : "field-attesters-problem"}>See the list</a>
      </p>
      <ProblemText id="field-attesters-problem" message={problemWith("attesters")} />
    </Section>
  );
}
