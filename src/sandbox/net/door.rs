//! The listening socket, which can be shut and opened again.

use super::Wire;
use super::line::WeakLine;
use axum::serve::Listener;
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::sleep;

/// Where connections come in. While it is shut nothing listens, so that connecting is refused.
#[derive(Debug)]
pub(in crate::sandbox) struct Door {
    addr: SocketAddr,
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Whoever waits for a connection while none can come.
    acceptor: Option<Waker>,
    lines: Vec<WeakLine>,
    /// `None` while the door is shut.
    listener: Option<TcpListener>,
    /// How often the door was shut: a timer opens only what it has shut itself.
    times_shut: usize,
}

impl Door {
    /// Listens on `addr`. Must be called within a tokio runtime.
    pub(in crate::sandbox) fn open(addr: SocketAddr) -> io::Result<Arc<Self>> {
        let listener = listen(addr)?;
        Ok(Arc::new(Self {
            addr: listener.local_addr()?,
            runtime: Handle::current(),
            state: Mutex::new(State {
                acceptor: None,
                lines: Vec::new(),
                listener: Some(listener),
                times_shut: 0,
            }),
        }))
    }

    pub(in crate::sandbox) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(in crate::sandbox) fn is_shut(&self) -> bool {
        self.state().listener.is_none()
    }

    /// Stops listening and ends the connections on which nothing is being answered. From when this returns no
    /// connection is accepted.
    pub(in crate::sandbox) fn shut(&self) -> usize {
        let mut state = self.state();
        state.listener = None;
        state.times_shut += 1;
        for line in state.lines.iter().filter_map(WeakLine::upgrade) {
            line.end();
        }
        state.times_shut
    }

    /// Shuts the door for a while.
    pub(in crate::sandbox) fn shut_for(self: &Arc<Self>, time: Duration) {
        let shut = self.shut();
        let door = Arc::clone(self);
        self.runtime.spawn(async move {
            sleep(time).await;
            // Somebody else may have taken the port in the meantime, and may leave it again.
            while door.state().times_shut == shut && door.reopen().is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        });
    }

    /// Listens again, on the same port.
    pub(in crate::sandbox) fn reopen(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.listener.is_none() {
            let _within = self.runtime.enter();
            state.listener = Some(listen(self.addr)?);
            if let Some(acceptor) = state.acceptor.take() {
                acceptor.wake();
            }
        }
        Ok(())
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(Wire, SocketAddr)>> {
        let mut state = self.state();
        state.acceptor = Some(cx.waker().clone());
        let Some(listener) = &state.listener else {
            return Poll::Pending;
        };
        listener.poll_accept(cx).map_ok(|(stream, peer)| {
            // Small answers must not wait for a full packet. The worst that a failure costs is that delay.
            drop(stream.set_nodelay(true));
            let wire = Wire::new(stream);
            state.lines.retain(|line| line.upgrade().is_some());
            state.lines.push(wire.line().downgrade());
            (wire, peer)
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let listener = StdListener::bind(addr)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// The door as axum sees it.
#[derive(Debug)]
pub(in crate::sandbox) struct Doorway(pub(in crate::sandbox) Arc<Door>);

impl Listener for Doorway {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match std::future::poll_fn(|cx| self.0.poll_accept(cx)).await {
                Ok(accepted) => return accepted,
                // Out of file descriptors, most likely: others will be given back.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.0.addr)
    }
}
