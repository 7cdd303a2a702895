//! What `-v` and `-vv` show: what is done, and every request.

use crate::cli::{Global, LogFormat};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Layer, Registry, fmt};

/// Sends what was asked for to stderr.
pub(crate) fn init_logging(global: &Global) {
    let level = match global.verbose {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let lines = fmt::layer().with_target(false).with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match global.log_format {
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
        }
        LogFormat::Text => lines.with_ansi(false).boxed(),
    };
    // Only our own words: a library's could hold a URL with an id, or a header.
    let ours = Targets::new().with_target("enrow_phone", level);
    if tracing_subscriber::registry().with(lines.with_filter(ours)).try_init().is_err() {
        tracing::debug!("logging was set up before");
    }
}
