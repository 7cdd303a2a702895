//! Which errors of the HTTP client mean that a POST never left, each with a real socket.
//!
//! Certain are only those of connecting: refused, no such host, no TLS. After that the request may have been read.

use crate::enrow::{ApiKey, Client, Delivery, RetryPolicy, SendGate};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A server for one connection after the other, and what it was sent.
fn serve(
    connections: usize,
    mut answer: impl FnMut(usize, TcpStream, String) + Send + 'static,
) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let (tell, hear) = channel();
    std::thread::spawn(move || {
        for number in 0..connections {
            let Ok((mut stream, _)) = listener.accept() else {
                return;
            };
            let request = read_request(&mut stream);
            drop(tell.send(request.clone()));
            answer(number, stream, request);
        }
    });
    (address, hear)
}

/// Reads a request to the end of its body.
fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut bytes) {
        text += &String::from_utf8_lossy(&bytes[..count]);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                break;
            }
        }
    }
    text
}

/// How long a request may take where the server answers, and where it stays silent.
const PATIENCE: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_millis(200);

fn client(url: &str, timeout: Duration) -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    let key = ApiKey::parse("key").expect("a word is a key");
    let url = url.parse().expect("a URL");
    Client::new(url, &key, timeout).expect("a client can be made")
}

async fn post(url: &str, timeout: Duration) -> Delivery {
    client(url, timeout).post_bulk(b"{}".to_vec(), &SendGate::within(Duration::from_secs(20))).await
}

#[track_caller]
fn assert_not_sent(what: &str, delivery: &Delivery) {
    assert!(matches!(delivery, Delivery::NotSent(_)), "{what}: {delivery:?}");
}

#[track_caller]
fn assert_lost(what: &str, delivery: &Delivery) {
    assert!(matches!(delivery, Delivery::Lost(_)), "{what}: {delivery:?}");
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for scheme in ["http", "https"] {
        assert_not_sent(scheme, &post(&format!("{scheme}://{address}"), PATIENCE).await);
    }
}

#[tokio::test]
async fn a_host_that_does_not_exist_was_sent_nothing() {
    // Reserved to never exist (RFC 2606).
    assert_not_sent("DNS", &post("https://enrow.invalid", PATIENCE).await);
}

#[tokio::test]
async fn a_connection_without_tls_was_sent_nothing() {
    type Answer = fn(TcpStream);
    let answers: [(&str, Duration, Answer); 3] = [
        ("closed in the handshake", PATIENCE, drop),
        ("plain text", PATIENCE, |mut stream| {
            drop(stream.read(&mut [0; 4096]));
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        }),
        ("no handshake in time", SILENCE, |mut stream| {
            // Open until the other side gives up.
            while let Ok(1..) = stream.read(&mut [0; 4096]) {}
        }),
    ];
    for (what, timeout, answer) in answers {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || answer(listener.accept().unwrap().0));
        assert_not_sent(what, &post(&format!("https://{address}"), timeout).await);
    }
}

#[tokio::test]
async fn a_tls_server_that_cannot_be_trusted_was_sent_nothing() {
    /// A server that has no certificate to show.
    #[derive(Debug)]
    struct Nobody;
    impl rustls::server::ResolvesServerCert for Nobody {
        fn resolve(
            &self,
            _: rustls::server::ClientHello<'_>,
        ) -> Option<std::sync::Arc<rustls::sign::CertifiedKey>> {
            None
        }
    }
    drop(rustls::crypto::ring::default_provider().install_default());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_cert_resolver(std::sync::Arc::new(Nobody));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(config.into()).unwrap();
        // It fails, and says so to the other side.
        drop(tls.complete_io(&mut stream));
        drop(tls.write_tls(&mut stream));
    });
    assert_not_sent("an alert", &post(&format!("https://{address}"), PATIENCE).await);
}

#[tokio::test]
async fn whatever_ends_after_the_request_was_read_is_lost() {
    type Answer = fn(usize, TcpStream, String);
    let answers: [(&str, Duration, Answer); 5] = [
        ("closed", PATIENCE, |_, stream, _| {
            drop(stream.shutdown(Shutdown::Both));
        }),
        ("half a head", PATIENCE, |_, mut stream, _| {
            drop(stream.write_all(b"HTTP/1.1 201 Cre"));
        }),
        ("no HTTP", PATIENCE, |_, mut stream, _| {
            drop(stream.write_all(b"220 mail ready\r\n\r\n"));
        }),
        ("silence", SILENCE, |_, stream, _| {
            // Open until the other side gives up.
            let mut stream = stream;
            drop(stream.read(&mut [0]));
        }),
        ("an endless head", PATIENCE, |_, mut stream, _| {
            drop(stream.write_all(b"HTTP/1.1 201 Created\r\n"));
            while stream.write_all(&[b'x'; 1000]).is_ok() {}
        }),
    ];
    for (what, timeout, answer) in answers {
        let (address, heard) = serve(1, answer);
        assert_lost(what, &post(&format!("http://{address}"), timeout).await);
        assert!(heard.recv().unwrap().starts_with("POST /phone/bulk"), "{what}");
    }
}

#[tokio::test]
async fn an_answer_cut_short_is_an_answer_that_says_so() {
    let (address, _heard) = serve(1, |_, mut stream, _| {
        let head = "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n";
        drop(stream.write_all(format!("{head}{{\"id\":\"b-1\"").as_bytes()));
    });
    let Delivery::Answered(answer) = post(&format!("http://{address}"), PATIENCE).await else {
        panic!("there was an answer");
    };
    assert_eq!((answer.status, answer.body.as_slice()), (201, &b"{\"id\":\"b-1\""[..]));
    assert!(answer.truncated.is_some());
}

#[tokio::test]
async fn a_post_on_a_connection_that_dies_is_not_repeated_on_another() {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"credits\":1}";
    let (address, heard) = serve(3, |_, mut stream, _| {
        drop(stream.write_all(OK));
        // The connection is kept for the POST, which is read and then cut off.
        let request = read_request(&mut stream);
        assert!(request.starts_with("POST"), "{request}");
    });
    let client = client(&format!("http://{address}"), PATIENCE);
    let tries = RetryPolicy::Tries(1);
    assert_eq!(client.account(tries, &|_, _| {}).await.unwrap().credits.unwrap().0, 1);
    assert!(heard.recv().unwrap().starts_with("GET"));
    assert_lost(
        "a kept connection",
        &client.post_bulk(b"{}".to_vec(), &SendGate::within(Duration::from_secs(20))).await,
    );
    assert!(heard.try_recv().is_err(), "the POST came a second time");
}

/// A GET without a byte for half a minute is asked again.
#[test]
fn a_silence_of_half_a_minute_is_the_longest_whatever_a_request_may_take() {
    let allowed = |timeout| client("http://127.0.0.1:9", timeout).silence;
    let minutes = Duration::from_mins(2);
    assert_eq!((allowed(minutes), allowed(SILENCE)), (Duration::from_secs(30), SILENCE));
}

/// What a refusal says of the time to wait is read, as seconds and as a date.
#[tokio::test]
async fn the_head_of_an_answer_says_when_to_come_back() {
    for (after, wait) in [("7", 7), ("Tue, 14 Nov 2023 22:13:50 GMT", 30)] {
        let (address, _heard) = serve(1, move |_, mut stream, _| {
            let head = "HTTP/1.1 429 Too Many Requests\r\ndate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\
                x-ratelimit-limit: 10\r\nx-request-id: r-1\r\nconnection: close";
            drop(
                stream.write_all(format!("{head}\r\nretry-after: {after}\r\n\r\n{{}}").as_bytes()),
            );
        });
        let Delivery::Answered(answer) = post(&format!("http://{address}"), PATIENCE).await else {
            panic!("there was an answer");
        };
        assert_eq!((answer.status, answer.wait), (429, Some(Duration::from_secs(wait))));
        assert_eq!(
            (answer.posts_per_second, answer.request_id.as_deref()),
            (Some(10), Some("r-1"))
        );
    }
}

#[tokio::test]
async fn a_silent_get_is_given_up_and_asked_again() {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\nage: 7\r\n\
        date: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n{\"credits\":1}";
    let (address, heard) = serve(3, |number, mut stream, _| match number {
        // No answer, then half of one, each on an open connection.
        0 => drop(stream.read(&mut [0])),
        1 => {
            drop(stream.write_all(&OK[..OK.len() - 5]));
            drop(stream.read(&mut [0]));
        }
        _ => drop(stream.write_all(OK)),
    });
    let client = Client { silence: SILENCE, ..client(&format!("http://{address}"), PATIENCE) };
    let causes = std::cell::Cell::new(0);
    let count = |_: &_, _| causes.set(causes.get() + 1);
    let info = client.account(RetryPolicy::Tries(3), &count).await.unwrap();
    assert_eq!((info.credits.unwrap().0, causes.get()), (1, 2));
    assert_eq!(info.age, Some(Duration::from_secs(7)));
    assert_eq!(info.served.unwrap().rfc3339(), "2023-11-14T22:13:20Z");
    let request = heard.recv().unwrap().to_lowercase();
    assert!(request.contains("cache-control: no-cache\r\n"), "{request}");
}

#[tokio::test]
async fn an_answer_larger_than_what_was_asked_is_not_read_to_its_end() {
    let (address, _heard) = serve(1, |_, mut stream, _| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"results\":["));
        while stream.write_all(&[b' '; 4096]).is_ok() {}
    });
    let client = client(&format!("http://{address}"), PATIENCE);
    let id = crate::batch::BatchId::parse("b-1").unwrap();
    let answer = client.batch(&id, Some(1), RetryPolicy::Tries(1), &|_, _| ()).await;
    assert_eq!(
        answer.unwrap_err().to_string(),
        "cannot reach Enrow: the answer is longer than 264 kB"
    );
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_is_no_connection() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(client(&format!("http://{closed}"), PATIENCE).connect().await.is_err());
}
