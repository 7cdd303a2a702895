//! The body of a POST that may be paid: it leaves in time or not at all.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

/// Until when the first byte of a claimed batch may leave. Other runs count the batch as unclear after this moment, so
/// nothing may be sent later.
#[derive(Debug, Clone, Copy)]
struct SendBy {
    /// On the clock that is never set, which may stand still while the machine sleeps.
    monotonic: Instant,
    /// On the clock that goes on while the machine sleeps, which may be set.
    wall: SystemTime,
}

impl SendBy {
    /// This long after now.
    fn within(time: Duration) -> Self {
        Self { monotonic: Instant::now() + time, wall: SystemTime::now() + time }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.monotonic || SystemTime::now() >= self.wall
    }
}

/// What became of the first byte of a batch. It is decided once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passage {
    Left,
    Withdrawn,
}

/// The gate that the first byte of a claimed batch passes: in time, or never. While it has not passed, the API cannot have
/// taken the batch, and who withdraws it knows that it will not, whatever the connection still holds.
#[derive(Debug, Clone)]
pub(crate) struct SendGate {
    passage: Arc<OnceLock<Passage>>,
    send_by: SendBy,
}

impl SendGate {
    /// Open for this long.
    pub(crate) fn within(time: Duration) -> Self {
        Self::until(SendBy::within(time))
    }

    fn until(send_by: SendBy) -> Self {
        Self { passage: Arc::default(), send_by }
    }

    /// Closes the gate. Whether no byte of the batch has left or ever will.
    pub(crate) fn withdraw(&self) -> bool {
        *self.passage.get_or_init(|| Passage::Withdrawn) == Passage::Withdrawn
    }

    fn pass(&self) -> bool {
        if self.send_by.is_over() {
            return !self.withdraw();
        }
        *self.passage.get_or_init(|| Passage::Left) == Passage::Left
    }
}

/// Why the body was not handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this batch was not sent in time, or was withdrawn")]
pub(super) struct NotLet;

/// A body that asks its gate, which looks at both clocks, when the connection asks for its first byte.
#[derive(Debug)]
pub(super) struct TimedBody {
    bytes: Option<Bytes>,
    gate: SendGate,
}

impl TimedBody {
    pub(super) fn new(bytes: Vec<u8>, gate: SendGate) -> Self {
        Self { bytes: Some(bytes.into()), gate }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = NotLet;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NotLet>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        Poll::Ready(Some(if self.gate.pass() { Ok(Frame::data(bytes)) } else { Err(NotLet) }))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    /// Exact, so that the request carries a `Content-Length`: a server that got the head alone waits for the rest.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;

    fn send_by(monotonic: i64, wall: i64) -> SendBy {
        let (now, today) = (Instant::now(), SystemTime::now());
        let span = |s: i64| Duration::from_secs(s.unsigned_abs());
        SendBy {
            monotonic: match monotonic {
                ..0 => now.checked_sub(span(monotonic)).unwrap(),
                0.. => now + span(monotonic),
            },
            wall: if wall < 0 { today - span(wall) } else { today + span(wall) },
        }
    }

    /// Posts `{}` to a server that reads what comes and hangs up. Answers what it read, and whether a byte left.
    fn post(gate: &SendGate) -> (String, bool) {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let mut heard = Vec::new();
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = stream.read(&mut buffer) {
                heard.extend_from_slice(&buffer[..n]);
            }
            String::from_utf8(heard).unwrap()
        });
        let body = TimedBody::new(b"{}".to_vec(), gate.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
            client.post(url).body(reqwest::Body::wrap(body)).send().await
        });
        assert!(answer.is_err());
        (server.join().unwrap(), !gate.withdraw())
    }

    #[test]
    fn in_time_the_whole_body_leaves_with_its_length() {
        let (heard, left) = post(&SendGate::until(send_by(20, 20)));
        assert!(left);
        assert!(heard.ends_with("\r\n\r\n{}"), "{heard}");
        assert!(heard.to_lowercase().contains("content-length: 2\r\n"), "{heard}");
    }

    #[test]
    fn too_late_on_either_clock_no_byte_of_it_leaves() {
        for late in [send_by(-1, 20), send_by(20, -1)] {
            let (heard, left) = post(&SendGate::until(late));
            assert!(!left);
            assert!(!heard.contains("{}"), "{heard}");
        }
    }

    #[test]
    fn what_was_withdrawn_never_leaves_and_what_has_left_cannot_be_withdrawn() {
        let gate = SendGate::within(Duration::from_secs(20));
        assert!(gate.withdraw());
        let (heard, left) = post(&gate);
        assert!(!left && !heard.contains("{}"), "{heard}");
        let gate = SendGate::within(Duration::from_secs(20));
        assert!(gate.pass() && !gate.withdraw());
        // Too late to pass is too late for ever.
        let gate = SendGate::until(send_by(-1, 20));
        assert!(!gate.pass() && gate.withdraw());
    }
}
