//! How often a run goes to the server and back. Where the way takes 20 ms, that is what a statement costs.

use super::{from_host, team};
use crate::support::people::people_csv;
use crate::support::wire::{Fate, Wire};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LIST: [&str; 4] = ["people.csv", "-o", "out.csv", "--batch-size=10"];

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
