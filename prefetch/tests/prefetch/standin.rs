//! A small HTTP server on the loopback, plain or over TLS, that answers what a shelf holds.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// One answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub fault: Option<Fault>,
}

/// What goes wrong below HTTP.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// The connection is closed before anything is said.
    NoAnswer,
    /// The connection is closed after so many bytes of the body; Content-Length says that there are more.
    CutAfter(usize),
    /// The answer is begun, and never ended.
    Hangs,
    /// No Content-Length, and no end.
    Endless,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            fault: None,
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub fn failing(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }
}

/// Answers by target, that is path and query: the first request gets the first answer, and so on; the last one
/// is for all that follow. Everything else is 404.
pub type Answers = BTreeMap<String, Vec<Reply>>;

/// The server. It ends with the value.
pub struct StandIn {
    pub url: String,
    /// PEM of the certificate that it shows, over TLS.
    pub ca_pem: Option<Vec<u8>>,
    requests: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
    port: u16,
}

impl StandIn {
    pub fn plain(answers: Answers) -> Self {
        Self::start(answers, None, None)
    }

    pub fn over_tls(answers: Answers) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self::start(
            answers,
            Some(Arc::new(config)),
            Some(made.cert.pem().into_bytes()),
        )
    }

    fn start(
        answers: Answers,
        tls: Option<Arc<rustls::ServerConfig>>,
        ca_pem: Option<Vec<u8>>,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let server = Arc::new(Server {
            answers,
            requests: Arc::clone(&requests),
            stopped: Arc::clone(&stopped),
        });
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
        let url = match &ca_pem {
            None => format!("http://127.0.0.1:{port}"),
            Some(_) => format!("https://localhost:{port}"),
        };
        Self {
            url,
            ca_pem,
            requests,
            stopped,
            port,
        }
    }

    /// The targets that were asked for, in order.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
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
    answers: Answers,
    requests: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    fn answer(&self, stream: impl Read + Write) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut first = String::new();
        stream.read_line(&mut first)?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 || line == "\r\n" {
                break;
            }
        }
        let Some(target) = first
            .strip_prefix("GET ")
            .and_then(|rest| rest.split(' ').next())
        else {
            return Ok(());
        };
        let reply = self.reply(target);
        let stream = stream.get_mut();
        if matches!(reply.fault, Some(Fault::NoAnswer)) {
            return Ok(());
        }
        let mut head = format!(
            "HTTP/1.1 {} X\r\nConnection: close\r\nRequest-ID: 00\r\n",
            reply.status
        );
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !matches!(reply.fault, Some(Fault::Endless)) {
            head.push_str(&format!("Content-Length: {}\r\n", reply.body.len()));
        }
        stream.write_all(head.as_bytes())?;
        stream.write_all(b"\r\n")?;
        match reply.fault {
            Some(Fault::CutAfter(bytes)) => stream.write_all(&reply.body[..bytes])?,
            Some(Fault::Hangs) => {
                stream.write_all(&reply.body[..1])?;
                stream.flush()?;
                self.until_stopped();
            }
            Some(Fault::Endless) => {
                while !self.stopped.load(Ordering::Relaxed) {
                    stream.write_all(&[b' '; 65_536])?;
                }
            }
            Some(Fault::NoAnswer) | None => stream.write_all(&reply.body)?,
        }
        stream.flush()
    }

    fn reply(&self, target: &str) -> Reply {
        let mut requests = self.requests.lock().unwrap();
        let before = requests.iter().filter(|known| *known == target).count();
        requests.push(target.to_owned());
        self.answers
            .get(target)
            .and_then(|replies| replies.get(before).or(replies.last()).cloned())
            .unwrap_or_else(|| Reply::status(404))
    }

    fn until_stopped(&self) {
        while !self.stopped.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
