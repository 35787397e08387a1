//! QE identity: which quoting enclave is Intel's (Intel PCS API, "Get Quoting Enclave Identity").

use serde::{Deserialize, Serialize};

use crate::bytes::{Bytes, Hex};
use crate::json::{Object, Overrides, upper_hex};
use crate::pki::CertificateName;
use crate::spec::ForgeSpec;
use crate::tcb_info::EVALUATION_NUMBER;

/// What the QE identity says. `None` is: what matches the quote's QE.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QeIdentitySpec {
    /// `QE` or `TD_QE`.
    pub id: Option<String>,
    /// 2.
    pub version: u32,
    /// `collateral_issued` by default. Written as it is.
    pub issue_date: Option<String>,
    /// `collateral_next_update` by default. Written as it is.
    pub next_update: Option<String>,
    /// tcbEvaluationDataNumber.
    pub evaluation_number: u32,
    /// MISCSELECT, as its bytes stand in the JSON.
    pub miscselect: Hex,
    /// The bits of MISCSELECT that count.
    pub miscselect_mask: Hex,
    /// ATTRIBUTES.
    pub attributes: Hex,
    /// The bits of ATTRIBUTES that count.
    pub attributes_mask: Hex,
    /// MRSIGNER.
    pub mrsigner: Option<Hex>,
    /// ISVPRODID.
    pub isvprodid: Option<u16>,
    /// The levels, best first, in the place of the three of [`default_qe_levels`].
    pub levels: Option<Vec<QeLevel>>,
    /// Members of the JSON to replace, add, or (with `null`) take away, before it is signed.
    pub json: Overrides,
    /// The whole text to be signed, JSON or not.
    pub text: Option<String>,
    /// Whose key signs.
    pub signer: CertificateName,
}

/// One level of the QE.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QeLevel {
    /// The ISVSVN that it asks for.
    pub isvsvn: u16,
    /// tcbDate.
    #[serde(default = "level_date")]
    pub date: String,
    /// tcbStatus.
    pub status: String,
    /// advisoryIDs; not written if empty.
    #[serde(default)]
    pub advisories: Vec<String>,
}

impl Default for QeIdentitySpec {
    fn default() -> Self {
        Self {
            id: None,
            version: 2,
            issue_date: None,
            next_update: None,
            evaluation_number: EVALUATION_NUMBER,
            miscselect: Hex(vec![0; 4]),
            miscselect_mask: Hex(vec![0xff; 4]),
            attributes: Hex(Bytes::<16>::padded(&[0x11]).0.to_vec()),
            // Everything counts but MODE64BIT, and of XFRM nothing.
            attributes_mask: Hex(Bytes::<16>::padded(&[
                0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ])
            .0
            .to_vec()),
            mrsigner: None,
            isvprodid: None,
            levels: None,
            json: Overrides::new(),
            text: None,
            signer: CertificateName::TcbSigner,
        }
    }
}

fn level_date() -> String {
    "2039-11-12T00:00:00Z".to_owned()
}

/// ISVSVN 8 is UpToDate (or what `qe_tcb_status` and `qe_advisories` say), 6 and 5 are OutOfDate. The forged QE has 8.
pub fn default_qe_levels(spec: &ForgeSpec) -> Vec<QeLevel> {
    let level = |isvsvn, status: &str, advisories: &[String]| QeLevel {
        isvsvn,
        date: level_date(),
        status: status.to_owned(),
        advisories: advisories.to_vec(),
    };
    let advisories = ["INTEL-SA-00477".to_owned(), "INTEL-SA-00615".to_owned()];
    vec![
        level(8, &spec.qe_tcb_status, &spec.qe_advisories),
        level(6, "OutOfDate", &advisories[1..]),
        level(5, "OutOfDate", &advisories),
    ]
}

/// The text of the QE identity, as it is signed.
pub(crate) fn qe_identity(spec: &ForgeSpec) -> String {
    let identity = &spec.qe_identity;
    if let Some(text) = &identity.text {
        return text.clone();
    }
    let tee = spec.collateral_tee();
    let id = if tee.is_tdx() { "TD_QE" } else { "QE" };
    let signer = Hex(tee.qe_signer().to_vec());
    let Hex(mrsigner) = identity.mrsigner.as_ref().unwrap_or(&signer);
    let levels = identity.levels.clone();
    let levels = levels.unwrap_or_else(|| default_qe_levels(spec));
    let mut object = Object::default();
    object.set("id", identity.id.as_deref().unwrap_or(id));
    object.set("version", identity.version);
    object.set("issueDate", spec.issued(&identity.issue_date));
    object.set("nextUpdate", spec.next_update(&identity.next_update));
    object.set("tcbEvaluationDataNumber", identity.evaluation_number);
    object.set("miscselect", upper_hex(&identity.miscselect.0));
    object.set("miscselectMask", upper_hex(&identity.miscselect_mask.0));
    object.set("attributes", upper_hex(&identity.attributes.0));
    object.set("attributesMask", upper_hex(&identity.attributes_mask.0));
    object.set("mrsigner", upper_hex(mrsigner));
    object.set("isvprodid", identity.isvprodid.unwrap_or(tee.qe_product()));
    object.set(
        "tcbLevels",
        levels.iter().map(Level::new).collect::<Vec<_>>(),
    );
    object.apply(&identity.json);
    object.text()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Level<'a> {
    tcb: Tcb,
    tcb_date: &'a str,
    tcb_status: &'a str,
    #[serde(rename = "advisoryIDs", skip_serializing_if = "<[String]>::is_empty")]
    advisory_ids: &'a [String],
}

#[derive(Serialize)]
struct Tcb {
    isvsvn: u16,
}

impl<'a> Level<'a> {
    fn new(level: &'a QeLevel) -> Self {
        Self {
            tcb: Tcb {
                isvsvn: level.isvsvn,
            },
            tcb_date: &level.date,
            tcb_status: &level.status,
            advisory_ids: &level.advisories,
        }
    }
}
