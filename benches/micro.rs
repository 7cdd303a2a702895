//! The steps of a run one by one: `cargo bench --bench micro`.
//!
//! The ledger's steps work on a ledger of 100,000 people on the disk that `TMPDIR` names, with the durability of the
//! product; 3,000 people are one batch. People are made up.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up must stop")]

use divan::{Bencher, black_box, counter::ItemsCount};
use enrow_phone::internal::{
    Acceptance, BatchLook, BatchNo, ClaimedSearch, Freshness, Ledger, LedgerLocation, LookStage,
    LookTime, NewBatch, PersonId, PostOutcome, Reserved,
};
use enrow_phone::internal::{AccountId, BatchId, Credits, Moment, Nonce};
use enrow_phone::internal::{
    Answer, Country, Identity, PersonKey, PhoneNumber, Profile, Row, RowAnswer,
};
use enrow_phone::internal::{Input, Options, OutputFormat, Record, Sheet};
use std::cell::Cell;
use std::io::Write;
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};

fn main() {
    divan::main();
}

const BATCH: usize = 3000;
const ROWS: usize = 10_000;
const PEOPLE: usize = 100_000;

const NOW: Moment = Moment(1_000_000);
const FRESH: Freshness = Freshness { found: Moment(0), not_found: Moment(0), failed: Moment(0) };

/// A sheet of which two rows of three have a profile.
fn sheet() -> (NamedTempFile, Sheet) {
    let mut file = NamedTempFile::new().unwrap();
    writeln!(file, "First Name,Last Name,Company,Website,LinkedIn URL,City").unwrap();
    for i in 0..ROWS {
        let slug = if i % 3 == 0 {
            String::new()
        } else {
            format!("https://www.linkedin.com/in/person-{i:08x}")
        };
        writeln!(file, "Zoë,Example,\"Acme {i}, Ltd\",www.acme-{i}.example,{slug},Lyon").unwrap();
    }
    let sheet = Sheet::open(&Input::Path(file.path().to_owned()), &Options::default()).unwrap();
    (file, sheet)
}

fn records(sheet: &Sheet) -> Vec<Record> {
    let mut pass = sheet.rows();
    let mut records = Vec::new();
    let mut record = Record::new();
    while pass.read(&mut record).unwrap() {
        records.push(record.clone());
    }
    records
}

#[divan::bench]
fn open_10000_rows(bencher: Bencher<'_, '_>) {
    let (file, _) = sheet();
    let input = Input::Path(file.path().to_owned());
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| Sheet::open(&input, &Options::default()).unwrap());
}

#[divan::bench]
fn read_10000_rows(bencher: Bencher<'_, '_>) {
    let (_file, sheet) = sheet();
    let mut record = Record::new();
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let mut pass = sheet.rows();
        while pass.read(&mut record).unwrap() {
            black_box(record.number());
        }
    });
}

#[divan::bench]
fn identify_10000_rows(bencher: Bencher<'_, '_>) {
    let (_file, sheet) = sheet();
    let records = records(&sheet);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        for record in &records {
            black_box(sheet.identify(record));
        }
    });
}

#[divan::bench]
fn key_10000_people(bencher: Bencher<'_, '_>) {
    let (_file, sheet) = sheet();
    let identities: Vec<Identity> = records(&sheet)
        .iter()
        .filter_map(|record| match sheet.identify(record) {
            Row::Person(search) => Some(search.identity),
            Row::Filled(_) | Row::Skipped | Row::Unsearchable(_) => None,
        })
        .collect();
    bencher.counter(ItemsCount::new(identities.len())).bench_local(|| {
        for identity in &identities {
            black_box(identity.key());
        }
    });
}

#[divan::bench]
fn write_10000_rows(bencher: Bencher<'_, '_>) {
    let (_file, sheet) = sheet();
    let records = records(&sheet);
    let answer =
        RowAnswer::found(PhoneNumber::parse("+12025550123").unwrap(), Country::parse("US"));
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let mut writer = sheet.writer(std::io::sink(), OutputFormat::AsRead).unwrap();
        for record in &records {
            writer.write(record, &answer).unwrap();
        }
        writer.finish().unwrap();
    });
}

/// A ledger with people in it.
struct Held {
    _folder: TempDir,
    ledger: Ledger,
    people: Vec<ClaimedSearch>,
    runtime: tokio::runtime::Runtime,
    batches: Cell<usize>,
}

fn key(i: usize) -> PersonKey {
    Identity::Profile(Profile::parse(&format!("linkedin.com/in/person-{i}")).unwrap()).key()
}

fn keys(range: std::ops::Range<usize>) -> Vec<PersonKey> {
    range.map(key).collect()
}

impl Held {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = LedgerLocation::at(folder.path().join("ledger.db"), "bench".to_owned());
        let ledger = Ledger::open(place).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let entered = runtime.block_on(ledger.upsert_people(keys(0..PEOPLE), Vec::new(), FRESH));
        let entered = entered.unwrap().into_iter().zip(keys(0..PEOPLE));
        let searches = entered.map(|(status, key)| ClaimedSearch {
            person: status.person,
            key,
            names: None,
            custom: None,
        });
        let people = searches.collect();
        Self { _folder: folder, ledger, people, runtime, batches: Cell::new(0) }
    }

    /// The people of the next batch.
    fn next(&self) -> &[ClaimedSearch] {
        let batch = self.batches.replace(self.batches.get() + 1);
        let from = batch * BATCH % (PEOPLE / BATCH * BATCH);
        &self.people[from..from + BATCH]
    }

    /// Everybody may be asked for again, so that there is always a batch to claim.
    fn claim(&self, people: &[ClaimedSearch]) -> BatchNo {
        let new = NewBatch {
            account: AccountId::from_bytes([7; 16]),
            nonce: Nonce::random(),
            single: false,
            people: people.to_vec(),
            scope: None,
            label: None,
            refresh: None,
            freshness: Freshness {
                found: Moment(i64::MAX),
                not_found: Moment(i64::MAX),
                failed: Moment(i64::MAX),
            },
            now: NOW,
            send_within: Duration::from_secs(20),
        };
        let claimed = self.runtime.block_on(self.ledger.claim(new)).unwrap();
        claimed.unwrap().batch
    }

    fn accept(&self, batch: BatchNo) {
        let outcome = PostOutcome::Accepted(Acceptance {
            id: BatchId::parse(&format!("batch-{}", self.batches.get())).unwrap(),
            reserved: Reserved::Stated(Credits(120_000)),
            split: None,
        });
        let accepted = self.ledger.record_post(batch, outcome, None, NOW);
        self.runtime.block_on(accepted).unwrap();
    }

    fn record(&self, batch: BatchNo, answers: Vec<(PersonId, Answer)>) {
        let look = BatchLook {
            time: LookTime { at: NOW, server: None },
            stage: LookStage::Completed,
            refunded: None,
            stated_found: None,
            answers,
            holes: Vec::new(),
            unproven: Vec::new(),
        };
        let recorded = self.runtime.block_on(self.ledger.record(batch, look)).unwrap();
        assert!(recorded.settled);
    }
}

/// Three of five have a number.
fn answers(people: &[ClaimedSearch]) -> Vec<(PersonId, Answer)> {
    let number = PhoneNumber::parse("+12025550123").unwrap();
    let answer = |i: usize| {
        if i % 5 < 3 {
            Answer::Found { number: number.clone(), country: Country::parse("US") }
        } else {
            Answer::NotFound
        }
    };
    let people = people.iter().enumerate();
    people.map(|(i, search)| (search.person, answer(i))).collect()
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn claim_3000(bencher: Bencher<'_, '_>) {
    let held = Held::new();
    let release = Cell::new(None::<BatchNo>);
    bencher
        .counter(ItemsCount::new(BATCH))
        .with_inputs(|| {
            if let Some(batch) = release.take() {
                held.runtime.block_on(held.ledger.release(batch)).unwrap();
            }
            held.next().to_vec()
        })
        .bench_local_refs(|people| release.set(Some(held.claim(people))));
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn record_3000(bencher: Bencher<'_, '_>) {
    let held = Held::new();
    bencher
        .counter(ItemsCount::new(BATCH))
        .with_inputs(|| {
            let people = held.next();
            let batch = held.claim(people);
            held.accept(batch);
            (batch, answers(people))
        })
        .bench_local_values(|(batch, answers)| held.record(batch, answers));
}

#[divan::bench]
fn look_up_3000_in_the_order_of_the_ledger(bencher: Bencher<'_, '_>) {
    let held = Held::new();
    let keys = keys(30_000..30_000 + BATCH);
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        let statuses = held.ledger.upsert_people(keys.clone(), Vec::new(), FRESH);
        held.runtime.block_on(statuses).unwrap()
    });
}

#[divan::bench]
fn look_up_3000_in_another_order(bencher: Bencher<'_, '_>) {
    let held = Held::new();
    let keys: Vec<PersonKey> = (0..BATCH).map(|i| key(i * 7919 % PEOPLE)).collect();
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        let statuses = held.ledger.upsert_people(keys.clone(), Vec::new(), FRESH);
        held.runtime.block_on(statuses).unwrap()
    });
}

#[divan::bench]
fn read_3000_answers(bencher: Bencher<'_, '_>) {
    let held = Held::new();
    let people = held.next();
    let batch = held.claim(people);
    held.accept(batch);
    held.record(batch, answers(people));
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        let people = people.iter().map(|search| search.person).collect();
        let records = held.ledger.person_records(people);
        held.runtime.block_on(records).unwrap()
    });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn enter_100000_new_people(bencher: Bencher<'_, '_>) {
    let held = Held::new();
    let chunk = Cell::new(1);
    bencher
        .counter(ItemsCount::new(PEOPLE))
        .with_inputs(|| {
            let from = chunk.replace(chunk.get() + 1) * PEOPLE;
            keys(from..from + PEOPLE)
        })
        .bench_local_values(|keys| {
            held.runtime.block_on(held.ledger.upsert_people(keys, Vec::new(), FRESH)).unwrap()
        });
}
