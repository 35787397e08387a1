//! What is asked for, of whom, and how patiently.

use std::time::Duration;

use cloud_witness::quote::Tee;

/// Intel's service.
pub const INTEL: &str = "https://api.trustedservices.intel.com";
/// Where Intel publishes the root CA's CRL, which the service itself does not have.
pub const INTEL_ROOT_CA_CRL: &str =
    "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

/// One run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The service's URL up to `/sgx/certification/v4`, without a slash at its end.
    pub from: String,
    /// The URL of the root CA's CRL.
    pub root_ca_crl: String,
    /// The TEEs to fetch for.
    pub tees: Vec<Tee>,
    /// The kinds of platform; `None`: those that the service lists, and those of the bundle at hand.
    pub fmspcs: Option<Vec<[u8; 6]>>,
    /// PEM of the CAs that may have issued the server's certificate; `None`: the public ones.
    pub ca_pem: Option<Vec<u8>>,
    /// How many requests run at once.
    pub parallel: usize,
    /// How patiently.
    pub patience: Patience,
}

/// Bounds in time.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Times that one thing is asked for, the first included.
    pub attempts: u32,
    /// Wait before the second time; doubled each time.
    pub first_wait: Duration,
    /// A server that asks for a longer wait is not asked again in this run.
    pub longest_wait: Duration,
    /// For one request, from connecting to the last byte.
    pub request: Duration,
    /// For the whole run: when it is over, nothing new is asked.
    pub run: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            request: Duration::from_secs(30),
            run: Duration::from_secs(15 * 60),
        }
    }
}

impl Plan {
    /// Everything from a service: Intel's own when it is [`INTEL`], else a PCCS or a mirror.
    pub fn everything_from(url: &str) -> Self {
        let from = url.trim_end_matches('/').to_owned();
        Self {
            root_ca_crl: if from == INTEL {
                INTEL_ROOT_CA_CRL.to_owned()
            } else {
                format!("{from}/sgx/certification/v4/rootcacrl")
            },
            from,
            tees: Tee::ALL.to_vec(),
            fmspcs: None,
            ca_pem: None,
            parallel: 4,
            patience: Patience::default(),
        }
    }
}
