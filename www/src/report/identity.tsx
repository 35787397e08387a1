import type { Identity as Machine, MachineId, Verdict } from "cloud-witness";
import { CopyButton } from "../ui/copy";
import { Hex, isLongHex } from "../ui/hex";

const SCHEMES: Readonly<Record<MachineId["scheme"], { name: string; used: string }>> = {
  ppid: { name: "PPID", used: "what the attester prints as Machine-ID, and the registry's id today" },
  sgx_extensions_sha256: { name: "SHA-256 of the SGX extensions", used: "the trust server's id until January 2026; changes with updates" },
  charter: { name: "Charter key", used: "the id in the charter's format" },
};

const USABLE: readonly Verdict[] = ["affirming", "warning"];

export function Identity({ identity, verdict }: { identity: Machine; verdict: Verdict }) {
  const others = identity.machine_ids.filter(({ scheme }) => scheme !== "ppid");
  return (
    <section class="identity" data-ppid={identity.ppid} aria-labelledby="identity-title">
      <h2 id="identity-title">Which machine</h2>
      {!USABLE.includes(verdict) && <p class="caution">The verdict above says not to rely on this. Do not enrol the machine with it.</p>}
      <p class="label" id="ppid-label">PPID, the platform's own number</p>
      <div class="ppid">
        <Hex value={identity.ppid} large />
        <CopyButton value={identity.ppid} what="the PPID" />
      </div>
      <p class="hint">{SCHEMES.ppid.used}</p>
      <dl class="facts">
        {others.map(({ scheme, id }) => (
          <div key={scheme}>
            <dt>{SCHEMES[scheme].name} <span class="hint">{SCHEMES[scheme].used}</span></dt>
            <dd>
              {isLongHex(id) ? <Hex value={id} /> : <span class="code">{id}</span>}
              <CopyButton value={id} what={SCHEMES[scheme].name} />
            </dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>More about this platform</summary>
        <dl class="facts">
          <Fact term="Platform instance ID" value={identity.platform_instance_id ?? "none: a machine with one processor package"} />
          <Fact term="FMSPC (kind of platform)" value={identity.fmspc} />
          <Fact term="PCE ID" value={identity.pce_id} />
          <Fact term="Certified by Intel's" value={identity.pck_ca === "platform" ? "Platform CA" : "Processor CA"} />
          <Fact term="Hyper-threading (SMT)" value={flag(identity.smt_enabled)} />
          <Fact term="Keys cached by the platform" value={flag(identity.cached_keys)} />
          <Fact term="Dynamic platform" value={flag(identity.dynamic_platform)} />
        </dl>
      </details>
    </section>
  );
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{isLongHex(value) ? <Hex value={value} /> : value}</dd>
    </div>
  );
}

function flag(value: boolean | null): string {
  if (value === null) return "not stated";
  return value ? "yes" : "no";
}
