//! The claims of this run whose POSTs are on their way. For a ledger on a server, each has a file in the spool of
//! this machine: from before its POST until the result is durable on the server. The file carries the answer over an
//! outage of the server, and the claim over a server that lost it. It holds digests and Enrow's answer, and no
//! personal data.

use super::types::attempt::{Attempt, SentSearch};
use super::types::{BatchNo, ListScope, SavedResponse};
use crate::batch::{AccountId, Nonce};
use crate::people::PersonKey;
use crate::units::Moment;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long after its send-by time an attempt is left alone if nobody can tell whether its run is alive.
const LOCKLESS_WAIT: Duration = Duration::from_mins(10);

#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// Where the files are. `None` for a ledger that is a file, and where this machine keeps no state.
    spool: Option<SpoolFolder>,
    open: Mutex<HashMap<BatchNo, OpenAttempt>>,
}

#[derive(Debug)]
struct OpenAttempt {
    attempt: Attempt,
    file: Option<SpoolFile>,
}

#[derive(Debug, Clone)]
struct SpoolFolder {
    folder: PathBuf,
    /// The name of the ledger, then the names of ledgers that were moved into it: it has their batches.
    ledgers: Vec<String>,
}

/// Its lock is held while its run is alive.
#[derive(Debug)]
struct SpoolFile {
    path: PathBuf,
    file: File,
}

/// What a run that ended left in the spool.
#[derive(Debug)]
pub(crate) struct Spooled {
    pub(super) attempt: Attempt,
    pub(super) answer: Option<SavedResponse>,
    file: SpoolFile,
}

impl Attempts {
    /// With a spool in this folder of the machine, where it can be made.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "a file needs none"))]
    pub(super) fn spooled_in(state: &Path, ledgers: Vec<String>) -> Self {
        let folder = state.join("spool");
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let spool = match builder.create(&folder) {
            Ok(()) => Some(SpoolFolder { folder, ledgers }),
            Err(error) => {
                tracing::info!(%error, "no spool: this machine keeps nothing");
                None
            }
        };
        Self { spool, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<BatchNo, OpenAttempt>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A claim is durable, and its POST may leave when this returns.
    pub(super) fn begin(&self, batch: BatchNo, attempt: Attempt) -> io::Result<()> {
        let file = self.spool.as_ref().map(|spool| spool.write(&attempt)).transpose()?;
        self.open().insert(batch, OpenAttempt { attempt, file });
        Ok(())
    }

    /// Keeps an answer before the ledger is told.
    pub(super) fn answered(&self, batch: BatchNo, answer: &SavedResponse) {
        if let Some(OpenAttempt { file: Some(spooled), .. }) = self.open().get_mut(&batch)
            && let Err(error) = append(&mut spooled.file, &SpooledAnswer::of(answer))
        {
            tracing::warn!(%error, "an answer is not in the spool");
        }
    }

    pub(super) fn get(&self, batch: BatchNo) -> Option<Attempt> {
        self.open().get(&batch).map(|open| open.attempt.clone())
    }

    /// The result of its POST is durable in the ledger.
    pub(super) fn end(&self, batch: BatchNo) {
        if let Some(OpenAttempt { file: Some(spooled), .. }) = self.open().remove(&batch) {
            spooled.remove();
        }
    }

    /// The files of attempts whose answers are not in the ledger.
    pub(super) fn kept(&self) -> Option<PathBuf> {
        let open = self.open();
        open.values().find_map(|open| open.file.as_ref()).map(|file| file.path.clone())
    }

    /// What ended runs left: nobody holds the lock of their files.
    pub(super) fn left_behind(&self) -> Vec<Spooled> {
        let Some(SpoolFolder { folder, ledgers }) = &self.spool else { return Vec::new() };
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        files.filter_map(|entry| read(&entry.path(), ledgers)).collect()
    }

    /// Takes people who were forgotten out of the spool.
    pub(super) fn forget(&self, keys: Option<&[PersonKey]>) -> io::Result<()> {
        let Some(SpoolFolder { folder, ledgers }) = &self.spool else { return Ok(()) };
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Some((mut stored, answer)) = parse(&entry.path(), ledgers) else { continue };
            let is_forgotten = |person: &Option<StoredPerson>| {
                let known = |(key, ..): &StoredPerson| {
                    keys.is_none_or(|keys| keys.iter().any(|known| known.as_bytes() == key))
                };
                person.as_ref().is_some_and(known)
            };
            if !stored.people.iter().any(is_forgotten) {
                continue;
            }
            // The position stays, so that the others keep theirs. The file stays the same one: a run may hold its
            // lock.
            for person in stored.people.iter_mut().filter(|person| is_forgotten(person)) {
                *person = None;
            }
            let mut file = OpenOptions::new().append(true).open(entry.path())?;
            file.set_len(0)?;
            append(&mut file, &stored)?;
            if let Some(answer) = answer {
                append(&mut file, &answer)?;
            }
        }
        Ok(())
    }
}

impl SpoolFolder {
    fn write(&self, attempt: &Attempt) -> io::Result<SpoolFile> {
        let path = self.folder.join(attempt.nonce.as_str());
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        // Where a file system has no locks, the next run waits for `LOCKLESS_WAIT`.
        drop(file.try_lock());
        append(&mut file, &Stored::of(attempt, &self.ledgers[0]))?;
        File::open(&self.folder)?.sync_all()?;
        Ok(SpoolFile { path, file })
    }
}

impl SpoolFile {
    fn remove(self) {
        // If it stays, the next run looks at it and finds that the ledger knows it.
        drop(fs::remove_file(&self.path));
    }
}

impl Spooled {
    pub(crate) fn account(&self) -> AccountId {
        self.attempt.account
    }

    pub(crate) fn searches(&self) -> usize {
        self.attempt.people.len()
    }

    pub(crate) fn answer(&self) -> Option<SavedResponse> {
        self.answer.clone()
    }

    pub(super) fn remove(self) {
        self.file.remove();
    }
}

fn append(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    file.write_all(&bytes)?;
    file.sync_all()
}

/// Reads a file of the spool that nobody holds and that is about this ledger.
fn read(path: &Path, ledgers: &[String]) -> Option<Spooled> {
    let file = File::open(path).ok()?;
    let lock = file.try_lock();
    let (stored, answer) = parse(path, ledgers)?;
    match lock {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return None,
        // On a file system without locks: a run that was silent for so long sends no more.
        Err(fs::TryLockError::Error(_)) => {
            if Moment::now().since(Moment(stored.send_by)) < LOCKLESS_WAIT {
                return None;
            }
        }
    }
    let answer = answer.map(|answer| SavedResponse { status: answer.status, body: answer.body });
    let file = SpoolFile { path: path.to_owned(), file };
    Some(Spooled { attempt: stored.into_attempt(), answer, file })
}

fn parse(path: &Path, ledgers: &[String]) -> Option<(Stored, Option<SpooledAnswer>)> {
    let text = fs::read_to_string(path).ok()?;
    let mut lines = text.lines();
    let stored: Stored = serde_json::from_str(lines.next()?).ok()?;
    // A line that was cut off by a power failure is no answer.
    let answer = lines.find_map(|line| serde_json::from_str(line).ok());
    ledgers.contains(&stored.ledger).then_some((stored, answer))
}

/// What is in [`SentSearch`].
type StoredPerson = ([u8; 16], Option<u32>, Option<u64>);

/// The first line of a file.
#[derive(Serialize, Deserialize)]
struct Stored {
    ledger: String,
    account: [u8; 16],
    nonce: String,
    single: bool,
    people: Vec<Option<StoredPerson>>,
    scope: Option<[u8; 16]>,
    label: Option<String>,
    claimed: i64,
    send_by: i64,
}

/// The second, once there is an answer.
#[derive(Serialize, Deserialize)]
struct SpooledAnswer {
    status: u16,
    body: Vec<u8>,
}

impl SpooledAnswer {
    fn of(answer: &SavedResponse) -> Self {
        Self { status: answer.status, body: answer.body.clone() }
    }
}

impl Stored {
    fn of(attempt: &Attempt, ledger: &str) -> Self {
        let person = |sent: &Option<SentSearch>| {
            sent.map(|sent| (*sent.key.as_bytes(), sent.names, sent.custom))
        };
        Self {
            ledger: ledger.to_owned(),
            account: *attempt.account.as_bytes(),
            nonce: attempt.nonce.as_str().to_owned(),
            single: attempt.single,
            people: attempt.people.iter().map(person).collect(),
            scope: attempt.scope.map(|scope| scope.0),
            label: attempt.label.clone(),
            claimed: attempt.claimed.0,
            send_by: attempt.send_by.0,
        }
    }

    fn into_attempt(self) -> Attempt {
        let sent =
            |(key, names, custom)| SentSearch { key: PersonKey::from_bytes(key), names, custom };
        let person = |person: Option<StoredPerson>| person.map(sent);
        Attempt {
            account: AccountId::from_bytes(self.account),
            nonce: Nonce::from_text(self.nonce),
            single: self.single,
            people: self.people.into_iter().map(person).collect(),
            scope: self.scope.map(ListScope),
            label: self.label,
            claimed: Moment(self.claimed),
            send_by: Moment(self.send_by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::types::{BatchNo, ListScope};
    use crate::people::{Identity, Profile};

    fn key(slug: &str) -> PersonKey {
        Identity::Profile(Profile::parse_handle(slug).unwrap()).key()
    }

    fn attempt(slugs: &[&str]) -> Attempt {
        let sent =
            |slug: &&str| Some(SentSearch { key: key(slug), names: Some(7), custom: Some(8) });
        Attempt {
            account: AccountId::of_key("key"),
            nonce: Nonce::random(),
            single: true,
            people: slugs.iter().map(sent).collect(),
            scope: Some(ListScope([9; 16])),
            label: Some("label".to_owned()),
            claimed: Moment(1),
            send_by: Moment(2),
        }
    }

    /// A process that another test starts at this moment holds a copy of each lock until its program begins.
    fn left_behind_of(attempts: &Attempts) -> Spooled {
        let began = std::time::Instant::now();
        loop {
            if let Some(left) = attempts.left_behind().pop() {
                return left;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "nothing is left behind");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn what_a_run_leaves_is_read_by_the_next_one_and_only_where_it_has_ended() {
        let state = tempfile::tempdir().unwrap();
        let spool = |ledger: &str| Attempts::spooled_in(state.path(), vec![ledger.to_owned()]);
        let (first, next) = (spool("ledger"), spool("ledger"));
        let sent = attempt(&["ada", "ben"]);
        let answer = SavedResponse { status: 201, body: b"{}".to_vec() };
        first.begin(BatchNo(1), sent.clone()).unwrap();
        let path = first.kept().unwrap();
        assert!(path.starts_with(state.path()) && next.kept().is_none());
        first.answered(BatchNo(1), &answer);
        assert!(next.left_behind().is_empty(), "its run is alive");
        drop(first);
        assert!(spool("another").left_behind().is_empty(), "of another ledger");
        // A line that was cut off is no answer, and hides none.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"status\":2").unwrap();
        drop(file);
        next.forget(Some(&[key("cleo")])).unwrap();
        let left = left_behind_of(&next);
        assert_eq!(
            (&left.attempt, left.answer(), left.searches()),
            (&sent, Some(answer.clone()), 2)
        );
        drop(left);
        next.forget(Some(&[key("ada")])).unwrap();
        let left = left_behind_of(&next);
        assert_eq!((left.attempt.people[0], left.attempt.people[1]), (None, sent.people[1]));
        assert_eq!(left.answer(), Some(answer));
        left.remove();
        assert!(!path.exists() && next.left_behind().is_empty());

        let ended = spool("ledger");
        ended.begin(BatchNo(2), sent.clone()).unwrap();
        assert_eq!(ended.get(BatchNo(2)), Some(sent));
        ended.end(BatchNo(2));
        drop(ended);
        assert!(next.left_behind().is_empty());
    }
}
