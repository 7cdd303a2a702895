//! What the sandbox takes from a socket.

use crate::sandbox::caller::{Caller, batch};
use enrow_phone::sandbox::Settings;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends bytes and returns all that comes back until the sandbox closes.
async fn talk(caller: &Caller, bytes: &[u8]) -> String {
    let address = caller.running.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The sandbox may close before all is sent.
    drop(stream.write_all(bytes).await);
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    drop(tokio::time::timeout(Duration::from_secs(30), read).await.expect("the sandbox closes"));
    String::from_utf8(answer).unwrap()
}

/// A request with the right host.
fn request(caller: &Caller, line: &str, headers: &str, body: &str) -> Vec<u8> {
    let host = caller.running.url().trim_start_matches("http://");
    format!("{line} HTTP/1.1\r\nHost: {host}\r\nx-api-key: key\r\n{headers}\r\n{body}").into_bytes()
}

#[tokio::test]
async fn only_requests_for_this_machine_are_answered() {
    let caller = Caller::new(Settings::default());
    let port = caller.running.url().rsplit(':').next().unwrap().to_owned();
    let get = |host: &str| {
        format!("GET /account/info HTTP/1.1\r\n{host}x-api-key: key\r\nConnection: close\r\n\r\n")
    };
    for host in [format!("Host: localhost:{port}\r\n"), format!("host: [::1]:{port}\r\n")] {
        let answer = talk(&caller, get(&host).as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{host}: {answer}");
    }
    // A page on the web can lead its own name to 127.0.0.1.
    for host in [
        "",
        "Host: evil.example\r\n",
        &format!("Host: evil.example:{port}\r\n"),
        "Host: 127.0.0.1\r\n",
    ] {
        let answer = talk(&caller, get(host).as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 421 "), "{host}: {answer}");
    }
    assert_eq!(caller.running.control().requests().len(), 2);
}

#[tokio::test]
async fn heads_and_bodies_are_bounded() {
    let caller = Caller::new(Settings::default());
    let long = format!("X-Long: {}\r\n", "x".repeat(100 << 10));
    for (headers, status) in [
        (long.as_str(), 431),
        ("Content-Length: 99999999999\r\n", 413),
        ("Content-Length: 16777217\r\n", 413),
        ("Content-Length: many\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", 411),
        ("nonsense\r\n", 400),
    ] {
        let answer = talk(&caller, &request(&caller, "POST /phone/bulk", headers, "")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{headers:.30}: {answer}");
    }
    let answer = talk(&caller, b"\x16\x03\x01 no HTTP\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(caller.running.control().requests().len(), 0);
}

#[tokio::test]
async fn a_connection_serves_request_after_request() {
    let caller = Caller::new(Settings::default());
    let body = batch(0..1).to_string();
    let headers = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    let mut bytes = request(&caller, "GET /account/info", "", "");
    bytes.extend(request(&caller, "POST /phone/bulk", &headers, &body));
    let expects = format!("{headers}Expect: 100-continue\r\nConnection: close\r\n");
    bytes.extend(request(&caller, "POST /phone/bulk", &expects, &body));
    let answer = talk(&caller, &bytes).await;
    let statuses: Vec<_> = answer.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "201", "100", "201"], "{answer}");
    assert_eq!(caller.running.control().taken(), 2);
}
