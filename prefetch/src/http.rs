//! One GET, patiently: limits on size and time, retries with backoff and Retry-After, no redirects.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};

use crate::plan::{Patience, Plan};

/// Largest response: a piece has at most 1 MiB, a CRL in hex twice as much.
pub const MAX_BODY: u64 = 2 * 1024 * 1024;

/// A client for one run.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    patience: Patience,
    started: Instant,
    /// Unix seconds at the start.
    now: u64,
    requests: AtomicU32,
}

/// What a server answered with 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The whole body.
    pub body: Vec<u8>,
    /// Media type without parameters, lower case; empty without one.
    pub content_type: String,
    headers: Vec<(String, String)>,
}

impl Response {
    /// A header that is there exactly once, in ASCII; its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpError {
    /// The server has no such thing (404).
    NotFound,
    /// Another status than 200.
    Status {
        /// It.
        status: u16,
        /// How often it was asked.
        attempts: u32,
    },
    /// A redirect: collateral is taken from where it was asked for, or not at all.
    Redirect {
        /// Where to.
        to: String,
    },
    /// The server asks for a longer wait than this run allows.
    AskedToWait {
        /// Seconds.
        seconds: u64,
    },
    /// More than [`MAX_BODY`] bytes.
    TooLarge,
    /// No connection, a cut one, or none in time.
    Connection {
        /// The client's words.
        words: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// The time for the whole run is over.
    OutOfTime,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => write!(f, "the server has none (404)"),
            Self::Status { status, attempts } => write!(
                f,
                "the server answered {status}, {attempts} times; try again later"
            ),
            Self::Redirect { to } => write!(
                f,
                "the server sends elsewhere ({to}), which is not followed; give the right URL to --from"
            ),
            Self::AskedToWait { seconds } => write!(
                f,
                "the server asks to wait for {seconds} s, longer than this run allows; try again then"
            ),
            Self::TooLarge => write!(f, "the response has more than {MAX_BODY} bytes"),
            Self::Connection { words, attempts } => write!(
                f,
                "no whole answer in {attempts} attempts ({words}); check the network and --from"
            ),
            Self::OutOfTime => write!(
                f,
                "the time for the whole run was over; try again, or ask for less by --fmspc"
            ),
        }
    }
}

impl std::error::Error for HttpError {}

/// The CA file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCertificates;

impl fmt::Display for NoCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the CA file holds no certificate in PEM; give the CA that issued the server's certificate"
        )
    }
}

impl std::error::Error for NoCertificates {}

impl Client {
    /// A client for a plan, in a run that starts now; `now` is what the caller's clock says, in Unix seconds.
    ///
    /// # Errors
    /// The plan names CAs, but holds no certificate.
    pub fn new(plan: &Plan, now: u64) -> Result<Self, NoCertificates> {
        let roots = match &plan.ca_pem {
            None => RootCerts::WebPki,
            Some(pem) => RootCerts::Specific(Arc::new(certificates(pem)?)),
        };
        let agent = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(plan.patience.request))
            .user_agent(concat!(
                "cloud-witness-prefetch/",
                env!("CARGO_PKG_VERSION")
            ))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build()
            .into();
        Ok(Self {
            agent,
            patience: plan.patience,
            started: Instant::now(),
            now,
            requests: AtomicU32::new(0),
        })
    }

    /// How many requests were made.
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How long the run has taken.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Gets a URL. What may pass (429, 5xx, a broken connection) is tried again.
    ///
    /// # Errors
    /// [`HttpError`], after the last attempt.
    pub fn get(&self, url: &str) -> Result<Response, HttpError> {
        let mut backoff = self.patience.first_wait;
        let mut attempt = 1;
        loop {
            if self.elapsed() >= self.patience.run {
                return Err(HttpError::OutOfTime);
            }
            let (error, wait) = match self.once(url, attempt) {
                Ok(response) => return Ok(response),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing { error, retry_after }) => {
                    (error, retry_after.unwrap_or(backoff))
                }
            };
            if wait > self.patience.longest_wait {
                return Err(HttpError::AskedToWait {
                    seconds: wait.as_secs(),
                });
            }
            if attempt >= self.patience.attempts {
                return Err(error);
            }
            if self.elapsed().saturating_add(wait) >= self.patience.run {
                return Err(HttpError::OutOfTime);
            }
            std::thread::sleep(wait);
            backoff = backoff.saturating_mul(2).min(self.patience.longest_wait);
            attempt = attempt.saturating_add(1);
        }
    }

    fn once(&self, url: &str, attempts: u32) -> Result<Response, Failure> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let broken = |error: &ureq::Error| Failure::Passing {
            error: HttpError::Connection {
                words: error.to_string(),
                attempts,
            },
            retry_after: None,
        };
        let mut response = self.agent.get(url).call().map_err(|e| broken(&e))?;
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        let header = |name: &str| {
            headers
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        match response.status().as_u16() {
            200 => {}
            404 => return Err(Failure::Final(HttpError::NotFound)),
            300..=399 => {
                let to = header("location").unwrap_or_default();
                let to = to
                    .chars()
                    .take(200)
                    .flat_map(char::escape_default)
                    .collect();
                return Err(Failure::Final(HttpError::Redirect { to }));
            }
            status @ (429 | 500..=599) => {
                return Err(Failure::Passing {
                    error: HttpError::Status { status, attempts },
                    retry_after: header("retry-after").and_then(|value| self.retry_after(&value)),
                });
            }
            status => return Err(Failure::Final(HttpError::Status { status, attempts })),
        }
        let body = match response
            .body_mut()
            .with_config()
            .limit(MAX_BODY)
            .read_to_vec()
        {
            Ok(body) => body,
            Err(ureq::Error::BodyExceedsLimit(_)) => {
                return Err(Failure::Final(HttpError::TooLarge));
            }
            Err(error) => return Err(broken(&error)),
        };
        let content_type = header("content-type").unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default();
        Ok(Response {
            body,
            content_type: content_type.trim().to_ascii_lowercase(),
            headers,
        })
    }

    /// Seconds, or a date (RFC 9110, section 10.2.3).
    fn retry_after(&self, value: &str) -> Option<Duration> {
        if let Ok(seconds) = value.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let at = chrono::DateTime::parse_from_rfc2822(value.trim()).ok()?;
        let at = u64::try_from(at.timestamp()).ok()?;
        let now = self.now.saturating_add(self.elapsed().as_secs());
        Some(Duration::from_secs(at.saturating_sub(now)))
    }
}

enum Failure {
    /// Asking again gives the same.
    Final(HttpError),
    /// Asking again may help.
    Passing {
        error: HttpError,
        retry_after: Option<Duration>,
    },
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, NoCertificates> {
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| NoCertificates)? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(NoCertificates);
    }
    Ok(certificates)
}
