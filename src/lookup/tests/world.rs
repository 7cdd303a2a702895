//! A ledger file, a sandbox, and runs between them. What is seen is written down in one line a step, so that a scenario is
//! compared as a whole: whatever is zero, empty or as usual is not written.

use super::session::{Session, person};
use crate::batch::BatchId;
use crate::enrow::{ApiKey, Client};
use crate::ledger::{Ledger, LedgerLocation, PersonRecord, StoredAnswer};
use crate::lookup::{
    Accept, Cancel, Engine, Error, FetchedRow, Notice, Results, RunOutcome, Service, Settings,
    Through, Unclear, WhileRunning, freshness,
};
use crate::people::Answer;
use crate::sandbox::{self, Control, Sandbox};
use crate::units::Moment;
use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::LocalSet;

pub(in crate::lookup) struct World {
    pub(super) cancel: Cancel,
    pub(super) control: Control,
    folder: tempfile::TempDir,
    pub(super) key: &'static str,
    log: String,
    notices: Rc<RefCell<Vec<Notice>>>,
    pub(super) patience: Duration,
    /// How long a verdict is waited for; `None` for as long as usual.
    pub(super) patience_for_proof: Option<Duration>,
    sandbox: Sandbox,
    pub(super) settings: Settings,
}

/// A sandbox with these faults.
pub(super) fn faulty(faults: &str) -> sandbox::Settings {
    sandbox::Settings {
        faults: faults.parse().unwrap(),
        posts_per_second: 1000,
        ..sandbox::Settings::default()
    }
}

impl World {
    pub(super) fn new(settings: sandbox::Settings) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let sandbox = Sandbox::start(settings, 0).unwrap();
        let doubt_wait = Duration::from_millis(250);
        Self {
            cancel: Cancel::new(),
            control: sandbox.control(),
            folder: tempfile::tempdir().unwrap(),
            key: "first-key",
            log: String::new(),
            notices: Rc::default(),
            patience: Duration::from_secs(10),
            patience_for_proof: None,
            sandbox,
            settings: Settings { doubt_wait, ..Settings::default() },
        }
    }

    pub(in crate::lookup) fn of(faults: &str) -> Self {
        Self::new(faulty(faults))
    }

    /// Opens the ledger as a new run would.
    pub(in crate::lookup) fn open(&self) -> Session {
        let file = self.folder.path().join("ledger.db");
        let ledger = Rc::new(Ledger::open(LedgerLocation::at(file, "test".to_owned())).unwrap());
        let key = ApiKey::parse(self.key).unwrap();
        let client = Client::new(self.sandbox.url().parse().unwrap(), &key, self.patience).unwrap();
        let service = Service { account: key.account(), client, ledger: Rc::clone(&ledger) };
        let notices = Rc::clone(&self.notices);
        let notify = Box::new(move |notice| notices.borrow_mut().push(notice));
        let settings = Settings {
            freshness: freshness(Moment::now(), self.settings.refresh, None),
            ..self.settings.clone()
        };
        let engine = Engine::new(service, settings, self.cancel.clone(), notify);
        if let Some(patience) = self.patience_for_proof {
            engine.balances.patience.set(patience);
        }
        Session { engine, ledger }
    }

    pub(super) fn say(&mut self, line: impl AsRef<str>) {
        self.log += line.as_ref();
        self.log += "\n";
    }

    /// Searches for these people in a run of its own, and writes down what came of it.
    pub(super) async fn run(&mut self, people: Range<usize>) -> &mut Self {
        let session = self.open();
        let outcome = Box::pin(LocalSet::new().run_until(session.run(people.clone()))).await;
        self.seen(&session, people, outcome).await;
        self
    }

    /// The same, with something beside it that ends the run.
    pub(super) async fn run_beside(
        &mut self,
        people: Range<usize>,
        beside: impl Future<Output = ()> + 'static,
    ) {
        let session = self.open();
        let local = LocalSet::new();
        local.spawn_local(beside);
        let outcome = Box::pin(local.run_until(session.run(people.clone()))).await;
        drop(local);
        self.seen(&session, people, outcome).await;
        self.cancel = Cancel::new();
    }

    pub(super) async fn seen(
        &mut self,
        session: &Session,
        people: Range<usize>,
        outcome: Result<RunOutcome, Error>,
    ) {
        let mut line = match outcome {
            Ok(RunOutcome { end: None, .. }) => "run: done".to_owned(),
            Ok(RunOutcome { end: Some(end), .. }) => format!("run: {}", word(&end)),
            Err(error) => format!("run: error {}", word(&error)),
        };
        self.describe(&mut line, session, people).await;
        self.say(line);
    }

    async fn describe(&mut self, line: &mut String, session: &Session, people: Range<usize>) {
        let receipt = session.engine.run_state().receipt();
        write!(line, ", {}", self.people(session, people).await).unwrap();
        for (what, number) in [
            ("batches", receipt.batches.len() as u64),
            ("searches", receipt.searches as u64),
            ("reserved", receipt.reserved.0),
            ("refunded", receipt.refunded.0),
            ("doubted", receipt.in_doubt.0),
            ("refunded earlier", receipt.refunded_earlier.0),
            ("found", receipt.found as u64),
        ] {
            if number > 0 {
                write!(line, " {what} {number}").unwrap();
            }
        }
        let shown = session.engine.run_state().snapshot();
        write!(line, " ({}/{})", shown.answered, shown.total).unwrap();
        *line += &self.notices();
        *line += &self.books(session).await;
    }

    /// One letter for each: what stands in the ledger.
    pub(super) async fn people(&self, session: &Session, people: Range<usize>) -> String {
        let mut letters = String::new();
        for number in people {
            let search = person(number);
            let age = session.engine.settings.freshness;
            let status = session.ledger.upsert_person(search.keys(), age).await.unwrap();
            let record = session.ledger.person_records(vec![status.person]).await.unwrap();
            letters += &self.letter(number, &record[0]);
        }
        letters
    }

    fn letter(&self, number: usize, record: &PersonRecord) -> String {
        let letter = match (&record.claim, &record.recorded) {
            (Some(claim), _) => claim.state.word()[..1].to_owned(),
            (None, None) => "-".to_owned(),
            (None, Some(StoredAnswer::Suppressed)) => "S".to_owned(),
            (None, Some(StoredAnswer::Answer { answer, .. })) => match answer {
                Answer::Found { number: found, .. } => {
                    let profile = format!("https://www.linkedin.com/in/p-{number}-example");
                    let theirs = self.control.answer_for(&sandbox::Search::profile(profile));
                    let is_theirs = matches!(theirs, sandbox::Answer::Found { number, .. } if number == found.as_str());
                    if is_theirs { "F".to_owned() } else { "WRONG".to_owned() }
                }
                Answer::NotFound => "N".to_owned(),
                Answer::Invalid(_) => "I".to_owned(),
                Answer::Failed(_) => "X".to_owned(),
                Answer::Unusable(_) => "U".to_owned(),
            },
        };
        if record.unproven.is_empty() { letter } else { format!("{letter}*") }
    }

    pub(super) fn notices(&mut self) -> String {
        let of = |notice: Notice| match notice {
            Notice::Doubt { people, .. } => format!("; Doubt {people}"),
            Notice::SearchRefused { .. } => "; SearchRefused".to_owned(),
            Notice::ResultsMissing { people, .. } => format!("; ResultsMissing {people}"),
            Notice::NotShown { people, .. } => format!("; NotShown {people}"),
            Notice::Readmitted { people, elsewhere, was_given_up, credits, .. } => {
                format!("; Readmitted {people} {elsewhere} {was_given_up} {credits:?}")
            }
            Notice::OwnerUnclear { people, .. } => format!("; OwnerUnclear {people}"),
            notice @ (Notice::Adopted { .. }
            | Notice::GracePeriod
            | Notice::NothingProven { .. }
            | Notice::NotTaken { .. }
            | Notice::SmallerBatches { .. }) => format!("; {notice:?}"),
        };
        let mut notices: Vec<_> = self.notices.take().into_iter().map(of).collect();
        // Tasks that end at once say so in any order.
        notices.sort();
        notices.concat()
    }

    /// What the sandbox's own books say, and how far the ledger's differ.
    async fn books(&self, session: &Session) -> String {
        let (credits, books) = (self.control.credits(), self.control.people());
        let mut text = format!(" | posts {}", self.control.posts());
        let twice = books.iter().filter(|person| person.paid > 1).count();
        let again = self.control.searched_twice().len();
        for (what, number) in [
            ("taken", self.control.taken() as u64),
            ("charged", credits.charged),
            ("held", credits.reserved),
            ("searched twice", again as u64),
            ("PAID TWICE", twice as u64),
        ] {
            if number > 0 {
                write!(text, " {what} {number}").unwrap();
            }
        }
        let account = ApiKey::parse(self.key).unwrap().account();
        let state = session.ledger.account_state(account).await.unwrap();
        match state.expected_balance() {
            Some(expected) => {
                let less = expected - i64::try_from(credits.balance()).unwrap();
                if less != 0 {
                    write!(text, " off by {less}").unwrap();
                }
            }
            None => text += " no baseline",
        }
        text
    }

    pub(super) async fn find(&mut self, number: usize) -> &mut Self {
        self.settings.through = Through::Single;
        let session = self.open();
        let found = Box::pin(LocalSet::new().run_until(session.engine.find(person(number)))).await;
        let mut line = match found {
            Ok(found) => {
                let end = found.end.as_ref().map_or("done".to_owned(), word);
                let earlier = if found.earlier.is_some() { " earlier" } else { "" };
                format!("find: {end}{earlier} {}", self.letter(number, &found.record))
            }
            Err(error) => format!("find: error {}", word(&error)),
        };
        self.describe(&mut line, &session, number..number + 1).await;
        self.say(line);
        self
    }

    pub(super) async fn fetch(&mut self, id: &BatchId, wait: WhileRunning, people: Range<usize>) {
        let session = self.open();
        let fetched = Box::pin(LocalSet::new().run_until(session.engine.fetch(id, wait))).await;
        let mut line = "fetch: ".to_owned();
        match fetched {
            Ok(crate::lookup::Fetched::Done(Results { in_doubt, missing, recorded, rows })) => {
                let statuses: String = rows.iter().map(row).collect();
                write!(line, "{statuses} recorded {recorded} missing {missing}").unwrap();
                line += if in_doubt { " in doubt" } else { "" };
            }
            Ok(other) => line += &word(&other),
            Err(error) => line += &format!("error {}", word(&error)),
        }
        let shown = session.engine.run_state().snapshot();
        write!(line, " ({}/{})", shown.answered, shown.total).unwrap();
        line = format!("{line}, {}", self.people(&session, people).await);
        line += &self.notices();
        self.say(line);
    }

    pub(super) async fn recover(&mut self, id: &BatchId, people: Range<usize>) {
        let session = self.open();
        let recovered = match session.engine.recover(id).await {
            Ok(recovered) => format!("{recovered:?}"),
            Err(error) => format!("error {}", word(&error)),
        };
        let people = self.people(&session, people).await;
        let line = format!("recover: {recovered}, {people}{}", self.notices());
        self.say(line);
    }

    /// What `recover` lists.
    pub(super) async fn unclear(&mut self) -> Vec<Unclear> {
        let session = self.open();
        let unclear = session.engine.unclear(None).await.unwrap();
        let mut line = "unclear:".to_owned();
        for one in &unclear {
            write!(
                line,
                " [{} people {} numbers {} credits {} resubmitted {}/{}{}{}]",
                one.batch.state.word(),
                one.people.len(),
                one.numbers.len(),
                one.credits().0,
                one.resubmitted.people,
                one.resubmitted.times,
                if one.has_takeable() { " takeable" } else { "" },
                if one.readings.is_empty() { "" } else { " readings" },
            )
            .unwrap();
        }
        self.say(line);
        unclear
    }

    pub(super) async fn accept(&mut self, id: &BatchId, accept: Accept, people: Range<usize>) {
        let session = self.open();
        let line = match session.engine.accept_unproven(id, &accept).await.unwrap() {
            None => "accept: unknown batch".to_owned(),
            Some(accepted) => {
                let left: Vec<_> = accepted.left.iter().map(|(_, why)| why).collect();
                format!("accept: {} left {left:?}", accepted.people)
            }
        };
        let line = format!("{line}, {}", self.people(&session, people).await);
        self.say(line);
    }

    pub(super) async fn resubmit(&mut self, unclear: &[Unclear], people: Range<usize>) {
        let session = self.open();
        let unread = session.engine.read_again(unclear).await.unwrap().len();
        let opened = session.engine.resubmit(unclear).await.unwrap();
        let people = self.people(&session, people).await;
        self.say(format!("resubmit: {opened} unread {unread}, {people}"));
    }

    /// The id of the batch that was taken so-manyth, from 0.
    pub(super) fn id(&self, number: usize) -> BatchId {
        BatchId::parse(&self.control.batches()[number].id).unwrap()
    }

    /// The ledger's file, as another program opens it.
    pub(super) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("ledger.db")).unwrap()
    }

    /// Lets nobody tell whether the runs of this ledger are alive: they seem to be of another machine, and their locks
    /// cannot be opened.
    pub(super) fn hide_runs(&self) {
        self.database().execute("UPDATE runs SET started = 'elsewhere 1'", []).unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().contains("-run-") {
                std::fs::remove_file(&path).unwrap();
                std::os::unix::fs::symlink("elsewhere", &path).unwrap();
            }
        }
    }

    /// Tells whether a lock was named that cannot be looked at.
    pub(super) fn has_unclear_owner(&self) -> impl Fn() -> bool + 'static {
        let notices = Rc::clone(&self.notices);
        move || notices.borrow().iter().any(|said| matches!(said, Notice::OwnerUnclear { .. }))
    }

    /// A ledger that knows of nothing, for the same account.
    pub(super) fn forget_ledger(&mut self) {
        self.folder = tempfile::tempdir().unwrap();
    }

    pub(super) fn seen_so_far(&mut self) -> String {
        std::mem::take(&mut self.log)
    }

    /// Everything that was written down so far.
    #[track_caller]
    pub(super) fn expect(&mut self, expected: &str) {
        self.expect_in("", expected);
    }

    #[track_caller]
    pub(super) fn expect_in(&mut self, case: &str, expected: &str) {
        let seen = self.seen_so_far();
        let lines = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let (seen, expected) = (lines(seen.trim()), lines(expected.trim()));
        assert_eq!(seen, expected, "{case}");
    }
}

fn row(row: &FetchedRow) -> String {
    row.answer.status.as_str()[..1].to_owned()
}

/// The name of a case.
fn word(what: &impl Debug) -> String {
    let text = format!("{what:?}");
    let end = text.find([' ', '{']).unwrap_or(text.len());
    text[..end].trim_end_matches(',').chars().take(60).collect()
}
