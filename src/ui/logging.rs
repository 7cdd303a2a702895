//! What `-v` and `-vv` show: every step, and every request.

use super::console::Console;
use super::stderr::{Level, Stderr};
use crate::text::sanitize;
use serde_json::{Map, Value};
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;

/// Sends the events that the user asked for to standard error.
pub(crate) fn init_logging(console: &Console) {
    let level = match console.verbose {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    // Only our own events: those of libraries could show a URL with an id, or a header.
    let ours = Targets::new().with_target("enrow_phone", level);
    let lines = StderrLayer(console.stderr.clone()).with_filter(ours);
    if tracing_subscriber::registry().with(lines).try_init().is_err() {
        tracing::debug!("logging was set up before");
    }
}

struct StderrLayer(Stderr);

impl<S: Subscriber> Layer<S> for StderrLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = EventFields::default();
        event.record(&mut fields);
        let level = match *event.metadata().level() {
            tracing::Level::ERROR => Level::Error,
            tracing::Level::WARN => Level::Warn,
            tracing::Level::INFO => Level::Info,
            tracing::Level::DEBUG | tracing::Level::TRACE => Level::Debug,
        };
        self.0.event(level, &fields.message, fields.others);
    }
}

#[derive(Default)]
struct EventFields {
    message: String,
    others: Map<String, Value>,
}

impl EventFields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.others.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for EventFields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, &*sanitize(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = sanitize(&format!("{value:?}"));
        if field.name() == "message" {
            self.message = text.into_string();
        } else {
            self.insert(field, &*text);
        }
    }
}
