// Where everyone starts: what this is, that nothing leaves the tab, and the ways in.

import type { ComponentChildren } from "preact";
import { sampleCeremonies } from "./sample";
import { loadSample, verifyInputs } from "./state";
import { engine } from "./verifier/engine";
import { address, go, type View } from "./views";

export function Front() {
  return (
    <div class="front">
      <h1>Is this machine what its owner says it is?</h1>
      <p class="lead">
        In a Proof of Cloud ceremony the owner of a server shows, on a video call, that it stands in a real cloud. The
        server's processor signs a challenge that a witness made. This page checks that signature: is the hardware
        genuine, did it answer the challenge, and which machine is it?
      </p>
      <p class="promise">
        Nothing leaves this tab. The page does all its work on your computer, sends nothing anywhere, and works with
        the network cut.
      </p>
      <ul class="ways">
        <Way to="challenge" title="Run a ceremony" action="Make the challenge">
          You are a witness on a call. Make the challenge, read it out, and hand the prover the commands to type.
        </Way>
        <Way to="check" title="Check a file" action="Check a file">
          You were sent an attester's file, or a quote. See what it proves, check by check.
        </Way>
        <Way to="attesters" title="Keep your list of attester builds" action="Open the list">
          Which programs you know to be the attester. Without a list no verdict is better than a warning.
        </Way>
      </ul>
      <Samples />
    </div>
  );
}

function Way({ to, title, action, children }: { to: View; title: string; action: string; children: ComponentChildren }) {
  return (
    <li class="way">
      <h2>{title}</h2>
      <p>{children}</p>
      <p><a class="button-like" href={address(to)}>{action}</a></p>
    </li>
  );
}

/** One click from here to a verdict on what a real machine gave. */
function Samples() {
  const show = (index: number) => {
    loadSample(index);
    go("check");
    void verifyInputs();
  };
  return (
    <section class="front-sample" aria-labelledby="sample-title">
      <h2 id="sample-title">New here?</h2>
      {sampleCeremonies.map((ceremony, index) => (
        <div key={ceremony.name}>
          <p>{ceremony.note}</p>
          <button type="button" class="button-primary" disabled={engine.value !== "ready"} onClick={() => show(index)}>
            Try it with a real sample{sampleCeremonies.length > 1 ? `: ${ceremony.name}` : ""}
          </button>
        </div>
      ))}
    </section>
  );
}
