/** SHA-256 by the browser itself, since the verifier should not vouch for itself; null where it computes none (plain http). */
export async function digestOf(bytes: ArrayBuffer): Promise<string | null> {
  const crypto = window.crypto.subtle as SubtleCrypto | undefined;
  if (crypto === undefined) return null;
  const digest = new Uint8Array(await crypto.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
