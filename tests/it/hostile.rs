//! An Enrow that nobody should trust: answers without end, and answers changed at random with fixed seeds.
//! `FUZZ_SECONDS=600` goes on for so long.

use super::support::people::people_csv;
use super::support::{Call, TestEnv, side_by_side};
use enrow_phone::sandbox::Settings;
use fastrand::Rng;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// What it answers to a GET for a batch, made from the body of the POST.
type Answer = fn(&Value, u64) -> (Vec<u8>, bool);

/// An API with that answer, at an address of its own, until the test ends.
fn serve(answer: Answer, seed: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut batch = Value::Null;
        for stream in listener.incoming().flatten() {
            reply(&stream, &mut batch, answer, seed);
        }
    });
    url
}

fn reply(stream: &TcpStream, batch: &mut Value, answer: Answer, seed: u64) {
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
        (br#"{"credits":100000}"#.to_vec(), false)
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

/// 64 kB that become 64 MB, millions of results that say nothing, words without end: each is read no further than the
/// searches that were sent allow, and the run ends when it should.
#[test]
fn an_answer_without_end_costs_no_more_than_its_batch() {
    let cases: [(&str, Answer, &str); 4] = [
        (
            "bomb",
            |_, _| (include_bytes!("../../fixtures/hostile/bomb.json.gz").to_vec(), true),
            "pending",
        ),
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
        let run = bulk(&env, &serve(*answer, 0), "4s").run();
        assert!(matches!(run.code(), Some(0 | 3)), "{name}: {:?} {}", run.code(), run.stderr);
        assert_eq!(env.rows("out.csv").count(status), 12, "{name}: {}", run.stderr);
    });
}

/// Whatever comes back: the run ends, and nobody is given another person's number.
#[test]
fn an_answer_that_was_changed_gives_nobody_anothers_number() {
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    let until =
        seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds.parse().unwrap()));
    let seeds = (0..).take_while(|seed| until.map_or(*seed < 12, |until| Instant::now() < until));
    side_by_side(seeds, |seed| {
        let env = TestEnv::new(Settings::default());
        let run = bulk(&env, &serve(changed, *seed), "2s").run();
        assert!(matches!(run.code(), Some(0..=6)), "seed {seed}: {:?} {}", run.code(), run.stderr);
        assert!(!run.stderr.contains("panicked"), "seed {seed}: {}", run.stderr);
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
    (body, false)
}
