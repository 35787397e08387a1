// The chain of trust as a picture: keys and documents as boxes, signatures as arrows. The list below it says the same.

import type { Chain, ChainLink, ChainNode } from "cloud-witness";
import { formatUtc } from "../time";
import { SHAPES } from "../ui/icon";
import { LINK_OUTCOMES } from "./words";

const BOX = { width: 216, height: 62 };
const GAP = { x: 24, y: 50 };
const LINE_LENGTH = 26;

/** Column and row of each box. The machine's own line runs down one column, to the quote. */
const PLACES: Readonly<Record<string, readonly [column: number, row: number]>> = {
  root: [1, 0],
  root_crl: [0, 1],
  pck_ca: [1, 1],
  tcb_signer: [2, 1],
  qe_signer: [3, 1],
  pck_crl: [0, 2],
  pck: [1, 2],
  tcb_info: [2, 2],
  qe_identity: [3, 2],
  qe_report: [1, 3],
  attestation_key: [1, 4],
  quote: [1, 5],
};

interface Point {
  x: number;
  y: number;
}

export function ChainPicture({ chain, summary }: { chain: Chain; summary: string }) {
  const drawn = chain.nodes.filter(({ id }) => id in PLACES);
  const last = drawn.reduce((most, { id }) => Math.max(most, PLACES[id]![1]), 0);
  const width = 4 * BOX.width + 3 * GAP.x;
  const height = (last + 1) * BOX.height + last * GAP.y;
  return (
    <svg class="chain-picture" viewBox={`-2 -2 ${width + 4} ${height + 4}`} role="img" aria-label={`Picture of the chain of trust. ${summary}. The list below says which.`}>
      {chain.links.map((link) => <Arrow key={`${link.from} ${link.to}`} link={link} />)}
      {drawn.map((node) => <Box key={node.id} node={node} />)}
    </svg>
  );
}

function Box({ node }: { node: ChainNode }) {
  const { x, y } = corner(node.id);
  const lines = inLines(node.label);
  const window = node.valid_from !== null && node.valid_to !== null ? [`${day(node.valid_from)} to ${day(node.valid_to)}`] : [];
  const top = y + BOX.height / 2 - (lines.length + window.length - 1) * 8.5 + 5;
  return (
    <g class={`chain-box chain-${node.kind}`}>
      <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="8" />
      {[...lines, ...window].map((line, index) => (
        <text key={index} class={index < lines.length ? "chain-label" : "chain-window"} x={x + BOX.width / 2} y={top + index * 17}>{line}</text>
      ))}
    </g>
  );
}

function Arrow({ link }: { link: ChainLink }) {
  if (!(link.from in PLACES && link.to in PLACES)) return null;
  const start = corner(link.from);
  const end = corner(link.to);
  const from = { x: start.x + BOX.width / 2, y: start.y + BOX.height };
  const to = { x: end.x + BOX.width / 2, y: end.y };
  const bend = from.y + 9;
  const { icon, row } = LINK_OUTCOMES[link.outcome];
  return (
    <g class="chain-arrow" data-outcome={row} data-link={link.outcome}>
      <path class="chain-line" d={`M${from.x} ${from.y}V${bend}H${to.x}V${to.y - 5}`} />
      <path class="chain-head" d={`M${to.x - 6} ${to.y - 9}L${to.x} ${to.y - 1}L${to.x + 6} ${to.y - 9}z`} />
      <Mark at={{ x: to.x, y: bend + 14 }} shape={SHAPES[icon]} />
    </g>
  );
}

/** On the arrow: a tick, a cross or a dash, so that colour is never the only sign. */
function Mark({ at, shape }: { at: Point; shape: string }) {
  return (
    <g transform={`translate(${at.x - 11} ${at.y - 11}) scale(0.9167)`}>
      <circle cx="12" cy="12" r="11.5" />
      <path class="chain-mark" d={shape} transform="translate(3 3) scale(0.75)" />
    </g>
  );
}

function corner(id: string): Point {
  const [column, row] = PLACES[id]!;
  return { x: column * (BOX.width + GAP.x), y: row * (BOX.height + GAP.y) };
}

function inLines(label: string): string[] {
  const lines: string[] = [];
  for (const word of label.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= LINE_LENGTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.slice(0, 2);
}

function day(seconds: number): string {
  return formatUtc(seconds).slice(0, 10);
}
