//! Moves that are killed at each step: two ledgers never both go on, and the same command ends it.

use super::{Team, team};
use crate::support::people::people_csv;
use crate::support::wire::{End, Fate, Gate, Wire};
use crate::support::{PATIENCE, Run, side_by_side};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

const INTO_A_SERVER: [&str; 6] = [
    include_str!("../../../src/ledger/server/sql/has_received.sql"),
    "BEGIN",
    "INSERT INTO pg_temp.moved_people",
    "LOCK TABLE enrow_phone.people",
    include_str!("../../../src/ledger/server/sql/receive.sql"),
    "COMMIT",
];

const OUT_OF_A_SERVER: [&str; 5] = [
    include_str!("../../../src/ledger/server/sql/begin_move.sql"),
    "BEGIN",
    "FETCH",
    "COMMIT",
    include_str!("../../../src/ledger/server/sql/end_move.sql"),
];

impl Team {
    fn with(&self, ledger: &str, args: &[&str]) -> Run {
        self.env.command(args).ledger(ledger).run()
    }

    fn answered(&self, ledger: &str) -> u64 {
        let info = self.with(ledger, &["ledger", "info", "--json"]).exits(0).json();
        info["people"]["answered"].as_u64().unwrap()
    }
}

/// Kills a move when it says this to the server, which it hears or not, and ends it.
fn kill_at(step: &'static str, is_heard: bool, goes_in: bool) {
    let Some(team) = team() else { return };
    let env = &team.env;
    env.write("people.csv", people_csv(10));
    let (gate, met) = (Gate::default(), Arc::new(AtomicBool::new(false)));
    let (answer, tell) = (gate.clone(), Arc::clone(&met));
    let armed = Arc::new(AtomicBool::new(false));
    let is_armed = Arc::clone(&armed);
    let wire = Wire::to(team.server, move |sql| {
        let hits = is_armed.load(Ordering::SeqCst) && sql.starts_with(step);
        match (hits && !tell.swap(true, Ordering::SeqCst), is_heard) {
            (true, true) => Fate::AnsweredAt(answer.clone()),
            (true, false) => Fate::Lost(End::Silent),
            (false, _) => Fate::Passes,
        }
    });
    let (file, server) = (env.ledger().display().to_string(), wire.address(&team.database));
    let (from, to) = if goes_in { (&file, &server) } else { (&server, &file) };
    let list = ["bulk", "people.csv", "-o", "out.csv"];
    team.with(from, &list).exits(0);
    let posts = env.control().posts();
    armed.store(true, Ordering::SeqCst);
    let moving = env.command(["ledger", "move", to]).ledger(from).spawn();
    let began = Instant::now();
    while !met.load(Ordering::SeqCst) {
        assert!(began.elapsed() < PATIENCE, "{step} was never said");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    if is_heard {
        // The server may take a moment to do it.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(moving.kill().code(), None);
    gate.open();
    // Of a run that was killed elsewhere nothing is heard for a minute.
    team.sql("UPDATE enrow_phone.runs SET seen = seen - interval '61 s'");
    let is_used = team.with(from, &list).code() == Some(0);
    assert!(!is_used || team.answered(to) == 0, "{step} {is_heard}: both go on");
    team.sql("UPDATE enrow_phone.runs SET seen = seen - interval '61 s'");
    team.with(from, &["ledger", "move", to]).exits(0);
    team.with(from, &list).exits(1).says("was moved to");
    assert_eq!(team.answered(to), 10, "{step} {is_heard}");
    team.with(to, &list).exits(0);
    env.assert_posts(posts);
}

#[test]
fn a_move_into_a_server_that_is_killed_at_any_step_ends_with_the_same_command() {
    let steps = INTO_A_SERVER.into_iter().flat_map(|step| [(step, false), (step, true)]);
    side_by_side(steps, |&(step, is_heard)| kill_at(step, is_heard, true));
}

#[test]
fn a_move_out_of_a_server_that_is_killed_at_any_step_ends_with_the_same_command() {
    let steps = OUT_OF_A_SERVER.into_iter().flat_map(|step| [(step, false), (step, true)]);
    side_by_side(steps, |&(step, is_heard)| kill_at(step, is_heard, false));
}

#[test]
fn a_move_is_given_up_only_where_the_other_ledger_is_lost() {
    let Some(team) = team() else { return };
    let env = &team.env;
    env.write("people.csv", people_csv(5));
    let (file, server) = (env.ledger().display().to_string(), team.address());
    let list = ["bulk", "people.csv", "-o", "out.csv"];
    team.with(&file, &list).exits(0);
    let give_up = |from: &str, to: &str| team.with(from, &["ledger", "move", to, "--give-up"]);
    give_up(&file, &server).exits(0).says("was moved nowhere");
    team.with(&file, &["ledger", "move", &server]).exits(0);
    give_up(&file, &server).exits(1).says("is there, so it is not lost");
    let elsewhere = env.path("elsewhere.db").display().to_string();
    give_up(&file, &elsewhere).exits(1).says("not to").says("nothing was changed");
    let back = env.path("back.db").display().to_string();
    team.with(&server, &["ledger", "move", &back]).exits(0);
    std::fs::remove_file(&back).unwrap();
    give_up(&server, &back).exits(0).says("is in force again");
    team.with(&server, &list).exits(0);
    team.server.drop_database(&team.database);
    team.with(&file, &list).exits(1).says("was moved to");
    give_up(&file, &server).exits(0).says("would be paid for again");
    team.with(&file, &list).exits(0);
    env.assert_posts(1);
}

/// The server has everything, its word of that is lost, and it cannot be asked.
#[test]
fn a_move_of_which_nobody_can_tell_whether_it_is_done_keeps_both_from_going_on() {
    let Some(team) = team() else { return };
    let env = &team.env;
    env.write("people.csv", people_csv(5));
    let (server, database) = (team.server, team.database.clone());
    let mut is_done = false;
    let wire = Wire::to(server, move |sql| {
        if is_done {
            is_done = false;
            server.sql(&database, "ALTER TABLE enrow_phone.meta RENAME COLUMN value TO hidden");
        }
        is_done = sql == "COMMIT";
        if is_done { Fate::Unanswered(End::Closed) } else { Fate::Passes }
    });
    let (file, there) = (env.ledger().display().to_string(), wire.address(&team.database));
    let list = ["bulk", "people.csv", "-o", "out.csv"];
    team.with(&file, &list).exits(0);
    team.with(&file, &["ledger", "move", &there]).exits(1).says("run the same command again");
    team.with(&file, &list).exits(1).says("is being moved to");
    team.sql("ALTER TABLE enrow_phone.meta RENAME COLUMN hidden TO value");
    team.with(&file, &["ledger", "move", &there]).exits(0).says("had copied everything");
    assert_eq!(team.answered(&there), 5);
    env.assert_posts(1);
}
