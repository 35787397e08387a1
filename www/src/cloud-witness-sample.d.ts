// The sample data that the Rust core generates; build.mjs says where the file is.
declare module "cloud-witness-sample" {
  /** A whole ceremony on real hardware, as a witness would have it. */
  export interface SampleCeremony {
    name: string;
    /** The attester's output, as text. */
    evidence: string;
    challenge: string;
    sha256: string;
    /** The moment to appraise it for, Unix seconds. */
    at: number;
    /** Collateral of that time as JSON text. */
    collateral: string;
    note: string;
  }

  const sample: { ceremonies: SampleCeremony[] };
  export default sample;
}
