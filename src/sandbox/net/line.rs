//! The orders for one connection.

use super::door::Doorway;
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;

/// Steers one connection. The connection itself obeys in [`Wire`](super::Wire).
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Line(Arc<Mutex<Orders>>);

/// A line whose connection may be gone.
#[derive(Debug)]
pub(super) struct WeakLine(Weak<Mutex<Orders>>);

#[derive(Debug)]
pub(super) struct Orders {
    pub(super) break_off: Option<Break>,
    pub(super) reader: Option<Waker>,
    /// The connection ends as soon as it is idle.
    ending: bool,
    work: Work,
}

/// What is done on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// An answer is on its way out.
    Answered,
    /// A request is being answered.
    Busy,
    Idle,
}

/// How a connection ends before its answer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Break {
    /// In good order, before the first byte of the answer.
    Close,
    /// In good order, after so many bytes of the body.
    CloseAfter(usize),
    /// With a TCP reset, before the first byte of the answer.
    Reset,
    /// Not at all, but no byte comes after so many of the body.
    StallAfter(usize),
}

impl Line {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Orders {
            break_off: None,
            ending: false,
            reader: None,
            work: Work::Idle,
        })))
    }

    /// Breaks the connection when the next answer is written.
    pub(in crate::sandbox) fn break_off(&self, how: Break) {
        self.orders().break_off = Some(how);
    }

    /// Notes that a request is being answered.
    pub(in crate::sandbox) fn begin(&self) {
        self.orders().work = Work::Busy;
    }

    /// Notes that the answer is ready to be written.
    pub(in crate::sandbox) fn answered(&self) {
        self.orders().work = Work::Answered;
    }

    /// Notes that everything is written.
    pub(super) fn flushed(&self) {
        let mut orders = self.orders();
        if orders.work == Work::Answered {
            orders.work = Work::Idle;
            orders.wake_if_ended();
        }
    }

    /// Ends the connection once no request is being answered on it.
    pub(super) fn end(&self) {
        let mut orders = self.orders();
        orders.ending = true;
        orders.wake_if_ended();
    }

    pub(super) fn orders(&self) -> MutexGuard<'_, Orders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn downgrade(&self) -> WeakLine {
        WeakLine(Arc::downgrade(&self.0))
    }
}

impl Orders {
    /// Whether nothing more is to be read.
    pub(super) fn has_ended(&self) -> bool {
        self.ending && self.work == Work::Idle
    }

    fn wake_if_ended(&mut self) {
        if self.has_ended()
            && let Some(reader) = self.reader.take()
        {
            reader.wake();
        }
    }
}

impl WeakLine {
    pub(super) fn upgrade(&self) -> Option<Line> {
        self.0.upgrade().map(Line)
    }
}

impl Connected<IncomingStream<'_, Doorway>> for Line {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        stream.io().line()
    }
}
