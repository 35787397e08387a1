// Who signed what, from Intel's root down to this quote: as a picture where there is room, and as a list.

import type { Chain as Links, ChainLink, ChainNode } from "cloud-witness";
import { Hex } from "../ui/hex";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { ChainPicture } from "./chain-picture";
import { LINK_OUTCOMES } from "./words";

export function Chain({ chain }: { chain: Links }) {
  if (chain.links.length === 0) return null;
  const node = new Map<string, ChainNode>(chain.nodes.map((one) => [one.id, one]));
  const label = (id: string) => node.get(id)?.label ?? id;
  return (
    <section class="chain" aria-labelledby="chain-title">
      <h2 id="chain-title">Who signed what</h2>
      <p class="hint">The first key, of the Intel SGX Root CA, is built into the verifier. Every other one counts only through the arrow that leads to it.</p>
      <ChainPicture chain={chain} summary={counted(chain.links)} />
      <details class="chain-list" data-print>
        <summary>The same as a list, with each key's fingerprint</summary>
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
      </details>
    </section>
  );
}

/** "11 signatures and hashes: 10 verified, 1 refused" */
function counted(links: readonly ChainLink[]): string {
  const counts = (Object.keys(LINK_OUTCOMES) as ChainLink["outcome"][])
    .map((outcome) => ({ word: LINK_OUTCOMES[outcome].word.toLowerCase(), count: links.filter((link) => link.outcome === outcome).length }))
    .filter(({ count }) => count > 0);
  return `${links.length} signatures and hashes: ${counts.map(({ word, count }) => `${count} ${word}`).join(", ")}`;
}

function Signed({ node }: { node: ChainNode | undefined }) {
  if (node === undefined) return null;
  return (
    <>
      {node.valid_from !== null && node.valid_to !== null && (
        <p class="hint"><Moment at={node.valid_from} /> to <Moment at={node.valid_to} /></p>
      )}
      {node.key_sha256 !== null && (
        <p class="hint chain-key">its key, SHA-256: <Hex value={node.key_sha256} /></p>
      )}
    </>
  );
}
