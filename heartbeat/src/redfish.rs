//! One poll of a Redfish service (DMTF DSP0266): the system's identity and power state, and its power supplies.
//!
//! Read are `ComputerSystem` (`UUID`, `SerialNumber`, `PowerState`) and, where a path for it is given, `Power`
//! (`PowerSupplies`, inline), or `PowerSubsystem` or a `PowerSupplyCollection`, whose members are asked one by one.
//! Nothing is ever written to the service.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_witness::colocation::heartbeat::line::{Answer, Fault, PowerState};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, TcpConnector};

use crate::pin::Pinned;
use crate::plan::{Endpoint, Login, Trust};

/// Largest answer that is read.
pub const MAX_BODY: u64 = 1024 * 1024;
/// Most power supplies that are asked one by one.
const MAX_SUPPLIES: usize = 16;

/// A client of one endpoint.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    endpoint: Endpoint,
}

/// A client that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoClient {
    /// The CA file holds no certificate.
    Certificates,
    /// The answers, and any credentials, would go over the network in the clear.
    Clear,
    /// A certificate is expected where none is shown.
    NoCertificate,
    /// The endpoint's URL has user information in it, or what looks like it.
    UserInfo,
    /// The TLS library's words.
    Tls(String),
}

impl fmt::Display for NoClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates => f.write_str(
                "the CA file holds no certificate in PEM; give the CA that issued the endpoint's certificate, or pin \
                 that certificate by --pin",
            ),
            Self::Clear => f.write_str(
                "http:// is for this computer alone: over a network anyone could answer, and read a password or token; \
                 use https:// with --pin or --ca-file",
            ),
            Self::NoCertificate => f.write_str(
                "over http:// no certificate is shown, so --pin and --ca-file would have no effect; use https://",
            ),
            Self::UserInfo => f.write_str(
                "the endpoint's URL has an @ before its path; give host and port alone, and a login by --login-file",
            ),
            Self::Tls(words) => write!(f, "TLS cannot be set up: {words}"),
        }
    }
}

impl std::error::Error for NoClient {}

/// A poll that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How many paths were asked; the last of them failed.
    pub asked: u32,
    /// How.
    pub what: Fault,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// For the recorder's own messages, not for the log.
    pub words: String,
}

/// One request that failed.
struct Refused {
    what: Fault,
    status: Option<u16>,
    words: String,
}

impl Refused {
    fn new(what: Fault, words: impl Into<String>) -> Self {
        Self {
            what,
            status: None,
            words: words.into(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct System {
    power_state: PowerState,
    #[serde(rename = "UUID")]
    uuid: Option<String>,
    serial_number: Option<String>,
}

/// `Power`, `PowerSubsystem`, or a collection of supplies.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Power {
    power_supplies: Option<Supplies>,
    members: Option<Vec<Supply>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Supplies {
    Inline(Vec<Supply>),
    Elsewhere(Link),
}

#[derive(Deserialize)]
struct Link {
    #[serde(rename = "@odata.id")]
    path: String,
}

/// A power supply, or a link to one.
#[derive(Deserialize)]
struct Supply {
    #[serde(rename = "@odata.id")]
    path: Option<String>,
    #[serde(rename = "Status")]
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    state: Option<String>,
    health: Option<String>,
}

impl Status {
    /// There, switched on, and not broken: a supply without power in it is `Critical`.
    fn is_live(&self) -> bool {
        matches!(self.state.as_deref(), Some("Enabled" | "StandbySpare"))
            && self.health.as_deref() != Some("Critical")
    }
}

impl Client {
    /// A client for an endpoint.
    ///
    /// # Errors
    /// [`NoClient`]
    pub fn new(endpoint: Endpoint) -> Result<Self, NoClient> {
        require_private(&endpoint)?;
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(endpoint.timeout))
            // The controller stands in the same network; no proxy has a part in this.
            .proxy(None)
            .user_agent(concat!(
                "cloud-witness-heartbeat/",
                env!("CARGO_PKG_VERSION")
            ));
        let agent = match &endpoint.trust {
            Trust::Pin(sha256) => {
                let pinned =
                    Pinned::new(*sha256).map_err(|error| NoClient::Tls(error.to_string()))?;
                let connector = TcpConnector::default().chain(pinned);
                Agent::with_parts(config.build(), connector, DefaultResolver::default())
            }
            Trust::Public => config.build().into(),
            Trust::Ca(pem) => {
                let roots = RootCerts::Specific(Arc::new(certificates(pem)?));
                let tls = TlsConfig::builder().root_certs(roots).build();
                config.tls_config(tls).build().into()
            }
        };
        Ok(Self { agent, endpoint })
    }

    /// Asks every path once, in order.
    ///
    /// # Errors
    /// [`Failure`] of the first path without a good answer.
    pub fn poll(&self, asked: &[String]) -> Result<Answer, Failure> {
        let failure = |asked: u32, refused: Refused| Failure {
            asked,
            what: refused.what,
            status: refused.status,
            words: refused.words,
        };
        let system = asked.first().map(String::as_str).unwrap_or_default();
        let system: System = self.get(system).map_err(|refused| failure(1, refused))?;
        let supplies = asked
            .get(1)
            .map(|path| self.supplies(path).map_err(|refused| failure(2, refused)))
            .transpose()?;
        let plain = |text: Option<String>| text.as_deref().and_then(Answer::plain);
        Ok(Answer {
            power: system.power_state,
            uuid: plain(system.uuid),
            serial: plain(system.serial_number),
            supplies,
        })
    }

    /// How many power supplies are there and live.
    fn supplies(&self, path: &str) -> Result<u32, Refused> {
        let mut power: Power = self.get(path)?;
        if let Some(Supplies::Elsewhere(link)) = power.power_supplies {
            power = self.get(&same_service(link.path)?)?;
        }
        let supplies = match (power.power_supplies, power.members) {
            (Some(Supplies::Inline(supplies)), _) | (None, Some(supplies)) => supplies,
            _ => {
                return Err(Refused::new(
                    Fault::Unreadable,
                    "the answer has neither PowerSupplies nor Members",
                ));
            }
        };
        let mut live: u32 = 0;
        for supply in supplies.into_iter().take(MAX_SUPPLIES) {
            let status = match (supply.status, supply.path) {
                (Some(status), _) => Some(status),
                (None, Some(path)) => self.get::<Supply>(&same_service(path)?)?.status,
                (None, None) => None,
            };
            if status.is_some_and(|status| status.is_live()) {
                live = live.saturating_add(1);
            }
        }
        Ok(live)
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refused> {
        let body = self.body(path)?;
        serde_json::from_slice(&body).map_err(|error| {
            Refused::new(
                Fault::Unreadable,
                format!(
                    "{path} is not what Redfish says: line {}, column {}",
                    error.line(),
                    error.column()
                ),
            )
        })
    }

    fn body(&self, path: &str) -> Result<Vec<u8>, Refused> {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.endpoint.url))
            .header("Accept", "application/json")
            .header("OData-Version", "4.0");
        if let Some((name, value)) = self.login()? {
            request = request.header(name, value);
        }
        let mut response = request.call().map_err(|error| refused(&error))?;
        match response.status().as_u16() {
            200 => {}
            status @ 300..=399 => {
                return Err(Refused {
                    what: Fault::Redirect,
                    status: Some(status),
                    words: format!("{path} was redirected, which is not followed"),
                });
            }
            status => {
                return Err(Refused {
                    what: Fault::Status,
                    status: Some(status),
                    words: format!("{path} was answered with {status}"),
                });
            }
        }
        response
            .body_mut()
            .with_config()
            .limit(MAX_BODY)
            .read_to_vec()
            .map_err(|error| refused(&error))
    }

    /// The header that logs on.
    fn login(&self) -> Result<Option<(&'static str, String)>, Refused> {
        let from = |file: &std::path::Path| {
            std::fs::read_to_string(file)
                .map(|text| text.trim().to_owned())
                .map_err(|error| {
                    Refused::new(Fault::Connection, format!("{}: {error}", file.display()))
                })
        };
        let basic = |login: &str| ("Authorization", format!("Basic {}", STANDARD.encode(login)));
        Ok(match &self.endpoint.login {
            Login::None => None,
            Login::BasicFile(file) => Some(basic(&from(file)?)),
            Login::Basic(login) => Some(basic(login)),
            Login::TokenFile(file) => Some(("X-Auth-Token", from(file)?)),
            Login::Token(token) => Some(("X-Auth-Token", token.clone())),
        })
    }
}

/// Whether what is sent stays private, and what is answered is the endpoint's: over TLS, or on this computer.
///
/// # Errors
/// [`NoClient`]
pub fn require_private(endpoint: &Endpoint) -> Result<(), NoClient> {
    let url = &endpoint.url;
    let (is_tls, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme == "https", rest),
        None => (false, url.as_str()),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(NoClient::UserInfo);
    }
    if is_tls {
        return Ok(());
    }
    if endpoint.trust != Trust::Public {
        return Err(NoClient::NoCertificate);
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    if matches!(host, "127.0.0.1" | "[::1]" | "localhost") {
        Ok(())
    } else {
        Err(NoClient::Clear)
    }
}

/// A link of the service to itself; any other is not followed.
fn same_service(path: String) -> Result<String, Refused> {
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic());
    if path.starts_with("/redfish/") && path.len() <= 256 && is_plain {
        Ok(path)
    } else {
        Err(Refused::new(
            Fault::Unreadable,
            "a link in the answer leads out of /redfish/",
        ))
    }
}

fn refused(error: &ureq::Error) -> Refused {
    let what = match error {
        ureq::Error::Timeout(_) => Fault::Timeout,
        ureq::Error::BodyExceedsLimit(_) => Fault::TooLarge,
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => Fault::Tls,
        ureq::Error::Io(error) if is_about_tls(error) => Fault::Tls,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Fault::Timeout,
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => Fault::Unreadable,
        _ => Fault::Connection,
    };
    Refused::new(what, error.to_string())
}

/// An I/O error that rustls made.
fn is_about_tls(error: &std::io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, NoClient> {
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| NoClient::Certificates)? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(NoClient::Certificates);
    }
    Ok(certificates)
}
