//! Who asked: the machine and the user of a run.

use crate::text::sanitize_within;

/// More of a name is not kept.
const LONGEST_NAME: usize = 64;

/// Who a run is of, so that a team sees whose batches these are. Nothing is known of an anonymous one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskedBy {
    pub(in crate::ledger) host: Option<String>,
    pub(in crate::ledger) user: Option<String>,
}

impl AskedBy {
    pub(crate) fn new(host: Option<String>, user: Option<String>) -> Self {
        let name = |name: String| {
            Some(sanitize_within(&name, LONGEST_NAME).into_string()).filter(|name| !name.is_empty())
        };
        Self { host: host.and_then(name), user: user.and_then(name) }
    }

    /// `anna@crm-3`; `None` where nobody is named.
    pub(crate) fn name(&self) -> Option<String> {
        match (&self.user, &self.host) {
            (Some(user), Some(host)) => Some(format!("{user}@{host}")),
            (Some(user), None) => Some(user.clone()),
            (None, Some(host)) => Some(format!("somebody@{host}")),
            (None, None) => None,
        }
    }
}
