//! The rules of the spool: there before a POST may leave, an answer in it before the server is told, read by the
//! next run on this machine, and gone only once the ledger has it.

use super::postgres::{Server, location, server};
use super::*;
use crate::ledger::attempts::Spooled;
use crate::ledger::{BatchState, SavedResponse, Status};
use std::fs;
use std::path::PathBuf;

struct Machine {
    server: &'static Server,
    database: String,
    state: tempfile::TempDir,
}

impl Machine {
    fn new() -> Option<Self> {
        let server = server()?;
        let database = server.new_database("template1");
        Some(Self { server, database, state: tempfile::tempdir().unwrap() })
    }

    fn run(&self) -> Ledger {
        self.run_on(&self.database)
    }

    fn run_on(&self, database: &str) -> Ledger {
        let address = self.server.address(database);
        let place = location(&address).remembered_in(Some(self.state.path().to_owned()));
        Ledger::open(place).unwrap()
    }

    fn spool(&self) -> PathBuf {
        self.state.path().join("spool")
    }

    fn files(&self) -> Vec<PathBuf> {
        fs::read_dir(self.spool()).unwrap().map(|file| file.unwrap().path()).collect()
    }

    /// Statements about batches fail, or work again.
    fn break_batches(&self, is_broken: bool) {
        let names =
            ["enrow_phone.batches RENAME TO broken", "enrow_phone.broken RENAME TO batches"];
        let name = names[usize::from(!is_broken)];
        self.server.sql(&self.database, &format!("ALTER TABLE {name}"));
    }
}

fn answer(id: &str) -> SavedResponse {
    SavedResponse { status: 201, body: format!("{{\"id\":\"{id}\"}}").into_bytes() }
}

fn acceptance(id: &str) -> Acceptance {
    let reserved = Reserved::Stated(Credits(40));
    Acceptance { id: BatchId::parse(id).unwrap(), reserved, split: None }
}

/// Everything that can be read. A program that another test starts holds the lock of a dead run as well, until it runs.
fn left_behind(ledger: &Ledger, count: usize) -> Vec<Spooled> {
    for _ in 0..500 {
        let left = ledger.left_behind();
        if left.len() == count {
            return left;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("there are not {count}: {:?}", ledger.left_behind())
}

#[tokio::test]
async fn an_answer_is_in_the_spool_before_the_server_is_told_and_until_it_has_it() {
    let Some(machine) = Machine::new() else { return };
    let dying = machine.run();
    let people = add(&dying, &["ada"]).await;
    let batch = claim_as(&dying, &people, &["ada"]).await;
    machine.break_batches(true);
    let said = PostOutcome::Accepted(acceptance("b-1"));
    dying.record_post(batch, said, Some(answer("b-1")), NOW).await.unwrap_err();
    assert_eq!(dying.kept_answer(), machine.files().pop());
    drop(dying);
    machine.break_batches(false);
    let next = machine.run();
    let left = left_behind(&next, 1).pop().unwrap();
    assert_eq!(left.answer(), Some(answer("b-1")));
    machine.break_batches(true);
    next.take_over(left, Some(acceptance("b-1")), NOW).await.unwrap_err();
    machine.break_batches(false);
    let left = left_behind(&next, 1).pop().unwrap();
    next.take_over(left, Some(acceptance("b-1")), NOW).await.unwrap();
    let known = batch_record(&next, batch).await;
    assert_eq!((known.state, known.account), (BatchState::Running, account()));
    assert!(machine.files().is_empty());
}

#[tokio::test]
async fn what_is_foreign_or_damaged_is_left_alone_and_keeps_nothing_else_back() {
    let Some(machine) = Machine::new() else { return };
    let other = machine.run_on(&machine.server.new_database("template1"));
    let people = add(&other, &["ada"]).await;
    claim(&other, &people).await;
    let foreign = machine.files().pop().unwrap();
    drop(other);
    let dying = machine.run();
    let people = add(&dying, &["ada", "ben"]).await;
    let [cut, whole] = [claim(&dying, &people[..1]).await, claim(&dying, &people[1..]).await];
    for batch in [cut, whole] {
        dying.attempts.answered(batch, &answer("b-1"));
    }
    let nonce = batch_record(&dying, cut).await.nonce;
    drop(dying);
    // A power failure has cut the answer of one.
    let file = machine.spool().join(nonce.as_str());
    let text = fs::read(&file).unwrap();
    fs::write(&file, &text[..text.len() - 5]).unwrap();
    fs::create_dir(machine.spool().join("folder")).unwrap();
    for (name, bytes) in [("empty", &b""[..]), ("noise", b"\xff\xfe{"), ("other", b"{}\n{}\n")] {
        fs::write(machine.spool().join(name), bytes).unwrap();
    }
    let next = machine.run();
    let left = left_behind(&next, 2);
    let mut answers: Vec<_> = left.iter().map(Spooled::answer).collect();
    answers.sort_by_key(Option::is_some);
    assert_eq!(answers, [None, Some(answer("b-1"))]);
    for spooled in left {
        next.take_over(spooled, None, NOW).await.unwrap();
    }
    let mut kept = machine.files();
    kept.sort();
    let mut expected: Vec<PathBuf> =
        ["empty", "folder", "noise", "other"].map(|name| machine.spool().join(name)).into();
    expected.push(foreign);
    expected.sort();
    assert_eq!(kept, expected);
}

#[tokio::test]
async fn a_claim_that_cannot_be_spooled_is_given_up_and_nothing_is_sent() {
    let Some(machine) = Machine::new() else { return };
    let ledger = machine.run();
    let people = add(&ledger, &["ada"]).await;
    fs::remove_dir(machine.spool()).unwrap();
    fs::write(machine.spool(), "in the way").unwrap();
    let error = ledger.claim(new_batch(&people)).await.unwrap_err();
    assert!(error.to_string().contains("spool"), "{error}");
    let statuses = ledger.person_statuses(people, ANY_AGE).await.unwrap();
    assert_eq!(statuses[0].status, Status::Open);
}

#[tokio::test]
async fn a_batch_that_is_given_up_leaves_the_spool_and_one_in_doubt_does_too() {
    let Some(machine) = Machine::new() else { return };
    let ledger = machine.run();
    let people = add(&ledger, &["ada", "ben"]).await;
    let batches = [claim(&ledger, &people[..1]).await, claim(&ledger, &people[1..]).await];
    assert_eq!(machine.files().len(), 2);
    machine.break_batches(true);
    ledger.release(batches[0]).await.unwrap_err();
    ledger.record_post(batches[1], PostOutcome::Unclear, None, NOW).await.unwrap_err();
    assert_eq!(machine.files().len(), 2);
    machine.break_batches(false);
    assert!(ledger.release(batches[0]).await.unwrap());
    assert_eq!(machine.files().len(), 1);
    ledger.record_post(batches[1], PostOutcome::Unclear, None, NOW).await.unwrap();
    assert!(machine.files().is_empty());
}

/// A laptop sleeps while Enrow answers, the ledger is moved meanwhile, and the other one once more.
#[tokio::test]
async fn an_answer_that_comes_after_a_move_is_for_the_ledger_that_is_in_force() {
    let Some(machine) = Machine::new() else { return };
    let sleeping = machine.run();
    let people = add(&sleeping, &["ada", "ben"]).await;
    let told = claim_as(&sleeping, &people[..1], &["ada"]).await;
    let unclear = claim_as(&sleeping, &people[1..], &["ben"]).await;
    let silent = "UPDATE enrow_phone.runs SET seen = seen - interval '61 s'";
    machine.server.sql(&machine.database, silent);
    let names = [(); 2].map(|()| machine.server.new_database("template1"));
    let [first, second, third] = [&machine.database, &names[0], &names[1]]
        .map(|name| Ledger::open(location(&machine.server.address(name))).unwrap());
    first.move_to(&second).await.unwrap();
    second.move_to(&third).await.unwrap();
    let said = PostOutcome::Accepted(acceptance("b-1"));
    for (batch, outcome) in [(told, said), (unclear, PostOutcome::Unclear)] {
        let answer = Some(answer("b-1"));
        let error = sleeping.record_post(batch, outcome, answer, NOW).await.unwrap_err();
        assert!(matches!(error.kind(), crate::ledger::LedgerErrorKind::Moved(_)), "{error}");
    }
    drop(sleeping);
    let next = machine.run_on(&names[1]);
    for left in left_behind(&next, 2) {
        let is_told = left.attempt.people[0].map(|sent| sent.key) == Some(key("ada"));
        let acceptance = is_told.then(|| acceptance("b-1"));
        assert!(next.take_over(left, acceptance, NOW).await.unwrap().is_none());
    }
    let known = next.batches(Which::Unsettled).await.unwrap();
    let known: Vec<_> = known.iter().map(|batch| (batch.state, batch.id.clone())).collect();
    let expected = [(BatchState::Running, BatchId::parse("b-1")), (BatchState::Unknown, None)];
    assert_eq!(known, expected);
    assert!(machine.files().is_empty());
}
