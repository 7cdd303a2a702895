//! What can be wrong with a batch and its results.

use crate::sandbox::answers::Answer;
use crate::sandbox::search::Search;
use crate::sandbox::shapes::{Entry, FOUND, Index, Params, STILL_ONGOING};
use std::time::Duration;

/// What is wrong with a batch. A number says how many results there are to each bad one: 3 spoils every third, and at
/// least the last. A single search has one result, which cannot be missing, doubled or in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchFault {
    /// Numbers of found people come without their `+`.
    BadNumber(usize),
    /// Results come twice, the second time with another number.
    Contradicted(usize),
    /// Results come twice.
    Duplicated(usize),
    /// There are results for people who were not searched for.
    Extra,
    /// The batch ends `failed`; everything is refunded.
    Failed,
    /// Results are missing.
    Holes(usize),
    /// Its id is unknown at first.
    Late(Delay),
    /// Every `index` is that of the next search.
    Misnumbered,
    /// There is no `index`.
    NoIndex,
    /// There are no `params`.
    NoParams,
    /// The batch is completed, but has no `results`.
    NoResults,
    /// Results are still `ongoing` though the batch is completed: every third, for so many polls; `None` for ever.
    Ongoing(Option<usize>),
    /// Results come in another order.
    Shuffled,
    /// Results are those of somebody else, as their `params` show.
    Strangers(usize),
    /// The batch never ends.
    Stuck,
    /// `index` is a string.
    TextIndex,
    /// `qualification` is a word nobody knows, with a number beside it.
    Unqualified(usize),
}

/// How long an accepted batch is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// For a time.
    For(Duration),
    /// For so many polls.
    Polls(usize),
}

impl BatchFault {
    /// Spoils the results of a completed batch that has been fetched `fetched` times, this one included.
    pub(in crate::sandbox) fn apply(self, entries: &mut Vec<Entry<'_>>, fetched: usize) {
        let count = entries.len();
        let one_of = |every| picks(every, count);
        match self {
            Self::BadNumber(every) => {
                let numbers = entries.iter_mut().filter_map(|entry| entry.number.as_mut());
                let numbers: Vec<_> = numbers.collect();
                let is_bad = picks(every, numbers.len());
                for (at, number) in numbers.into_iter().enumerate() {
                    if is_bad(at) {
                        *number = number.trim_start_matches('+').to_owned();
                    }
                }
            }
            Self::Contradicted(every) => repeat(entries, one_of(every), |at, entry| {
                stranger(at).impersonate(entry);
            }),
            Self::Duplicated(every) => repeat(entries, one_of(every), |_, _| {}),
            Self::Extra => {
                for at in count..count + 3 {
                    let stranger = stranger(at);
                    let mut entry = Entry::of(at);
                    stranger.impersonate(&mut entry);
                    entry.params = Some(stranger.params());
                    entries.push(entry);
                }
            }
            Self::Holes(every) => {
                let is_hole = one_of(every);
                let mut at = 0..;
                entries.retain(|_| !at.next().is_some_and(&is_hole));
            }
            Self::Misnumbered => {
                for (at, entry) in entries.iter_mut().enumerate() {
                    entry.index = Some(Index::Number((at + 1) % count.max(2)));
                }
            }
            Self::NoIndex => entries.iter_mut().for_each(|entry| entry.index = None),
            Self::NoParams => entries.iter_mut().for_each(|entry| entry.params = None),
            Self::Ongoing(polls) => {
                if polls.is_none_or(|polls| fetched <= polls) {
                    some(entries, one_of(3), |_, entry| {
                        entry.qualification = STILL_ONGOING;
                        entry.number = None;
                        entry.country = None;
                    });
                }
            }
            Self::Shuffled => {
                let seed = u64::try_from(count).unwrap_or_default();
                fastrand::Rng::with_seed(seed).shuffle(entries);
                if entries.first().is_some_and(|first| first.index == Some(Index::Number(0))) {
                    entries.reverse();
                }
            }
            Self::Strangers(every) => some(entries, one_of(every), |at, entry| {
                let stranger = stranger(at);
                stranger.impersonate(entry);
                entry.params = Some(stranger.params());
            }),
            Self::TextIndex => {
                for entry in entries {
                    if let Some(Index::Number(number)) = entry.index {
                        entry.index = Some(Index::Text(number.to_string()));
                    }
                }
            }
            Self::Unqualified(every) => some(entries, one_of(every), |at, entry| {
                stranger(at).impersonate(entry);
                entry.qualification = "probable";
            }),
            Self::Failed | Self::Late(_) | Self::NoResults | Self::Stuck => {}
        }
    }

    /// Whether it changes which results there are, which makes no sense for a single search.
    pub(in crate::sandbox) fn is_about_the_list(self) -> bool {
        matches!(
            self,
            Self::Contradicted(_)
                | Self::Duplicated(_)
                | Self::Extra
                | Self::Holes(_)
                | Self::Misnumbered
                | Self::NoIndex
                | Self::NoResults
                | Self::Shuffled
                | Self::TextIndex
        )
    }
}

/// Picks every so-manyth of `count` places, and the last one if that would be none.
fn picks(every: usize, count: usize) -> impl Fn(usize) -> bool {
    move |at| (at + 1).is_multiple_of(every.max(1)) || (every > count && at + 1 == count)
}

/// Changes the entries whose place `picks`.
fn some<'a>(
    entries: &mut [Entry<'a>],
    picks: impl Fn(usize) -> bool,
    change: impl Fn(usize, &mut Entry<'a>),
) {
    for (at, entry) in entries.iter_mut().enumerate() {
        if picks(at) {
            change(at, entry);
        }
    }
}

/// Appends changed copies of the entries whose place `picks`.
fn repeat<'a>(
    entries: &mut Vec<Entry<'a>>,
    picks: impl Fn(usize) -> bool,
    change: impl Fn(usize, &mut Entry<'a>),
) {
    for at in 0..entries.len() {
        if picks(at) {
            let mut copy = entries[at].clone();
            change(at, &mut copy);
            entries.push(copy);
        }
    }
}

/// Somebody nobody asked for.
struct Stranger(String);

fn stranger(at: usize) -> Stranger {
    Stranger(format!("https://www.linkedin.com/in/stranger-{at}"))
}

impl Stranger {
    fn impersonate(&self, entry: &mut Entry<'_>) {
        if let Answer::Found { number, country } =
            Search::profile(self.0.as_str()).person().answer(100)
        {
            entry.qualification = FOUND;
            entry.number = Some(number);
            entry.country = Some(country);
        }
    }

    fn params<'a>(&self) -> Params<'a> {
        Params { linkedin_url: Some(self.0.clone().into()), ..Params::default() }
    }
}
