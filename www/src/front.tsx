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
        Nothing leaves this tab. The page does all its work on your computer, sends nothing anywhere, and, once it
        is loaded, works with the network cut.
      </p>
      <ul class="ways">
        <Way to="ceremony" title="Run a ceremony" action="Run a ceremony">
          You are on a call with a machine's owner. Step by step, from who takes part to a record that all of you sign.
        </Way>
        <Way to="check" title="Check a file" action="Check a file">
          You were sent an attester's file, or a quote. See what it proves, check by check.
        </Way>
        <Way to="record" title="Open a record" action="Open a record">
          You were sent a ceremony's record, to sign it or to judge it. Its evidence is checked again, however old it is.
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
      <p><a href={`${address("docs")}/ceremony`}>What happens in a ceremony, and what a witness looks at</a></p>
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
