import type { Report } from "cloud-witness";
import { Hex } from "../ui/hex";
import { Moment } from "../ui/moment";
import { handedOver } from "./words";

/** What went into the Report, so that another person can ask for the same one. */
export function Given({ report, isFromRecord }: { report: Report; isFromRecord: boolean }) {
  const { inputs, policy, verifier } = report;
  return (
    <section class="given">
      <details data-print>
        <summary><h2>What this Report was made from</h2></summary>
        <dl class="facts">
          {report.evidence !== null && <div><dt>Read as</dt><dd>{report.evidence.description}, {report.evidence.length.toLocaleString("en")} bytes</dd></div>}
          <Digest term="SHA-256 of the evidence" value={inputs.evidence_sha256} absent="too large to be hashed" />
          <Digest term="SHA-256 noted on the call" value={inputs.noted_sha256} />
          <Digest term="Challenge" value={inputs.challenge} />
          <div>
            <dt>Challenge made</dt>
            <dd>
              {inputs.challenge_issued_at === null ? "not given" : <Moment at={inputs.challenge_issued_at} />}
              {inputs.challenge_minutes !== null && `, for ${inputs.challenge_minutes} minutes`}
            </dd>
          </div>
          <Digest term="SHA-256 of the collateral" value={inputs.collateral_sha256} absent="not given, or too large to be hashed" />
          <div><dt>Collateral from</dt><dd>{handedOver(inputs.collateral_from, isFromRecord)}</dd></div>
          <Digest term="SHA-256 of the list of attester builds" value={inputs.attesters_sha256} />
          <div><dt>Moment</dt><dd><Moment at={report.at} /> {report.time === "now" ? "as now" : "as of then"}</dd></div>
          <div><dt>Policy</dt><dd>{policyInWords(policy)}</dd></div>
          <div><dt>Verifier</dt><dd>{verifier.name} {verifier.version}, commit <span class="code">{verifier.commit}</span>, {verifier.engine}</dd></div>
        </dl>
      </details>
    </section>
  );
}

function Digest({ term, value, absent = "not given" }: { term: string; value: string | null; absent?: string }) {
  return <div><dt>{term}</dt><dd>{value === null ? absent : <Hex value={value} />}</dd></div>;
}

function policyInWords(policy: Report["policy"]): string {
  const demands = [
    `TCB evaluation number at least ${policy.min_tcb_evaluation_data_number}`,
    `collateral at most ${policy.max_collateral_age_days} days old`,
    policy.require_up_to_date ? "platform up to date without advisories" : "",
    policy.refuse_applicant_collateral ? "no collateral from the applicant" : "",
  ];
  return `${policy.name}: ${demands.filter((demand) => demand !== "").join("; ")}`;
}
