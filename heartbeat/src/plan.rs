//! What is asked, of whom, how often, and who signs.

use std::path::PathBuf;
use std::time::Duration;

use cloud_witness::colocation::heartbeat::line::{FORMAT, Header};

/// One recording.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The log.
    pub log: PathBuf,
    /// What the log's first line says, but for time and key.
    pub about: About,
    /// The endpoint.
    pub endpoint: Endpoint,
}

/// What the log is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The machine's charter key.
    pub machine: String,
    /// What the endpoint is called, for people.
    pub name: String,
    /// The system's path, and the power supplies' if one is asked.
    pub asked: Vec<String>,
    /// Seconds from poll to poll.
    pub interval: u64,
    /// The longest time without a good answer that the owner stands for, in seconds.
    pub max_gap: u64,
    /// Polls from signature to signature.
    pub sign_every: u32,
}

impl About {
    /// The log's first line.
    pub fn header(&self, time: u64, key: String) -> Header {
        Header {
            format: FORMAT,
            machine: self.machine.clone(),
            endpoint: self.name.clone(),
            asked: self.asked.clone(),
            interval: self.interval,
            max_gap: self.max_gap,
            sign_every: self.sign_every,
            time,
            key,
        }
    }
}

/// Where the machine's management controller answers.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `https://host[:port]`, without a slash at its end.
    pub url: String,
    /// Whose certificate is expected.
    pub trust: Trust,
    /// How the recorder logs on.
    pub login: Login,
    /// For one request, from connecting to the last byte.
    pub timeout: Duration,
}

/// Whose certificate an endpoint must show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// One of a public CA.
    Public,
    /// One of these CAs, in PEM.
    Ca(Vec<u8>),
    /// The one with this SHA-256, whatever it says: controllers sign their own.
    Pin([u8; 32]),
}

/// How the recorder logs on. Files are read anew for each poll, so that a token can be renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// Not at all.
    None,
    /// Basic (RFC 7617): `user:password` from a file.
    BasicFile(PathBuf),
    /// Basic: `user:password`.
    Basic(String),
    /// A session's token (Redfish's `X-Auth-Token`) from a file.
    TokenFile(PathBuf),
    /// A session's token.
    Token(String),
}
