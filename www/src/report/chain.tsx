// Who signed what, from Intel's root down to this quote.

import type { Chain as Links, ChainLink, ChainNode } from "cloud-witness";
import { Hex } from "../ui/hex";
import { Icon, type IconName } from "../ui/icon";
import { Moment } from "../ui/moment";

const LINK_OUTCOMES: Readonly<Record<ChainLink["outcome"], { word: string; icon: IconName; row: string }>> = {
  verified: { word: "Verified", icon: "check", row: "pass" },
  refused: { word: "Refused", icon: "cross", row: "fail" },
  not_checked: { word: "Not checked", icon: "dash", row: "not_reached" },
};

export function Chain({ chain }: { chain: Links }) {
  if (chain.links.length === 0) return null;
  const node = new Map<string, ChainNode>(chain.nodes.map((one) => [one.id, one]));
  const label = (id: string) => node.get(id)?.label ?? id;
  return (
    <section class="chain" aria-labelledby="chain-title">
      <h2 id="chain-title">Who signed what</h2>
      <p class="hint">The first key, of the Intel SGX Root CA, is built into the verifier. Every other one counts only through the line that leads to it.</p>
      <ol>
        {chain.links.map((link) => {
          const { word, icon, row } = LINK_OUTCOMES[link.outcome];
          return (
            <li key={`${link.from} ${link.to}`} data-outcome={row}>
              <div class="row-head">
                <span>
                  <strong>{label(link.from)}</strong> {link.kind === "hash" ? "holds the hash of" : "signed"} <strong>{label(link.to)}</strong>
                </span>
                <span class="row-outcome"><Icon name={icon} /> {word}</span>
              </div>
              <Signed node={node.get(link.to)} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Signed({ node }: { node: ChainNode | undefined }) {
  if (node === undefined) return null;
  return (
    <>
      {node.valid_from !== null && node.valid_to !== null && (
        <p class="hint"><Moment at={node.valid_from} /> to <Moment at={node.valid_to} /></p>
      )}
      {node.key_sha256 !== null && (
        <p class="hint">its key, SHA-256: <Hex value={node.key_sha256} /></p>
      )}
    </>
  );
}
