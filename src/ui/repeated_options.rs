//! Commands in messages, with the options that choose the ledger and the account.

use super::message::shell_word;
use crate::cli::{Global, Source};
use std::borrow::Cow;
use std::sync::Arc;

/// The options of this command line without which a command that is named in a message would look elsewhere: in another
/// ledger nothing is unclear.
#[derive(Debug, Clone, Default)]
pub(super) struct RepeatedOptions(Arc<str>);

impl RepeatedOptions {
    pub(super) fn of(global: &Global) -> Self {
        let mut options = String::new();
        if let Some(ledger) = &global.ledger
            && global.ledger_source == Source::Flag
        {
            options += &format!(" --ledger {}", shell_word(ledger));
        }
        if let Some(profile) = &global.profile {
            options += &format!(" --profile {profile}");
        }
        if global.sandbox {
            options += " --sandbox";
        }
        Self(options.into())
    }

    /// The text, with the options in each command that is about the ledger.
    pub(super) fn added_to<'t>(&self, text: &'t str) -> Cow<'t, str> {
        const COMMANDS: [&str; 4] = ["fetch", "ledger budget", "recover", "status"];
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut text = Cow::Borrowed(text);
        for name in COMMANDS {
            let command = format!("`enrow-phone {name}");
            if text.contains(&command) {
                text = Cow::Owned(text.replace(&command, &format!("{command}{}", self.0)));
            }
        }
        text
    }
}
