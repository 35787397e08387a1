// Where @phala/dcap-qvl 0.3.9 and this verifier differ, each with its reason. differential.test.mjs reads it.

export const DIFFERENCES = {
  "they accept": {
    "unsigned slack and headers of the quote are not looked at (O6, O7)": [
      "202-trailing-bytes", "203-padding-too-long", "204-slack-in-auth-data", "205-slack-in-outer-certification-data",
      "206-slack-in-pck-chain", "207-text-before-pck-chain", "208-qe-vendor-unknown", "212-body-size-wrong",
      "213-outer-certification-data-5", "225-slack-tdx10-after-auth-data", "226-slack-tdx15-after-auth-data",
      "227-slack-tdx15-trailing", "228-slack-tdx15-after-pck-chain",
    ],
    "the PCK CRL may be another CA's than the certificate's": [
      "304-collateral-other-ca", "366-pck-crl-names-the-other-ca", "392-collateral-of-a-ca-with-a-new-key",
      "416-pck-names-the-other-ca",
    ],
    "TCB info's pceId is not compared with the certificate's (O13)": [
      "305-collateral-other-pceid",
    ],
    "tcbType is not looked at (O13)": [
      "306-tcb-type-5",
    ],
    "collateral has no limit (O1)": [
      "308-collateral-too-large",
    ],
    "the windows of both CRLs are not looked at (O16)": [
      "324-root-crl-expired", "325-pck-crl-expired", "329-root-crl-not-yet-valid", "330-pck-crl-not-yet-valid",
      "336-pck-crl-at-its-last-second",
    ],
    "a policy of ours, which the port has no word for": [
      "332-evaluation-number-too-low", "387-qe-identity-evaluation-number-too-low", "608-tcb-strict-outofdate",
      "609-tcb-strict-advisories", "613-qe-configuration-needed-strict",
    ],
    "the CRLs' signatures are not verified": [
      "344-root-crl-signature-flipped", "345-root-crl-signature-other-key", "346-pck-crl-signature-flipped",
      "347-pck-crl-signature-other-key", "368-root-crl-by-the-tcb-signer", "369-pck-crl-by-the-root",
      "378-root-crl-signature-zero", "379-pck-crl-signature-zero",
    ],
    "neither who signs collateral, nor how long its chain is, nor who a CRL is of, is looked at: any certificate under the root will do": [
      "351-tcb-signer-misnamed", "352-issuer-chain-too-long", "367-root-crl-names-another",
      "370-tcb-signer-names-another-issuer", "371-tcb-info-by-a-pck-certificate",
      "372-qe-identity-by-a-pck-certificate", "373-issuer-chain-of-four", "374-pck-crl-chain-of-four",
    ],
    "any number of certificates is taken (O8)": [
      "400-chain-of-two", "401-chain-of-four",
    ],
    "what a certificate may sign, and whether an extension stands twice or is critical and unknown, is not looked at (RFC 5280)": [
      "354-tcb-signer-unreadable-alternative-name", "393-pck-ca-that-is-no-ca", "484-pck-ca-without-cert-sign",
      "485-pck-ca-without-crl-sign", "486-pck-without-digital-signature", "487-pck-signs-certificates",
      "488-tcb-signer-without-digital-signature", "489-pck-extension-twice", "490-tcb-signer-extension-twice",
      "491-pck-ca-extension-twice", "492-pck-critical-unknown", "493-pck-extended-key-usage", "499-pck-key-usage-absent",
    ],
    "neither a CRL's number nor its scope or other extensions are looked at (RFC 5280, 5.2)": [
      "398-root-crl-critical-unknown", "461-crl-number-of-21-bytes", "462-crl-number-absent", "463-crl-number-twice",
      "464-crl-delta", "465-crl-issuing-distribution-point", "466-crl-critical-unknown",
      "467-crl-entry-of-another-issuer", "468-crl-entry-critical-unknown", "469-root-crl-delta",
      "470-crl-algorithms-differ",
    ],
    "levels are taken in the order of the document, whatever stands twice or has no date or status of its kind": [
      "394-tcb-level-to-relaunch", "395-qe-level-without-a-date", "471-qe-levels-unordered-revoked",
      "472-td-module-levels-unordered-revoked", "473-qe-levels-unordered-up-to-date", "474-tcb-levels-twice",
      "475-qe-levels-twice", "476-td-module-levels-twice", "477-qe-levels-of-two-dates",
    ],
    "TCB info for SGX may speak of TDX modules, a mask may have fewer bits than its value, and a TD QE identity version 3": [
      "478-sgx-tcb-info-with-tdx-module", "479-sgx-tcb-info-with-module-identities", "480-qe-attributes-outside-mask",
      "481-qe-miscselect-outside-mask", "482-td-module-attributes-outside-mask", "483-td-qe-identity-version-3",
    ],
    "names are not looked at (O8)": [
      "402-leaf-misnamed", "403-issuer-misnamed", "417-pck-ca-misnamed", "418-pck-ca-names-another-issuer",
    ],
    "a chain in the collateral goes before the quote's (O9)": [
      "413-other-machines-chain-in-quote",
    ],
    "the PPID is not looked at (O10)": [
      "420-ppid-empty", "421-ppid-15-bytes", "422-ppid-17-bytes", "423-ppid-32-bytes", "424-ppid-zero",
      "425-ppid-twice", "426-ppid-wrong-tag", "427-ppid-missing", "453-ppid-twice-the-same",
    ],
    "CPUSVN is not compared with its components (O14)": [
      "430-cpusvn-against-components", "452-last-component-higher",
    ],
    "of the SGX extensions only what is needed is read, and the first of two": [
      "431-pceid-of-three-bytes", "433-sgx-type-missing", "435-fmspc-twice", "436-pceid-twice", "437-pceid-missing",
      "438-fifteen-components", "439-component-beyond-255", "441-pcesvn-twice",
      "442-platform-instance-id-of-15-bytes", "443-platform-instance-id-twice", "444-configuration-twice",
      "445-flag-twice", "446-flag-of-another-type", "447-sgx-type-an-integer", "449-cpusvn-twice",
    ],
    "only the first 32 bytes of the QE's report_data are compared": [
      "513-key-binding-tail",
    ],
    "the identity of the TDX module is not looked at": [
      "627-tdx-module-revoked", "628-tdx-module-foreign-signer", "629-tdx-module-unknown-version",
      "632-tdx-module-revoked-since", "638-tdx-module-attributes", "650-tdx-module-attributes-short",
    ],
    "INIT is not looked at (O21)": [
      "701-sgx-init-clear",
    ],
  },
  "they refuse": {
    "QE authentication data of other than 32 bytes is not read": [
      "223-qe-auth-data-length", "229-td-qe-auth-data-length", "455-qe-auth-data-empty", "456-td-qe-auth-data-empty",
    ],
    "a chain in the collateral goes before the quote's (O9)": [
      "412-other-machines-chain-in-collateral",
    ],
    "each certificate of the chain must be signed by the one that stands after it": [
      "414-chain-with-the-root-second",
    ],
    "no body type above 3 is read, so no TD 1.5ex": [
      "623-td15ex", "636-td15ex-relaunch-advised",
    ],
    "bits 8 to 27 of TD attributes all count as reserved, LASS (27) too": [
      "727-td-lass",
    ],
  },
};
