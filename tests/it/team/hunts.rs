//! Eight programs at once on overlapping lists, and a server and programs that are killed meanwhile. The books of the
//! sandbox are the judge. `ENROW_PHONE_HUNT_SECONDS=60` hunts longer.

use super::{Team, from_host, nobody_is_claimed, team_on};
use crate::support::PATIENCE;
use crate::support::people::{Person, people_csv, people_csv_of};
use crate::support::postgres::{own_server, tell};
use enrow_phone::sandbox::{Pace, Settings};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const HOSTS: usize = 8;
const PEOPLE: usize = 600;

fn duration() -> Duration {
    let seconds = std::env::var("ENROW_PHONE_HUNT_SECONDS").ok();
    Duration::from_secs(seconds.map_or(4, |text| text.parse().expect("it is a number")))
}

fn settings() -> Settings {
    Settings {
        credits: 1 << 40,
        faults: "post:3=429, post:9=429, post:17=429".parse().unwrap(),
        pace: Pace::Takes(Duration::from_millis(150)),
        ..Settings::default()
    }
}

/// A part of the people, in any order.
fn some_list(rng: &mut fastrand::Rng) -> Vec<usize> {
    let from = rng.usize(..PEOPLE - 80);
    let mut people: Vec<usize> = (from..from + rng.usize(20..80)).collect();
    rng.shuffle(&mut people);
    people
}

/// Begins a run of somebody's list.
fn begin(
    team: &Team,
    host: usize,
    address: &str,
    rng: &mut fastrand::Rng,
    refresh: bool,
) -> (Range<usize>, super::Started) {
    let list = some_list(rng);
    let (from, to) = (*list.iter().min().unwrap(), *list.iter().max().unwrap());
    let (input, out) = (format!("list-{host}.csv"), format!("out-{host}.csv"));
    team.env.write(&input, people_csv_of(list));
    let size = format!("--batch-size={}", rng.usize(3..25));
    let mut args = vec![&*input, "-o", &out, &size];
    if refresh {
        args.push("--refresh");
    }
    (from..to + 1, from_host(&team.env, host, address, &args).spawn())
}

#[test]
fn eight_programs_search_nobody_twice_and_never_lock_each_other_out() {
    for refreshes in [false, true] {
        let Some(team) = team_on(None, settings()) else { return };
        let seed = fastrand::u64(..1 << 32);
        let end = Instant::now() + duration();
        let asked_again: Vec<AtomicUsize> = (0..PEOPLE).map(|_| AtomicUsize::new(0)).collect();
        let runs = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for host in 0..HOSTS {
                let (team, asked_again, runs) = (&team, &asked_again, &runs);
                scope.spawn(move || {
                    let mut rng = fastrand::Rng::with_seed(seed + host as u64);
                    while Instant::now() < end {
                        let refresh = refreshes && rng.bool();
                        let (people, run) = begin(team, host, &team.address(), &mut rng, refresh);
                        for person in people.filter(|_| refresh) {
                            asked_again[person].fetch_add(1, Ordering::Relaxed);
                        }
                        let run = run.finish();
                        run.does_not_say("may have been paid").does_not_say("panicked");
                        let [input, out] = ["list", "out"].map(|name| format!("{name}-{host}.csv"));
                        // Whoever is asked for again by another run at this moment is pending.
                        if refreshes && run.code() == Some(3) {
                            let rows = team.env.assert_no_row_wrong(&input, &out);
                            assert!(rows.count("pending") > 0, "{:?}", rows.statuses());
                        } else {
                            run.exits(0);
                            team.env.assert_rows_right(&input, &out);
                        }
                        runs.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let control = team.env.control();
        let asked: usize = control.batches().iter().map(|batch| batch.requested).sum();
        tell(&format!(
            "seed {seed}, refresh {refreshes}: {} runs, {} batches, {asked} searches",
            runs.into_inner(),
            control.taken()
        ));
        if refreshes {
            for (person, refreshes) in asked_again.iter().enumerate() {
                let taken = control.times_searched(&Person::number(person).search());
                let most = 1 + refreshes.load(Ordering::Relaxed);
                assert!(taken <= most, "person {person}: {taken} of {most}");
            }
        } else {
            team.env.assert_nobody_searched_twice();
        }
        // What was claimed came back: by a release, or by an answer for everybody.
        nobody_is_claimed(team.server, &team.database);
        assert_eq!(team.count("batches WHERE state != 'completed' OR open != 0"), 0);
        assert_eq!(team.sql("SELECT sum(searches) FROM enrow_phone.batches"), asked.to_string());
        let log = team.server.log();
        assert!(!log.contains("deadlock detected"), "{log}");
    }
}

/// The role asks for no durability, and the server waits ten seconds before it writes what nobody waits for: only what the
/// statements themselves ask for is on the disk.
#[test]
fn crashes_of_the_server_and_of_programs_pay_nobody_twice_and_lose_nothing() {
    let Some(server) = own_server("crashes", "-c wal_writer_delay=10s") else { return };
    let server = Box::leak(Box::new(server));
    let Some(team) = team_on(Some(server), settings()) else { return };
    team.sql("CREATE ROLE hasty LOGIN SUPERUSER");
    team.sql("ALTER ROLE hasty SET synchronous_commit = off");
    let address = server.address_as("hasty", &team.database);
    team.env.command(["status"]).ledger(&address).run().exits(0);
    let seed = fastrand::u64(..1 << 32);
    let (end, is_over) = (Instant::now() + duration(), AtomicBool::new(false));
    let (kills, ends, mut crashes) = (AtomicUsize::new(0), AtomicUsize::new(0), 0);
    std::thread::scope(|scope| {
        for host in 0..HOSTS {
            let (team, address, is_over, kills, ends) = (&team, &address, &is_over, &kills, &ends);
            scope.spawn(move || {
                let mut rng = fastrand::Rng::with_seed(seed + host as u64);
                while !is_over.load(Ordering::Relaxed) {
                    let (_, run) = begin(team, host, address, &mut rng, false);
                    let run = if rng.bool() {
                        kills.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(rng.u64(..1200)));
                        run.kill()
                    } else {
                        ends.fetch_add(1, Ordering::Relaxed);
                        // Whose people a killed run was sending, waits two minutes until that is over.
                        run.finish_within(4 * PATIENCE)
                    };
                    run.does_not_say("panicked");
                }
            });
        }
        let mut rng = fastrand::Rng::with_seed(seed + 99);
        while Instant::now() < end {
            std::thread::sleep(Duration::from_millis(rng.u64(200..1500)));
            server.crash();
            server.run();
            crashes += 1;
        }
        is_over.store(true, Ordering::Relaxed);
        nobody_sends_any_more(&team);
    });
    let control = team.env.control();
    let asked: usize = control.batches().iter().map(|batch| batch.requested).sum();
    let twice = control.searched_twice().len();
    tell(&format!(
        "seed {seed}: {crashes} crashes, {} kills, {} other runs, {asked} searches, {twice} people twice",
        kills.into_inner(),
        ends.into_inner()
    ));
    team.env.assert_nobody_searched_twice();
    assert!(asked > 0 && crashes > 0);
    collect_everything(&team, &address);
}

/// Two minutes later: what is still `sending` is in doubt and can be recovered.
fn nobody_sends_any_more(team: &Team) {
    team.sql("UPDATE enrow_phone.batches SET send_by = send_by - 120000 WHERE state = 'sending'");
}

/// With the ids of what Enrow took, nothing that was paid for is lost.
fn collect_everything(team: &Team, address: &str) {
    let (env, control) = (&team.env, team.env.control());
    assert!(control.wait_until(PATIENCE, |control| control.running() == 0));
    nobody_sends_any_more(team);
    let known = team.sql("SELECT enrow_id FROM enrow_phone.batches WHERE enrow_id IS NOT NULL");
    for batch in control.batches().iter().filter(|batch| !known.contains(&batch.id)) {
        env.command(["recover", &batch.id]).ledger(address).run();
    }
    env.write("people.csv", people_csv(PEOPLE));
    from_host(env, 9, address, &["people.csv", "-o", "all.csv"]).run();
    let rows = env.assert_no_row_wrong("people.csv", "all.csv");
    for row in 0..rows.len() {
        let taken = control.times_searched(&rows.person(row).search());
        let is_answered = ["found", "not_found"].contains(&rows.status(row));
        assert!(is_answered || taken == 0, "lost: {}: {}", rows.status(row), rows.note(row));
    }
    env.assert_nobody_searched_twice();
}
