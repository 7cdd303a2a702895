//! Every fault there is, for help texts and error messages.

use super::Fault;

/// A fault as it is written, and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultInfo {
    /// What it happens to: `account`, `batch`, `get`, `post` or `search`.
    pub target: &'static str,
    /// What is written behind `=`, with a value where it takes one.
    pub kind: &'static str,
    /// What happens.
    pub meaning: &'static str,
}

impl Fault {
    /// Every fault that can be written as text, by target. Values stand for themselves: `slow/5s` may be `slow/300ms`.
    pub fn catalogue() -> &'static [FaultInfo] {
        &CATALOGUE
    }
}

/// The faults of one target as a person would write them.
pub(super) fn kinds_of(target: &str) -> impl Iterator<Item = &'static str> {
    let same = move |known: &&FaultInfo| known.target == target;
    CATALOGUE.iter().filter(same).map(|known| known.kind)
}

const fn known(target: &'static str, kind: &'static str, meaning: &'static str) -> FaultInfo {
    FaultInfo { target, kind, meaning }
}

const CATALOGUE: [FaultInfo; 54] = [
    known("post", "503", "answered with this status; nothing is taken"),
    known("post", "503-after", "taken, and answered with this status"),
    known("post", "429/2", "the same, with `Retry-After: 2`"),
    known("post", "close", "the connection closes without an answer; nothing is taken"),
    known("post", "close-after", "taken, then the connection closes without an answer"),
    known("post", "garbage", "taken; the answer is not JSON"),
    known("post", "hang", "never answered; nothing is taken"),
    known("post", "hang-after", "taken and never answered"),
    known("post", "html/502", "a proxy's page instead of an answer; nothing is taken"),
    known("post", "html-after/201", "taken; a proxy's page instead of the answer"),
    known("post", "limit/1000", "batches of more searches are refused"),
    known("post", "redirect/307", "redirected to a path that does not exist; nothing is taken"),
    known("post", "refuse/2s", "nothing listens for so long, from the request before it"),
    known("post", "reset", "the connection is reset once all is read; nothing is taken"),
    known("post", "reset-after", "taken, then the connection is reset"),
    known("post", "slow/5s", "taken and answered, but so much later"),
    known("post", "spend/400", "somebody else spends so many credits just before"),
    known("post", "stall", "taken; half of the answer comes, then nothing"),
    known("post", "truncate", "taken; half of the answer comes, then the connection closes"),
    known("get", "503", "answered with this status"),
    known("get", "429/2", "the same, with `Retry-After: 2`"),
    known("get", "close", "the connection closes without an answer"),
    known("get", "garbage", "the answer is not JSON"),
    known("get", "hang", "never answered"),
    known("get", "html/200", "a proxy's page instead of an answer"),
    known("get", "redirect/302", "redirected to a path that does not exist"),
    known("get", "refuse/2s", "nothing listens for so long, from the request before it"),
    known("get", "reset", "the connection is reset"),
    known("get", "slow/5s", "answered so much later"),
    known("get", "spend/400", "somebody else spends so many credits just before"),
    known("get", "stall", "half of the answer comes, then nothing"),
    known("get", "truncate", "half of the answer comes, then the connection closes"),
    known("account", "503", "and all else that happens to a `get`"),
    known("batch", "bad-number/3", "every 3rd number comes without its `+`"),
    known("batch", "contradicted/3", "every 3rd result comes twice, with another number"),
    known("batch", "duplicated/3", "every 3rd result comes twice"),
    known("batch", "extra", "there are results for people who were not searched for"),
    known("batch", "failed", "it ends `failed` and is refunded"),
    known("batch", "holes/3", "every 3rd result is missing"),
    known("batch", "late/2", "its id is unknown to the first 2 polls"),
    known("batch", "late/3s", "its id is unknown for so long"),
    known("batch", "misnumbered", "every `index` is that of the next search"),
    known("batch", "no-index", "results have no `index`"),
    known("batch", "no-params", "results have no `params`"),
    known("batch", "no-results", "it is completed but has no `results`"),
    known(
        "batch",
        "ongoing",
        "every 3rd result is `ongoing` for ever though the batch is completed",
    ),
    known("batch", "ongoing/2", "the same, but for 2 polls only"),
    known("batch", "shuffled", "results come in another order"),
    known("batch", "strangers/3", "every 3rd result is somebody else's, as its `params` show"),
    known("batch", "stuck", "it never ends"),
    known("batch", "text-index", "`index` is a string"),
    known("batch", "unqualified/3", "every 3rd `qualification` is a word nobody knows"),
    known("search", "poison", "batches with this text are refused, naming the search"),
    known("search", "poison-unnamed", "batches with this text are refused, naming no search"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn everything_in_the_catalogue_can_be_written_and_means_something_of_its_own() {
        let mut meanings = HashSet::new();
        for known in &CATALOGUE {
            let text = format!("{}:1={}", known.target, known.kind);
            let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert!(meanings.insert(format!("{fault:?}")), "{text}");
        }
    }
}
