// The copy of this site that the browser keeps, and whether it is the newest.

import { signal } from "@preact/signals";

export type Copy =
  /** None is kept: one file, a private window, plain http, or a browser that has no service workers. */
  | "none"
  /** The site is being asked whether there is a newer version. */
  | "looking"
  /** Files of a version are on their way here. */
  | "fetching"
  /** The newest version that the site has is kept. */
  | "kept"
  /** A newer version is kept too, and waits until the user wants it. */
  | "newer"
  /** The user took the newer version, in another tab; this one goes on with what it has. */
  | "replaced"
  /** The site could not be asked: this may be an old version. */
  | "offline"
  /** The site has a version that is not kept: its files did not all come, or are not the ones that it lists. */
  | "refused";

export const copy = signal<Copy>("none");
