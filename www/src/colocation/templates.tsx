// Texts that people start from, to download.

import { colocationTemplates } from "cloud-witness";
import { saveFile } from "../ui/save";
import { engine } from "../verifier/engine";

function save(id: string): void {
  const template = colocationTemplates().find((one) => one.id === id);
  if (template !== undefined) saveFile(template.file, template.text, "text/plain");
}

export function TemplateLink({ id }: { id: string }) {
  return <button type="button" class="button-small" disabled={engine.value !== "ready"} onClick={() => save(id)}>Download a template<span class="visually-hidden">: {id.replace("_", " ")}</span></button>;
}

export function Templates() {
  if (engine.value !== "ready") return null;
  return (
    <section class="panel" aria-labelledby="templates-title">
      <h2 id="templates-title">Templates to start from</h2>
      <ul class="plain">
        {colocationTemplates().map(({ id, title }) => (
          <li key={id} class="field-line"><span>{title}</span> <button type="button" class="button-small" onClick={() => save(id)}>Download<span class="visually-hidden"> {title}</span></button></li>
        ))}
      </ul>
    </section>
  );
}
