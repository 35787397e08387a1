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
        <div><dt>Level of</dt><dd>{tcb.tcb_date.slice(0, 10)}</dd></div>
        <div>
          <dt>Intel's evaluation number</dt>
          <dd>{tcb.tcb_evaluation_data_number} for the platform, {tcb.qe_evaluation_data_number} for the quoting enclave</dd>
        </div>
        <div>
          <dt>Intel advisories that stand open</dt>
          <dd>
            {tcb.advisories.length === 0 ? "none" : <ul class="plain">{tcb.advisories.map((id) => <li key={id}>{id}</li>)}</ul>}
          </dd>
        </div>
        <div>
          <dt>Short of the newest level</dt>
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

function Status({ status }: { status: string }) {
  const plain = TCB_STATUS[status];
  return <>{plain === undefined ? "" : `${plain} `}<code>{status}</code></>;
}
