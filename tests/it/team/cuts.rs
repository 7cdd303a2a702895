//! Statements and answers that get lost, come late or stray on the way to the server.

use super::{Team, from_host, nobody_is_claimed, team};
use crate::support::PATIENCE;
use crate::support::people::people_csv;
use crate::support::side_by_side;
use crate::support::wire::{End, Fate, Gate, Wire};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CLAIM: &str = include_str!("../../../src/ledger/server/sql/claim.sql");
const ACCEPT: &str = include_str!("../../../src/ledger/server/sql/accept.sql");
const RECORD: &str = include_str!("../../../src/ledger/server/sql/record.sql");
const LIST: [&str; 4] = ["people.csv", "-o", "out.csv", "--batch-size=10"];

/// Whether a statement opens the ledger. One that gets lost there ends the run before anything is sent.
fn opens(sql: &str) -> bool {
    let opening = [
        include_str!("../../../src/ledger/server/sql/inspect.sql"),
        include_str!("../../../src/ledger/server/sql/versions.sql"),
        include_str!("../../../src/ledger/server/sql/open_run.sql"),
        include_str!("../../../src/ledger/server/sql/move_state.sql"),
        include_str!("../../../src/ledger/server/sql/look.sql"),
        include_str!("../../../src/ledger/server/sql/believe.sql"),
    ];
    opening.iter().any(|opens| sql.starts_with(opens))
        || !sql.contains("enrow_phone.")
        || sql.contains("CREATE TABLE")
}

#[track_caller]
fn assert_right(Team { env, server, database }: &Team) {
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_nobody_searched_twice();
    nobody_is_claimed(server, database);
}

#[test]
fn every_statement_may_get_lost_once_or_its_answer_may() {
    let fates = [
        Fate::Lost(End::Closed),
        Fate::Lost(End::Reset),
        Fate::Unanswered(End::Closed),
        Fate::Unanswered(End::Reset),
        Fate::Takes(Duration::from_millis(60)),
    ];
    side_by_side(fates, |fate| {
        let Some(team) = team() else { return };
        team.env.write("people.csv", people_csv(30));
        let (once, seen) = (fate.clone(), Arc::new(Mutex::new(HashSet::new())));
        let cut = Arc::clone(&seen);
        let wire = Wire::to(team.server, move |sql| {
            let is_first = !opens(sql) && cut.lock().unwrap().insert(sql.to_owned());
            if is_first { once.clone() } else { Fate::Passes }
        });
        let run = from_host(&team.env, 1, &wire.address(&team.database), &LIST).run();
        run.exits(0).does_not_say("may have been paid").does_not_say("panicked");
        assert_right(&team);
        team.env.assert_posts(3);
        let seen = seen.lock().unwrap();
        for step in [CLAIM, ACCEPT, RECORD] {
            assert!(seen.iter().any(|sql| sql.starts_with(step)), "{fate:?} never met {step}");
        }
        assert!(seen.len() > 10, "{fate:?}: only {} statements", seen.len());
    });
}

#[test]
fn a_way_that_breaks_while_the_ledger_is_opened_sends_nothing_and_says_so() {
    side_by_side([End::Closed, End::Reset], |end| {
        let Some(team) = team() else { return };
        team.env.write("people.csv", people_csv(3));
        let end = *end;
        let wire = Wire::to(team.server, move |_| Fate::Lost(end));
        let run = from_host(&team.env, 1, &wire.address(&team.database), &LIST).run();
        run.exits(1).says("cannot reach the ledger").says("nothing was sent");
        team.env.assert_posts(0);
    });
}

#[test]
fn a_way_on_which_anything_happens_loses_and_repeats_nothing() {
    side_by_side(1..=6, |seed| {
        let Some(team) = team() else { return };
        team.env.write("people.csv", people_csv(60));
        let mut rng = fastrand::Rng::with_seed(*seed);
        let mut is_open = false;
        let wire = Wire::to(team.server, move |sql| {
            is_open |= !opens(sql);
            let end = if rng.bool() { End::Closed } else { End::Reset };
            match rng.u8(..40) {
                _ if !is_open => Fate::Passes,
                0 | 1 => Fate::Lost(end),
                2 | 3 => Fate::Unanswered(end),
                4 => Fate::Takes(Duration::from_millis(rng.u64(..200))),
                5 => {
                    let (gate, pause) = (Gate::default(), Duration::from_millis(rng.u64(..300)));
                    let later = gate.clone();
                    std::thread::spawn(move || {
                        std::thread::sleep(pause);
                        later.open();
                    });
                    Fate::ArrivesAt(gate)
                }
                _ => Fate::Passes,
            }
        });
        let run = from_host(&team.env, 1, &wire.address(&team.database), &LIST).run();
        run.exits(0).does_not_say("may have been paid").does_not_say("panicked");
        assert_right(&team);
    });
}

#[test]
fn a_claim_that_arrives_after_its_tombstone_claims_nobody() {
    let Some(team) = team() else { return };
    team.env.write("people.csv", people_csv(10));
    let (gate, server) = (Gate::default(), team.server);
    let mut claims = 0;
    let wire = Wire::to(server, move |sql| {
        claims += usize::from(sql == CLAIM);
        match (sql == CLAIM, claims) {
            (true, 1) => Fate::ArrivesAt(gate.clone()),
            // Nobody is claimed yet by the second one when the first comes late.
            (true, 2) => {
                gate.open();
                let began = Instant::now();
                while !server.log().contains("attempts_pkey") && began.elapsed() < PATIENCE {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Fate::Passes
            }
            _ => Fate::Passes,
        }
    });
    from_host(&team.env, 1, &wire.address(&team.database), &LIST).run().exits(0);
    assert!(server.log().contains("attempts_pkey"), "the late claim never came");
    assert_right(&team);
    team.env.assert_posts(1);
}

/// Nothing more comes, and nobody says so: after two minutes the connection is given up. It takes that long, so it is asked
/// only where hunts are long.
#[test]
fn a_way_that_falls_silent_is_given_up_and_taken_anew() {
    if std::env::var_os("ENROW_PHONE_HUNT_SECONDS").is_none() {
        return;
    }
    let fates = [CLAIM, ACCEPT, RECORD].into_iter().flat_map(|step| {
        [Fate::Lost(End::Silent), Fate::Unanswered(End::Silent)].map(|fate| (step, fate))
    });
    side_by_side(fates, |(step, fate)| {
        let Some(team) = team() else { return };
        team.env.write("people.csv", people_csv(10));
        let (step, fate, mut met) = (*step, fate.clone(), false);
        let wire = Wire::to(team.server, move |sql| {
            let is_first = sql.starts_with(step) && !std::mem::replace(&mut met, true);
            if is_first { fate.clone() } else { Fate::Passes }
        });
        let run = from_host(&team.env, 1, &wire.address(&team.database), &LIST).spawn();
        run.finish_within(3 * PATIENCE).exits(0).does_not_say("may have been paid");
        assert_right(&team);
        team.env.assert_posts(1);
    });
}

/// A laptop that sleeps between its claim and its POST, for longer than the POST may wait.
#[test]
fn a_run_that_was_stopped_between_claim_and_post_sends_nothing_late() {
    side_by_side([false, true], |is_given_up| {
        let Some(team) = team() else { return };
        team.env.write("people.csv", people_csv(10));
        let (gate, claimed) = (Gate::default(), Arc::new(AtomicBool::new(false)));
        let (answer, tell) = (gate.clone(), Arc::clone(&claimed));
        let wire = Wire::to(team.server, move |sql| {
            if sql == CLAIM && !tell.swap(true, Ordering::SeqCst) {
                return Fate::AnsweredAt(answer.clone());
            }
            Fate::Passes
        });
        let stopped = from_host(&team.env, 1, &wire.address(&team.database), &LIST).spawn();
        let began = Instant::now();
        while !claimed.load(Ordering::SeqCst) || team.count("batches WHERE state = 'sending'") == 0
        {
            assert!(began.elapsed() < PATIENCE, "nobody is claimed");
        }
        stopped.signal("STOP");
        gate.open();
        let began = Instant::now();
        if *is_given_up {
            team.sql("UPDATE enrow_phone.batches SET send_by = send_by - 200000");
        }
        let address = team.address();
        let other = ["people.csv", "-o", "other.csv", "--timeout=9s"];
        let run = from_host(&team.env, 2, &address, &other).run();
        run.exits(if *is_given_up { 6 } else { 3 });
        team.env.assert_posts(0);
        // The time to send is what it is: 20 seconds.
        std::thread::sleep(Duration::from_secs(21).saturating_sub(began.elapsed()));
        stopped.signal("CONT");
        stopped.finish().exits(0).does_not_say("may have been paid");
        assert_right(&team);
        team.env.assert_posts(1);
    });
}
