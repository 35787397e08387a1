// What this site's bundle of collateral holds, piece by piece.

import type { CollateralBundle, CollateralPiece } from "cloud-witness";
import { useState } from "preact/hooks";
import { TCB_STATUS } from "../report/words";
import { formatUtc, nowSeconds } from "../time";
import { TextField } from "../ui/field";
import { Hex } from "../ui/hex";
import { saveFile } from "../ui/save";
import { bundle, engine, siteBundle } from "../verifier/engine";
import { Freshness } from "./freshness";

export function CollateralView() {
  const site = bundle.value;
  return (
    <div class="collateral-view">
      <h1>Collateral</h1>
      <p class="lead">
        What Intel signed about its platforms: which levels are up to date, which keys are revoked. Asking a server about
        one kind of machine would tell it which machine you look at, so this site ships everything at once. Nothing here
        is believed because it lies here: each check of a quote verifies Intel's signatures on the pieces it uses.
      </p>
      <section class="panel" aria-labelledby="bundle-title">
        <h2 id="bundle-title">This site's bundle</h2>
        <Freshness isLinked={false} />
        {site !== null && (
          <>
            <p>From: {site.from}. {site.fmspcs} kinds of machines (FMSPCs): {site.sgx} SGX, {site.tdx} TDX.</p>
            <p><button type="button" onClick={() => saveFile("cloud-witness-collateral.json", siteBundle() ?? "")}>Save the bundle</button></p>
          </>
        )}
      </section>
      {engine.value === "ready" && site !== null && <Pieces site={site} />}
    </div>
  );
}

function Pieces({ site }: { site: CollateralBundle }) {
  const [wanted, want] = useState("");
  const fmspcs = site.pieces.filter(({ kind }) => kind === "tcb_info");
  const found = fmspcs.filter(({ fmspc }) => fmspc?.includes(wanted.replace(/\s/g, "").toLowerCase()));
  return (
    <>
      <section class="panel" aria-labelledby="tcb-infos-title">
        <h2 id="tcb-infos-title">Platforms</h2>
        <TextField
          id="field-fmspc"
          label="Find an FMSPC"
          code
          hint={`${found.length} of ${fmspcs.length}. A Report names its machine's FMSPC.`}
          value={wanted}
          onInput={want}
        />
        <Table pieces={found} what="Platform" />
      </section>
      <section class="panel" aria-labelledby="others-title">
        <h2 id="others-title">Revocation lists and quoting enclaves</h2>
        <Table pieces={site.pieces.filter(({ kind }) => kind !== "tcb_info")} what="Piece" />
      </section>
    </>
  );
}

function Table({ pieces, what }: { pieces: readonly CollateralPiece[]; what: string }) {
  const now = nowSeconds();
  return (
    <div class="table" role="region" aria-label={`Table: ${what}`} tabIndex={0}>
      <table>
        <thead>
          <tr><th scope="col">{what}</th><th scope="col">Number</th><th scope="col">Issued</th><th scope="col">Ends</th><th scope="col">Newest level</th></tr>
        </thead>
        <tbody>
          {pieces.map((piece) => (
            <tr key={piece.label} data-over={piece.valid_until < now}>
              <th scope="row">{piece.fmspc === null ? piece.label : <>{piece.tee?.toUpperCase()} <Hex value={piece.fmspc} /></>}</th>
              <td>{piece.tcb_evaluation_data_number ?? "–"}</td>
              <td>{formatUtc(piece.from).slice(0, 10)}</td>
              <td>{formatUtc(piece.valid_until).slice(0, 10)}{piece.valid_until < now && <strong> expired</strong>}</td>
              <td>{newest(piece)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function newest(piece: CollateralPiece): string {
  if (piece.revoked !== null) return piece.revoked === 1 ? "1 certificate revoked" : `${piece.revoked} certificates revoked`;
  if (piece.newest_status === null) return "–";
  const date = piece.newest_date === null ? "" : `, ${piece.newest_date.slice(0, 10)}`;
  return `${TCB_STATUS[piece.newest_status] ?? piece.newest_status}${date}`;
}
