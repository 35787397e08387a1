import encodeQR from "qr";

/** A QR code, always dark on light, as cameras want it. */
export function QrCode({ text, what }: { text: string; what: string }) {
  const modules = encodeQR(text, "raw", { ecc: "medium", border: 3 });
  const size = modules.length;
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={`QR code of ${what}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={darkModules(modules)} fill="#000000" />
    </svg>
  );
}

function darkModules(modules: readonly (readonly boolean[])[]): string {
  return modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
}
