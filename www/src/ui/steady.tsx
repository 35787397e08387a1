import type { ComponentChildren } from "preact";

/** A button's words, which change while something goes on: as wide as the longest of them all the while, so that nothing beside it moves. */
export function Steady({ longest, children }: { longest: string; children: ComponentChildren }) {
  return <span class="steady" data-longest={longest}><span>{children}</span></span>;
}
