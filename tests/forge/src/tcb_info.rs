//! TCB info: which security versions of a platform have which status (Intel PCS API, "Get TCB Info", versions 2 and 3).

use serde::{Deserialize, Serialize};

use crate::bytes::{Bytes, Hex};
use crate::json::{Object, Overrides, upper_hex};
use crate::pki::CertificateName;
use crate::spec::ForgeSpec;

/// The tcbEvaluationDataNumber of TCB info and QE identity, where nothing else is said.
pub const EVALUATION_NUMBER: u32 = 20;

/// What the TCB info says. `None` is: what matches the platform.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TcbInfoSpec {
    /// `SGX` or `TDX`.
    pub id: Option<String>,
    /// 3, or 2: the older form, which has no `id`, names its components singly, and knows no TDX.
    pub version: u32,
    /// `collateral_issued` by default. Written as it is.
    pub issue_date: Option<String>,
    /// `collateral_next_update` by default. Written as it is.
    pub next_update: Option<String>,
    /// The PCK certificate's by default.
    pub fmspc: Option<Hex>,
    /// The PCK certificate's by default.
    pub pce_id: Option<Hex>,
    /// 0 is the only one that Intel has defined.
    pub tcb_type: u32,
    /// tcbEvaluationDataNumber.
    pub evaluation_number: u32,
    /// The TCB levels, best first, in the place of the three of [`default_levels`].
    pub levels: Option<Vec<TcbLevel>>,
    /// Members of the JSON to replace, add, or (with `null`) take away, before it is signed.
    pub json: Overrides,
    /// The whole text to be signed, JSON or not.
    pub text: Option<String>,
    /// Whose key signs.
    pub signer: CertificateName,
}

/// One TCB level.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TcbLevel {
    /// The 16 SGX components.
    pub sgx: Bytes<16>,
    /// The 16 TDX components; not written into an SGX TCB info.
    #[serde(default)]
    pub tdx: Bytes<16>,
    /// PCESVN.
    pub pce_svn: u64,
    /// tcbDate.
    #[serde(default = "level_date")]
    pub date: String,
    /// tcbStatus.
    pub status: String,
    /// advisoryIDs; not written if empty.
    #[serde(default)]
    pub advisories: Vec<String>,
}

impl Default for TcbInfoSpec {
    fn default() -> Self {
        Self {
            id: None,
            version: 3,
            issue_date: None,
            next_update: None,
            fmspc: None,
            pce_id: None,
            tcb_type: 0,
            evaluation_number: EVALUATION_NUMBER,
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

/// UpToDate (or what `tcb_status` and `advisories` say), SWHardeningNeeded, OutOfDate. The forged platform meets the
/// first exactly, so that any component that is one lower falls through it.
pub fn default_levels(spec: &ForgeSpec) -> Vec<TcbLevel> {
    let level = |sgx: &[u8], tdx: &[u8], pce_svn, status: &str, advisories: &[String]| TcbLevel {
        sgx: Bytes::padded(sgx),
        tdx: Bytes::padded(tdx),
        pce_svn,
        date: level_date(),
        status: status.to_owned(),
        advisories: advisories.to_vec(),
    };
    let advisories = ["INTEL-SA-00615".to_owned(), "INTEL-SA-00828".to_owned()];
    let mut levels = vec![
        level(
            &crate::pck::CPU_SVN,
            &[5, 0, 4],
            crate::pck::PCE_SVN,
            &spec.tcb_status,
            &spec.advisories,
        ),
        level(
            &[3, 3, 2, 2, 3, 1, 0, 5],
            &[5, 0, 3],
            13,
            "SWHardeningNeeded",
            &advisories[..1],
        ),
        level(
            &[2, 2, 2, 2, 2, 1, 0, 5],
            &[3, 0, 2],
            11,
            "OutOfDate",
            &advisories,
        ),
    ];
    if spec.no_matching_level {
        for level in &mut levels {
            level.sgx.0[0] = 255;
        }
    }
    levels
}

/// The text of the TCB info, as it is signed.
pub(crate) fn tcb_info(spec: &ForgeSpec) -> String {
    let info = &spec.tcb_info;
    if let Some(text) = &info.text {
        return text.clone();
    }
    let tdx = spec.collateral_tee().is_tdx();
    let id = info
        .id
        .as_deref()
        .unwrap_or(if tdx { "TDX" } else { "SGX" });
    let levels = info.levels.clone().unwrap_or_else(|| default_levels(spec));
    let mut object = Object::default();
    if info.version > 2 {
        object.set("id", id);
    }
    object.set("version", info.version);
    object.set("issueDate", spec.issued(&info.issue_date));
    object.set("nextUpdate", spec.next_update(&info.next_update));
    let Hex(fmspc) = info.fmspc.as_ref().unwrap_or(&spec.pck.fmspc);
    object.set("fmspc", upper_hex(fmspc));
    let Hex(pce_id) = info.pce_id.as_ref().unwrap_or(&spec.pck.pce_id);
    object.set("pceId", upper_hex(pce_id));
    object.set("tcbType", info.tcb_type);
    object.set("tcbEvaluationDataNumber", info.evaluation_number);
    if tdx {
        object.set("tdxModule", TdxModule::default());
        object.set("tdxModuleIdentities", module_identities(spec));
    }
    if info.version > 2 {
        let levels = levels
            .iter()
            .map(|level| Level::new(level, Tcb::new(level, tdx)));
        object.set("tcbLevels", levels.collect::<Vec<_>>());
    } else {
        let levels = levels
            .iter()
            .map(|level| Level::new(level, TcbVersion2(level)));
        object.set("tcbLevels", levels.collect::<Vec<_>>());
    }
    object.apply(&info.json);
    object.text()
}

/// The identities of the two TDX module generations. The forged TD ran under the first, at its newest version.
fn module_identities(spec: &ForgeSpec) -> [TdxModuleIdentity; 2] {
    let advisories = ["INTEL-SA-01192".to_owned(), "INTEL-SA-01245".to_owned()];
    let level = |isvsvn, status: &str, advisories: &[String]| Level {
        tcb: TdxModuleTcb { isvsvn },
        tcb_date: level_date(),
        tcb_status: status.to_owned(),
        advisory_ids: advisories.to_vec(),
    };
    let identity = |id, levels| TdxModuleIdentity {
        id,
        module: TdxModule::default(),
        levels,
    };
    let newest = |isvsvn| level(isvsvn, &spec.tdx_module_status, &spec.tdx_module_advisories);
    [
        identity(
            "TDX_03",
            vec![newest(5), level(3, "OutOfDate", &advisories)],
        ),
        identity(
            "TDX_01",
            vec![
                newest(11),
                level(6, "OutOfDate", &advisories[1..]),
                level(2, "OutOfDate", &advisories),
            ],
        ),
    ]
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TdxModule {
    mrsigner: String,
    attributes: String,
    attributes_mask: String,
}

impl Default for TdxModule {
    fn default() -> Self {
        Self {
            mrsigner: upper_hex(&[0; 48]),
            attributes: upper_hex(&[0; 8]),
            attributes_mask: upper_hex(&[0xff; 8]),
        }
    }
}

#[derive(Serialize)]
struct TdxModuleIdentity {
    id: &'static str,
    #[serde(flatten)]
    module: TdxModule,
    #[serde(rename = "tcbLevels")]
    levels: Vec<Level<TdxModuleTcb>>,
}

#[derive(Serialize)]
struct TdxModuleTcb {
    isvsvn: u8,
}

/// A level in JSON, around the versions that it asks for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Level<T> {
    tcb: T,
    tcb_date: String,
    tcb_status: String,
    #[serde(rename = "advisoryIDs", skip_serializing_if = "Vec::is_empty")]
    advisory_ids: Vec<String>,
}

impl<T> Level<T> {
    fn new(level: &TcbLevel, tcb: T) -> Self {
        Self {
            tcb,
            tcb_date: level.date.clone(),
            tcb_status: level.status.clone(),
            advisory_ids: level.advisories.clone(),
        }
    }
}

#[derive(Serialize)]
struct Tcb {
    sgxtcbcomponents: Vec<Component>,
    pcesvn: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    tdxtcbcomponents: Option<Vec<Component>>,
}

#[derive(Serialize)]
struct Component {
    svn: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

type ComponentName = (Option<&'static str>, Option<&'static str>);

const SGX_COMPONENTS: [ComponentName; 8] = [
    (Some("BIOS"), Some("Early Microcode Update")),
    (Some("OS/VMM"), Some("SGX Late Microcode Update")),
    (Some("OS/VMM"), Some("TXT SINIT")),
    (Some("BIOS"), None),
    (Some("BIOS"), None),
    (Some("BIOS"), None),
    (None, None),
    (Some("OS/VMM"), Some("SEAMLDR ACM")),
];

const TDX_COMPONENTS: [ComponentName; 3] = [
    (Some("OS/VMM"), Some("TDX Module")),
    (Some("OS/VMM"), Some("TDX Module")),
    (Some("OS/VMM"), Some("TDX Late Microcode Update")),
];

impl Tcb {
    fn new(level: &TcbLevel, tdx: bool) -> Self {
        Self {
            sgxtcbcomponents: components(&level.sgx, &SGX_COMPONENTS),
            pcesvn: level.pce_svn,
            tdxtcbcomponents: tdx.then(|| components(&level.tdx, &TDX_COMPONENTS)),
        }
    }
}

fn components(svns: &Bytes<16>, names: &[ComponentName]) -> Vec<Component> {
    let names = names.iter().copied().chain(std::iter::repeat((None, None)));
    let component = |(svn, (category, kind))| Component {
        svn,
        category,
        kind,
    };
    svns.0.into_iter().zip(names).map(component).collect()
}

/// The components as version 2 names them: `sgxtcbcomp01svn` to `sgxtcbcomp16svn`, then `pcesvn`.
struct TcbVersion2<'a>(&'a TcbLevel);

impl Serialize for TcbVersion2<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = |(number, svn): (usize, &u8)| {
            let name = format!("sgxtcbcomp{:02}svn", number + 1);
            (name, u64::from(*svn))
        };
        let components = self.0.sgx.0.iter().enumerate().map(named);
        let pce_svn = std::iter::once(("pcesvn".to_owned(), self.0.pce_svn));
        serializer.collect_map(components.chain(pce_svn))
    }
}
