import { useEffect, useState } from "preact/hooks";

/** Copies a value; says in words whether that worked. */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const [said, say] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => say(""), 4000);
    return () => clearTimeout(timer);
  }, [said]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      say("Copied");
    } catch {
      say("The browser refused: select the text and copy it");
    }
  }

  return (
    <span class="copy">
      <button type="button" class="button-small" onClick={() => void copy()}>
        Copy<span class="visually-hidden"> {what}</span>
      </button>
      <span role="status" class="copy-said">{said}</span>
    </span>
  );
}
