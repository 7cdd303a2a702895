//! The listening socket, which can be shut and opened again.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::sleep;

/// Where connections come in. While it is shut nothing listens, so that connecting is refused.
#[derive(Debug)]
pub(super) struct Listener {
    addr: SocketAddr,
    runtime: Handle,
    socket: Mutex<Socket>,
    /// How often it was shut: a timer opens only what it has shut itself.
    times_shut: watch::Sender<usize>,
}

#[derive(Debug)]
struct Socket {
    /// The task that waits for a connection while none can come.
    acceptor: Option<Waker>,
    /// `None` while it is shut.
    open: Option<TcpListener>,
}

impl Listener {
    /// Listens on `addr`. Must be called within a tokio runtime.
    pub(super) fn open(addr: SocketAddr) -> io::Result<Arc<Self>> {
        let listener = listen(addr)?;
        Ok(Arc::new(Self {
            addr: listener.local_addr()?,
            runtime: Handle::current(),
            socket: Mutex::new(Socket { acceptor: None, open: Some(listener) }),
            times_shut: watch::Sender::new(0),
        }))
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops listening. From when this returns no connection is accepted.
    pub(super) fn shut(&self) -> usize {
        let mut socket = self.socket();
        socket.open = None;
        self.times_shut.send_modify(|times| *times += 1);
        *self.times_shut.borrow()
    }

    /// Stops listening for a while.
    pub(super) fn shut_for(self: &Arc<Self>, time: Duration) {
        let shut = self.shut();
        let listener = Arc::clone(self);
        self.runtime.spawn(async move {
            sleep(time).await;
            // Somebody else may have taken the port in the meantime, and may leave it again.
            while *listener.times_shut.borrow() == shut && listener.reopen().is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        });
    }

    /// Listens again, on the same port.
    pub(super) fn reopen(&self) -> io::Result<()> {
        let mut socket = self.socket();
        if socket.open.is_none() {
            let _within = self.runtime.enter();
            socket.open = Some(listen(self.addr)?);
            socket.acceptor.take().into_iter().for_each(Waker::wake);
        }
        Ok(())
    }

    /// The next connection, and what tells it that the listener is shut.
    pub(super) async fn accept(&self) -> (TcpStream, watch::Receiver<usize>) {
        loop {
            let accepted = std::future::poll_fn(|cx| {
                let mut socket = self.socket();
                socket.acceptor = Some(cx.waker().clone());
                let open = socket.open.as_ref().map_or(Poll::Pending, |open| open.poll_accept(cx));
                // Under the lock, so that it misses no shutting.
                open.map_ok(|(stream, _)| (stream, self.times_shut.subscribe()))
            });
            match accepted.await {
                Ok(accepted) => return accepted,
                // Out of file descriptors, most likely: others will be given back.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn socket(&self) -> MutexGuard<'_, Socket> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let listener = StdListener::bind(addr)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}
