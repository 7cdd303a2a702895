//! How often a run goes to the server and back. Where the way takes 20 ms, that is what a statement costs.

use super::{from_host, team};
use crate::support::people::people_csv;
use crate::support::wire::{Fate, Wire};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LIST: [&str; 4] = ["people.csv", "-o", "out.csv", "--batch-size=10"];

/// However long a list is, its people are looked up and written in one statement for thousands of rows.
#[test]
fn a_list_of_several_batches_is_looked_up_at_once() {
    let Some(team) = team() else { return };
    team.env.write("people.csv", people_csv(4000));
    let trips: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&trips);
    let wire = Wire::to(team.server, move |sql| {
        seen.lock().unwrap().push(sql.to_owned());
        Fate::Passes
    });
    for batches in [2, 0] {
        let list = ["people.csv", "-o", "out.csv"];
        from_host(&team.env, 1, &wire.address(&team.database), &list).run().exits(0);
        let trips = std::mem::take(&mut *trips.lock().unwrap());
        for (sql, times) in [
            (include_str!("../../../src/ledger/server/sql/read_keys.sql"), 1),
            (include_str!("../../../src/ledger/server/sql/add_people.sql"), batches.min(1)),
            (include_str!("../../../src/ledger/server/sql/claim.sql"), batches),
            (include_str!("../../../src/ledger/server/sql/record.sql"), batches),
            (include_str!("../../../src/ledger/server/sql/records.sql"), 1),
        ] {
            let taken = trips.iter().filter(|trip| trip.starts_with(sql)).count();
            assert_eq!(taken, times, "{sql}");
        }
    }
    team.env.assert_rows_right("people.csv", "out.csv");
}

#[test]
fn every_step_is_one_statement_and_goes_there_and_back_once() {
    let Some(team) = team() else { return };
    team.env.write("people.csv", people_csv(30));
    let trips: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&trips);
    let wire = Wire::to(team.server, move |sql| {
        seen.lock().unwrap().push(sql.to_owned());
        Fate::Takes(Duration::from_millis(20))
    });
    for batches in [3, 0] {
        from_host(&team.env, 1, &wire.address(&team.database), &LIST).run().exits(0);
        let trips = std::mem::take(&mut *trips.lock().unwrap());
        for (sql, times) in [
            (include_str!("../../../src/ledger/server/sql/read_keys.sql"), 1),
            (include_str!("../../../src/ledger/server/sql/add_people.sql"), batches.min(1)),
            (include_str!("../../../src/ledger/server/sql/claim.sql"), batches),
            (include_str!("../../../src/ledger/server/sql/reserve_post.sql"), batches),
            (include_str!("../../../src/ledger/server/sql/accept.sql"), batches),
            (include_str!("../../../src/ledger/server/sql/members.sql"), batches),
            (include_str!("../../../src/ledger/server/sql/record.sql"), batches),
            (include_str!("../../../src/ledger/server/sql/records.sql"), 1),
        ] {
            let taken = trips.iter().filter(|trip| trip.starts_with(sql)).count();
            assert_eq!(taken, times, "{trips:#?}");
        }
        // What was prepared before has no text of its own.
        assert!(!trips.iter().any(String::is_empty), "{trips:#?}");
    }
}
