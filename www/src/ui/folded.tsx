import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface Props {
  summary: ComponentChildren;
  class?: string;
  /** Drawn when it is first opened: hundreds of values that few people look at would keep everyone waiting. */
  children: () => ComponentChildren;
}

export function Folded({ summary, class: name, children }: Props) {
  const [wasOpened, setOpened] = useState(false);
  return (
    <details class={name} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>{summary}</summary>
      {wasOpened && children()}
    </details>
  );
}
