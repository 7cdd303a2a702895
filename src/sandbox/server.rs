//! Serving the sandbox on loopback.

use super::control::Control;
use super::endpoints;
use super::net::{Door, Doorway, Line};
use super::request_context;
use super::settings::Settings;
use super::shared::Shared;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

/// A local Enrow, served within a running tokio runtime until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl Sandbox {
    /// Serves a sandbox on `addr`; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be listened on, or is not on loopback: whoever reaches the sandbox can read what was sent.
    #[expect(clippy::unused_async, reason = "it needs a runtime, selector async code has")]
    pub async fn start(settings: Settings, addr: SocketAddr) -> io::Result<Self> {
        if !addr.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the sandbox is served on loopback only",
            ));
        }
        let door = Door::open(addr)?;
        let shared = Arc::new(Shared::new(settings, Arc::clone(&door)));
        let service = router(Arc::clone(&shared)).into_make_service_with_connect_info::<Line>();
        let serving = axum::serve(Doorway(door), service);
        let server = tokio::spawn(serving.into_future()).abort_handle();
        Ok(Self { shared, server })
    }

    /// Serves a sandbox on a free port from a thread of its own.
    ///
    /// # Errors
    /// No port or no thread is to be had.
    pub fn spawn(settings: Settings) -> io::Result<Running> {
        let (tell, hear) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let started = runtime.and_then(|runtime| {
                let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                let sandbox = runtime.block_on(Self::start(settings, addr))?;
                Ok((runtime, sandbox))
            });
            let (outcome, running) = match started {
                Ok((runtime, sandbox)) => {
                    (Ok((sandbox.url(), sandbox.control())), Some((runtime, sandbox)))
                }
                Err(error) => (Err(error), None),
            };
            if tell.send(outcome).is_ok()
                && let Some((runtime, _sandbox)) = running
            {
                // Ends when the other half is dropped as well as when it is used.
                runtime.block_on(stopped).unwrap_or_default();
            }
        })?;
        let (url, control) =
            hear.recv().map_err(|_| io::Error::other("the sandbox's thread ended early"))??;
        Ok(Running { control, stop: Some(stop), thread: Some(thread), url })
    }

    /// Where it is served: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.door().addr())
    }

    /// What it has seen.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.shared.door().shut();
    }
}

/// A sandbox on a thread of its own; dropping it ends both.
#[derive(Debug)]
pub struct Running {
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    url: String,
}

impl Running {
    /// Where it is served: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it has seen.
    pub fn control(&self) -> Control {
        self.control.clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been printed; a second one here would abort the process.
            drop(thread.join());
        }
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/account/info", get(endpoints::account))
        .route("/phone/bulk", post(endpoints::submit_bulk).get(endpoints::poll_bulk))
        .route("/phone/single", post(endpoints::submit_single).get(endpoints::poll_single))
        .fallback(endpoints::elsewhere)
        .method_not_allowed_fallback(endpoints::elsewhere)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&shared), request_context::middleware))
        .with_state(shared)
}
