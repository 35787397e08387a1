import { lists } from "../registry/store";
import { Section } from "../ui/field";
import { address } from "../views";

/** The lists themselves have a view of their own. */
export function RegistryInput() {
  const known = lists.known.value?.list.entries;
  const revoked = lists.revoked.value?.list.entries;
  return (
    <Section title="The registry" optional hint="Whether the machine is known, new or revoked.">
      <p data-registry>
        {known === undefined ? "No list of known machines is loaded" : `${known.toLocaleString("en")} known machines are loaded`},{" "}
        {revoked === undefined ? "and no revoked list." : `and ${revoked.toLocaleString("en")} revoked.`}{" "}
        <a href={address("registry")}>{known === undefined && revoked === undefined ? "Load the lists" : "See the lists"}</a>
      </p>
    </Section>
  );
}
