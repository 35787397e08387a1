import { verifierInfo } from "cloud-witness";
import { engine, wasmSha256 } from "./verifier/engine";
import { formatUtc } from "./time";

/** Which build this is. */
export function Footer() {
  return (
    <footer class="footer" data-engine={engine.value}>
      {engine.value === "ready" ? <Version /> : <p>Cloud Witness</p>}
    </footer>
  );
}

function Version() {
  const { version, commit, commit_time: time, engine: name } = verifierInfo();
  return (
    <p>
      Cloud Witness {version}, commit <span class="code">{commit.slice(0, 12)}</span> of {formatUtc(time)}, with {name}
      {wasmSha256.value !== null && <>; SHA-256 of its wasm <span class="code">{wasmSha256.value}</span></>}
    </p>
  );
}
