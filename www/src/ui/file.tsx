import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { openOnEnter } from "./document";
import { Drop } from "./drop";
import { faultOf } from "../verifier/fault";

interface Props {
  id: string;
  label: string;
  /** Larger files are not read. */
  most?: number;
  onFile: (file: { name: string; bytes: Uint8Array<ArrayBuffer> }) => void | Promise<void>;
}

/** Far above everything that the verifier accepts; it only keeps a wrong pick (a disk image) out of memory. */
const MOST_BYTES = 33 * 1024 * 1024;

/** Takes one file, chosen or dropped, and reads it once. A read that ends after another choice is dropped. */
export function FilePicker({ id, label, most = MOST_BYTES, onFile }: Props) {
  const [complaint, complain] = useState<ComponentChildren>(null);
  const newest = useRef(0);
  useEffect(() => () => {
    newest.current = -1;
  }, []);

  async function take(files: FileList | null | undefined) {
    complain(null);
    const [file, ...others] = [...(files ?? [])];
    if (file === undefined) return;
    newest.current += 1;
    const mine = newest.current;
    if (others.length > 0) return complain("Give one file at a time.");
    if (file.size > most) return complain(<><bdi>{file.name}</bdi> has {file.size.toLocaleString("en")} bytes, far more than such a file can have, and was not read.</>);
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (mine === newest.current) await onFile({ name: file.name, bytes });
    } catch (thrown) {
      if (mine === newest.current) complain(faultOf(thrown).message);
    }
  }

  return (
    <Drop onFiles={(files) => void take(files)}>
      <input
        type="file"
        id={id}
        class="visually-hidden"
        aria-describedby={`${id}-complaint`}
        onKeyDown={openOnEnter}
        onChange={(event) => {
          void take(event.currentTarget.files);
          // So that the same file, changed on disk, can be chosen again.
          event.currentTarget.value = "";
        }}
      />
      <label for={id} class="button-like">{label}</label>
      <span class="drop-or"> or drop it here</span>
      <p id={`${id}-complaint`} class="problem" role="alert">{complaint}</p>
    </Drop>
  );
}
