import { address } from "../views";
import { lists } from "./store";

/** Which lists of machines are loaded, and the way to them. */
export function LoadedLists() {
  const known = lists.known.value?.list.entries;
  const revoked = lists.revoked.value?.list.entries;
  return (
    <p data-registry>
      {known === undefined ? "No list of known machines is loaded" : `${known.toLocaleString("en")} known machines are loaded`},{" "}
      {revoked === undefined ? "and no revoked list." : `and ${revoked.toLocaleString("en")} revoked.`}{" "}
      <a href={address("registry")}>{known === undefined && revoked === undefined ? "Load the lists" : "See the lists"}</a>
    </p>
  );
}
