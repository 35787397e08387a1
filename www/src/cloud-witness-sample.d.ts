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
    /** Collateral as JSON text. */
    collateral: string;
    note: string;
  }

  /** A set of collateral that comes with the page. */
  export interface SampleCollateral {
    name: string;
    json: string;
  }

  const sample: { ceremonies: SampleCeremony[]; collateral: SampleCollateral[] };
  export default sample;
}
