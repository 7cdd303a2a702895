//! An Enrow and lists that nobody should trust: answers without end, and answers and lists that are changed at random
//! with fixed seeds. `FUZZ_SECONDS=600` goes on for so long.

use super::support::people::people_csv;
use super::support::{Call, TestEnv, side_by_side};
use enrow_phone::sandbox::Settings;
use fastrand::Rng;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// What it answers to a GET for a batch, made from the body of the POST.
type Answer = fn(&Value, u64) -> (Vec<u8>, bool);

/// What an account has.
const ACCOUNT: &[u8] = br#"{"credits":200000}"#;

/// An API with that answer, at an address of its own, until the test ends.
fn serve(answer: Answer, seed: u64) -> String {
    serve_with(ACCOUNT, answer, seed).0
}

/// The same with this account. It tells each request about a batch when the answer is on its way.
fn serve_with(account: &'static [u8], answer: Answer, seed: u64) -> (String, Receiver<String>) {
    let (sender, told) = channel();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut batch = Value::Null;
        for stream in listener.incoming().flatten() {
            let request = reply(&stream, &mut batch, account, answer, seed);
            if request.starts_with("GET /phone/") {
                // Not every test listens.
                drop(sender.send(request));
            }
        }
    });
    (url, told)
}

fn reply(
    stream: &TcpStream,
    batch: &mut Value,
    account: &[u8],
    answer: Answer,
    seed: u64,
) -> String {
    let mut reader = BufReader::new(stream);
    let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first).unwrap();
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (body, is_compressed) = if first.starts_with("GET /account") {
        (account.to_vec(), account.starts_with(b"\x1f\x8b"))
    } else if first.starts_with("POST") {
        *batch = serde_json::from_slice(&body).unwrap();
        let credits = 40 * batch["searches"].as_array().unwrap().len();
        (json!({ "id": "hostile-1", "credits_used": credits }).to_string().into_bytes(), false)
    } else {
        answer(batch, seed)
    };
    let status = if first.starts_with("POST") { "201 Created" } else { "200 OK" };
    let encoding = if is_compressed { "content-encoding: gzip\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status}\r\n{encoding}content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // Who has read enough hangs up.
    drop((&*stream).write_all(head.as_bytes()).and_then(|()| (&*stream).write_all(&body)));
    first
}

/// A right answer to a batch, with this in place of its results.
fn completed(batch: &Value, results: &str) -> Vec<u8> {
    let general = json!({ "id": "hostile-1", "status": "completed", "custom": batch["custom"] });
    format!("{{\"general\":{general},\"results\":{results}}}").into_bytes()
}

fn number(place: usize) -> String {
    format!("+1202555{:04}", 1000 + place)
}

fn results(batch: &Value) -> String {
    let result = |(index, search): (usize, &Value)| {
        let mut params = search.clone();
        params.as_object_mut().unwrap().remove("custom");
        json!({ "index": index, "qualification": "found", "number": number(index), "country": "US", "params": params,
                "custom": search["custom"] })
    };
    Value::Array(batch["searches"].as_array().unwrap().iter().enumerate().map(result).collect())
        .to_string()
}

fn bulk(env: &TestEnv, url: &str, timeout: &str) -> Call {
    env.write("in.csv", people_csv(12));
    let call = env.bulk_command(&["in.csv", "-o", "out.csv", "--timeout", timeout, "--yes"]);
    call.env("ENROW_API_URL", url)
}

/// The same with little memory, where that can be said.
fn small_bulk(env: &TestEnv, url: &str, timeout: &str) -> Call {
    if cfg!(not(target_os = "linux")) {
        return bulk(env, url, timeout);
    }
    env.write("in.csv", people_csv(12));
    let args = ["bulk", "in.csv", "-o", "out.csv", "--timeout", timeout, "--yes"];
    let call = Call::through_shell(env, r#"ulimit -v 250000 && exec "$0" "$@""#, &args);
    call.env("ENROW_API_URL", url).env("MALLOC_ARENA_MAX", "1")
}

/// 64 kB that become 64 MB, millions of results that say nothing, words without end: each is read no further than the
/// searches that were sent allow, and the run ends when it should.
#[test]
fn an_answer_without_end_costs_no_more_than_its_batch() {
    let cases: [(&str, Answer, &str); 5] = [
        (
            "bomb",
            |_, _| (include_bytes!("../../fixtures/hostile/bomb.json.gz").to_vec(), true),
            "pending",
        ),
        ("a body without end", |_, _| (vec![b' '; 160 << 20], false), "pending"),
        (
            "empty results",
            |batch, _| (completed(batch, &format!("[{}{{}}]", "{},".repeat(100_000))), false),
            "pending",
        ),
        (
            "a word without end",
            |batch, _| {
                let results = results(batch).replacen(
                    "\"custom\":",
                    &format!("\"x\":\"{}\",\"custom\":", "0".repeat(100_000)),
                    1,
                );
                (completed(batch, &results), false)
            },
            "found",
        ),
        (
            "more than allowed",
            |batch, _| (completed(batch, &format!("[{}{{}}]", "{},".repeat(1_000_000))), false),
            "pending",
        ),
    ];
    side_by_side(cases, |(name, answer, status)| {
        let env = TestEnv::new(Settings::default());
        let run = small_bulk(&env, &serve(*answer, 0), "8s").run();
        assert!(matches!(run.code(), Some(0 | 3)), "{name}: {:?} {}", run.code(), run.stderr);
        assert_eq!(env.rows("out.csv").count(status), 12, "{name}: {}", run.stderr);
    });
}

/// What is asked before anything is sent is no way in either: millions of webhooks are no account, and nothing is sent.
#[test]
fn an_account_without_end_is_no_account() {
    let env = TestEnv::new(Settings::default());
    let bomb = include_bytes!("../../fixtures/hostile/bomb.json.gz");
    let answer: Answer = |batch, _| (completed(batch, &results(batch)), false);
    let run = small_bulk(&env, &serve_with(bomb, answer, 0).0, "4s").run();
    assert!(matches!(run.code(), Some(1 | 3)), "{:?} {}", run.code(), run.stderr);
    run.does_not_say("panicked");
}

/// An answer as large as an answer may be takes a while to read, and Ctrl-C ends the run all the same; the next run asks
/// again and reads it.
#[cfg(unix)]
#[test]
fn an_interrupt_does_not_wait_for_a_huge_answer() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(3000));
    let answer: Answer = |batch, _| {
        let results = results(batch);
        let zeros = "0,".repeat((24_000_000 - results.len()) / 2);
        let more = format!("{results},\"more\":[{zeros}0]");
        (completed(batch, &more), false)
    };
    let (url, answered) = serve_with(ACCOUNT, answer, 0);
    let command = || {
        let call = env.bulk_command(&["in.csv", "-o", "out.csv", "--yes"]);
        call.env("ENROW_API_URL", &url)
    };
    let run = command().spawn();
    answered.recv().unwrap();
    run.signal("INT");
    run.finish().exits(130);
    let status = env.command(["status", "--json"]).env("ENROW_API_URL", &url).run().json();
    assert_eq!(status["under_way"].as_array().unwrap().len(), 1, "{status}");
    command().run().exits(0);
    assert_eq!(env.rows("out.csv").count("found"), 3000);
}

/// The columns are not known yet, so not one line of the list was told.
#[cfg(unix)]
#[test]
fn an_interrupt_does_not_wait_for_a_huge_list() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(400_000));
    let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
    run.wait_for_message("waiting for the end of in.csv");
    run.signal("INT");
    run.finish().exits(130).does_not_say("reading `");
    assert_eq!(env.control().requests(), []);
}

/// Lists in every encoding, and workbooks: each is refused before anything is sent, or comes back and costs nothing again.
#[test]
fn a_list_that_was_changed_is_refused_or_comes_back() {
    let lists = lists();
    side_by_side(seeds(24), |seed| {
        let mut random = Rng::with_seed(*seed);
        let (name, bytes) = random.choice(&lists).unwrap();
        let mut bytes = bytes.clone();
        change(&mut bytes, &mut random);
        let (input, output) = (format!("in.{name}"), format!("out.{name}"));
        let env = TestEnv::new(Settings::default());
        env.write(&input, &bytes);
        let run = |from: &str, to: &str| {
            let run =
                env.bulk(&[from, "-o", to, "--yes", "--timeout", "1m", "--overwrite-columns"]);
            let steers =
                |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!run.stderr.contains(steers), "seed {seed}: {:?}", run.stderr);
            assert!(!run.stderr.contains("panicked"), "seed {seed}: {}", run.stderr);
            run
        };
        let first = run(&input, &output);
        if first.code() == Some(2) {
            assert!(!env.path(&output).exists(), "seed {seed}");
            assert_eq!(env.control().posts(), 0, "seed {seed}");
            return;
        }
        assert_eq!(first.code(), Some(0), "seed {seed}: {}", first.stderr);
        let posts = env.control().posts();
        let again = run(&output, &format!("again.{name}"));
        assert_eq!(again.code(), Some(0), "seed {seed}: {}", again.stderr);
        assert_eq!(env.control().posts(), posts, "seed {seed}: {}", again.stderr);
        env.assert_nobody_searched_twice();
    });
}

/// The fixtures by the ends of their names, the text ones in several encodings.
fn lists() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut lists = Vec::new();
    for part in ["exports", "field-cases", "workbooks"] {
        let entries = std::fs::read_dir(folder.join(part)).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let name = path.extension().unwrap().to_str().unwrap().to_owned();
            let bytes = std::fs::read(&path).unwrap();
            if let ("csv", Ok(text)) = (&*name, str::from_utf8(&bytes)) {
                let wide = [0xfeff].into_iter().chain(text.encode_utf16());
                lists.push((name.clone(), wide.flat_map(u16::to_le_bytes).collect()));
                let latin = encoding_rs::WINDOWS_1252.encode(text).0;
                lists.push((name.clone(), latin.into_owned()));
            }
            if ["csv", "jsonl", "xlsm", "xlsx"].contains(&&*name) {
                lists.push((name, bytes));
            }
        }
    }
    lists
}

/// As many seeds, or as many as there is time for.
fn seeds(most: u64) -> impl Iterator<Item = u64> + Send {
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    let until =
        seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds.parse().unwrap()));
    (0..).take_while(move |seed| until.map_or(*seed < most, |until| Instant::now() < until))
}

/// Whatever comes back: the run ends, and nobody is given another person's number.
#[test]
fn an_answer_that_was_changed_gives_nobody_anothers_number() {
    side_by_side(seeds(12), |seed| {
        let env = TestEnv::new(Settings::default());
        let run = bulk(&env, &serve(changed, *seed), "2s").run();
        assert!(matches!(run.code(), Some(0..=6)), "seed {seed}: {:?} {}", run.code(), run.stderr);
        assert!(!run.stderr.contains("panicked"), "seed {seed}: {}", run.stderr);
        // On a busy machine the time may be over before anything was sent.
        if run.code() == Some(1) && !env.path("out.csv").exists() {
            return;
        }
        let rows = env.rows("out.csv");
        for row in 0..rows.len() {
            let told = rows.cell(row, "phone_number").to_owned();
            let is_anothers = (0..rows.len()).any(|other| other != row && number(other) == told);
            assert!(!is_anothers, "seed {seed}: row {row} has {told}");
        }
    });
}

fn changed(batch: &Value, seed: u64) -> (Vec<u8>, bool) {
    let mut random = Rng::with_seed(seed);
    let mut body = completed(batch, &results(batch));
    change(&mut body, &mut random);
    (body, false)
}

fn change(body: &mut Vec<u8>, random: &mut Rng) {
    for _ in 0..random.usize(1..4) {
        let at = random.usize(0..body.len());
        let end = random.usize(at..body.len().min(at + 200));
        match random.u8(0..4) {
            0 => drop(body.drain(at..end)),
            1 => {
                let copy = body[at..end].to_vec();
                let to = random.usize(0..body.len());
                drop(body.splice(to..to, copy));
            }
            2 => body[at] = random.u8(..),
            _ => body.truncate(at.max(1)),
        }
    }
}
