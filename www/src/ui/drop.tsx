import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

/** Where files may be dropped. */
export function Drop({ onFiles, children }: { onFiles: (files: FileList | null | undefined) => void; children: ComponentChildren }) {
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles(event.dataTransfer?.files);
      }}
    >
      {children}
    </div>
  );
}
