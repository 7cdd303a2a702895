//! The listening socket, which can be shut and opened again.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::sleep;

/// Where connections come in. While it is shut nothing listens, so that connecting is refused.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) addr: SocketAddr,
    runtime: Handle,
    socket: Mutex<Socket>,
    /// How often it was shut or opened: a timer opens only what it has shut itself.
    turns: watch::Sender<usize>,
}

#[derive(Debug)]
enum Socket {
    Open(TcpListener),
    /// Keeps the port while nothing listens: another sandbox that got it would be given the batches of this one.
    Shut(Option<TcpSocket>),
}

impl Listener {
    /// Listens on `addr`. Must be called within a tokio runtime.
    pub(super) fn open(addr: SocketAddr) -> io::Result<Arc<Self>> {
        let kept = keep(addr)?;
        let addr = kept.local_addr()?;
        let (runtime, socket) = (Handle::current(), Mutex::new(Socket::Shut(Some(kept))));
        let listener = Arc::new(Self { addr, runtime, socket, turns: watch::Sender::new(0) });
        listener.reopen()?;
        Ok(listener)
    }

    /// Stops listening. From when this returns no connection is accepted.
    pub(super) fn shut(&self) -> usize {
        let mut socket = self.socket();
        match std::mem::replace(&mut *socket, Socket::Shut(None)) {
            Socket::Open(open) => {
                // The port is free only when the listener is gone.
                end(open);
                *socket = Socket::Shut(keep(self.addr).ok());
            }
            kept @ Socket::Shut(_) => *socket = kept,
        }
        self.turn()
    }

    /// Stops listening for a while.
    pub(super) fn shut_for(self: &Arc<Self>, time: Duration) {
        let shut = self.shut();
        let listener = Arc::clone(self);
        self.runtime.spawn(async move {
            sleep(time).await;
            // Where the port could not be kept somebody else may have taken it, and may leave it again.
            while *listener.turns.borrow() == shut && listener.reopen().is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        });
    }

    /// Listens again, on the same port.
    pub(super) fn reopen(&self) -> io::Result<()> {
        let mut socket = self.socket();
        if let Socket::Shut(kept) = &mut *socket {
            let _within = self.runtime.enter();
            let kept = kept.take().map_or_else(|| keep(self.addr), Ok)?;
            // What comes in inherits it, and must not keep the port from being kept again.
            kept.set_reuseaddr(cfg!(unix))?;
            *socket = Socket::Open(kept.listen(128)?);
            self.turn();
        }
        Ok(())
    }

    /// The next connection, and what tells it that the listener is shut.
    pub(super) async fn accept(&self) -> (TcpStream, watch::Receiver<usize>) {
        loop {
            let mut turns = self.turns.subscribe();
            let accepted = std::future::poll_fn(|cx| match &*self.socket() {
                // Under the lock, so that it misses no shutting.
                Socket::Open(open) => {
                    open.poll_accept(cx).map_ok(|(stream, _)| (stream, self.turns.subscribe()))
                }
                Socket::Shut(_) => Poll::Pending,
            });
            tokio::select! {
                accepted = accepted => match accepted {
                    Ok(accepted) => return accepted,
                    // Out of file descriptors, most likely: others will be given back.
                    Err(_) => sleep(Duration::from_millis(50)).await,
                },
                _ = turns.changed() => {}
            }
        }
    }

    fn turn(&self) -> usize {
        self.turns.send_modify(|turns| *turns += 1);
        *self.turns.borrow()
    }

    fn socket(&self) -> MutexGuard<'_, Socket> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A port that is somebody's, but where nothing listens.
fn keep(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections that came in by this port are still there.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(addr)?;
    socket.set_reuseaddr(false)?;
    Ok(socket)
}

/// Ends a listener. A process that is just being started has it as well, and would go on listening for a moment.
fn end(listener: TcpListener) {
    #[cfg(unix)]
    if let Ok(listener) = listener.into_std() {
        let socket = std::net::TcpStream::from(std::os::fd::OwnedFd::from(listener));
        // Fails where the system does not know that, and closes it all the same.
        drop(socket.shutdown(std::net::Shutdown::Both));
    }
    #[cfg(not(unix))]
    drop(listener);
}
