import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  /** What the button says, and what the one that really does it says. */
  action: string;
  confirm: string;
  onConfirm: () => void;
  small?: boolean;
}

/** A second thought before something that cannot be undone. The focus stays with it. */
export function Confirm({ action, confirm, onConfirm, small = false }: Props) {
  const [isAsked, ask] = useState(false);
  const yes = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  useLayoutEffect(() => {
    if (isAsked) yes.current?.focus();
    else if (wasAsked.current) first.current?.focus();
    wasAsked.current = isAsked;
  }, [isAsked]);
  if (!isAsked) return <button type="button" ref={first} class={small ? "button-small" : ""} onClick={() => ask(true)}>{action}</button>;
  return (
    <>
      {/* A key that is held repeats: that is no second thought. */}
      <button type="button" ref={yes} onKeyDown={(event) => event.repeat && event.preventDefault()} onClick={() => { ask(false); onConfirm(); }}>{confirm}</button>
      <button type="button" onClick={() => ask(false)}>Keep it</button>
    </>
  );
}
