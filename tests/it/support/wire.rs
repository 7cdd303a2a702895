//! A way to the server of the tests on which statements and their answers get lost, come late or stray. It reads the
//! protocol as far as it must: one statement goes there, one answer comes back.

use super::postgres::Server;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to a statement.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    Passes,
    /// Half of this before it arrives, half before its answer does.
    Takes(Duration),
    /// It never arrives.
    Lost(End),
    /// It is done, and nobody hears of it.
    Unanswered(End),
    /// It is done, and its answer comes when the gate opens.
    AnsweredAt(Gate),
    /// The connection ends; the statement arrives when the gate opens.
    ArrivesAt(Gate),
}

/// How a connection ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Closed,
    Reset,
    /// It stays open, and nothing comes any more.
    Silent,
}

/// Closed until it is opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    pub(crate) fn open(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(crate) fn wait(&self) {
        while !self.0.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Decides the fate of a statement by its text.
type Fates = Arc<Mutex<dyn FnMut(&str) -> Fate + Send>>;

pub(crate) struct Wire {
    port: u16,
}

impl Wire {
    pub(crate) fn to(server: &Server, fates: impl FnMut(&str) -> Fate + Send + 'static) -> Self {
        let socket = server.folder().join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let fates: Fates = Arc::new(Mutex::new(fates));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // A server that was stopped refuses; so does this.
                let Ok(server) = UnixStream::connect(&socket) else { continue };
                let fates = Arc::clone(&fates);
                // Either side may end at any moment.
                std::thread::spawn(move || drop(carry(client, server, &fates)));
            }
        });
        Self { port }
    }

    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

fn carry(mut client: TcpStream, mut server: UnixStream, fates: &Fates) -> io::Result<()> {
    client.set_nodelay(true)?;
    // The first message has no type. No password is asked for, so its answer ends as every other does.
    let mut hello = vec![0; 4];
    client.read_exact(&mut hello)?;
    read_rest(&mut client, &mut hello, 0)?;
    server.write_all(&hello)?;
    client.write_all(&answer(&mut server)?)?;
    loop {
        let (statement, text) = request(&mut client)?;
        let fate = (fates.lock().expect("nobody panics with it"))(&text);
        match fate {
            Fate::Passes | Fate::Unanswered(_) | Fate::AnsweredAt(_) => {}
            Fate::Takes(span) => std::thread::sleep(span / 2),
            Fate::Lost(end) => return finish(client, end),
            Fate::ArrivesAt(ref gate) => {
                client.shutdown(Shutdown::Both)?;
                gate.wait();
            }
        }
        server.write_all(&statement)?;
        let answer = answer(&mut server)?;
        match fate {
            Fate::Takes(span) => std::thread::sleep(span / 2),
            Fate::Unanswered(end) => return finish(client, end),
            Fate::AnsweredAt(gate) => gate.wait(),
            Fate::Passes | Fate::Lost(_) | Fate::ArrivesAt(_) => {}
        }
        client.write_all(&answer)?;
    }
}

/// Reads what is left of a message of which the length stands at `at`.
fn read_rest(from: &mut impl Read, message: &mut Vec<u8>, at: usize) -> io::Result<()> {
    let length = message[at..at + 4].try_into().map(u32::from_be_bytes).expect("four bytes");
    let (begun, whole) = (message.len(), at + length as usize);
    message.resize(whole, 0);
    from.read_exact(&mut message[begun..])
}

fn message(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut message = vec![0; 5];
    from.read_exact(&mut message)?;
    read_rest(from, &mut message, 1)?;
    Ok(message)
}

/// Messages of the client up to the one that asks for an answer, and the statement among them.
fn request(client: &mut TcpStream) -> io::Result<(Vec<u8>, String)> {
    let (mut all, mut text) = (Vec::new(), String::new());
    loop {
        let message = message(client)?;
        all.extend(&message);
        let body = String::from_utf8_lossy(&message[5..]);
        match message[0] {
            // A name, the statement, its types.
            b'P' => body.split('\0').nth(1).unwrap_or_default().clone_into(&mut text),
            b'Q' => return Ok((all, body.trim_end_matches('\0').to_owned())),
            b'S' => return Ok((all, text)),
            b'X' => return Err(io::ErrorKind::ConnectionAborted.into()),
            _ => {}
        }
    }
}

/// Messages of the server up to the one that says that it is ready.
fn answer(server: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let message = message(server)?;
        all.extend(&message);
        if message[0] == b'Z' {
            return Ok(all);
        }
    }
}

fn finish(client: TcpStream, end: End) -> io::Result<()> {
    match end {
        End::Closed => Ok(()),
        End::Silent => (&client).read(&mut [0]).map(drop),
        End::Reset => {
            client.set_nonblocking(true)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
            let _inside = runtime.enter();
            tokio::net::TcpStream::from_std(client)?.set_zero_linger()
        }
    }
}
