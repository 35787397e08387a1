import type { Tcb as Level } from "cloud-witness";
import { TCB_STATUS } from "./words";

/** The trusted computing base: how up to date the platform is, in Intel's words and in plain ones. */
export function Tcb({ tcb }: { tcb: Level }) {
  return (
    <section class="tcb" data-tcb-status={tcb.status} aria-labelledby="tcb-title">
      <h2 id="tcb-title">How up to date the platform is</h2>
      <dl class="facts">
        <div><dt>Status</dt><dd><Status status={tcb.status} /></dd></div>
        <div><dt>Platform alone</dt><dd><Status status={tcb.platform_status} /></dd></div>
        <div><dt>Quoting enclave alone</dt><dd><Status status={tcb.qe_status} /></dd></div>
        <div><dt>Level that the machine meets</dt><dd>of {tcb.tcb_date.slice(0, 10)}</dd></div>
        <div><dt>Intel's newest level</dt><dd>of {tcb.newest_tcb_date.slice(0, 10)}</dd></div>
        <div>
          <dt>Intel's evaluation number</dt>
          <dd>{tcb.tcb_evaluation_data_number} for the platform, {tcb.qe_evaluation_data_number} for the quoting enclave</dd>
        </div>
        <div>
          <dt>Intel advisories that stand open</dt>
          <dd>
            {tcb.advisories.length === 0 ? "none" : <ul class="advisories">{tcb.advisories.map((id) => <li key={id}><Advisory id={id} /></li>)}</ul>}
          </dd>
        </div>
        <div>
          <dt>What falls short of the newest level</dt>
          <dd>
            {tcb.shortfalls.length === 0 ? "nothing" : (
              <ul class="plain">
                {tcb.shortfalls.map((short) => (
                  <li key={short.component}>{short.component}: has {short.have}, needs {short.needs}</li>
                ))}
              </ul>
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
}

const ADVISORY = /^INTEL-SA-\d{5}$/;

/** Intel's own page on it. The page asks for nothing; the link is the user's to follow. */
function Advisory({ id }: { id: string }) {
  if (!ADVISORY.test(id)) return <>{id}</>;
  const address = `https://www.intel.com/content/www/us/en/security-center/advisory/${id.toLowerCase()}.html`;
  return <a href={address} target="_blank" rel="noopener noreferrer">{id}<span class="visually-hidden"> (opens Intel's site)</span></a>;
}

function Status({ status }: { status: string }) {
  const plain = TCB_STATUS[status];
  return <>{plain === undefined ? "" : `${plain} `}<code>{status}</code></>;
}
