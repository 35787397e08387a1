import type { Report } from "cloud-witness";
import { saveFile } from "../ui/save";

export function SaveAndPrint({ report }: { report: Report }) {
  return (
    <div class="after-verdict">
      <button type="button" onClick={() => saveFile(fileName(report), `${JSON.stringify(report, null, 2)}\n`)}>Save the Report</button>
      <button type="button" onClick={() => window.print()}>Print</button>
      {document.getElementById("inputs") !== null && <a class="to-inputs" href="#inputs">Back to the form</a>}
    </div>
  );
}

/** Made of hexadecimal digits and a date only: nothing that the evidence says can choose where the file goes. */
function fileName(report: Report): string {
  const day = report.at_rfc3339.slice(0, 10).replace(/[^0-9-]/g, "");
  const digest = (report.inputs.evidence_sha256 ?? "").replace(/[^0-9a-f]/g, "").slice(0, 16) || "too-large";
  return `cloud-witness-report-${day}-${digest}.json`;
}
