import type { CollateralView } from "cloud-witness";
import { Moment } from "../ui/moment";
import { handedOver } from "./words";

export function Collateral({ collateral, isFromRecord }: { collateral: CollateralView; isFromRecord: boolean }) {
  return (
    <section aria-labelledby="collateral-title">
      <h2 id="collateral-title">The collateral that was used</h2>
      <dl class="facts">
        <div><dt>For</dt><dd>{collateral.tee.toUpperCase()} {collateral.fmspc.toUpperCase()}</dd></div>
        <div><dt>Handed over by</dt><dd>{handedOver(collateral.source, isFromRecord)}</dd></div>
        {collateral.windows.map((window) => (
          <div key={window.piece}>
            <dt>{window.piece}</dt>
            <dd><span><Moment at={window.from} /> to <Moment at={window.to} /></span></dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
