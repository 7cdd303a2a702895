//! A server that forgets: a backup that is restored, and one that takes over without the last commits. Whoever was
//! asked for then is not asked for again before a person has looked.

use super::{Team, from_host, team, team_on};
use crate::support::people::people_csv_of;
use crate::support::postgres::{self, Server};
use crate::support::wire::{Fate, Gate, Wire};
use crate::support::{PATIENCE, Run};
use enrow_phone::sandbox::{Pace, Settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Everybody has a number: what the books lack is missing in the balance.
fn settings() -> Settings {
    Settings { found_percent: 100, ..Settings::default() }
}

fn own_team(name: &str) -> Option<Team> {
    let server = Box::leak(Box::new(postgres::own_server(name, "")?));
    let team = team_on(Some(server), settings())?;
    write_lists(&team);
    Some(team)
}

fn write_lists(team: &Team) {
    for (list, people) in [("a.csv", 0..5), ("b.csv", 5..10), ("c.csv", 10..15), ("d.csv", 15..20)]
    {
        team.env.write(list, people_csv_of(people));
    }
}

impl Team {
    fn bulk(&self, host: usize, address: &str, list: &str) -> Run {
        from_host(&self.env, host, address, &[list, "-o", "out.csv", "--json"]).run()
    }

    /// Nobody is asked for, and who is known already is written all the same.
    #[track_caller]
    fn is_alarmed(&self, host: usize, address: &str, says: &str) {
        let posts = self.env.control().posts();
        let run = self.bulk(host, address, "c.csv");
        run.exits(6).says(says).says("recover --accept-rewind");
        assert_eq!(run.report()["reason"], "ledger_rewound");
        assert_eq!(self.env.rows("out.csv").count("not_submitted"), 5);
        self.bulk(host, address, "a.csv").exits(0).does_not_say(says);
        self.env.assert_posts(posts);
    }

    #[track_caller]
    fn accept(&self, host: usize, address: &str) -> Run {
        let home = self.env.path(&format!("host-{host}"));
        let call = self.env.command(["recover", "--accept-rewind"]).ledger(address);
        call.env("HOME", &home).env("XDG_STATE_HOME", home.join("state")).run()
    }
}

#[test]
fn a_restored_server_is_an_alarm_for_all_until_a_person_accepts_it_and_so_is_the_next() {
    let Some(team) = own_team("restored") else { return };
    let (server, address) = (team.server, team.address());
    team.bulk(1, &address, "a.csv").exits(0);
    server.crash();
    server.copy_data("data", "backup");
    server.run();
    team.bulk(1, &address, "b.csv").exits(0).does_not_say("back in time");
    let restore = || {
        server.crash();
        server.copy_data("backup", "data");
        server.run();
    };
    restore();
    team.is_alarmed(1, &address, "has gone back in time");
    // Others have not seen more, and are told by the ledger.
    team.is_alarmed(2, &address, "has gone back in time");
    team.accept(2, &address).exits(0).says("used as it is from now on");
    team.bulk(1, &address, "c.csv").exits(0).does_not_say("back in time");
    team.accept(1, &address).exits(0).says("nothing was changed");
    restore();
    team.is_alarmed(1, &address, "has gone back in time");
    // Others have raised the counters meanwhile: the machine misses its own batch.
    team.accept(2, &address).exits(0);
    team.bulk(1, &address, "d.csv").exits(0);
    let generation = team.sql("SELECT value FROM enrow_phone.meta WHERE name = 'generation'");
    restore();
    team.sql("DELETE FROM enrow_phone.meta WHERE name = 'rewound'");
    team.sql(&format!("INSERT INTO enrow_phone.meta VALUES ('generation', '{generation}')"));
    team.sql("UPDATE enrow_phone.accounts SET revision = revision + 100");
    team.is_alarmed(1, &address, "has gone back in time");
}

#[test]
fn a_server_that_took_over_is_believed_only_if_the_balance_shows_that_nothing_is_missing() {
    let Some(team) = own_team("took-over") else { return };
    let (env, primary) = (&team.env, team.server);
    team.bulk(1, &team.address(), "a.csv").exits(0);
    let [behind, ahead] = [primary.standby("behind"), primary.standby("ahead")];
    behind.crash();
    team.bulk(1, &team.address(), "b.csv").exits(0);
    env.control().change(|settings| settings.pace = Pace::Held);
    let detached = ["d.csv", "-o", "out.csv", "--detach"];
    from_host(env, 1, &team.address(), &detached).run().exits(0);
    catch_up(primary, &ahead);
    primary.crash();
    let take_over = |standby: &Server| {
        standby.promote();
        let began = Instant::now();
        while standby.sql("postgres", "SELECT pg_is_in_recovery()") == "t" {
            assert!(began.elapsed() < PATIENCE, "{}", standby.log());
        }
        standby.address(&team.database)
    };
    // While a batch runs nobody can tell; then the balance is what the books expect.
    let address = take_over(&ahead);
    let run = team.bulk(2, &address, "c.csv");
    run.exits(3).says("took over from another").does_not_say("accept-rewind");
    env.control().release();
    env.control().change(|settings| settings.pace = Pace::Takes(std::time::Duration::ZERO));
    team.bulk(2, &address, "d.csv").exits(0);
    team.bulk(2, &address, "c.csv").exits(0).does_not_say("took over");
    // This one lacks what was paid for since. One machine has seen it, and another only what it costs.
    behind.run();
    let address = take_over(&behind);
    team.is_alarmed(3, &address, "may have gone back in time");
    team.is_alarmed(1, &address, "has gone back in time");
    let moved = env.command(["ledger", "move", "elsewhere.db"]).ledger(&address).run();
    moved.exits(1).says("has gone back in time");
    team.accept(1, &address).exits(0);
    team.bulk(3, &address, "c.csv").exits(0).does_not_say("back in time");
}

/// Waits until a standby has everything.
fn catch_up(primary: &Server, standby: &Server) {
    let written = primary.sql("postgres", "SELECT pg_current_wal_lsn()");
    let began = Instant::now();
    let has = format!("SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn");
    while standby.sql("postgres", &has) != "t" {
        assert!(began.elapsed() < PATIENCE, "{}", standby.log());
    }
}

#[test]
fn two_ledgers_of_a_server_are_told_apart_and_so_are_a_restored_and_a_new_one() {
    let Some(team) = team() else { return };
    let (env, server) = (&team.env, team.server);
    env.control().change(|settings| settings.found_percent = 100);
    for (list, people) in [("a.csv", 0..5), ("b.csv", 5..10), ("c.csv", 10..15)] {
        env.write(list, people_csv_of(people));
    }
    let other = server.address(&server.new_database("template1"));
    let address = team.address();
    team.bulk(1, &address, "a.csv").exits(0);
    team.bulk(1, &other, "a.csv").exits(0).does_not_say("is not the one");
    let backup = server.new_database(&team.database);
    team.bulk(1, &address, "b.csv").exits(0);
    server.drop_database(&team.database);
    let name = &team.database;
    server.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {backup}"));
    // Whoever has no memory sees that the tables are others, and what is missing in the balance.
    team.is_alarmed(2, &address, "may have gone back in time");
    team.is_alarmed(1, &address, "has gone back in time");
    team.bulk(1, &other, "c.csv").exits(0).does_not_say("back in time");
    server.drop_database(name);
    server.sql("postgres", &format!("CREATE DATABASE {name}"));
    let is_new = "is not the one that this machine used there before";
    team.bulk(1, &address, "a.csv").exits(0).says(is_new).does_not_say("back in time");
    team.bulk(1, &address, "a.csv").exits(0).does_not_say(is_new);
    // A ledger that a person has emptied is no alarm.
    env.command(["forget", "--all", "--yes"]).ledger(&address).run().exits(0);
    team.bulk(1, &address, "b.csv").exits(0).does_not_say("back in time");
}

/// One machine has looked, and is slow to say what it saw: another says it first, and a person accepts it.
#[test]
fn an_alarm_that_comes_after_a_person_accepted_it_stops_nobody() {
    const MARK: &str = include_str!("../../../src/ledger/server/sql/mark_rewound.sql");
    let Some(team) = team_on(None, settings()) else { return };
    write_lists(&team);
    let address = team.address();
    for host in [1, 2] {
        team.bulk(host, &address, "a.csv").exits(0);
    }
    team.sql("UPDATE enrow_phone.accounts SET revision = revision - 1");
    let (gate, looked) = (Gate::default(), Arc::new(AtomicBool::new(false)));
    let (late, tell) = (gate.clone(), Arc::clone(&looked));
    let wire = Wire::to(team.server, move |sql| {
        if sql == MARK {
            tell.store(true, Ordering::SeqCst);
            late.wait();
        }
        Fate::Passes
    });
    let slow = wire.address(&team.database);
    let run = from_host(&team.env, 1, &slow, &["b.csv", "-o", "late.csv"]).spawn();
    let began = Instant::now();
    while !looked.load(Ordering::SeqCst) {
        assert!(began.elapsed() < PATIENCE, "it never saw that something is missing");
    }
    team.is_alarmed(2, &address, "has gone back in time");
    team.accept(2, &address).exits(0);
    gate.open();
    run.finish().exits(6);
    for host in [1, 2] {
        team.bulk(host, &address, "c.csv").exits(0).does_not_say("back in time");
    }
}
