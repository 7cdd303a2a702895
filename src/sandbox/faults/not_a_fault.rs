//! Why a text is no fault.

use super::catalogue::kinds_of;
use thiserror::Error;

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAFault {
    /// The kind is not known for this target.
    #[error("`{kind}` is nothing that happens to `{target}`: use one of {}", list(target))]
    Kind {
        /// What it should happen to.
        target: &'static str,
        /// The text behind `=`, without its value.
        kind: String,
    },
    /// There is no `=`.
    #[error("`{0}` is no fault: write `TARGET:WHICH=KIND`, as in `post:2=reset-after`")]
    NoKind(String),
    /// A search is named by no text.
    #[error("`search` needs some text of the searches it is about, as in `search:smith=poison`")]
    NoText,
    /// The target is not known.
    #[error("nothing can go wrong with `{0}`: use `account`, `batch`, `get`, `post` or `search`")]
    Target(String),
    /// The value behind `/` cannot be used.
    #[error("`{kind}` {}: use {wanted}", match value {
        Some(value) => format!("cannot take `{value}`"),
        None => "needs a value".to_owned(),
    })]
    Value {
        /// The text behind `=`, without its value.
        kind: String,
        /// The text behind `/`, if there is any.
        value: Option<String>,
        /// What would do.
        wanted: &'static str,
    },
    /// The numbers cannot be read.
    #[error("`{0}` does not say selector: use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1")]
    Selector(String),
}

fn list(target: &str) -> String {
    let kinds: Vec<_> = kinds_of(target).map(|kind| format!("`{kind}`")).collect();
    kinds.join(", ")
}
