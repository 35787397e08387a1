import { CopyButton } from "../ui/copy";

/** The attester's image by digest: a tag could point to another one tomorrow. */
const IMAGE = "ghcr.io/proofofcloud/attester@sha256:2ae052dd244ab12880bf7a77b6580a289761d10bb19764310e4c44bbd8c5f14c";

const HASH = "sha256sum attester.txt";

/** What the prover types on the machine, in the order of the call. */
export function Commands({ challenge }: { challenge: string }) {
  const run = `sudo docker run --device /dev/sgx_enclave --device /dev/sgx_provision --rm ${IMAGE} get ${challenge} > attester.txt`;
  return (
    <section class="panel" aria-labelledby="commands-title">
      <h2 id="commands-title">What the prover types on the machine</h2>
      <ol class="commands">
        <li>
          <p>Run the attester on the challenge, and keep what it prints:</p>
          <Command text={run} what="the attester's command" />
        </li>
        <li>
          <p>Show the file's hash on the shared screen. Note it: it ties the file that you will be sent to this moment.</p>
          <Command text={HASH} what="the hash command" />
        </li>
        <li><p>Send the file <code>attester.txt</code> to the witnesses.</p></li>
      </ol>
    </section>
  );
}

function Command({ text, what }: { text: string; what: string }) {
  return (
    <div class="command">
      <pre tabIndex={0} role="group" aria-label={what}><code>{text}</code></pre>
      <CopyButton value={text} what={what} />
    </div>
  );
}
