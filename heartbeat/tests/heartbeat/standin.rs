//! A small HTTP server on the loopback, plain or over TLS: a Redfish service whose answers a test can change.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};

/// One answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status, headers and a body.
    Http(u16, Vec<(&'static str, String)>, String),
    /// The connection is closed before anything is said.
    NoAnswer,
    /// The answer is begun, and never ended.
    Hangs,
    /// An answer without an end.
    Endless,
}

impl Reply {
    pub fn json(body: impl Into<String>) -> Self {
        let headers = vec![("Content-Type", "application/json".to_owned())];
        Self::Http(200, headers, body.into())
    }

    pub fn status(status: u16) -> Self {
        Self::Http(status, Vec::new(), "{}".to_owned())
    }
}

/// What was asked: the target, and its headers in lower case.
#[derive(Debug, Clone)]
pub struct Request {
    pub target: String,
    pub headers: BTreeMap<String, String>,
}

#[derive(Default)]
struct Shelf {
    answers: BTreeMap<String, Reply>,
    requests: Vec<Request>,
}

/// The server. It ends with the value.
pub struct StandIn {
    pub url: String,
    /// PEM of its certificate, over TLS.
    pub pem: Vec<u8>,
    /// SHA-256 of its certificate.
    pub sha256: [u8; 32],
    shelf: Arc<Mutex<Shelf>>,
    stopped: Arc<AtomicBool>,
    port: u16,
}

pub const SYSTEM: &str = "/redfish/v1/Systems/1";
pub const POWER: &str = "/redfish/v1/Chassis/1/Power";

/// A system as DMTF's schema has it, shortened.
pub fn system(serial: &str, power: &str) -> Reply {
    Reply::json(format!(
        r##"{{"@odata.id":"{SYSTEM}","@odata.type":"#ComputerSystem.v1_22_0.ComputerSystem","Id":"1","Name":"s",
        "UUID":"4c4c4544-0042-3510-8052-b9c04f4d4e32","SerialNumber":"{serial}","PowerState":"{power}",
        "Status":{{"State":"Enabled","Health":"OK"}}}}"##
    ))
}

/// `Power` with supplies of these states.
pub fn power(states: &[(&str, &str)]) -> Reply {
    let supplies: Vec<_> = states
        .iter()
        .enumerate()
        .map(|(at, (state, health))| {
            format!(
                r##"{{"@odata.id":"{POWER}#/PowerSupplies/{at}","MemberId":"{at}","Status":{{"State":"{state}","Health":"{health}"}}}}"##
            )
        })
        .collect();
    Reply::json(format!(
        r##"{{"@odata.id":"{POWER}","@odata.type":"#Power.v1_7_1.Power","PowerSupplies":[{}]}}"##,
        supplies.join(",")
    ))
}

impl StandIn {
    /// A running machine with two supplies.
    pub fn plain() -> Self {
        Self::start(None, Vec::new(), [0; 32])
    }

    /// The same over TLS, with a certificate for another name: controllers do not know what they are called.
    pub fn over_tls(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let der = made.cert.der().to_vec();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(der.clone())], key)
            .unwrap();
        let sha256 = Sha256::digest(&der).into();
        Self::start(Some(Arc::new(config)), made.cert.pem().into_bytes(), sha256)
    }

    fn start(tls: Option<Arc<rustls::ServerConfig>>, pem: Vec<u8>, sha256: [u8; 32]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let stopped = Arc::new(AtomicBool::new(false));
        let server = Arc::new(Server {
            shelf: Arc::clone(&shelf),
            stopped: Arc::clone(&stopped),
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if server.stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (server, tls) = (Arc::clone(&server), tls.clone());
                // A client that goes away is no fault of the server's.
                std::thread::spawn(move || match tls {
                    None => drop(server.answer(stream)),
                    Some(config) => {
                        let connection = rustls::ServerConnection::new(config).unwrap();
                        drop(server.answer(rustls::StreamOwned::new(connection, stream)));
                    }
                });
            }
        });
        let stand_in = Self {
            url: format!("{scheme}://localhost:{port}"),
            pem,
            sha256,
            shelf,
            stopped,
            port,
        };
        stand_in.put(SYSTEM, system("S1234567", "On"));
        stand_in.put(POWER, power(&[("Enabled", "OK"), ("Enabled", "OK")]));
        stand_in
    }

    /// What it answers to a target from now on.
    pub fn put(&self, target: &str, reply: Reply) {
        let mut shelf = self.shelf.lock().unwrap();
        shelf.answers.insert(target.to_owned(), reply);
    }

    pub fn requests(&self) -> Vec<Request> {
        self.shelf.lock().unwrap().requests.clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener up.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

struct Server {
    shelf: Arc<Mutex<Shelf>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    fn answer(&self, stream: impl Read + Write) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut first = String::new();
        stream.read_line(&mut first)?;
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 || line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        let Some(target) = first
            .strip_prefix("GET ")
            .and_then(|rest| rest.split(' ').next())
        else {
            return Ok(());
        };
        let reply = {
            let mut shelf = self.shelf.lock().unwrap();
            shelf.requests.push(Request {
                target: target.to_owned(),
                headers,
            });
            shelf.answers.get(target).cloned()
        };
        let stream = stream.get_mut();
        match reply.unwrap_or_else(|| Reply::status(404)) {
            Reply::NoAnswer => Ok(()),
            Reply::Http(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
                stream.write_all(head.as_bytes())?;
                stream.write_all(body.as_bytes())?;
                stream.flush()
            }
            Reply::Hangs => {
                stream.write_all(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n{")?;
                stream.flush()?;
                while !self.stopped.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Ok(())
            }
            Reply::Endless => {
                stream.write_all(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n")?;
                while !self.stopped.load(Ordering::Relaxed) {
                    stream.write_all(&[b' '; 65_536])?;
                }
                Ok(())
            }
        }
    }
}
