//! Kill -9 at every step of a batch's life, and at random moments. Running the command again is right: nobody is
//! searched twice, no row is wrong, and where Enrow never saw the POST everybody is answered.

use crate::support::people::people_csv;
use crate::support::{PATIENCE, Started, TestEnv, side_by_side};
use enrow_phone::sandbox::{Control, Endpoint, Faults, Kind, Pace, Settings};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Sixty people in three batches.
const ARGS: [&str; 4] = ["people.csv", "-o", "out.csv", "--batch-size=20"];

fn env(settings: Settings) -> TestEnv {
    let env = TestEnv::new(settings);
    env.write("people.csv", people_csv(60));
    env
}

/// Kills a run as soon as the control is so.
#[track_caller]
fn kill_when(env: &TestEnv, run: Started, holds: impl FnMut(&Control) -> bool) {
    env.wait_until(holds);
    let run = run.kill();
    assert!(!run.status.success(), "it was faster: {}", run.stderr);
    env.let_deaths_be_seen();
    assert!(!env.path("out.csv").exists(), "nothing was written yet");
}

/// How many rows end `unknown`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Doubt {
    /// Enrow took their batch.
    taken: usize,
    /// Enrow never saw it.
    untaken: usize,
}

const NONE: Doubt = Doubt { taken: 0, untaken: 0 };

/// Lets everything go well from now on and runs it to its end.
#[track_caller]
fn run_again(env: &TestEnv, args: &[&str]) -> Doubt {
    let control = env.control();
    control.change(|settings| settings.faults = Faults::default());
    control.change(|settings| settings.pace = Pace::INSTANT);
    control.release();
    let run = env.bulk(args);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    let unknown = rows.count("unknown");
    run.exits(if unknown == 0 { 0 } else { 6 });
    assert_eq!(rows.answered() + unknown, rows.len(), "{:?}", rows.statuses());
    env.assert_nobody_searched_twice();
    let searched: usize = control.batches().iter().map(|batch| batch.requested).sum();
    let untaken = rows.len() - searched;
    // Once more: nothing changes, nothing is sent.
    let (posts, output) = (control.posts(), env.read("out.csv"));
    env.bulk(args);
    assert_eq!((control.posts(), env.read("out.csv")), (posts, output));
    Doubt { taken: unknown - untaken, untaken }
}

/// Runs it again where nobody can be in doubt.
#[track_caller]
fn run_again_to_the_last_answer(env: &TestEnv) {
    assert_eq!(run_again(env, &ARGS), NONE);
}

/// A batch that Enrow never saw: no later run can know that, so a person gives it up.
#[track_caller]
fn give_up_what_never_arrived(env: &TestEnv) {
    assert_eq!(run_again(env, &ARGS), Doubt { taken: 0, untaken: 20 });
    env.run(["recover", "--resubmit", "--yes"]).exits(0);
    run_again_to_the_last_answer(env);
}

#[test]
fn before_the_claim() {
    let env = env(Settings { faults: "account:1=hang".parse().unwrap(), ..Settings::default() });
    let run = env.spawn_bulk(&ARGS);
    kill_when(&env, run, |control| control.count(Endpoint::Account) > 0);
    run_again_to_the_last_answer(&env);
    env.assert_posts(3);
}

#[test]
fn after_the_claim_with_the_post_on_its_way_to_enrow() {
    side_by_side(1..=3, |post| {
        let env = env(Settings::default());
        let road = Road::to(&env, *post);
        let call = env.bulk_command(&ARGS).env("ENROW_API_URL", road.url());
        let run = call.spawn();
        road.wait_for_the_post();
        kill_when(&env, run, |control| control.posts() == post - 1);
        drop(road);
        give_up_what_never_arrived(&env);
        env.assert_posts(3);
    });
}

#[test]
fn while_enrow_reads_the_post_and_does_nothing_with_it() {
    side_by_side(1..=3, |post| {
        let env = env(Settings {
            faults: format!("post:{post}=hang").parse().unwrap(),
            ..Settings::default()
        });
        let run = env.spawn_bulk(&ARGS);
        kill_when(&env, run, |control| control.posts() == *post);
        give_up_what_never_arrived(&env);
        env.assert_posts(4);
    });
}

/// As where root was killed, in another container: neither its lock nor its process can be looked at.
#[cfg(target_os = "linux")]
#[test]
fn a_lock_that_cannot_be_opened_is_named() {
    let env = env(Settings { faults: "post:1=hang".parse().unwrap(), ..Settings::default() });
    let run = env.spawn_bulk(&ARGS);
    kill_when(&env, run, |control| control.posts() == 1);
    let lock = std::fs::read_dir(env.folder()).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        path.to_string_lossy().contains("-run-").then_some(path)
    });
    let lock = lock.expect("a killed run leaves its lock");
    std::fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink(&lock, &lock).unwrap();
    let ledger = rusqlite::Connection::open(env.ledger()).unwrap();
    ledger.execute("UPDATE runs SET started = 'another-boot pid:[1] 1'", []).unwrap();
    drop(ledger);
    let waiting = env.spawn_bulk(&ARGS);
    waiting.wait_for_message("cannot be opened");
    waiting.wait_for_message(&lock.file_name().unwrap().to_string_lossy());
}

#[test]
fn after_enrow_took_the_batch_and_before_its_answer_came() {
    side_by_side(1..=3, |post| {
        let env = env(Settings {
            faults: format!("post:{post}=hang-after").parse().unwrap(),
            ..Settings::default()
        });
        let run = env.spawn_bulk(&ARGS);
        kill_when(&env, run, |control| control.taken() == *post);
        // The only case that nobody can decide but a person.
        let doubt = run_again(&env, &ARGS);
        assert_eq!((doubt.taken, doubt.untaken), (20, 0));
        env.assert_posts(3);
        let id = env.control().batches()[post - 1].id.clone();
        env.run(["recover", &id]).exits(0);
        run_again_to_the_last_answer(&env);
        env.assert_posts(3);
    });
}

#[test]
fn after_the_answer_was_kept_and_before_it_was_understood() {
    let env = env(Settings { faults: "post:2=hang-after".parse().unwrap(), ..Settings::default() });
    let run = env.spawn_bulk(&ARGS);
    kill_when(&env, run, |control| control.taken() == 2);
    // The moment is too short to be hit, so the ledger is made what it leaves behind.
    let id = env.control().batches()[1].id.clone();
    let answer = env.sql_bytes(format!("{{\"id\": \"{id}\", \"credits_used\": 800}}").as_bytes());
    assert_eq!(env.count_in_ledger("batches WHERE state = 'sending'"), 1);
    let sql = "UPDATE batches SET answer_status = 201, answer = ";
    env.change_ledger(&format!("{sql}{answer} WHERE state = 'sending'"));
    run_again_to_the_last_answer(&env);
    env.assert_posts(3);
}

#[test]
fn between_two_batches() {
    side_by_side(1..=3, |post| {
        let env = env(Settings {
            faults: format!("post:{}-=429/2", post + 1).parse().unwrap(),
            pace: Pace::Held,
            ..Settings::default()
        });
        let run = env.spawn_bulk(&ARGS);
        // The answer of the last batch is on record once it is asked about.
        kill_when(&env, run, |control| {
            control.batches().iter().filter(|batch| batch.polls > 0).count() == *post
        });
        run_again_to_the_last_answer(&env);
        assert_eq!(env.control().taken(), 3);
    });
}

#[test]
fn between_two_polls_and_during_one() {
    side_by_side(["", "get:1-=hang", "get:2-=503"], |faults| {
        let env = env(Settings {
            faults: faults.parse().unwrap(),
            pace: Pace::Held,
            ..Settings::default()
        });
        let run = env.spawn_bulk(&ARGS);
        let all_run = || env.count_in_ledger("batches WHERE state = 'running'") == 3;
        kill_when(&env, run, |control| control.polls() >= 3 && all_run());
        run_again_to_the_last_answer(&env);
        env.assert_posts(3);
    });
}

#[test]
fn while_answers_are_recorded() {
    // Three thousand answers take some milliseconds: the kills are spread over them.
    side_by_side(0..8_u32, |moment| {
        let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
        let control = env.control();
        env.write("people.csv", people_csv(3000));
        let mut requests = control.follow();
        let run = env.spawn_bulk(&["people.csv", "-o", "out.csv"]);
        assert!(control.wait_until(PATIENCE, |control| control.polls() > 0));
        control.release();
        while let Some(request) = requests.blocking_recv() {
            let over =
                control.batches().iter().all(|batch| batch.is_over(tokio::time::Instant::now()));
            if request.endpoint == Endpoint::Poll(Kind::Bulk) && over {
                break;
            }
        }
        // Not to wait for anything: to die at another moment each time.
        std::thread::sleep(Duration::from_millis(4) * *moment);
        run.kill();
        env.let_deaths_be_seen();
        assert_eq!(run_again(&env, &["people.csv", "-o", "out.csv"]), NONE);
        env.assert_posts(1);
    });
}

#[cfg(unix)]
#[test]
fn while_the_output_is_written() {
    use std::process::Command;
    let env = env(Settings::default());
    // More than a pipe holds. It is open and nobody reads from it, so that writing never comes to its end.
    env.write("people.csv", people_csv(1500));
    let pipe = env.path("pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn(move || std::fs::File::open(pipe));
    let args = ["people.csv", "-o", "pipe.csv", "--batch-size=500"];
    let run = env.spawn_bulk(&args);
    let all_recorded = |_: &Control| env.count_in_ledger("batches WHERE state = 'completed'") == 3;
    kill_when(&env, run, all_recorded);
    drop(reader.join());
    run_again_to_the_last_answer(&env);
    env.assert_posts(3);
}

#[test]
fn at_random_moments() {
    side_by_side(0..4_u64, |seed| {
        let mut random = fastrand::Rng::with_seed(*seed);
        let env = TestEnv::new(Settings {
            pace: Pace::Takes(Duration::from_millis(700)),
            ..Settings::default()
        });
        env.write("people.csv", people_csv(300));
        let args = ["people.csv", "-o", "out.csv", "--batch-size=20"];
        for _ in 0..6 {
            let run = env.spawn_bulk(&args);
            // Not to wait for anything: to die at any moment.
            std::thread::sleep(Duration::from_millis(random.u64(0..900)));
            run.kill();
            env.let_deaths_be_seen();
        }
        let doubt = run_again(&env, &args);
        // A batch is unclear only where its answer was on its way at the moment of the kill.
        assert!(doubt.taken + doubt.untaken <= 6 * 20, "{doubt:?}");
    });
}

/// A road to the sandbox on which one POST is held up, so that it was sent and never arrives.
struct Road {
    address: String,
    arrived: Receiver<()>,
}

impl Road {
    /// Holds up the POST of this number, counted from 1.
    fn to(env: &TestEnv, post: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let enrow = env.url().trim_start_matches("http://").to_owned();
        let (tell, arrived) = channel();
        std::thread::spawn(move || {
            let posts = std::sync::Arc::default();
            for caller in listener.incoming() {
                let (Ok(caller), Ok(enrow)) = (caller, TcpStream::connect(&enrow)) else {
                    return;
                };
                let (tell, posts) = (tell.clone(), std::sync::Arc::clone(&posts));
                let back = (
                    enrow.try_clone().expect("a socket can be shared"),
                    caller.try_clone().expect("a socket can be shared"),
                );
                std::thread::spawn(move || pass(caller, enrow, &posts, post, &tell));
                std::thread::spawn(move || {
                    let (mut from, mut to) = back;
                    // Ends with either side.
                    drop(std::io::copy(&mut from, &mut to));
                });
            }
        });
        Self { address, arrived }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn wait_for_the_post(&self) {
        self.arrived.recv_timeout(PATIENCE).expect("the POST comes");
    }
}

/// Passes requests on, but not the `held`th POST. A request begins with a packet of its own.
fn pass(
    mut caller: TcpStream,
    mut enrow: TcpStream,
    posts: &std::sync::atomic::AtomicUsize,
    held: usize,
    tell: &Sender<()>,
) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = caller.read(&mut bytes) {
        let is_post = bytes.starts_with(b"POST");
        if is_post && posts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1 == held {
            tell.send(()).unwrap_or_default();
            // Open and silent until the caller is gone.
            while let Ok(1..) = caller.read(&mut bytes) {}
            return;
        }
        if enrow.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
    drop(enrow.shutdown(std::net::Shutdown::Write));
}

#[cfg(unix)]
#[test]
fn the_ledger_of_a_killed_plan_is_private_and_swept_by_the_next_one() {
    use std::os::unix::fs::PermissionsExt;
    let faults = "account:1=hang".parse().unwrap();
    let env = env(Settings { faults, ..Settings::default() });
    let tmp = env.path("tmp");
    std::fs::create_dir(&tmp).unwrap();
    let call = |args: &[&str]| {
        let call = crate::support::Call::through_shell(&env, r#"umask 0; exec "$0" "$@""#, args);
        call.env("TMPDIR", &tmp).without_env("ENROW_PHONE_LEDGER")
    };
    let folders = || {
        let entries = std::fs::read_dir(&tmp).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.join("owner.lock").exists()).collect::<Vec<_>>()
    };
    let plan = ["bulk", "people.csv", "--dry-run"];
    let run = call(&plan).spawn();
    env.wait_until(|_| !folders().is_empty());
    drop(run.kill());
    let left = folders();
    assert_eq!(left.len(), 1);
    let mode = std::fs::metadata(&left[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    call(&plan).run().exits(0);
    assert_eq!(folders(), Vec::<std::path::PathBuf>::new());
}

/// A service that says what the balance is and from then on lets nobody connect: its queue is full.
#[cfg(target_os = "linux")]
fn unreachable_after_the_balance() -> (String, std::thread::JoinHandle<Vec<TcpStream>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut caller, _) = listener.accept().unwrap();
        assert!(caller.read(&mut [0; 4096]).unwrap() > 0);
        let queued = std::iter::repeat_with(|| {
            TcpStream::connect_timeout(&address, Duration::from_millis(300))
        });
        let mut held: Vec<_> = queued.map_while(Result::ok).collect();
        let answer =
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 17\r\n\r\n{\"credits\":36000}";
        caller.write_all(answer.as_bytes()).unwrap();
        held.push(caller);
        // The listener stays open and takes nobody.
        std::mem::forget(listener);
        held
    });
    (format!("http://{address}"), server)
}

/// Nothing has left while the connection is made: the claim is given back, and nothing is unclear.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_before_the_first_byte_is_a_release_and_no_loss() {
    let env = TestEnv::new(Settings::default());
    env.write("people.csv", people_csv(20));
    let (url, server) = unreachable_after_the_balance();
    let at = |call: crate::support::Call| call.env("ENROW_API_URL", &url);
    let run = at(env.bulk_command(&["people.csv", "-o", "out.csv"])).spawn();
    let status = || at(env.command(["status", "--json"])).run().json();
    let began = Instant::now();
    while status()["under_way"].as_array().unwrap().is_empty() {
        assert!(began.elapsed() < PATIENCE, "nobody is claimed");
    }
    run.signal("INT");
    run.finish().exits(130).does_not_say("may have been paid").does_not_say("waiting a moment");
    let after = status();
    assert_eq!((&after["under_way"], &after["in_doubt"]), (&json!([]), &json!([])), "{after}");
    drop(server.join().unwrap());
}

/// A terminal that closes, `timeout` and programs that pass a Ctrl-C on send it to the program and to its group.
#[cfg(unix)]
#[test]
fn one_wish_to_end_that_comes_as_many_signals_loses_no_answer() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let env = TestEnv::with_faults("post:1=slow/500ms");
        env.write("people.csv", people_csv(20));
        let run = env.spawn_bulk(&["people.csv", "-o", "out.csv"]);
        env.wait_until(|control| control.posts() == 1);
        run.signals(name, 20);
        run.finish().exits(code).says("(20 people) continues at Enrow");
        let status = env.run(["status", "--json"]).json();
        assert_eq!(status["in_doubt"], json!([]), "{status}");
    }
}
