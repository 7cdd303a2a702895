//! `--refresh`: when the refresh of a list began, and whether it is finished.

use crate::cli::BulkArgs;
use crate::ledger::{Freshness, Ledger, ListScope, PersonRecord, Refresh, StoredAnswer};
use crate::lookup::{self, FilledRows};
use crate::sheet::{Output, Sheet};
use crate::ui::console::Console;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::units::Moment;
use std::path::Path;
use std::time::Duration;

/// The list of a run, and its refresh, which an earlier run began or this one begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListRefresh {
    pub(super) list: ListScope,
    refresh: Refresh,
    is_wanted: bool,
    max_age: Option<Duration>,
}

impl ListRefresh {
    pub(super) async fn read(
        args: &BulkArgs,
        sheet: &Sheet,
        output: &Output,
        ledger: &Ledger,
    ) -> Result<Self, Failure> {
        let list = list_of(sheet, output);
        let refresh = ledger.refresh_of(list, Moment::now()).await?;
        Ok(Self { list, refresh, is_wanted: args.refresh, max_age: args.max_age })
    }

    /// If this run refreshes: answers that were asked for earlier than this do not count.
    pub(super) fn since(&self) -> Option<Moment> {
        self.is_wanted.then_some(self.refresh.since)
    }

    pub(super) fn freshness(&self) -> Freshness {
        lookup::freshness(Moment::now(), self.since(), self.max_age)
    }

    /// A refresh asks for everybody, also if a row came with a number that the ledger does not know.
    pub(super) fn filled_rows(&self, is_made_up: bool) -> FilledRows {
        match self.is_wanted {
            _ if is_made_up => FilledRows::KeepAll,
            true => FilledRows::AskAgain,
            false => FilledRows::Keep,
        }
    }

    pub(super) fn announce(&self, console: &Console) {
        if self.is_wanted && self.refresh.is_continued {
            console.info(message!(
                "continues the refresh begun at {}: nobody who was asked since then is asked again",
                Message::foreign(self.refresh.since.rfc3339())
            ));
        }
    }

    /// Whether the refresh still has to ask for this person.
    pub(super) fn awaits(&self, record: &PersonRecord) -> bool {
        let is_done = match &record.recorded {
            Some(StoredAnswer::Answer { asked, .. }) => *asked >= self.refresh.since,
            Some(StoredAnswer::Suppressed) => true,
            None => false,
        };
        !is_done
    }

    /// Whether a run finishes the refresh after it wrote an answer for everybody and searched for `searched` people. A run
    /// without `--refresh` may finish one, if it collects the last answers.
    ///
    /// With `--limit` the same command is run until nobody is left to search. If the refresh ended with the last people,
    /// the next run of the command would begin a new one.
    pub(super) fn ends_with(&self, limit: Option<usize>, searched: usize) -> bool {
        if self.refresh.is_continued { limit.is_none() || searched == 0 } else { self.is_wanted }
    }
}

/// A list is identified by its file. If it comes through a pipe, its output identifies it.
fn list_of(sheet: &Sheet, output: &Output) -> ListScope {
    let bytes = |path: &Path| path.as_os_str().as_encoded_bytes().to_vec();
    let Some(origin) = sheet.origin() else {
        let output = output.path().map_or_else(Vec::new, bytes);
        return ListScope::of_name(&[&b"pipe "[..], &output].concat());
    };
    ListScope::of_name(&bytes(origin.path()))
}
