//! What a run says while it goes on.

use crate::lookup::Notice;
use crate::units::counted;

pub(crate) fn describe(notice: &Notice) -> String {
    match notice {
        Notice::Adopted { batches } => {
            let batches = counted(*batches, "batch", "batches");
            format!("collecting {batches} that an earlier run submitted")
        }
        Notice::Doubt { people, why } => {
            let people = counted(*people, "person", "people");
            format!("a batch of {people} may have been taken: {why}; asking the balance")
        }
        Notice::DoubtLifted => {
            "the balance proves that it was not taken: sending it again".to_owned()
        }
        Notice::GracePeriod => {
            "stopping: a batch is on its way, and its answer is waited for a moment longer"
                .to_owned()
        }
        Notice::NotShown { id, people } => {
            let id = id.as_ref().map_or("without id", |id| id.as_str());
            let people = counted(*people, "person", "people");
            format!(
                "Enrow does not show batch {id} ({people}) that it took: its rows stay `pending`, and a later run asks again"
            )
        }
        Notice::SearchRefused { message } => {
            format!("Enrow refused one search: \"{message}\"; its row is `invalid`")
        }
        Notice::SmallerBatches { limit } => {
            let searches = counted(*limit, "search", "searches");
            format!("Enrow takes at most {searches} a batch at the moment")
        }
    }
}
