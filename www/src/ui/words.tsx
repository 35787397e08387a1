/** A sentence of the Report; what stands between backticks is set as code. All of it stays text. */
export function Words({ text }: { text: string }) {
  const parts = text.split("`");
  // With an odd number of backticks there is no telling which of them belong together.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}</>;
}
