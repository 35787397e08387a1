// The bench as a picture: bars of milliseconds, cold and warm, by package.

const WIDTH = 760;
const LEFT = 250;
const BAR = 18;
const GAP = 8;

export function chart({ chromium, native }) {
  const groups = [
    ["Chromium, collateral never seen", chromium.cold],
    ["Chromium, collateral seen", chromium.warm],
  ].map(([title, measured]) => ({ title, rows: measured[0].rows.map(({ name, p10 }) => ({ name, value: p10 })) }));
  groups.push({ title: "The limit: native, with ring", rows: [{ name: "dcap-qvl, no browser", value: native.sgx_quote.p10 }] });
  // The slowest would make all others a line: its bar is cut and says so.
  const values = groups.flatMap(({ rows }) => rows.map(({ value }) => value)).sort((a, b) => a - b);
  const most = Math.min(values.at(-1), values[0] * 20);
  const scale = (WIDTH - LEFT - 90) / most;
  const lines = [];
  let y = 20;
  for (const { title, rows } of groups) {
    lines.push(`<text x="0" y="${y}" class="title">${title}</text>`);
    y += 10;
    for (const { name, value } of rows) {
      const length = Math.max(1, Math.min(value, most) * scale);
      lines.push(
        `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${name}</text>`,
        `<rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" class="${name.startsWith("cloud-witness") ? "ours" : "other"}"/>`,
        `<text x="${(LEFT + length + 6).toFixed(1)}" y="${y + 13}">${value.toFixed(2)} ms${value > most ? " …" : ""}</text>`,
      );
      y += BAR + GAP;
    }
    y += 22;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="Milliseconds for one verification of the SGX sample, tenth percentile">
<style>text{font:13px system-ui,sans-serif;fill:#1b2430}.title{font-weight:600}.ours{fill:#0b5394}.other{fill:#9aa7b5}@media(prefers-color-scheme:dark){text{fill:#e6edf5}.ours{fill:#8fc3ff}.other{fill:#5b6875}}</style>
${lines.join("\n")}
</svg>
`;
}
