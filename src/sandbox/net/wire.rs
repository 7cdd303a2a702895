//! A connection that obeys its line.

use super::line::{Break, Line};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A TCP connection that can be broken from outside at any byte of an answer.
#[derive(Debug)]
pub(in crate::sandbox) struct Wire {
    cut: Cut,
    line: Line,
    stream: TcpStream,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { cut: Cut::default(), line: Line::new(), stream }
    }

    pub(super) fn line(&self) -> Line {
        self.line.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        {
            let mut orders = self.line.orders();
            if orders.has_ended() {
                return Poll::Ready(Ok(()));
            }
            orders.reader = Some(cx.waker().clone());
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let order = self.line.orders().break_off;
        let (allowed, then) = match order {
            None => return Pin::new(&mut self.stream).poll_write(cx, bytes),
            Some(Break::Close | Break::Reset) => (0, Poll::Ready(Err(broken()))),
            Some(Break::CloseAfter(body)) => {
                (self.cut.pass(bytes, body), Poll::Ready(Err(broken())))
            }
            // Nobody wakes this task again: that is the point.
            Some(Break::StallAfter(body)) => (self.cut.pass(bytes, body), Poll::Pending),
        };
        if allowed == 0 {
            return then;
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, &bytes[..allowed]);
        if let Poll::Ready(Ok(count)) = written {
            self.cut.passed(&bytes[..count]);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_ready() {
            self.line.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.line.orders().break_off == Some(Break::Reset) {
            // Closing a socket that does not linger sends a reset. Where the system refuses, the peer sees an
            // ordinary close, which is as much a lost answer.
            drop(self.stream.set_zero_linger());
        }
    }
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// How far an answer has been written.
#[derive(Debug, Clone, Default)]
struct Cut {
    /// How many bytes of the blank line that ends the head have gone by.
    blank: usize,
    /// How many bytes of the body have gone by.
    body: usize,
}

const BLANK_LINE: &[u8; 4] = b"\r\n\r\n";

impl Cut {
    /// How many of the next `bytes` may pass where the body ends after `limit`.
    fn pass(&self, bytes: &[u8], limit: usize) -> usize {
        let mut ahead = self.clone();
        for (count, byte) in bytes.iter().enumerate() {
            if ahead.blank == BLANK_LINE.len() && ahead.body == limit {
                return count;
            }
            ahead.passed(&[*byte]);
        }
        bytes.len()
    }

    fn passed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.blank == BLANK_LINE.len() {
                self.body += 1;
            } else if *byte == BLANK_LINE[self.blank] {
                self.blank += 1;
            } else {
                self.blank = usize::from(*byte == BLANK_LINE[0]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 201 Created\r\na: b\r\n\r\n0123456789";

    #[test]
    fn the_head_passes_and_the_body_is_cut() {
        let head = ANSWER.len() - 10;
        for limit in 0..10 {
            assert_eq!(Cut::default().pass(ANSWER, limit), head + limit);
        }
        assert_eq!(Cut::default().pass(ANSWER, 11), ANSWER.len());
    }

    #[test]
    fn it_does_not_matter_in_which_pieces_an_answer_is_written() {
        for split in 0..ANSWER.len() - 7 {
            let (first, second) = ANSWER.split_at(split);
            let mut cut = Cut::default();
            assert_eq!(cut.pass(first, 3), first.len());
            cut.passed(first);
            assert_eq!(first.len() + cut.pass(second, 3), ANSWER.len() - 7);
        }
    }
}
