import { signal } from "@preact/signals";
import { outcome, problems } from "../state";
import { view } from "../views";

const said = signal("");

/** Says something once, for those who cannot see it appear. */
export function announce(text: string): void {
  said.value = text;
}

/** Says for screen readers what changed, without moving them. It is always in the page, or it would not be heard. */
export function Announcer() {
  return <div role="status" aria-live="polite" class="visually-hidden">{announcement()}</div>;
}

function announcement(): string {
  const now = outcome.value;
  if (view.value !== "check") return said.value;
  if (now === null) return problems.value.map(({ message }) => message).join(" ");
  switch (now.state) {
    case "checking":
      return "Checking…";
    case "report":
      return `Verdict: ${now.report.headline}. ${now.report.summary}`;
    case "refused":
      return `Not done: ${now.message}`;
    case "bug":
      return "No verdict: this is a fault of Cloud Witness.";
  }
}
