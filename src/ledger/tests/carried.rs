//! What a move carries, table by table and column by column: whatever one backend keeps, all of it or with a reason not.

use super::two_ledgers::{leave_unsettled, pairs};
use super::*;
use crate::ledger::handle::on_backend;
use crate::ledger::transfer::{Cell, ColumnKind, Part, TABLES};
use crate::ledger::types::BudgetRequest;
use crate::ledger::{ListScope, Per};
use crate::people::{Answer, PhoneNumber};
use std::collections::{BTreeMap, BTreeSet};

/// What stays behind: `table` or `table.column`. All the rest has to go along.
/// Of `meta`, which says what one ledger is, go only the names of those that were moved into it.
const STAYS: [(&str, &str); 15] = [
    ("accounts.baseline", "no balance that was read before explains what is in two ledgers"),
    ("accounts.baseline_at", "the same"),
    ("accounts.revision", "counts changes of one ledger"),
    ("attempts", "what the runs of one server have tried"),
    ("batches.members", "a row of `members` on the way"),
    ("batches.open", "counted anew"),
    ("batches.owner", "its run has ended"),
    ("budgets.revision", "counts changes of one ledger"),
    ("keys.own", "people are entered by their own keys, then by the others"),
    ("keys.role", "the same"),
    ("members.people", "a row for each seat on the way"),
    ("people.aliases", "told anew by the keys"),
    ("people.kinds", "the same"),
    ("runs", "they have ended"),
    ("unproven.id", "says nothing"),
];

/// SQL that every backend knows, as nobody but a test may ask it. Answers with the first column.
fn sql(ledger: &Ledger, sql: &str) -> Vec<String> {
    if let Some(file) = ledger.location().file() {
        let c = rusqlite::Connection::open(file).unwrap();
        let mut statement = c.prepare(sql).unwrap();
        if statement.column_count() == 0 {
            statement.execute([]).unwrap();
            return Vec::new();
        }
        return statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    }
    #[cfg(feature = "postgres")]
    {
        let address = ledger.location().to_string();
        let name = address.split("@/").nth(1).and_then(|rest| rest.split('?').next()).unwrap();
        let sql = format!("SET search_path = enrow_phone; {sql}");
        let told = postgres::server().unwrap().sql(name, &sql);
        told.lines().map(str::to_owned).collect()
    }
    #[cfg(not(feature = "postgres"))]
    unreachable!("there are files only")
}

/// `table.column` of everything that a ledger keeps.
fn kept(ledger: &Ledger) -> Vec<String> {
    sql(
        ledger,
        if ledger.location().file().is_some() {
            "SELECT t.name || '.' || c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
             WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        } else {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'enrow_phone'"
        },
    )
}

#[test]
fn every_column_of_every_table_goes_along_or_stays_for_a_reason() {
    let carried: BTreeSet<String> = TABLES
        .iter()
        .chain([&crate::ledger::transfer::KEYS, &crate::ledger::transfer::PERSONS])
        .flat_map(|table| {
            table.columns.iter().map(|(column, _)| format!("{}.{column}", table.name))
        })
        .collect();
    let mut stayed = BTreeSet::new();
    for (pair, source, _) in pairs() {
        for column in kept(&source) {
            let table = column.split('.').next().unwrap();
            let reason = STAYS.iter().find(|(name, _)| *name == column || *name == table);
            assert!(
                carried.contains(&column) != reason.is_some(),
                "{pair}: does `{column}` go along in a move?"
            );
            stayed.extend(reason.map(|(name, _)| *name));
        }
    }
    let named: BTreeSet<&str> = STAYS.iter().map(|(name, _)| *name).collect();
    // Without a server half of it is not seen.
    #[cfg(feature = "postgres")]
    assert!(stayed == named || postgres::server().is_none());
    assert!(stayed.is_subset(&named));
}

type Rows = Vec<String>;

/// What a ledger would send, by `table.column`: values in any order, without ids, which are others in each ledger.
async fn sent(ledger: &Ledger) -> BTreeMap<String, Rows> {
    let (out, mut parts) = tokio::sync::mpsc::channel(2);
    let collect = async {
        let mut columns: BTreeMap<String, Rows> = BTreeMap::new();
        let mut people = Vec::new();
        while let Some(Part::Rows(table, mut rows)) = parts.recv().await {
            match table.name {
                "people" => people.extend(rows.iter().map(|row| row[0].clone())),
                // The seat of somebody who was erased is nobody's.
                "members" => rows.retain(|row| people.contains(&row[2])),
                // The move itself is noted there, too.
                "meta" => rows.retain(|row| row[1] == Cell::Text("another".to_owned())),
                _ => {}
            }
            for (place, (name, kind)) in table.columns.iter().enumerate() {
                let is_id = *kind == ColumnKind::Person
                    || ["id", "batch"].contains(name)
                    || *name == "account" && *kind == ColumnKind::Number;
                let column = columns.entry(format!("{}.{name}", table.name)).or_default();
                let cells = rows.iter().map(|row| &row[place]);
                column.extend(cells.map(|cell| match (cell, is_id) {
                    (Cell::Number(_), true) => "an id".to_owned(),
                    (cell, _) => format!("{cell:?}"),
                }));
                column.sort();
            }
        }
        columns
    };
    let export = async { on_backend!(ledger, export(TABLES.to_vec(), out)) };
    let (exported, columns) = tokio::join!(export, collect);
    exported.unwrap();
    columns
}

/// Something in each column that a move carries.
async fn fill_every_column(source: &Ledger) {
    leave_unsettled(source, ListScope([7; 16])).await;
    let number = PhoneNumber::parse("+12025550101").unwrap();
    let country = crate::people::Country::parse("US");
    let found = Answer::Found { number, country };
    source
        .import_answers(vec![(key("yan"), found), (key("zoe"), Answer::NotFound)], NOW)
        .await
        .unwrap();
    source.set_budget(None, Per::Month, Some(Credits(2000))).await.unwrap();
    let request = BudgetRequest {
        account: account(),
        nonce: Nonce::random(),
        least: 1,
        most: 3,
        price: Credits(40),
        label: None,
        now: Moment::now(),
    };
    source.reserve_budget(request).await.unwrap();
    let people = add(source, &["released"]).await;
    let released = claim(source, &people).await;
    assert!(source.release(released).await.unwrap());
    for change in [
        "UPDATE batches SET state = 'unknown', lost_at = send_by WHERE state = 'sending'",
        "UPDATE batches SET host = 'crm', username = 'anna', balance_before = id + 1000, experiment = 'over', from_sub = id + 20,
            from_paygo = id + 30, looks = id + 40, last_look_at = claimed_at + 1, done_since = claimed_at + 2,
            done_since_server = claimed_at + 3, missing_since = claimed_at + 4, missing_since_server = claimed_at + 5,
            stated_refund = id + 50, stated_found = id + 60, ended_at = claimed_at + 6, refunded = id + 70, found = id + 80,
            lost_at = claimed_at + 7, estimated = (1 = 1),
            single = (searches = 1)",
        "UPDATE accounts SET next_post = 1000000000001, careful_until = 1000000000002",
        "UPDATE people SET note = 'a note' WHERE status IS NOT NULL",
        "UPDATE people SET hole = 1, resubmitted = 2 WHERE batch IS NOT NULL",
        "UPDATE unproven SET country = 'FR', position = 3",
        "UPDATE reservations SET label = 'leads.csv', host = 'crm', username = 'anna'",
        "UPDATE savings SET label = 'leads.csv', host = 'crm', username = 'anna'",
        "INSERT INTO meta VALUES ('received_before', 'another')",
        "INSERT INTO readings SELECT id, 1000000000003, 77 FROM batches WHERE state = 'unknown'",
    ] {
        sql(source, change);
    }
    let nobodys =
        if source.location().file().is_some() { "x'bb', NULL, 0" } else { "'bb', NULL, false" };
    let digits = "bb".repeat(16);
    sql(source, &format!("INSERT INTO keys VALUES ({})", nobodys.replace("bb", &digits)));
}

#[tokio::test]
async fn what_is_in_any_column_is_there_after_a_move() {
    for (pair, source, target) in pairs() {
        fill_every_column(&source).await;
        let before = sent(&source).await;
        let empty = |value: &String| ["Null", "Number(0)"].contains(&&**value);
        let unasked: Vec<_> = before
            .iter()
            .filter(|(_, values)| values.iter().all(empty))
            .map(|(column, _)| column)
            .collect();
        assert!(unasked.is_empty(), "{pair}: there is nothing in {unasked:?}");
        source.move_to(&target).await.unwrap();
        let after = sent(&target).await;
        for (column, values) in before {
            assert_eq!(after[&column], values, "{pair}: {column}");
        }
    }
}
