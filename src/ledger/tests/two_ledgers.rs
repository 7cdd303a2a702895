//! Two ledgers, one of which becomes the other, and what is left in the first.

use super::*;
use crate::ledger::types::UnprovenNumber;
use crate::ledger::{
    BatchState, Doubt, EraseMode, ListScope, Owner, SavedResponse, Savings, StoredAnswer,
};
use crate::people::{Answer, Country, PhoneNumber};

pub(super) type Pair = (&'static str, Ledger, Ledger);

/// Empty ledgers, from and to each backend.
pub(super) fn pairs() -> Vec<Pair> {
    let files = ("file to file", on_file::ledger(), on_file::ledger());
    #[cfg(feature = "postgres")]
    if let [Some(a), Some(b), Some(c), Some(d)] = [(); 4].map(|()| postgres::ledger()) {
        let (into, out_of) = (on_file::ledger(), on_file::ledger());
        return vec![
            files,
            ("file to server", into, a),
            ("server to file", b, out_of),
            ("server to server", c, d),
        ];
    }
    vec![files]
}

pub(super) fn at(seconds: i64) -> Moment {
    Moment(NOW.0 + seconds * 1000)
}

pub(super) fn number(text: &str) -> Answer {
    Answer::Found { number: PhoneNumber::parse(text).unwrap(), country: Country::parse("US") }
}

/// Five people with their answers.
pub(super) fn answers(of: [(&'static str, &Answer); 5]) -> [(&'static str, Answer); 5] {
    of.map(|(slug, answer)| (slug, answer.clone()))
}

pub(super) async fn import(ledger: &Ledger, answers: &[(&str, Answer)], now: Moment) {
    let answers = answers.iter().map(|(slug, answer)| (key(slug), answer.clone())).collect();
    ledger.import_answers(answers, now).await.unwrap();
}

/// What is known of people by their keys.
pub(super) async fn records(ledger: &Ledger, slugs: &[&str]) -> Vec<crate::ledger::PersonRecord> {
    let people = add(ledger, slugs).await;
    ledger.person_records(people).await.unwrap()
}

pub(super) async fn answer(ledger: &Ledger, slug: &str) -> Option<StoredAnswer> {
    records(ledger, &[slug]).await[0].recorded.clone()
}

pub(super) fn stored(answer: Answer, seconds: i64) -> StoredAnswer {
    StoredAnswer::Answer { answer, answered: at(seconds), asked: at(seconds) }
}

/// Leaves a batch that runs, one that is lost, one that was being sent and one with a number that is not proven, in
/// this order.
pub(super) async fn leave_unsettled(source: &Ledger, scope: ListScope) -> (Nonce, SavedResponse) {
    let people = add(source, &["ada", "gone", "ben", "cleo", "dora", "eve"]).await;
    let search = |i: usize| ClaimedSearch {
        person: people[i],
        key: key(["ada", "gone", "ben-as-sent"][i]),
        names: Some(7),
        custom: Some(u64::MAX),
    };
    let new = NewBatch {
        people: [2, 1, 0].map(search).to_vec(),
        scope: Some(scope),
        label: Some("leads.csv".to_owned()),
        refresh: Some(NOW),
        ..new_batch(&[])
    };
    let running = source.claim(new).await.unwrap().unwrap().batch;
    accept(source, running, "b-run").await;
    source.forget(vec![key("gone")], EraseMode::Erase, NOW).await.unwrap();
    let lost = claim(source, &people[3..4]).await;
    let saved = SavedResponse { status: 201, body: b"?".to_vec() };
    source.record_post(lost, PostOutcome::Unclear, Some(saved.clone()), NOW).await.unwrap();
    // This run has not heard of its POST when it is killed.
    let sent = claim(source, &people[4..5]).await;
    let sent = batch_record(source, sent).await.nonce;
    let savings = Savings { numbers: 2, account: Some(account()), label: None, now: NOW };
    source.add_savings(savings).await.unwrap();
    let unproven = UnprovenNumber {
        person: Some(people[5]),
        position: Some(0),
        number: "+12025550177".to_owned(),
        country: None,
        doubt: Doubt::OnlyIndex,
    };
    let doubted = claim(source, &people[5..]).await;
    accept(source, doubted, "b-doubt").await;
    let look = BatchLook { unproven: vec![unproven], ..look(LookStage::Completed) };
    source.record(doubted, look).await.unwrap();
    (sent, saved)
}

/// A batch of one ledger as it has to be in another. What was being sent is unclear there.
pub(super) fn moved(before: &BatchRecord, after: &BatchRecord, sent: &Nonce) -> BatchRecord {
    let was_sent = before.nonce == *sent;
    BatchRecord {
        batch: after.batch,
        balance_before: after.balance_before,
        owner: Owner::Dead,
        owner_seen: None,
        state: if was_sent { BatchState::Unknown } else { before.state },
        lost: if was_sent { Some(before.send_by) } else { before.lost },
        ..before.clone()
    }
}

/// A key by the name of an employer, which several people may have.
pub(super) fn by_company(name: &str) -> PersonKey {
    let mut bytes = *key(name).as_bytes();
    bytes[0] = bytes[0] & 0x3f | 2 << 6;
    PersonKey::from_bytes(bytes)
}
