import { LoadedLists } from "../registry/loaded";
import { Section } from "../ui/field";

/** The lists themselves have a view of their own. */
export function RegistryInput() {
  return (
    <Section title="The registry" optional hint="Whether the machine is known, new or revoked.">
      <LoadedLists />
    </Section>
  );
}
