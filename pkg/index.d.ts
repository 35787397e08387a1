// The public types of the npm package `cloud-witness`.
//
// They mirror, by hand, the Rust structs in `src/report.rs` (one interface a struct, same order of
// fields), so that this file can be read as the description of the Report's JSON.
// Hexadecimal is lower case without a prefix unless a field says otherwise. Times are Unix seconds.

/** Bytes or text, as a user has them. A string is taken as the UTF-8 text of a file. */
export type Input = string | Uint8Array | ArrayBuffer | Blob;

/** Who handed over the collateral. Collateral from the applicant caps the verdict at `warning`. */
export type CollateralSource = "site" | "witness" | "applicant";

/**
 * One verification. Everything that is left out is reported as not given; it never counts as a pass.
 * A key that is not listed here, and a text over 1 MiB in `challenge`, `sha256`, `policy` or `attesters`, is a
 * `TypeError`.
 */
export interface VerifyRequest {
  /** The attester's file, or a quote as hex, base64, raw bytes, or JSON with one quote field. At most 256 KiB. */
  evidence: Input;
  /**
   * A bundle that was loaded before, or a file: a bundle as JSON (at most 32 MiB), or one platform's collateral as
   * dcap-qvl's QuoteCollateralV3 JSON (at most 1 MiB a field).
   */
  collateral?: Input | CollateralBundle;
  /** Default: `applicant`, the most careful reading. */
  collateralFrom?: CollateralSource;
  /** The challenge that was read out: 8 to 64 bytes of hex, any case, spaces and `-` between groups allowed. */
  challenge?: string;
  /** When the challenge was made, Unix seconds. Without it the challenge's window cannot be checked: `warn`. */
  challengeIssuedAt?: number;
  /** How long the challenge may be answered, in minutes (1 to 1440). Default 15. */
  challengeMinutes?: number;
  /** SHA-256 of the file as noted during the call, hex, whole or its first digits. */
  sha256?: string;
  /** The moment to appraise for, Unix seconds (a safe integer). Default: the clock of this computer, as `now`. */
  at?: number;
  /** `now`, or `as_of` a moment in the past, which needs `at`. Default: `as_of` when `at` is given, else `now`. */
  time?: "now" | "as_of";
  /** `ceremony` (default), `strict`, or a policy's JSON text, which can only tighten these. */
  policy?: string;
  /** The list of attester builds, as its JSON text (docs/attesters.md). */
  attesters?: string;
  /**
   * The list of known machines: what `loadRegistry` gave, or its files (docs/registry.md), together at most 16 MiB. A list
   * that cannot be read makes a throw, a line that cannot be used a row.
   */
  registry?: MachineFiles | MachineList;
  /** The list of revoked machines, likewise. */
  revoked?: MachineFiles | MachineList;
}

/** One list of machines in one file or in several, each lines `id,label`, the charter's JSON, or a signed record. */
export type MachineFiles = Input | Input[];

/** AR4SI trust tiers: affirming 2, warning 32, contraindicated 96, none 0. The worst check wins. */
export type Verdict = "affirming" | "warning" | "contraindicated" | "none";

/** What became of a row: it ran (pass, warn, fail), its input was not given, or a row that it rests on did not hold. */
export type Outcome = "pass" | "warn" | "fail" | "not_given" | "not_reached";

/** The rows of a Report, in this order: docs/report.md. */
export type CheckId =
  | "file.decoded" | "file.digest" | "file.consistent" | "quote.structure"
  | "collateral.found" | "collateral.current" | "collateral.genuine"
  | "pck.chain" | "qe.report" | "quote.key" | "quote.signature"
  | "tcb.status" | "enclave.attributes" | "enclave.attester"
  | "challenge" | "ppid.recorded" | "registry";

/** What a row can find, closed and stable: docs/report.md says of each what it means and what to do. */
export type Code =
  | "INPUT_EMPTY" | "INPUT_TOO_LARGE" | "INPUT_ENCODING" | "INPUT_CHARACTER" | "INPUT_NOT_A_QUOTE" |
  "RAW_QUOTE_MISSING" | "RAW_QUOTE_TWICE" | "HEX_INVALID" | "BASE64_INVALID" | "JSON_QUOTE_FIELD" | "QUOTE_TOO_LARGE" |
  "VERIFIER_UNSTEADY" |
  "DIGEST_MISMATCH" | "DIGEST_INVALID" | "DIGEST_PARTIAL" | "PRINTED_FIELD_MISMATCH" | "PRINTED_LINE_MISPLACED" |
  "PRINTED_LINE_UNKNOWN" | "PRINTED_OUTPUT_INCOMPLETE" | "PRINTED_STATUS_DIFFERS" | "PRINTED_COLLATERAL_EXPIRED" |
  "QUOTE_TRUNCATED" | "QUOTE_TRAILING_BYTES" | "QUOTE_PADDING_TOO_LONG" | "QUOTE_VERSION_UNKNOWN" | "TEE_TYPE_UNKNOWN" |
  "QUOTE_BODY_UNKNOWN" | "QUOTE_BODY_SIZE" | "ATTESTATION_KEY_TYPE_UNKNOWN" | "QE_VENDOR_UNKNOWN" |
  "CERTIFICATION_DATA_WRONG" | "PCK_CHAIN_MALFORMED" | "QUOTE_EPID" | "SGX_QUOTE_VERSION_UNSUPPORTED" |
  "ATTESTATION_KEY_TYPE_UNSUPPORTED" | "CERTIFICATION_DATA_UNSUPPORTED" | "COLLATERAL_MISSING" |
  "COLLATERAL_UNREADABLE" | "COLLATERAL_NOT_IN_BUNDLE" | "COLLATERAL_PIECE_ALONE" | "COLLATERAL_TOO_LARGE" |
  "COLLATERAL_TEE_MISMATCH" | "COLLATERAL_FMSPC_MISMATCH" | "COLLATERAL_CA_MISMATCH" | "COLLATERAL_PCE_ID_MISMATCH" |
  "TCB_TYPE_UNSUPPORTED" | "TCB_INFO_VERSION_UNSUPPORTED" | "QE_IDENTITY_VERSION_UNSUPPORTED" | "TCB_INFO_INVALID" |
  "QE_IDENTITY_INVALID" | "COLLATERAL_FROM_APPLICANT" | "COLLATERAL_EXPIRED" | "COLLATERAL_NOT_YET_VALID" |
  "COLLATERAL_OLD" | "TCB_EVALUATION_NUMBER_TOO_LOW" | "COLLATERAL_SIGNER_UNTRUSTED" | "COLLATERAL_SIGNATURE_INVALID" |
  "COLLATERAL_SIGNER_UNFIT" | "COLLATERAL_CRL_UNFIT" | "COLLATERAL_SIGNER_REVOKED" | "PCK_CHAIN_LENGTH" |
  "PCK_NAME_WRONG" | "PCK_CERTIFICATE_UNFIT" | "ROOT_UNTRUSTED" | "SGX_EXTENSIONS_INVALID" | "PPID_INVALID" |
  "CPU_SVN_MISMATCH" | "PCK_EXPIRED" | "PCK_NOT_YET_VALID" | "PCK_REVOKED" | "PCK_CA_REVOKED" |
  "PCK_SIGNATURE_INVALID" | "QE_REPORT_SIGNATURE_INVALID" | "QE_MR_SIGNER_MISMATCH" | "QE_ISV_PROD_ID_MISMATCH" |
  "QE_MISC_SELECT_MISMATCH" | "QE_ATTRIBUTES_MISMATCH" | "QE_ISV_SVN_TOO_LOW" | "ATTESTATION_KEY_NOT_BOUND" |
  "QUOTE_SIGNATURE_INVALID" | "SIGNATURE_NOT_CHECKED" | "ENGINE_REFUSED" | "ENGINE_DISAGREES" | "QE_NOT_UP_TO_DATE" |
  "TCB_ADVISORIES" | "TCB_SW_HARDENING_NEEDED" | "TCB_CONFIGURATION_NEEDED" |
  "TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED" | "TCB_OUT_OF_DATE" | "TCB_OUT_OF_DATE_CONFIGURATION_NEEDED" |
  "TCB_TD_RELAUNCH_ADVISED" | "TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED" | "TCB_REVOKED" | "TCB_LEVEL_MISSING" |
  "TDX_MODULE_MISMATCH" | "TCB_STATUS_NOT_ACCEPTED" | "SGX_DEBUG" | "SGX_NOT_INITIALISED" | "TD_DEBUG" |
  "TD_PROFILING" | "TD_MIGRATABLE" | "TD_SEPT_VE_ENABLED" | "TD_SERVICE_TD" | "TD_RESERVED_BITS" |
  "ATTESTER_LIST_EMPTY" | "ATTESTER_UNLISTED" | "ATTESTER_IS_TD" | "ATTESTER_FILE_MISSING" | "CHALLENGE_MISMATCH" |
  "CHALLENGE_NOT_HEX" | "CHALLENGE_ODD_DIGITS" | "CHALLENGE_TOO_SHORT" | "CHALLENGE_TOO_LONG" | "CHALLENGE_SHORT" |
  "CHALLENGE_WINDOW_MISSED" | "CHALLENGE_WINDOW_UNKNOWN" | "PPID_MISMATCH" | "MACHINE_KNOWN" | "MACHINE_NEW" |
  "MACHINE_REVOKED" | "REGISTRY_INCOMPLETE" | "REVOKED_INCOMPLETE";

/** The Report: plain JSON, a pure function of the request. */
export interface Report {
  schema: 1;
  verifier: Verifier;
  verdict: Verdict;
  /** The verdict as a headline; for `as_of` it ends in "as of DATE" and must never be shown in green. */
  headline: string;
  /** One plain sentence: why this verdict. */
  summary: string;
  /** The moment that was appraised for. */
  at: number;
  /** The same as RFC 3339, UTC. */
  at_rfc3339: string;
  time: "now" | "as_of";
  /** Always seventeen rows, always in the order of `CheckId`. */
  checks: Check[];
  /** From verified claims only; null when the platform was not authenticated. */
  identity: Identity | null;
  /** Null until a TCB level was matched. */
  tcb: Tcb | null;
  /** What the quote says, read strictly; not yet authenticated unless `quote.signature` passed. */
  quote: QuoteView | null;
  /** How the input was read; null when no quote was found. */
  evidence: EvidenceView | null;
  /** The collateral that was used; null without any. */
  collateral: CollateralView | null;
  /** Who signed what, with which key, valid from and to. */
  chain: Chain;
  inputs: Inputs;
  policy: PolicyView;
  /** The machine's standing in the lists that were given; left out without any. */
  registry?: StandingView;
}

/** Where the machine stands in the lists that were given. It is looked up by verified IDs only. */
export interface StandingView {
  /** `unknown`: a list was not given or cannot be read whole, or the machine is not authenticated. */
  standing: "known" | "new" | "revoked" | "unknown";
  /** How it was found, in the revoked list before the known one; null when it was not. */
  found: MachineMatch | null;
  /** The lists; null when not given. */
  known: ListView | null;
  revoked: ListView | null;
}

/** A list of machines that a Report used, by digest and size. */
export interface ListView {
  /** SHA-256 of each file. */
  files: string[];
  entries: number;
  /** How many lines cannot be used. */
  unusable: number;
}

/** How a machine was found in a list, and where. */
export interface MachineMatch {
  /** Which of the machine's IDs matched. */
  scheme: "ppid" | "sgx_extensions_sha256" | "charter";
  /** How many bits of it were compared, when the list has only a prefix. */
  prefix_bits: number | null;
  entry: MachineEntry;
}

/** One machine in a list. Nothing of it is verified; show the label as text only. */
export interface MachineEntry {
  readonly scheme: "ppid" | "sgx_extensions_sha256" | "amd_chip_id" | "charter" | "prefix";
  /** In lower case. */
  readonly id: string;
  /** As written, at most 200 characters; empty when there is none. */
  readonly label: string;
  /** "line 7", "entry 3", "the record"; "file 2, line 7" in a list of several files. */
  readonly place: string;
  /** Only of an entry in the charter's form. */
  readonly charter: {
    readonly method: string; readonly level: number; readonly timestamp: string;
    readonly evidences: number; readonly endorsements: number;
  } | null;
}

/** Which build of the verifier made a Report. */
export interface Verifier {
  name: "cloud-witness";
  version: string;
  /** Commit of the build, 40 hex digits, or "unknown". */
  commit: string;
  /** Date of that commit, Unix seconds. A moment before it is always `as_of`. */
  commit_time: number;
  /** The verification engine, for example "dcap-qvl 0.7.1". */
  engine: string;
}

/** One row. */
export interface Check {
  id: CheckId;
  outcome: Outcome;
  /**
   * Closed, stable code of the row's weightiest finding; null on a pass without remarks. Row `registry` passes with
   * `MACHINE_KNOWN` or `MACHINE_NEW`.
   */
  code: Code | null;
  /** Plain words: what was found. */
  detail: string;
  /** What to do next; null when nothing is to be done. */
  advice: string | null;
  /** Where: "byte 436", "line 7", "collateral, field tcb_info"; null when the row has no place. */
  place: string | null;
  /** What was compared with what. */
  compared: Compared[];
  /** All findings of the row, weightiest first; `code` and `detail` above are the first one's. */
  findings: Finding[];
}

/** One comparison of a row, as text. */
export interface Compared {
  label: string;
  expected: string;
  actual: string;
  equal: boolean;
}

/** One thing that a row found. */
export interface Finding {
  outcome: "warn" | "fail";
  code: Code;
  detail: string;
}

/** The machine, from the verified PCK certificate. */
export interface Identity {
  /** Platform Provisioning ID, 32 hex digits (OID 1.2.840.113741.1.13.1.1). */
  ppid: string;
  /** PCE ID, 4 hex digits, byte order of the certificate. */
  pce_id: string;
  /** FMSPC, 12 hex digits. */
  fmspc: string;
  pck_ca: "processor" | "platform";
  /** 32 hex digits; null on single-package (Processor CA) platforms. Can change with a firmware update. */
  platform_instance_id: string | null;
  /** What is called a machine ID in the wild, each by its scheme's name. */
  machine_ids: MachineId[];
  dynamic_platform: boolean | null;
  cached_keys: boolean | null;
  smt_enabled: boolean | null;
}

/** A machine ID in one of its schemes: `ppid` (32 hex digits), `sgx_extensions_sha256` (64), or the charter's `intel:TEE:ppid:HEX`. */
export interface MachineId {
  scheme: "ppid" | "sgx_extensions_sha256" | "charter";
  id: string;
}

/** The TCB level that the platform meets, in Intel's words. */
export interface Tcb {
  /** Intel's word: UpToDate, SWHardeningNeeded, ConfigurationNeeded, ConfigurationAndSWHardeningNeeded,
   *  OutOfDate, OutOfDateConfigurationNeeded, Revoked, TDRelaunchAdvised, TDRelaunchAdvisedConfigurationNeeded. */
  status: string;
  /** Intel advisory IDs, for example INTEL-SA-00837. */
  advisories: string[];
  /** Date of the matched TCB level, RFC 3339. */
  tcb_date: string;
  /** Date of Intel's newest TCB level for this kind of platform, RFC 3339. */
  newest_tcb_date: string;
  platform_status: string;
  qe_status: string;
  /** tcbEvaluationDataNumber of TCB info and of QE identity. */
  tcb_evaluation_data_number: number;
  qe_evaluation_data_number: number;
  /** What falls short of the newest level; empty when the newest level is met. */
  shortfalls: Shortfall[];
}

/** A security version number that is lower than the newest level asks for. */
export interface Shortfall {
  /** For example "SGX component 3", "PCE SVN", "TDX component 0". */
  component: string;
  have: number;
  needs: number;
}

/** A quote, field by field. */
export interface QuoteView {
  version: number;
  tee: "sgx" | "tdx";
  /** "SGX enclave report", "TD report 1.0", "TD report 1.5", "TD report 1.5ex". */
  body: string;
  /** Bytes of the quote without its zero padding. */
  length: number;
  /** Zero bytes after the quote (0 to 4096). */
  trailing_zeros: number;
  /** SHA-256 of the quote without padding. Never a key for deduplication: (r, s) and (r, n−s) are both valid. */
  sha256: string;
  report_data: string;
  /** Every field, in the quote's order. */
  fields: QuoteField[];
}

/** One field: where it stands (`offset` and `length` in bytes) and what it says. */
export interface QuoteField {
  /** Intel's name, for example "header.version", "report_body.mr_enclave". */
  name: string;
  /** Numbers in decimal, bytes in hex. */
  value: string;
  offset: number;
  length: number;
}

/** How the input was read. */
export interface EvidenceView {
  form: "attester_output" | "hex" | "base64" | "raw" | "json";
  /** Plain words, for example "attester output (format of 2026-02-15)". */
  description: string;
  /** SHA-256 of the input's bytes as they were given. */
  sha256: string;
  length: number;
}

/** The collateral that a Report rests on. */
export interface CollateralView {
  source: CollateralSource;
  tee: string;
  fmspc: string;
  tcb_evaluation_data_number: number;
  qe_evaluation_data_number: number;
  /** Each piece's window, Unix seconds. */
  windows: { piece: string; from: number; to: number }[];
}

/** The chain of trust, drawn from the signatures that were checked. */
export interface Chain {
  nodes: ChainNode[];
  links: ChainLink[];
}

/** A certificate, CRL, document, key or report in the chain of trust. */
export interface ChainNode {
  /** "root", "pck_ca", "pck", "tcb_signer", "qe_signer", "root_crl", "pck_crl", "tcb_info", "qe_identity", "qe_report", "attestation_key", "quote". */
  id: string;
  kind: "certificate" | "crl" | "document" | "key" | "report";
  /** Plain words, for example "Intel SGX Root CA". */
  label: string;
  /** SHA-256 of the public key (SEC1, uncompressed) that this node holds; null when it holds none. */
  key_sha256: string | null;
  /** Unix seconds; null for what has no window of its own. */
  valid_from: number | null;
  valid_to: number | null;
}

/** One signature or hash of the chain of trust. */
export interface ChainLink {
  /** The signer's node id. */
  from: string;
  /** The signed node's id. */
  to: string;
  kind: "signature" | "hash";
  outcome: "verified" | "refused" | "not_checked";
}

/** What was given, by digest. */
export interface Inputs {
  /** Null for evidence over the limit. */
  evidence_sha256: string | null;
  /**
   * Of the QuoteCollateralV3 text: the file's own, or what a bundle has for this platform (`Collateral.select`). Null
   * without collateral, for collateral over the limit, and for a bundle that cannot be read or lacks this platform.
   */
  collateral_sha256: string | null;
  collateral_from: CollateralSource;
  /** As it was understood: lower-case hex. Null when none was given or it could not be read. */
  challenge: string | null;
  challenge_issued_at: number | null;
  challenge_minutes: number | null;
  noted_sha256: string | null;
  attesters_sha256: string | null;
}

/** The policy that was applied. */
export interface PolicyView {
  name: string;
  min_tcb_evaluation_data_number: number;
  max_collateral_age_days: number;
  require_up_to_date: boolean;
  refuse_applicant_collateral: boolean;
}

/**
 * A bundle of collateral as it is shown: frozen plain data, and what `verify` takes for `collateral`. A copy of it
 * (`structuredClone`, a worker's message) stands for no bundle. Nothing that it says is verified; a Report is.
 */
export interface CollateralBundle {
  readonly schema: 1;
  /** When it was fetched, Unix seconds, by the clock of who fetched it. */
  readonly fetched_at: number;
  /** From where, for people: a service's URL, or plain words. */
  readonly from: string;
  /** Start of the oldest piece but the root's CRL, Unix seconds; null without any. */
  readonly oldest_from: number | null;
  /** The last second at which all of it is valid, certificates included; null without any piece. */
  readonly valid_until: number | null;
  /** The range of TCB evaluation data numbers; null without any. */
  readonly tcb_evaluation_data_numbers: { readonly least: number; readonly greatest: number } | null;
  /** How many FMSPCs it has TCB info for, and how many of these for each TEE. */
  readonly fmspcs: number;
  readonly sgx: number;
  readonly tdx: number;
  /** CRLs, QE identities, TCB infos. */
  readonly pieces: readonly CollateralPiece[];
}

/** One piece of a bundle: a CRL, a QE identity or a TCB info. */
export interface CollateralPiece {
  readonly kind: "root_ca_crl" | "pck_crl" | "qe_identity" | "tcb_info";
  /** For example "TCB info for TDX 90c06f000000". */
  readonly label: string;
  /** Null for a CRL. */
  readonly tee: "sgx" | "tdx" | null;
  /** 12 hex digits; only of TCB info. */
  readonly fmspc: string | null;
  /** Only of a PCK CRL. */
  readonly ca: "processor" | "platform" | null;
  /** issueDate or thisUpdate, Unix seconds. */
  readonly from: number;
  /** The last second of its own window. */
  readonly to: number;
  /** The last second at which it and its issuer chain are valid. */
  readonly valid_until: number;
  /** Null for a CRL, and for the oldest TCB infos. */
  readonly tcb_evaluation_data_number: number | null;
  /** How many TCB levels; null for a CRL. */
  readonly levels: number | null;
  /** Status of the newest level, in Intel's words; null for a CRL. */
  readonly newest_status: string | null;
  /** Date of the newest level, RFC 3339; null for a CRL. */
  readonly newest_date: string | null;
  /** How many certificates a CRL revokes. */
  readonly revoked: number | null;
  /** A CRL's number in hex. */
  readonly crl_number: string | null;
  /** SHA-256 of the signed text, or of the CRL. */
  readonly sha256: string;
}

/** A fresh challenge from this platform's secure random source. */
export interface Challenge {
  /** Lower-case hex. */
  hex: string;
  /** The same in groups of four digits, to read out. */
  groups: string[];
  /** Four digits to confirm by voice that both sides hold the same challenge. */
  checksum: string;
}

/** An argument of the wrong type or range: a `TypeError` with a `code`. */
export interface InvalidArgument extends TypeError {
  code: "INVALID_ARGUMENT";
  argument: string;
}

/**
 * An `Error` with a closed `code`: a challenge, policy, list or bundle that could not be read (`CHALLENGE_…`,
 * `POLICY_…`, `ATTESTERS_…`, `SIGNERS_…`, `BUNDLE_…`, `PIECE_…`, `REGISTRY_…`), a code of a ceremony
 * (docs/ceremony-record.md) or of an enrolment (docs/registry.md), no
 * secure random source (`NO_RANDOMNESS`), a Blob that could not be read (`INPUT_UNREADABLE`), a call before `init`
 * (`NOT_INITIALISED`), a wasm that cannot be loaded (`WASM_NOT_LOADED`), or our own fault (`BUG`: two instances
 * of the wasm, one after the other, broke over the same; nothing was decided). `VERIFIER_UNSTEADY`: the same was asked five
 * times, and no two answers in a row were the same, so that this browser or computer computes wrongly; of evidence that is
 * a Report, with that code in row `file.decoded`, and no throw.
 */
export interface ConfigurationError extends Error {
  code: ErrorCode;
}

/** Every code that is thrown, but `INVALID_ARGUMENT`. A row's code is thrown where a function reads that very thing alone. */
export type ErrorCode =
  | "NOT_INITIALISED" | "WASM_NOT_LOADED" | "INPUT_UNREADABLE" | "NO_RANDOMNESS" | "BUG"
  | "POLICY_UNKNOWN" | "POLICY_UNREADABLE" | "POLICY_LOOSENS" | "POLICY_TOO_LARGE"
  | "ATTESTERS_TOO_LARGE" | "ATTESTERS_UNREADABLE" | "ATTESTERS_TWICE"
  | "SIGNERS_TOO_LARGE" | "SIGNERS_UNREADABLE" | "SIGNERS_KEY" | "SIGNERS_TIME" | "SIGNERS_TWICE"
  | "BUNDLE_TOO_LARGE" | "BUNDLE_UNRECOGNISED" | "BUNDLE_SCHEMA_UNSUPPORTED" | "BUNDLE_UNREADABLE"
  | "BUNDLE_PIECE_UNREADABLE" | "BUNDLE_PIECE_REPEATED" | "BUNDLE_PIECE_MISPLACED"
  | "PIECE_UNRECOGNISED" | "PIECE_CHAIN_MISSING"
  | "REGISTRY_TOO_LARGE" | "REGISTRY_TOO_MANY_FILES" | "REGISTRY_TOO_MANY_LINES" | "REGISTRY_NOT_TEXT" | "REGISTRY_NOT_JSON"
  | "KEYS_TOO_LARGE" | "KEYS_UNREADABLE" | "KEYS_TWICE" | "KEYS_KEY" | "KEYS_TIME"
  | Code | CeremonyCode | RegistryCode;

/**
 * Loads the wasm: the file beside this module, or the copy of it inside the package where a bundler left the file behind.
 * Give bytes, a `WebAssembly.Module`, a URL (as text too; in Node also a path) or a `Response` to load it from
 * elsewhere. Only the first successful call counts; one that failed can be made again.
 *
 * @example
 * ```js
 * import { init, verifierInfo } from "cloud-witness";
 *
 * await init();
 * await init(); // once is enough: this does nothing
 * console.log(verifierInfo().name); // cloud-witness
 * ```
 *
 * @throws {@link ConfigurationError} `WASM_NOT_LOADED`, with the `cause`; {@link InvalidArgument} for a `source` of
 * another type; `INPUT_UNREADABLE` for a Blob.
 */
export function init(source?: Input | URL | Response | WebAssembly.Module): Promise<void>;

/**
 * Appraises evidence. Bad input makes a Report that says what is wrong; a throw means a wrong call or a bug. It takes
 * milliseconds once its input is read, so there is nothing to abort; many requests are ended by `ManyOptions.signal`.
 *
 *
 * @throws {@link InvalidArgument}; {@link ConfigurationError} with `POLICY_…`, `ATTESTERS_…`, `INPUT_UNREADABLE` or `BUG`.
 *
 * @example
 * ```js
 * import { init, verify } from "cloud-witness";
 *
 * await init();
 * const report = await verify({ evidence: "0300", at: 1750377600 });
 * for (const check of report.checks) console.log(check.outcome, check.id, check.code ?? ""); // fail quote.structure QUOTE_TRUNCATED
 * console.log(report.verdict); // contraindicated
 * ```
 */
export function verify(request: VerifyRequest): Promise<Report>;

/** What `decodeEvidence` read: which quote is in the input and how it was found, or why there is none. */
export type DecodedEvidence =
  | {
      decoded: true;
      evidence: EvidenceView;
      /** Null where row `quote.structure` failed. */
      quote: QuoteView | null;
      /** Rows `file.decoded`, `file.consistent` (what the attester printed, derived again) and `quote.structure`. */
      checks: Check[];
    }
  | { decoded: false; checks: Check[]; evidence?: undefined; quote?: undefined };

/**
 * Reads evidence without verifying it: the attester's file, or a quote as hex, base64, raw bytes or JSON. Nothing of what it
 * returns is authentic; it has no verdict and no identity.
 *
 * @example
 * ```js
 * import { decodeEvidence, init } from "cloud-witness";
 *
 * await init();
 * const read = await decodeEvidence("hello");
 * if (read.decoded) console.log(read.evidence.description, read.quote?.report_data);
 * else console.log(read.checks[0].code); // INPUT_NOT_A_QUOTE
 * ```
 *
 * @throws {@link ConfigurationError} `INPUT_UNREADABLE` or `BUG`. What cannot be read is no throw: it stands in the
 * rows.
 */
export function decodeEvidence(evidence: Input): Promise<DecodedEvidence>;

/** The attester's text file, taken apart. Nothing of it is checked. */
export interface AttesterOutput {
  /** The day since which the attester prints so; null when nothing besides the quote was printed, which tells nothing. */
  generation: "2025-10-27" | "2025-12-04" | "2025-12-14" | "2026-02-15" | null;
  /** What stands in the line `RAW Quote:`, zero padding included: lower-case hex. */
  quote: string;
  /** The number of that line, from 1. */
  quote_line: number;
  /**
   * Every other line that is not blank, as printed: the attester's word. Row `file.consistent` of `decodeEvidence` derives
   * each again from the quote, and compares.
   */
  lines: { number: number; text: string }[];
}

/**
 * Takes the attester's text file apart, in each of its formats since 2025-10-27, without looking into the quote. A bare quote
 * (hex, base64, raw, JSON), which `verify` and `decodeEvidence` take as well, has no line `RAW Quote:` and is refused.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, parseAttesterOutput } from "cloud-witness";
 *
 * await init();
 * const { generation, quote_line, lines } = await parseAttesterOutput(await readFile("attester.txt"));
 * console.log("format of", generation, "with its quote in line", quote_line); // format of 2026-02-15 with its quote in line 1
 * for (const { number, text } of lines) console.log(number, text); // 2 Checking quote...
 * ```
 *
 * @throws {@link ConfigurationError} with the code that row `file.decoded` would have, its words and the place:
 * `INPUT_EMPTY`, `INPUT_TOO_LARGE` (over 256 KiB), `INPUT_ENCODING`, `INPUT_CHARACTER`, `INPUT_NOT_A_QUOTE` (neither
 * text nor a quote), `RAW_QUOTE_MISSING`, `RAW_QUOTE_TWICE`, `HEX_INVALID`, `QUOTE_TOO_LARGE` (over 64 KiB).
 */
export function parseAttesterOutput(file: Input): Promise<AttesterOutput>;

/** What became of one request of `verifyMany`: its Report, or what `verify` would have thrown. */
export type ManyAnswer =
  /** `index`: which request, from 0. */
  | { index: number; report: Report; error?: undefined }
  | { index: number; error: InvalidArgument | ConfigurationError; report?: undefined };

/** How `verifyMany` works. */
export interface ManyOptions {
  /** How many threads (0 to 64; 0: the one that asks). Default: one a core. Where none can be started, the one that asks. */
  workers?: number;
  /** Who verifies, instead of threads of this package: where a page's policy allows only workers of its own, say. */
  lanes?: ((request: VerifyRequest) => Promise<Report>)[];
  /** Ends it: the iteration throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Verifies many requests, on all cores, and yields each answer when it is done, whatever their order. A request is taken
 * from `requests` only when there is room for it. Load a bundle once and give it to all: every thread parses it once.
 *
 * @example
 * ```js
 * import { init, verifyMany } from "cloud-witness";
 *
 * await init();
 * const signal = AbortSignal.timeout(60_000);
 * for await (const answer of verifyMany([{ evidence: "one" }, { evidence: "other" }], { signal })) {
 *   if (answer.error === undefined) console.log(answer.index, answer.report.verdict); // 1 none
 *   else console.log(answer.index, answer.error.code);
 * }
 * ```
 *
 * @throws {@link InvalidArgument} for `requests` or `options` of another form; the reason of `signal`; what
 * `requests` itself throws. What `verify` would throw is the answer to that request.
 */
export function verifyMany(
  requests: Iterable<VerifyRequest> | AsyncIterable<VerifyRequest>,
  options?: ManyOptions,
): AsyncGenerator<ManyAnswer, void, void>;

/** Bundles of collateral (docs/collateral.md): one document with what Intel signed about every platform. */
export const Collateral: {
  /**
   * Loads a bundle and parses it once, however often it is used; its shape is checked, nothing is verified. It stays in
   * memory for as long as the object that is returned.
   *
   * @example
   * ```js
   * import { readFile } from "node:fs/promises";
   * import { Collateral, init, verify } from "cloud-witness";
   *
   * await init();
   * const bundle = await Collateral.load(await readFile("bundle.json"));
   * console.log(bundle.fetched_at, bundle.fmspcs); // 1750377600 0
   * const report = await verify({ evidence: await readFile("quote.hex"), collateral: bundle, collateralFrom: "site" });
   * console.log(report.checks.find(({ id }) => id === "collateral.found").code); // COLLATERAL_NOT_IN_BUNDLE
   * ```
   *
   * @throws {@link ConfigurationError} `BUNDLE_…`: a file that is no bundle, or one of its pieces cannot be read; at
   * most 32 MiB.
   */
  load(input: Input): Promise<CollateralBundle>;

  /**
   * A new bundle with a file laid over another bundle: a response of Intel's service or of a PCCS (TCB info, QE identity,
   * or a CRL as DER, PEM or hex), which takes the issuer chain of the bundle, or a QuoteCollateralV3 document. What was
   * laid over is as trustworthy as who gave it: say so by `collateralFrom`.
   *
   * @example
   * ```js
   * import { readFile } from "node:fs/promises";
   * import { Collateral, init } from "cloud-witness";
   *
   * await init();
   * const before = await Collateral.load(await readFile("bundle.json"));
   * const bundle = await Collateral.overlay(before, await readFile("collateral.json"));
   * console.log(before.pieces.length, "→", bundle.pieces.length); // 0 → 4
   * ```
   *
   * @throws {@link ConfigurationError} `PIECE_…`, `BUNDLE_…`; {@link InvalidArgument} for a `bundle` that
   * `Collateral` did not return; the file has at most 12 MiB.
   */
  overlay(bundle: CollateralBundle, input: Input): Promise<CollateralBundle>;

  /**
   * The QuoteCollateralV3 text that `verify` appraises this evidence with, for a record: given as `collateral` it makes
   * the same Report. Null when the bundle lacks this platform, or the evidence names none.
   *
   * @example
   * ```js
   * import { readFile } from "node:fs/promises";
   * import { Collateral, init, sha256, verify } from "cloud-witness";
   *
   * await init();
   * const [collateral, evidence] = [await readFile("collateral.json"), await readFile("quote.hex")];
   * const bundle = await Collateral.overlay(await Collateral.load(await readFile("bundle.json")), collateral);
   * const text = await Collateral.select(bundle, evidence);
   * const { inputs } = await verify({ evidence, collateral: bundle });
   * console.log(inputs.collateral_sha256 === (await sha256(text))); // true
   * ```
   *
   * @throws {@link InvalidArgument} for a `bundle` that `Collateral` did not return.
   */
  select(bundle: CollateralBundle, evidence: Input): Promise<string | null>;
};

/**
 * Makes a challenge of `bytes` bytes (8 to 64, default 32; fewer than 16 can be precomputed).
 *
 *
 * @throws {@link ConfigurationError} `NO_RANDOMNESS` where the platform has no secure random source.
 *
 * @example
 * ```js
 * import { generateChallenge, init } from "cloud-witness";
 *
 * await init();
 * const { hex, groups, checksum } = generateChallenge();
 * console.log(hex.length, groups.join(" "), "checksum", checksum); // 64 … checksum …
 * ```
 */
export function generateChallenge(bytes?: number): Challenge;

/**
 * Reads a challenge as typed: any case, spaces and `-` between groups.
 *
 * @example
 * ```js
 * import { init, parseChallenge } from "cloud-witness";
 *
 * await init();
 * console.log(parseChallenge("4865 6C6C 6F2C 2077-6f72 6C64 21").hex); // 48656c6c6f2c20776f726c6421
 * try {
 *   parseChallenge("48656c6c6f");
 * } catch (error) {
 *   console.log(error.code); // CHALLENGE_TOO_SHORT
 * }
 * ```
 *
 * @throws {@link ConfigurationError} `CHALLENGE_NOT_HEX`, `CHALLENGE_ODD_DIGITS`, `CHALLENGE_TOO_SHORT` (under 8
 * bytes), `CHALLENGE_TOO_LONG` (over 64).
 */
export function parseChallenge(text: string): Challenge;

/**
 * SHA-256 of the input's bytes (at most 32 MiB), lower-case hex.
 *
 * @example
 * ```js
 * import { init, sha256 } from "cloud-witness";
 *
 * await init();
 * console.log(await sha256("abc")); // ba7816bf…
 * ```
 *
 * @throws {@link InvalidArgument} for more than 32 MiB; {@link ConfigurationError} `INPUT_UNREADABLE`.
 */
export function sha256(input: Input): Promise<string>;

/**
 * Checks a policy (a preset's name or JSON text, docs/policy.md) and returns it as the Report would show it.
 *
 * @example
 * ```js
 * import { init, parsePolicy } from "cloud-witness";
 *
 * await init();
 * const policy = parsePolicy('{ "base": "ceremony", "max_collateral_age_days": 3 }');
 * console.log(policy.max_collateral_age_days, policy.require_up_to_date); // 3 false
 * try {
 *   parsePolicy('{ "base": "strict", "require_up_to_date": false }');
 * } catch (error) {
 *   console.log(error.code); // POLICY_LOOSENS
 * }
 * ```
 *
 * @throws {@link ConfigurationError} `POLICY_UNKNOWN`, `POLICY_UNREADABLE` (with line and column), `POLICY_LOOSENS`,
 * `POLICY_TOO_LARGE` (over 64 KiB).
 */
export function parsePolicy(policy: string): PolicyView;

/**
 * Checks a list of attester builds and returns its entries.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, parseAttesters } from "cloud-witness";
 *
 * await init();
 * const [build] = parseAttesters(await readFile("attesters.json", "utf8"));
 * console.log(build.mr_enclave, build.image); // d16238cc…
 * ```
 *
 * @throws {@link ConfigurationError} `ATTESTERS_UNREADABLE`, `ATTESTERS_TWICE` (one MRENCLAVE in two entries),
 * `ATTESTERS_TOO_LARGE` (over 1 MiB).
 */
export function parseAttesters(json: string): AttesterBuild[];

/** One entry of the list of attester builds (docs/attesters.md). */
export interface AttesterBuild {
  /** MRENCLAVE, 64 hex digits. */
  mr_enclave: string;
  /** The container image that the enclave came from, by digest. */
  image: string;
  /** Where this value comes from: a URL or plain words. */
  source: string;
  added_by: string;
}

/**
 * Name, version and commit of this build.
 *
 * @example
 * ```js
 * import { init, verifierInfo } from "cloud-witness";
 *
 * await init();
 * const { name, version, engine } = verifierInfo();
 * console.log(`${name} ${version} over ${engine}`); // cloud-witness … over dcap-qvl …
 * ```
 *
 * @throws {@link ConfigurationError} `NOT_INITIALISED`, like every function before `init`.
 */
export function verifierInfo(): Verifier;

// Ceremonies. They mirror `src/ceremony/record.rs` and `src/ceremony/report.rs`; `docs/ceremony-record.md` describes
// the file, its rows and codes. Names inside a record are written with `_`, as in its JSON.

/** Who takes part. */
export interface Participant {
  /** As said on the call. */
  name: string;
  /** The project that they speak for: printable ASCII, compared without regard to case and spacing. */
  project: string;
  role: "prover" | "witness";
  /** OpenSSH public-key line without a comment, as `parseKey` gives it; null until they have given one. */
  key: string | null;
}

/** What people entered and saw; stands in the record as it is. Times are Unix seconds. */
export interface Entered {
  kind: "bare_metal" | "colocation";
  /** In the order in which they presented themselves. */
  participants: Participant[];
  /**
   * Whether the provider offers colocation, and how that, or that the machine is not in it, is known. `in_colocation`
   * goes with the kind `colocation`, where `console` is the data centre and how the machine was reached.
   */
  colocation: { answer: "not_offered" | "shown_not_in_it" | "not_shown" | "in_colocation"; how: string };
  console: { provider: string; product: string; region: string; console_type: string; machine: string };
  /** When each step ended, in this order. The appraisal is as of `file`, when the file was received. */
  times: {
    participants: number; colocation: number; console: number; challenge: number;
    command: number | null; hash: number | null;
    file: number; appraisal: number; outcome: number;
  };
  challenge: {
    /** Lower-case hex. */
    hex: string;
    /** For how many minutes after `times.challenge` it could be answered, 1 to 1440. */
    minutes: number;
    /** Which participant made it, a witness: position in `participants`, from 0. */
    made_by: number;
    origin: ChallengeOrigin;
  };
  /** The file's name as received; its SHA-256 as noted from the screen, and by whom (both or neither). */
  file: { name: string; noted_sha256: string | null; noted_by: number | null };
  /** Why the participants sign although the verdict is a warning; needed then. */
  warning_reason: string | null;
  notes: string | null;
  /** Link to the call's recording (https), if it exists already; later, see `addendumToSign`. */
  recording: string | null;
}

/** How a challenge was made: drawn by a witness, or mixed with a round of public randomness. */
export type ChallengeOrigin =
  | { type: "random" }
  /** As `mixChallenge` gives it: chain hash, round, its signature, and the witness's own 32 bytes, all hex. */
  | { type: "drand"; chain: string; round: number; signature: string; own: string };

/** What `recordCeremony` makes a record of. */
export interface RecordRequest {
  entered: Entered;
  /** The attester's file, byte for byte. */
  evidence: Input;
  /** The collateral to use, as in `VerifyRequest`. It goes into the record; of a bundle, what is for this machine. */
  collateral: Input | CollateralBundle;
  /** Default: `applicant`. */
  collateralFrom?: CollateralSource;
  /** `ceremony` (default), `strict`, or a policy's JSON text. */
  policy?: string;
  /** List of attester builds as JSON text. */
  attesters?: string;
  /** SHA-256 of the wasm that is running, lower-case hex, where the caller knows it. */
  wasmSha256?: string;
  /** Other ceremonies' files: the challenge must stand in none of them. */
  earlier?: Input[];
  /** Evidence, with the kind `colocation` alone. Files of more than 2 MiB are named, not put in. */
  colocation?: ColocationItem[];
}

/** A record to sign, or why there is none: nothing that was entered is lost. */
export interface RecordAnswer {
  /** Null when the verdict is `none` or `contraindicated`, or a finding stands against it. */
  record: CeremonyRecord | null;
  /** The verdict that goes into the record: the Report's, or `warning` where the ceremony adds a reservation. */
  verdict: Verdict;
  /** What must be put right first. */
  findings: CeremonyFinding[];
  /** As of `times.file`. */
  report: Report;
}

/** What a participant signs, in both ways that a key can. */
export interface ToSign {
  /** Save it as a file for `ssh-keygen -Y sign -n ceremony@cloud-witness -f KEY FILE`. */
  payload: string;
  payload_sha256: string;
  /** The text whose UTF-8 an Ed25519 key of WebCrypto signs (DSSE's pre-authentication encoding). */
  pae: string;
  namespace: "ceremony@cloud-witness";
}

export interface CeremonyRecord extends ToSign {
  /** `ceremony.dsse.json`, without a signature yet. */
  file: string;
}

/** A signature as a participant hands it over: what ssh-keygen wrote, or a key's line and its 64 bytes. */
export type CeremonySignature = { ssh: string } | { key: string; signature: Uint8Array | ArrayBuffer };

/** What a row of a ceremony can find, closed and stable: docs/ceremony-record.md says of each what it means and what to do. */
export type CeremonyCode =
  | "RECORD_TOO_LARGE" | "RECORD_TOO_MANY_SIGNATURES" | "RECORD_NOT_JSON" | "RECORD_KEY_TWICE" | "RECORD_FIELD" |
  "RECORD_NOT_CANONICAL" | "RECORD_BASE64" | "RECORD_PAYLOAD_TYPE" | "RECORD_VERSION_UNSUPPORTED" | "PROVER_MISSING" |
  "PROVER_TWICE" | "WITNESSES_TOO_FEW" | "PARTICIPANTS_TOO_MANY" | "WITNESSES_OF_ONE_PROJECT" |
  "WITNESS_OF_PROVERS_PROJECT" | "NAME_MISSING" | "NAME_TWICE" | "PROJECT_MISSING" | "PROJECT_CHARACTER" |
  "TEXT_CHARACTER" | "TEXT_TOO_LONG" | "KEY_MISSING" | "KEY_UNREADABLE" | "KEY_UNSUPPORTED" | "KEY_WEAK" | "KEY_TWICE" |
  "TIME_SET_BACK" | "TIME_TOO_LONG" | "TIME_INVALID" | "CONSOLE_MISSING" | "COLOCATION_NOT_EXCLUDED" |
  "COLOCATION_DENIED" | "COLOCATION_MISSING" | "COLOCATION_UNEXPECTED" | "COLOCATION_FILE_DAMAGED" |
  "COLOCATION_FILE_AWAY" | "COLOCATION_REFUSED" | "COLOCATION_RESERVED" | "COLOCATION_UNPROVEN" | "COLOCATION_DIFFERS" |
  "CHALLENGE_INVALID" | "CHALLENGE_MAKER" | "CHALLENGE_EXPIRED" | "CHALLENGE_REUSED" | "DRAND_UNREADABLE" |
  "DRAND_SIGNATURE" | "DRAND_MIX" | "DRAND_ROUND_LATER" | "DRAND_ROUND_OLD" | "EVIDENCE_DAMAGED" | "EVIDENCE_NOTED_BY" |
  "COLLATERAL_OLD_THEN" | "APPRAISAL_INPUT" | "APPRAISAL_OTHER_MACHINE" | "APPRAISAL_DIFFERS" | "SUBJECT_MISMATCH" |
  "OUTCOME_NOT_SIGNABLE" | "OUTCOME_DIFFERS" | "OUTCOME_REASON_MISSING" | "RECORDING_LINK" | "SIGNATURE_UNREADABLE" |
  "SIGNATURE_REFUSED" | "SIGNATURE_NAMESPACE" | "SIGNATURE_CONVERTED" | "SIGNATURE_UNTOUCHED" | "SIGNATURE_BY_STRANGER" | "SIGNATURE_TWICE" | "QUORUM_MISSING" |
  "SIGNERS_NOT_GIVEN" | "SIGNER_PROJECT_UNKNOWN" | "SIGNER_KEY_UNKNOWN" | "SIGNER_OF_OTHER_PROJECT" |
  "SIGNER_KEY_NOT_VALID_THEN" | "ATTESTERS_NOT_GIVEN" | "ATTESTER_UNKNOWN" | "TODAY_LATER" | "TODAY_EARLIER" |
  "TODAY_NOT_SIGNABLE" | "ADDENDUM_REFUSED" | "PAYLOADS_DIFFER";

/** The rows of a ceremony's record, in this order. */
export type CeremonyCheckId =
  | "record.format" | "participants" | "times" | "console" | "colocation" | "challenge" | "evidence"
  | "collateral.fresh" | "appraisal" | "subject" | "outcome" | "signatures" | "quorum" | "signers" | "attester" | "addenda";

/** One thing that a row of a ceremony found. */
export interface CeremonyFinding {
  outcome: "warn" | "fail";
  /** Closed, stable code. */
  code: CeremonyCode;
  detail: string;
  /** What to do next. */
  advice: string;
  /** Which participant it is about: position in `participants`, from 0. */
  participant: number | null;
}

/** One row of a ceremony's record. */
export interface CeremonyCheck {
  id: CeremonyCheckId;
  outcome: Outcome;
  code: CeremonyCode | null;
  detail: string;
  advice: string | null;
  findings: CeremonyFinding[];
}

/** What opening a record finds: plain JSON, a pure function of what was given. */
export interface CeremonyReport {
  schema: 1;
  /** Which verifier opened it. */
  verifier: Verifier;
  /** Always as of the ceremony's time. */
  verdict: Verdict;
  /** Ends in "as of DATE"; never to be shown in green. */
  headline: string;
  summary: string;
  /** When the file was received; null, like everything of the record below, when the file cannot be read. */
  at: number | null;
  at_rfc3339: string | null;
  /** Always sixteen rows, in the order of `CeremonyCheckId`. */
  checks: CeremonyCheck[];
  /** Whether a participant may sign: all but signatures holds, and nothing differs. */
  signable: boolean;
  /** The record's name. */
  payload_sha256: string | null;
  entered: Entered | null;
  /** The Report that this verifier makes of the evidence, as of its time. Draw this one. */
  report: Report | null;
  /** The Report inside, as signed: for comparison only. */
  recorded_report: unknown;
  /** What differs between the two. */
  differences: Difference[];
  recorded_verdict: Verdict | null;
  /** Which verifier made the record, as it says. */
  recorded_by: { name: string; version: string; commit: string; engine: string; wasm_sha256: string | null } | null;
  signatures: SignatureView[];
  /** The challenge cannot have been made before this moment; null unless it was mixed from a public round. */
  not_before: { round: number; time: number } | null;
  addenda: { addendum: Addendum | null; signatures: SignatureView[]; verified: boolean }[];
  /** What checking the evidence of colocation again finds; null for bare metal. */
  colocation: ColocationReport | null;
  /** What the record is worth against whom; all `no` where it does not hold. */
  trust: TrustTable | null;
  /** What is known now; null unless `now` was given. Challenge and noted hash are not asked again. */
  today: {
    /** A sentence or two about the hardware: whether anything differs from then. */
    summary: string;
    /** Of the hardware; lists are not looked at here. */
    report: Report;
    /**
     * Where the machine stands in the lists of that moment, by the record's own collateral; null without lists.
     * `not_reached` where `report` is contraindicated and the machine not revoked.
     */
    registry: Check | null;
    differences: Difference[];
    /** What one who is about to sign should know: the record's times are its makers' word. */
    before_signing: CeremonyFinding[];
  } | null;
}

/** `place` is a path such as "checks.tcb.status" or "identity.ppid". */
export interface Difference {
  place: string;
  recorded: string;
  found: string;
}

/** One signature in a record. */
export interface SignatureView {
  /** OpenSSH fingerprint, `SHA256:…`. */
  keyid: string;
  /** Over the pre-authentication encoding, or by ssh-keygen over the payload; null when it cannot be read. */
  form: "dsse" | "sshsig" | null;
  participant: number | null;
  /** Good, and counts. */
  verified: boolean;
  code: CeremonyCode | null;
}

/** What is added later. */
export interface Addendum {
  /** Unix seconds. */
  added_at: number;
  /** Link (https). */
  recording: string | null;
  note: string | null;
}

/** What a record is opened beside. */
export interface OpenOptions {
  /** The list of signers that you trust, as JSON text (docs/signers.md). Without it a good quorum is `warning`. */
  signers?: string;
  /** The list of attester builds that you know, as JSON text (docs/attesters.md). Without it a good record is `warning`. */
  attesters?: string;
  /** Asks also what is known at this moment, Unix seconds. */
  now?: number;
  /** Collateral of that moment; needs `now`. Default: the record's own. */
  collateral?: Input | CollateralBundle;
  /** Default: `applicant`. */
  collateralFrom?: CollateralSource;
  /** The list of known machines of that moment, as in {@link VerifyRequest}; needs `now`. */
  registry?: MachineFiles | MachineList;
  /** The list of revoked machines of that moment, likewise. */
  revoked?: MachineFiles | MachineList;
  /** Other ceremonies' files: the challenge must stand in none of them. */
  earlier?: Input[];
  /** Files that the record names and does not hold, such as a heartbeat log. */
  files?: Input[];
}

/** A public key as it goes into `Participant.key`. */
export interface Key {
  /** OpenSSH public-key line without a comment. */
  line: string;
  /** `SHA256:…`, as ssh-keygen -l shows it. */
  fingerprint: string;
  /** "ssh-ed25519", "ecdsa-sha2-nistp256", or one of the two on a security key. */
  algorithm: string;
}

/** A challenge mixed from a public round. */
export interface MixedChallenge extends Challenge {
  /** For `Entered.challenge.origin`. */
  origin: ChallengeOrigin;
  not_before: { round: number; time: number };
}

/** One entry of the list of signers (docs/signers.md). */
export interface Signer {
  /** In lower case, with single spaces. */
  project: string;
  fingerprint: string;
  /** Unix seconds; null for open. */
  valid_from: number | null;
  valid_to: number | null;
}

/**
 * What is wrong with a list of participants; empty when a ceremony can begin. Keys may still be null.
 *
 * @example
 * ```js
 * import { checkParticipants, init } from "cloud-witness";
 *
 * await init();
 * const findings = checkParticipants([
 *   { name: "Paula", project: "Example Compute", role: "prover", key: null },
 *   { name: "Walter", project: "First", role: "witness", key: null },
 * ]);
 * for (const { code, advice } of findings) console.log(code, advice); // WITNESSES_TOO_FEW …
 * ```
 *
 * @throws {@link InvalidArgument} for entries of another form.
 */
export function checkParticipants(participants: Participant[]): CeremonyFinding[];

/**
 * Appraises the evidence as of the ceremony's time and makes the record that participants sign; or says in `findings`
 * what must be put right first.
 *
 * @example
 * ```js
 * import { readFile, writeFile } from "node:fs/promises";
 * import { init, recordCeremony } from "cloud-witness";
 *
 * await init();
 * const { record, verdict, findings } = await recordCeremony({
 *   entered: JSON.parse(await readFile("entered.json", "utf8")), // what people said and saw: `Entered`
 *   evidence: await readFile("quote.hex"),
 *   collateral: await readFile("collateral.json"),
 *   collateralFrom: "witness",
 * });
 * console.log(verdict, findings.map(({ code }) => code)); // warning []
 * if (record !== null) await writeFile("record.dsse.json", record.file);
 * ```
 *
 * @throws {@link InvalidArgument} for entries of another form, by their place (`entered.times.file`);
 * {@link ConfigurationError} with a code of row `record.format` for a file in `earlier` that cannot be read. What
 * speaks against a record, a policy or list that cannot be read included, is no throw: it stands in `findings`.
 */
export function recordCeremony(request: RecordRequest): Promise<RecordAnswer>;

/**
 * What a participant signs of a file that they received; open it first.
 *
 * @example
 * ```js
 * import { createPrivateKey, sign } from "node:crypto";
 * import { readFile } from "node:fs/promises";
 * import { bytesToSign, init } from "cloud-witness";
 *
 * await init();
 * const { pae, payload_sha256 } = await bytesToSign(await readFile("record.dsse.json"));
 * console.log("to be compared by voice:", payload_sha256.slice(0, 16)); // to be compared by voice: …
 * const key = createPrivateKey(await readFile("key.pem"));
 * console.log(sign(null, Buffer.from(pae), key).length); // 64
 * ```
 *
 * @throws {@link ConfigurationError} with a code of row `record.format` (docs/ceremony-record.md) when the file is no
 * record.
 */
export function bytesToSign(file: Input): Promise<ToSign>;

/**
 * Adds a participant's signature and returns the file, as text. The evidence is appraised again first.
 *
 * @example
 * ```js
 * import { createPrivateKey, createPublicKey, sign } from "node:crypto";
 * import { readFile } from "node:fs/promises";
 * import { addSignature, bytesToSign, init, parseKey } from "cloud-witness";
 *
 * await init();
 * const record = await readFile("record.dsse.json");
 * const own = createPrivateKey(await readFile("key.pem")); // in a page: a CryptoKey, and crypto.subtle.sign("Ed25519", …)
 * const raw = Buffer.from(createPublicKey(own).export({ format: "jwk" }).x, "base64url");
 * const { pae } = await bytesToSign(record);
 * const file = await addSignature(record, { key: parseKey(raw).line, signature: sign(null, Buffer.from(pae), own) });
 * console.log(JSON.parse(file).signatures.length); // 1
 * ```
 *
 * @throws {@link ConfigurationError} with a code of row `signatures` when the signature does not count
 * (`SIGNATURE_REFUSED`, `SIGNATURE_BY_STRANGER`, `SIGNATURE_TWICE`, …), `OUTCOME_NOT_SIGNABLE` when the evidence,
 * appraised again first, allows none, or a code of row `record.format`.
 */
export function addSignature(file: Input, signature: CeremonySignature): Promise<string>;

/**
 * The union of two files of one record, with the signatures and additions of both; as text.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, mergeCeremonies } from "cloud-witness";
 *
 * await init();
 * const file = await mergeCeremonies(await readFile("from-paula.dsse.json"), await readFile("from-walter.dsse.json"));
 * console.log(JSON.parse(file).signatures.length); // 2
 * ```
 *
 * @throws {@link ConfigurationError} `PAYLOADS_DIFFER` for two records, or a code of row `record.format` for a file
 * that is none.
 */
export function mergeCeremonies(a: Input, b: Input): Promise<string>;

/**
 * What a participant signs to add something later, such as the recording's link.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { addendumToSign, init } from "cloud-witness";
 *
 * await init();
 * const link = { added_at: 1750381200, recording: "https://video.example/server-4711", note: null };
 * const { payload } = await addendumToSign(await readFile("signed.dsse.json"), link);
 * console.log(JSON.parse(payload).predicate.recording); // https://video.example/server-4711
 * ```
 *
 * @throws {@link InvalidArgument} for an addition of another form; {@link ConfigurationError} `RECORDING_LINK`,
 * `TEXT_CHARACTER`, `TEXT_TOO_LONG`, `TIME_INVALID` (before the end of the ceremony), or a code of row
 * `record.format`.
 */
export function addendumToSign(file: Input, addendum: Addendum): Promise<ToSign>;

/**
 * Attaches a signed addition: `payload` is that of `addendumToSign`. Returns the file, as text.
 *
 * @example
 * ```js
 * import { createPrivateKey, createPublicKey, sign } from "node:crypto";
 * import { readFile } from "node:fs/promises";
 * import { addAddendum, addendumToSign, init, openCeremony, parseKey } from "cloud-witness";
 *
 * await init();
 * const record = await readFile("signed.dsse.json");
 * const own = createPrivateKey(await readFile("key.pem"));
 * const key = parseKey(Buffer.from(createPublicKey(own).export({ format: "jwk" }).x, "base64url")).line;
 * const { payload, pae } = await addendumToSign(record, { added_at: 1750381200, recording: null, note: "Firmware updated." });
 * const file = await addAddendum(record, payload, { key, signature: sign(null, Buffer.from(pae), own) });
 * console.log((await openCeremony(file)).addenda[0].verified); // true
 * ```
 *
 * @throws {@link ConfigurationError} with a code of row `signatures`, as `addSignature` has them, or
 * `ADDENDUM_REFUSED` for an addition to another record; or a code of row `record.format`.
 */
export function addAddendum(file: Input, payload: string, signature: CeremonySignature): Promise<string>;

/**
 * Opens a record: everything in it is checked, and the evidence appraised again.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, openCeremony } from "cloud-witness";
 *
 * await init();
 * const opened = await openCeremony(await readFile("signed.dsse.json"));
 * console.log(opened.headline); // Warning, as of …
 * for (const { id, code } of opened.checks) if (code !== null) console.log(id, code); // signers SIGNERS_NOT_GIVEN
 * for (const { participant, verified } of opened.signatures) console.log(participant, verified); // 0 true
 * ```
 *
 * @throws {@link InvalidArgument}; {@link ConfigurationError} `SIGNERS_…` or `ATTESTERS_…` for a list, or a code of
 * row `record.format` for a file in `earlier`, that cannot be read. A record that cannot be read is no throw: its
 * verdict is `none`.
 */
export function openCeremony(file: Input, options?: OpenOptions): Promise<CeremonyReport>;

/**
 * Mixes a challenge from a round of drand's chain quicknet, as its API gives it, and 32 random bytes of this platform
 * (or `own`, 64 lower-case hex digits).
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, mixChallenge } from "cloud-witness";
 *
 * await init();
 * // In a page: await (await fetch("https://api.drand.sh/52db…e971/public/latest")).text()
 * const { groups, checksum, not_before } = mixChallenge(await readFile("round.json", "utf8"));
 * console.log(groups.join(" "), "checksum", checksum);
 * console.log("not made before", not_before.time); // not made before 1692806364
 * ```
 *
 * @throws {@link ConfigurationError} `DRAND_UNREADABLE` (no round, or of another chain), `DRAND_SIGNATURE` (not
 * genuine), `DRAND_MIX` (`own` is not 64 lower-case hex digits), `NO_RANDOMNESS`.
 */
export function mixChallenge(round: string, own?: string): MixedChallenge;

/**
 * Reads a key: an OpenSSH line, or the 32 bytes of an Ed25519 key as WebCrypto exports it (`raw`).
 *
 * @example
 * ```js
 * import { init, parseKey } from "cloud-witness";
 *
 * await init();
 * const { publicKey } = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
 * const { line, fingerprint } = parseKey(await crypto.subtle.exportKey("raw", publicKey));
 * console.log(line); // ssh-ed25519 AAAA…
 * console.log(fingerprint === parseKey(`${line} me@example.org`).fingerprint); // true
 * ```
 *
 * @throws {@link ConfigurationError} `KEY_UNREADABLE`, `KEY_UNSUPPORTED`, `KEY_WEAK`; {@link InvalidArgument} for
 * another number of bytes than 32.
 */
export function parseKey(key: string | Uint8Array | ArrayBuffer): Key;

/**
 * Checks a list of signers and returns its entries.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, parseSigners } from "cloud-witness";
 *
 * await init();
 * const [signer] = parseSigners(await readFile("signers.json", "utf8"));
 * console.log(signer.project, signer.fingerprint); // example compute SHA256:…
 * ```
 *
 * @throws {@link ConfigurationError} `SIGNERS_UNREADABLE`, `SIGNERS_KEY`, `SIGNERS_TIME`, `SIGNERS_TWICE`,
 * `SIGNERS_TOO_LARGE` (over 1 MiB).
 */
export function parseSigners(json: string): Signer[];

// Evidence of colocation. It mirrors `src/colocation/evidence.rs`, `report.rs` and `trust.rs`; `docs/colocation.md`
// describes kinds, rows and codes. Names are written with `_`, as in a record's JSON.

/** What an item of evidence is: docs/colocation.md describes each. */
export type ColocationKind =
  | "owner_claim" | "hosting_video" | "hosting_mail" | "notification_pledge" | "provider_pledge" | "heartbeat"
  | "addresses" | "beacon";

/** What a file is for its item: which roles a kind has stands at `ColocationEntered`. */
export type ColocationFileRole =
  | "statement" | "signature" | "certificate" | "mail" | "document" | "log" | "prefixes";

/** One item of evidence: what people entered, and the files that belong to it. */
export interface ColocationItem {
  entered: ColocationEntered;
  files: { role: ColocationFileRole; name: string; content: Input }[];
}

/** What people entered, by kind. Times are Unix seconds, digests 64 lower-case hex digits. */
export type ColocationEntered =
  /** Files: `statement`, `signature`, and a `certificate` for each of `certificates`. */
  | { kind: "owner_claim"; owner: string; key: string; key_source: string; certificates: AuditCertificate[] }
  /** No files: a video is too large. */
  | {
      kind: "hosting_video"; data_centre: string; sha256: string; link: string | null; seconds: number;
      recorded_at: number; seen: string; watched_by: string[];
    }
  /** Files: `mail`. */
  | { kind: "hosting_mail"; data_centre: string; mail: MailKey }
  /** Files: `document`, and `mail` or `signature` as `confirmed_by` says. */
  | ({ kind: "notification_pledge" } & Pledge)
  | ({ kind: "provider_pledge" } & Pledge)
  /** Files: `log`. */
  | { kind: "heartbeat"; key: string; key_source: string; max_gap: number; from: number; to: number }
  /** Files: one or more `prefixes`. */
  | {
      kind: "addresses"; data_centre: string; prefixes_source: string; holder: string | null;
      seen: { address: string; direction: "inbound" | "outbound"; seen_by: string; seen_at: number }[];
    }
  /** No files. */
  | { kind: "beacon"; description: string; hashes: { what: string; sha256: string }[] };

/** An auditor's certificate that an owner's claim names. Times are Unix seconds. */
export interface AuditCertificate {
  /** For example "SOC 2 Type II". */
  standard: string;
  issuer: string;
  scope: string;
  valid_from: number;
  valid_to: number;
}

/** Whose e-mail it must be, and the DKIM key record that it is checked with: supplied, not from DNS. */
export interface MailKey {
  domain: string;
  domain_source: string;
  /** `v=DKIM1; k=rsa; p=…` */
  key_record: string;
  /** Who looked it up, where and when. */
  key_record_source: string;
}

/** A data centre's pledge: who signed it, and how it is known that they did. */
export interface Pledge {
  data_centre: string;
  signatory: string;
  signatory_role: string;
  confirmed_by: ({ by: "mail" } & MailKey) | { by: "signature"; key: string; key_source: string };
}

/** What goes into `checkColocation`. A key that is not listed here is a `TypeError`. */
export interface ColocationRequest {
  /** At most 32. */
  items: ColocationItem[];
  /** The machine's charter key, such as `intel:sgx:ppid:…`; default: that of `ceremony`. */
  machine?: string;
  /** The moment to check for, Unix seconds; default: this computer's clock. */
  at?: number;
  /** The file of a ceremony on a cloud's console about the same machine, which has a row in the table if it holds. */
  ceremony?: Input;
  /** The signers that you trust, for `ceremony`. */
  signers?: string;
  /** The attester builds that you know, for `ceremony`. */
  attesters?: string;
}

/** What checking evidence of colocation finds: plain JSON, a pure function of what was given. */
export interface ColocationReport {
  schema: 1;
  verifier: Verifier;
  at: number;
  at_rfc3339: string;
  machine: string | null;
  items: ColocationItemReport[];
  trust: TrustTable;
}

/** What checking one item finds. */
export interface ColocationItemReport {
  kind: ColocationKind;
  /** Whether it counts in the trust table: all that it needs was given, and holds. */
  counts: boolean;
  checks: ColocationCheck[];
  /** Plain words: how far the checks go, and what they do not show. */
  how_far: string;
  /** What people should read for themselves: a mail's sender and text, say. */
  facts: { label: string; value: string }[];
  /**
   * What ties a pledge's mail to its document, to be read where it stands; at most ten, and empty for other kinds. `tie` is the
   * SHA-256 in a line of the text that is shown (numbered from 1), between what stands before and after; or, where `line`
   * is null, the name of a file that is attached.
   */
  ties: { line: number | null; before: string; tie: string; after: string }[];
  files: { role: ColocationFileRole; name: string; sha256: string; bytes: number | null }[];
  /** What a heartbeat log covers; null for other kinds, and for a log that covers nothing. */
  timeline: HeartbeatTimeline | null;
}

/**
 * What a stretch of time is: covered; nothing recorded; recorded without a good answer; recorded, but not under a good
 * signature and an unbroken chain.
 */
export type StretchState = "covered" | "gap" | "error" | "unproven";

/** What a heartbeat log covers. Times are Unix seconds. */
export interface HeartbeatTimeline {
  from: number;
  to: number;
  /** One after the other, without holes; at most 2,000. */
  spans: { from: number; to: number; state: StretchState }[];
  /** Seconds that are covered. */
  covered: number;
  /** Seconds that had to be covered, listed or not. */
  span: number;
  /** `covered` of `span` in parts per million, rounded down. */
  covered_ppm: number;
  /** The longest stretch that is not covered, in seconds. */
  longest_gap: number;
  /** Stretches beyond those that are listed. */
  left_off: number;
}

/** What a row about evidence of colocation can find: docs/colocation.md says of each what it means and what to do. */
export type ColocationCode =
  | "ENTERED_MISSING" | "ENTERED_CHARACTER" | "ENTERED_TOO_LONG" | "KEY_UNREADABLE" | "DIGEST_INVALID" | "LINK_INVALID" |
  "DOMAIN_INVALID" | "TIME_INVALID" | "TIME_LATER" | "FILE_MISSING" | "FILE_UNEXPECTED" | "FILE_EMPTY" |
  "FILE_TOO_LARGE" | "FILES_TOO_LARGE" | "LOG_EMPTY" | "LOG_TOO_LARGE" | "LOG_ENCODING" | "LOG_CUT" | "LINE_TOO_LONG" | "LINE_BLANK" |
  "LINE_END" | "LINE_CHARACTER" | "LINE_NOT_JSON" | "LINE_FIELD" | "LINE_NOT_CANONICAL" | "LINES_UNREADABLE" | "HEADER_MISSING" |
  "HEADER_TWICE" | "HEADER_INVALID" | "HEADER_OTHER_MACHINE" | "HEADER_MAX_GAP" | "RECORDER_KEY_NOT_GIVEN" |
  "RECORDER_KEY_OTHER" | "SEQUENCE_WRONG" | "LINES_MISSING" | "LINE_REPEATED" | "LINE_OUT_OF_ORDER" | "CHAIN_BROKEN" |
  "SIGNATURE_WRONG" | "SIGNATURE_UNCHECKED" | "SIGNATURE_MISSING" | "SIGNATURES_TOO_MANY" | "TAIL_NOT_SIGNED" |
  "CLOCK_BACK" | "CLOCK_FORWARD" | "COUNT_BACK" | "TIME_IN_FUTURE" | "LOG_GAP" | "POLL_LATE" | "POLL_EARLY" |
  "POLL_OTHER" | "ANSWER_ERROR" | "ANSWER_OTHER_MACHINE" | "ANSWER_UNNAMED" | "ANSWER_NAMES_LESS" | "ANSWER_UUID_TURNED" | "POWER_NOT_ON" | "SUPPLY_LOST" |
  "SUPPLY_NONE" | "LOG_NOTHING_COVERED" | "PREFIXES_EMPTY" | "PREFIXES_TOO_LARGE" | "PREFIXES_FORM" | "PREFIXES_ENCODING" |
  "PREFIXES_CUT" | "PREFIXES_EXCERPT" | "PREFIX_LINE" | "PREFIX_REGISTRY" | "PREFIX_ADDRESS" | "PREFIX_LENGTH" |
  "PREFIX_HOST_BITS" | "PREFIX_REVERSED" | "PREFIX_OVERLAP" | "PREFIX_SPECIAL" | "PREFIX_MAPPED" | "PREFIX_STATUS" |
  "HOLDER_NOT_GIVEN" | "HOLDER_MISSING" | "HOLDER_UNEXPECTED" | "ADDRESSES_NONE" | "ADDRESS_ONE_WAY" |
  "ADDRESS_INVALID" | "ADDRESS_SPECIAL" | "ADDRESS_MAPPED" | "ADDRESS_OUTSIDE" | "MACHINE_MISSING" | "MACHINE_UNNAMED" |
  "STATEMENT_ENCODING" | "SIGNATURE_UNREADABLE" | "SIGNATURE_NAMESPACE" | "SIGNATURE_REFUSED" | "CERTIFICATES_NONE" |
  "CERTIFICATE_EXPIRED" | "CERTIFICATE_LATER" | "VIDEO_EMPTY" | "VIDEO_UNWATCHED" | "VIDEO_WATCHED_BY_ONE" |
  "MAIL_ENCODING" | "MAIL_UNREADABLE" | "MAIL_FIELD_TWICE" | "KEY_RECORD_UNREADABLE" | "KEY_RECORD_REVOKED" |
  "KEY_RECORD_WEAK" | "KEY_RECORD_SHORT" | "KEY_RECORD_TESTING" | "DKIM_MISSING" | "DKIM_TOO_MANY" | "DKIM_UNREADABLE" |
  "DKIM_ALGORITHM" | "DKIM_FROM_UNSIGNED" | "DKIM_USER" | "DKIM_LENGTH" | "DKIM_TYPE_UNSIGNED" | "DKIM_FIELDS_UNSIGNED" | "DKIM_BODY" |
  "DKIM_REFUSED" | "DKIM_EXPIRED" | "MAIL_LATER" | "MAIL_UNDATED" | "MAIL_OLD" | "DOMAIN_DIFFERS" | "SENDER_UNCLEAR" |
  "SENDER_DIFFERS" | "MAIL_AUTOMATIC" | "DOCUMENT_UNTIED" | "DOCUMENT_QUOTED" | "BEACON_WORK_IN_PROGRESS";

/** One row about an item of evidence. */
export interface ColocationCheck {
  /** For example "mail.signature". */
  id: string;
  outcome: Outcome;
  code: ColocationCode | null;
  detail: string;
  advice: string | null;
  /** Where in the file: "line 7". */
  place: string | null;
  findings: { outcome: "warn" | "fail"; code: ColocationCode; detail: string; advice: string; place: string | null }[];
}

/** How far something protects, weakest first. */
export type TrustLevel = "no" | "promised" | "proven_remote_only" | "proven";
/** Against whom something protects: a stranger, the machine's owner, or the data centre where it stands. */
export type Attacker = "third_party" | "owner" | "data_centre";
/** What something rests on: the rows of the trust table, in this order. */
export type TrustEvidence =
  | "console" | "owner_claim" | "hosting" | "notification" | "addresses" | "heartbeat" | "beacon";

/** What the evidence is worth against whom: docs/colocation.md. */
export interface TrustTable {
  /** Always seven rows, in the order of `TrustEvidence`. */
  rows: {
    evidence: TrustEvidence;
    name: string;
    /** One an attacker, in the order of `Attacker`. `words` are to be shown; `at_best` is what it could be worth. */
    cells: { attacker: Attacker; level: TrustLevel; words: string; at_best: TrustLevel; at_best_words: string }[];
    comment: string;
    /** What counted, or what lacks. */
    why: string;
    /** The items that it rests on: positions from 0. */
    items: number[];
  }[];
  /** The strongest of each column, and which evidence gives it. */
  strongest: { attacker: Attacker; attacker_words: string; level: TrustLevel; words: string; evidence: TrustEvidence[] }[];
}

/** A text to start from. */
export interface ColocationTemplate {
  id: "owner_claim" | "notification_pledge" | "provider_pledge" | "application";
  title: string;
  /** The name to save it under. */
  file: string;
  text: string;
}

/**
 * Checks evidence of colocation, and says what it is worth against whom.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { checkColocation, init } from "cloud-witness";
 *
 * await init();
 * const at = 1750377600;
 * const seen = [{ address: "193.0.1.7", direction: "inbound", seen_by: "Walter, by curl", seen_at: at }];
 * const entered = { kind: "addresses", data_centre: "Example", prefixes_source: "Its list, sent by mail.", holder: null, seen };
 * const files = [{ role: "prefixes", name: "prefixes.txt", content: await readFile("prefixes.txt") }];
 * const { items: [item] } = await checkColocation({ items: [{ entered, files }], at });
 * for (const { id, outcome, code } of item.checks) console.log(id, outcome, code); // addresses.seen …
 * ```
 *
 * @throws {@link InvalidArgument} for entries of another form, by their place; {@link ConfigurationError}
 * `SIGNERS_…`, `ATTESTERS_…`. Evidence that does not hold is no throw: it stands in the rows.
 */
export function checkColocation(request: ColocationRequest): Promise<ColocationReport>;

/**
 * Texts to start from: the owner's claim, the two pledges, and a mail to apply with.
 *
 * @example
 * ```js
 * import { colocationTemplates, init } from "cloud-witness";
 *
 * await init();
 * for (const { id, file, text } of colocationTemplates()) console.log(id, file, text.length); // owner_claim …
 * ```
 *
 * @throws {@link ConfigurationError} `NOT_INITIALISED`.
 */
export function colocationTemplates(): ColocationTemplate[];

// The registry. They mirror `src/registry/`; `docs/registry.md` describes files, rows and codes.

/**
 * A loaded list of machines as it is shown: frozen plain data, and what `verify` takes for `registry` or `revoked`. A copy
 * of it (`structuredClone`, a worker's message) stands for no list.
 */
export interface MachineList extends Readonly<ListView> {
  /** How many machines under each scheme. */
  readonly schemes: Readonly<Partial<Record<MachineEntry["scheme"], number>>>;
  /** Declared lengths of prefixes, in digits. */
  readonly prefix_digits: readonly number[];
  /** How many remarks there are on lines that are used. */
  readonly remarks: number;
  /** The first of what is wrong, at most 100: `fail` for a line that cannot be used, `warn` for a remark. */
  readonly findings: readonly ListFinding[];
}

/** What is found of a line of a list, or of an enrolment: docs/registry.md says of each what it means and what to do. */
export type RegistryCode =
  | "ID_EMPTY" | "ID_ODD_DIGITS" | "ID_NOT_HEX" | "ID_LENGTH" | "ID_SCHEME_UNKNOWN" | "PREFIX_LENGTH" | "LABEL_QUOTES" |
  "LINE_END" | "ENTRY_FIELD" | "RECORD_REFUSED" | "RECORD_SIGNERS" | "ID_TWICE" | "ID_TWICE_LABELS" | "LABEL_FORMULA" |
  "LABEL_CHARACTER" | "LABEL_ID" | "COLUMN_EXTRA" | "BYTE_ORDER_MARK" | "WITNESSES_MISSING" | "RECORDING_MISSING" | "ENROL_TWICE" |
  "ENROL_REVOKED" | "LIST_UNREADABLE" | "REVOKED_LINES" | "LIST_LINES" | "LIST_LINE_ENDS" | "AUTHOR_NAME" |
  "AUTHOR_EMAIL" | "COMMIT_TIME" | "PATCH_TOO_LARGE" | "PATCH_TEXT" | "PATCH_HEADER" | "PATCH_MESSAGE" | "PATCH_PATH" |
  "PATCH_KIND" | "PATCH_HUNK" | "PATCH_TRAILING" | "PATCH_DOES_NOT_APPLY" | "FILE_OTHER" | "FILE_MISSING" |
  "FILE_NOT_NEW" | "FILE_KIND" | "FILE_NAME" | "RECORD_WARNING" | "RECORD_OTHER" | "ENTRY_DIFFERS" | "LINE_DIFFERS" |
  "LINES_OTHER";

/** What is wrong with one line of a list, or to be remarked of it. */
export interface ListFinding {
  readonly outcome: "warn" | "fail";
  readonly code: RegistryCode;
  readonly place: string;
  readonly detail: string;
  readonly advice: string;
}

/**
 * Reads a list of machines once, however often it is used or searched. `signers`: the list of signers that you trust,
 * as JSON text; records by others carry a remark.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, loadRegistry, verify } from "cloud-witness";
 *
 * await init();
 * const registry = await loadRegistry(await readFile("known.csv"));
 * console.log(registry.entries, registry.schemes, registry.unusable); // 2 { ppid: 2 } 0
 * const report = await verify({
 *   evidence: await readFile("quote.hex"), collateral: await readFile("collateral.json"), at: 1750377600, registry,
 * });
 * console.log(report.registry.standing); // new
 * ```
 *
 * @throws {@link InvalidArgument} for more than 10,000 files; {@link ConfigurationError} when a file cannot be read
 * at all: `REGISTRY_TOO_LARGE` (over 16 MiB together), `REGISTRY_TOO_MANY_LINES` (over 250,000 together),
 * `REGISTRY_NOT_TEXT`, `REGISTRY_NOT_JSON`; `SIGNERS_…`. A line
 * that cannot be used is no throw: it is counted and stands in `findings`.
 */
export function loadRegistry(files: MachineFiles, options?: { signers?: string }): Promise<MachineList>;

/**
 * The machines whose ID or label holds `text`, in the list's order; an empty text finds all. Digits may be typed in groups.
 * `limit` is at most 1000, 50 by default.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, loadRegistry, searchRegistry } from "cloud-witness";
 *
 * await init();
 * const list = await loadRegistry(await readFile("known.csv"));
 * const { total, entries } = searchRegistry(list, "2222 2222");
 * console.log(total, entries[0].label, entries[0].place); // 1 Second machine line 3
 * ```
 *
 * @throws {@link InvalidArgument} for a `list` that `loadRegistry` did not return.
 */
export function searchRegistry(
  list: MachineList,
  text: string,
  options?: { offset?: number; limit?: number },
): { total: number; entries: MachineEntry[] };

/** What goes beside the record into `enrol`. A key that is not listed here is a `TypeError`. */
export interface EnrolRequest {
  /** The registry's `known.csv` as it is now; "" for an empty one. The patch adds a line to it. */
  known: Input;
  /** The commit's author: a name of at most 60 bytes without < > @, and an address in ASCII. */
  author: { name: string; email: string };
  /** The commit's time, Unix seconds. */
  at: number;
  /** The registry's list of revoked machines. */
  revoked?: MachineFiles | MachineList;
  /** The list of signers, as JSON text; when given, the witnesses must be on it. */
  signers?: string;
  /** The list of attester builds, as JSON text. */
  attesters?: string;
}

/** What a record gives: the same for everyone who has it. */
export interface Proposal {
  /** The machine's ID in the list, 32 hex digits. */
  ppid: string;
  /** For example "intel:sgx:ppid:…". */
  charter_key: string;
  label: string;
  /** The line in the list, without a line end. */
  line: string;
  list_path: "known.csv";
  /** "machines/PPID.json". */
  entry_path: string;
  /** The entry's file: the charter's form. */
  entry: string;
  /** "records/PPID.dsse.json". */
  record_path: string;
  /** Link to the call's recording. */
  recording: string;
}

export interface Enrolment extends Proposal {
  /** The pull request's title. */
  title: string;
  /** The pull request's text, Markdown, with the recording's link. */
  text: string;
  /** What `git am` takes. */
  patch: string;
  /** The patch's file name. */
  patch_name: string;
  /** The record's verdict, opened with what was given: `affirming` or `warning`. */
  verdict: Verdict;
  summary: string;
}

/**
 * Proposes the machine of a signed record to a registry: its line, its entry, the pull request's text, and a patch
 * with them.
 *
 * @example
 * ```js
 * import { readFile, writeFile } from "node:fs/promises";
 * import { enrol, init } from "cloud-witness";
 *
 * await init();
 * const { title, line, patch } = await enrol(await readFile("signed.dsse.json"), {
 *   known: await readFile("known.csv"),
 *   author: { name: "Walter Witness", email: "walter@first.example" },
 *   at: 1750381200,
 * });
 * console.log(title); // Add machine d04ec06d4e6d92dc90d0ad3cf5ee2ddf
 * console.log(line); // d04ec06d4e6d92dc90d0ad3cf5ee2ddf,…
 * await writeFile("machine.patch", patch); // for `git am`
 * ```
 *
 * @throws {@link ConfigurationError} with a code of docs/registry.md when the record does not verify with two
 * witnesses of two other projects, has no recording, or the machine must not be added (`RECORD_REFUSED`,
 * `WITNESSES_MISSING`, `RECORDING_MISSING`, `ENROL_TWICE`, `ENROL_REVOKED`, …); `REGISTRY_…`, `SIGNERS_…`,
 * `ATTESTERS_…` for a list that cannot be read.
 */
export function enrol(record: Input, request: EnrolRequest): Promise<Enrolment>;

/** What goes into `checkEnrolment`. A key that is not listed here is a `TypeError`. */
export interface EnrolmentCheckRequest {
  /** A patch; or else `changes`. */
  patch?: Input;
  /** Every file in which base and head differ; `null` where it is not there. `plain`: neither a link nor executable. */
  changes?: { path: string; before: Input | null; after: Input | null; plain?: boolean }[];
  /** Your own copy of the record. */
  record?: Input;
  /** The base's `known.csv`. */
  known?: Input;
  /** Beside a patch: other paths that are in the base. */
  present?: string[];
  /** The base's `revoked.csv`. */
  revoked?: MachineFiles | MachineList;
  /** The base's list of signers, as JSON text. */
  signers?: string;
  /** The base's list of attester builds, as JSON text. */
  attesters?: string;
  /** The base's records: the challenge must stand in none of them. Left out, nobody looks for it in any. */
  earlier?: Input[];
}

/** The rows of the check of an enrolment, in this order: docs/registry.md. */
export type EnrolmentCheckId =
  | "patch.format" | "patch.applies" | "patch.files" | "record.same" | "record" | "witnesses" | "entry" | "list"
  | "machine.new" | "machine.revoked";

/** One thing that a row of the check of an enrolment found. */
export interface EnrolmentFinding {
  outcome: "warn" | "fail";
  code: RegistryCode;
  detail: string;
  /** What to do next. */
  advice: string;
}

/** One row of the check of an enrolment. */
export interface EnrolmentCheck {
  id: EnrolmentCheckId;
  outcome: Outcome;
  code: RegistryCode | null;
  detail: string;
  advice: string | null;
  findings: EnrolmentFinding[];
}

/** What the check of an enrolment finds: plain JSON, a pure function of what was given. */
export interface EnrolmentReport {
  schema: 1;
  verifier: Verifier;
  /** `affirming`: it can be merged; `warning`: a person decides; `contraindicated`: do not merge. */
  verdict: Verdict;
  headline: string;
  summary: string;
  /** Always ten rows, in the order of `EnrolmentCheckId`. */
  checks: EnrolmentCheck[];
  /** Paths that the change touches. */
  touched: string[];
  /** What the record gives; null where it gives nothing. */
  proposal: Proposal | null;
  /** The record, opened; null where there is none. */
  record: CeremonyReport | null;
}

/**
 * The second pair of hands: whether a change adds this machine, by this record, and nothing else. All that it is checked
 * against is the base's, never what the change brings along.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { checkEnrolment, init } from "cloud-witness";
 *
 * await init();
 * const { verdict, checks, touched } = await checkEnrolment({
 *   patch: await readFile("machine.patch"),
 *   record: await readFile("signed.dsse.json"), // your own copy
 *   known: await readFile("known.csv"),
 *   revoked: await readFile("revoked.csv"),
 * });
 * console.log(verdict, touched.length); // warning 3
 * for (const { id, code } of checks) if (code !== null) console.log(id, code); // record …
 * ```
 *
 * @throws {@link InvalidArgument} without `patch` or `changes`; {@link ConfigurationError} `REGISTRY_…`, `SIGNERS_…`,
 * `ATTESTERS_…` for a list, or a code of row `record.format` for a file in `earlier`, that cannot be read.
 */
export function checkEnrolment(request: EnrolmentCheckRequest): Promise<EnrolmentReport>;

// Trust tokens.

/** What goes into the check of a trust token. A key that is not listed here is a `TypeError`. */
export interface TokenRequest {
  /** The JWT, in its compact form. At most 16 KiB. */
  token: Input;
  /** The trust server's keys.json, as its text: an object of key IDs and public keys in PEM. */
  keys?: string;
  /** The alliance's own keys, as JSON text (docs/token.md). Default: those that this build ships. */
  alliance?: string;
  /** The quote, or the attester's file: everything that `VerifyRequest.evidence` may be. */
  quote?: Input;
  /** What the quote is appraised with. */
  collateral?: Input | CollateralBundle;
  /** Default: `applicant`, the most careful reading. */
  collateralFrom?: CollateralSource;
  /** The moment to check for, Unix seconds (a safe integer). Default: the clock of this computer, as `now`. */
  at?: number;
  /** Default: `as_of` when `at` is given, else `now`. */
  time?: "now" | "as_of";
}

/** The rows of the check of a trust token, in this order: docs/token.md. */
export type TokenCheckId =
  | "token.format" | "token.key" | "token.signature" | "token.claims" | "token.time" | "token.lacks"
  | "quote.hash" | "quote.appraisal" | "machine";

/** What a row about a trust token can find: docs/token.md says of each what it means and what to do. */
export type TokenCode =
  | "TOKEN_EMPTY" | "TOKEN_TOO_LARGE" | "TOKEN_JSON_SERIALIZATION" | "TOKEN_ANSWER" | "TOKEN_ENCRYPTED" | "TOKEN_PARTS" | "TOKEN_BASE64" |
  "TOKEN_BASE64_BITS" | "TOKEN_NOT_JSON" | "TOKEN_KEY_TWICE" | "TOKEN_CRITICAL" | "TOKEN_NESTED" | "TOKEN_TYPE" |
  "TOKEN_HEADER_KEY_IGNORED" | "TOKEN_ALG_MISSING" | "TOKEN_ALG_NONE" | "TOKEN_ALG_SYMMETRIC" | "TOKEN_ALG_UNSUPPORTED" |
  "TOKEN_KID_MISSING" | "TOKEN_KID_UNKNOWN" | "TOKEN_KEYS_NOT_GIVEN" | "TOKEN_KID_ALG" | "TOKEN_KEY_UNREADABLE" |
  "TOKEN_KEY_UNSUPPORTED" | "TOKEN_KEY_LENGTH" | "TOKEN_KEY_EXPONENT" | "TOKEN_KEY_WEAK" | "TOKEN_SIGNATURE_LENGTH" |
  "TOKEN_SIGNATURE_NOT_CANONICAL" | "TOKEN_SIGNATURE_REFUSED" | "TOKEN_QUOTE_HASH_FORM" | "TOKEN_MACHINE_ID_FORM" |
  "TOKEN_LABEL_MISSING" | "TOKEN_LABEL_CHARACTER" | "TOKEN_TIME_FORM" | "TOKEN_FUTURE" | "TOKEN_TIMES_DIFFER" |
  "TOKEN_NOT_YET_VALID" | "TOKEN_EXPIRED" | "TOKEN_KEY_EARLY" | "TOKEN_KEY_LATE" | "TOKEN_NO_EXPIRY" | "TOKEN_NO_NONCE" |
  "TOKEN_NONCE_NOT_COMPARED" | "TOKEN_NO_TCB_STATUS" | "TOKEN_QUOTE_UNREADABLE" | "TOKEN_QUOTE_HASH_DIFFERS" |
  "TOKEN_QUOTE_REFUSED" | "TOKEN_QUOTE_UNDECIDED" | "TOKEN_QUOTE_WARNING" | "TOKEN_MACHINE_DIFFERS" |
  "TOKEN_MACHINE_OF_OTHER_MAKER" | "TOKEN_TEE_DIFFERS";

/** One thing that a row about a trust token found. */
export interface TokenFinding {
  outcome: "warn" | "fail";
  code: TokenCode;
  detail: string;
  advice: string;
}

/** One row. */
export interface TokenCheck {
  id: TokenCheckId;
  outcome: Outcome;
  code: TokenCode | null;
  detail: string;
  advice: string | null;
  /** Weightiest first. */
  findings: TokenFinding[];
}

/** What checking a trust token finds: plain JSON, a pure function of what was given. */
export interface TokenReport {
  schema: 1;
  verifier: Verifier;
  /** As trust servers write their tokens, `warning` at best: they have no expiry, no nonce and no TCB status. */
  verdict: Verdict;
  /** For `as_of` it ends in "as of DATE" and must never be shown in green. */
  headline: string;
  summary: string;
  at: number;
  at_rfc3339: string;
  time: "now" | "as_of";
  /** Null when the token cannot be read. */
  token: TokenView | null;
  /** Always nine rows, in the order of `TokenCheckId`. */
  checks: TokenCheck[];
  /** The quote's own appraisal; null without a quote. */
  report: Report | null;
}

/** What a token says: to be believed only where it is `signed`. Its texts come from outside. */
export interface TokenView {
  /** SHA-256 of the token's text, without the space around it. */
  sha256: string;
  signed: boolean;
  algorithm: string | null;
  kid: string | null;
  key: { kind: string; list: "the alliance's keys" | "keys.json"; source: string | null; valid_from: number | null; valid_to: number | null } | null;
  quote_hash: string | null;
  machine_id: string | null;
  machine_id_scheme: "ppid" | "sgx_extensions_sha256" | "charter" | "amd_chip_id" | null;
  label: string | null;
  /** `iat`, the server's own time; without it `timestamp`, which whoever asks for a token chooses. */
  issued_at: number | null;
  /** From `issued_at`. */
  age_seconds: number | null;
  expires_at: number | null;
  /** All of the payload; values as JSON. */
  claims: { name: string; value: string }[];
}

/**
 * Checks a trust server's token, without that server.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, verifyToken } from "cloud-witness";
 *
 * await init();
 * const { verdict, token } = await verifyToken({
 *   token: await readFile("token.jwt"),
 *   keys: await readFile("keys.json", "utf8"),
 *   at: 1750377600, // as of 2025-06-20; leave it out for now
 * });
 * console.log(verdict, token.signed, token.algorithm); // warning true RS256
 * ```
 *
 * @throws {@link InvalidArgument}; {@link ConfigurationError} `KEYS_UNREADABLE`, `KEYS_TWICE`, `KEYS_KEY`,
 * `KEYS_TIME`, `KEYS_TOO_LARGE` for a list of keys that cannot be read. A token that does not hold is no throw: it
 * stands in the rows.
 */
export function verifyToken(request: TokenRequest): Promise<TokenReport>;
