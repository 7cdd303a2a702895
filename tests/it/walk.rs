//! Random walks: a service that takes every liberty that its reference leaves open, and people who run commands, kill
//! them, stop them and run them again, all on one ledger. The books of the sandbox are the judge: nobody with a number is
//! paid twice by the tool's own decision, no number stands on another row, nothing paid is lost, every run ends.
//!
//! `ENROW_PHONE_WALKS=500` walks more, `ENROW_PHONE_WALK_SEED=7` walks that one walk again.

use crate::support::people::{Person, people_csv, people_csv_of};
use crate::support::{Call, Run, Started, TestEnv, so_many_side_by_side};
use enrow_phone::sandbox::{Answer, Faults, Pace, Settings};
use std::fmt::Write;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How many walks are walked where nobody says how many. More load the machine so that tests with seconds run out of them.
const WALKS: u64 = 60;

/// How many walk at a time: one takes ten seconds, and a third of a second of a core.
const SIDES: usize = 16;

/// How long a POST is lain in wait for.
const AMBUSH: Duration = Duration::from_secs(2);

/// No fault of a walk lasts longer than this, in milliseconds.
const LONGEST: u64 = 1500;

#[test]
fn random_walks_pay_nobody_twice_and_lose_nothing() {
    let number =
        |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("it is a number"));
    let seeds: Range<u64> = match (number("ENROW_PHONE_WALK_SEED"), number("ENROW_PHONE_WALKS")) {
        (Some(seed), _) => seed..seed + 1,
        // Other walks each time.
        (None, Some(walks)) => {
            let first = fastrand::u64(..1 << 32);
            first..first + walks
        }
        // The same walks with every commit: what turns red is the commit's.
        (None, None) => 1..1 + WALKS,
    };
    so_many_side_by_side(SIDES, seeds, |seed| Walk::new(*seed).walk());
}

/// One walk.
struct Walk {
    env: TestEnv,
    /// The API key that is valid now.
    key: String,
    doubt_wait: &'static str,
    /// Input and output of every `bulk` so far.
    outputs: Vec<(&'static str, String)>,
    people: usize,
    /// How often somebody asked for people again, who may be paid again for that.
    asked_again: usize,
    rng: fastrand::Rng,
    running: Vec<Command>,
    story: String,
}

/// A running command.
struct Command {
    /// `--max-credits`, and what was held and paid when it started; only while it runs alone.
    budget: Option<(u64, u64)>,
    is_stopped: bool,
    /// Who `find` looks for.
    person: Option<Person>,
    started: Started,
    text: String,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        // The length of the silence that the balance experiment asks for: too long to end here, or longer than any fault.
        let doubt_wait = if rng.u8(..3) > 0 { "10m" } else { "3s" };
        let faults = faults(&mut rng, doubt_wait);
        let pace = Pace::Takes(Duration::from_millis(rng.u64(..800)));
        let people = rng.usize(10..40);
        let story = format!(
            "seed {seed}: {people} people, {pace:?}, `--doubt-wait {doubt_wait}`, faults {faults}\n"
        );
        let faults = faults.parse().unwrap_or_else(|error| panic!("{faults}: {error}"));
        let env = TestEnv::new(Settings { faults, pace, ..Settings::default() });
        // The account knows its key before it is replaced: else a command that comes late with the old one opens another.
        env.control().replace_key("key-1");
        env.write("people.csv", people_csv(people));
        env.write("part.csv", people_csv_of(people / 3..people));
        Self {
            doubt_wait,
            env,
            key: "key-1".to_owned(),
            outputs: Vec::new(),
            people,
            asked_again: 0,
            rng,
            running: Vec::new(),
            story,
        }
    }

    /// Walks to the end; what fails on the way is told together with what was done until then.
    fn walk(mut self) {
        let walked = catch_unwind(AssertUnwindSafe(|| {
            for _ in 0..self.rng.usize(6..14) {
                self.step();
            }
            while let Some(command) = self.running.pop() {
                self.finish(command);
            }
            self.judge();
        }));
        let lines: Vec<_> = self.env.control().requests().iter().map(ToString::to_string).collect();
        assert!(walked.is_ok(), "{}{lines:#?}", self.story);
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.story, "{line}").expect("a string can be written to");
    }

    /// One thing that somebody does.
    fn step(&mut self) {
        let at = (!self.running.is_empty()).then(|| self.rng.usize(..self.running.len()));
        match (self.rng.u8(..10), at) {
            (0, Some(at)) => {
                let command = self.running.swap_remove(at);
                self.tell(&format!("kill -9 {}", command.text));
                let run = command.started.kill();
                self.check(&command.text, &run, command.person.as_ref());
            }
            (1, Some(at)) => self.signal(at, "STOP"),
            (2, Some(at)) => self.signal(at, "CONT"),
            (3, Some(at)) => self.signal(at, "INT"),
            (4 | 5, Some(at)) => {
                let command = self.running.swap_remove(at);
                self.finish(command);
            }
            (6, _) if self.rng.u8(..4) == 0 => self.replace_key(),
            (6, _) => {
                let pause = self.rng.u64(..800);
                self.tell(&format!("{pause} ms later"));
                std::thread::sleep(Duration::from_millis(pause));
            }
            _ if self.running.len() < 3 => self.start(),
            _ => {}
        }
    }

    fn signal(&mut self, at: usize, name: &str) {
        let command = &mut self.running[at];
        command.started.signal(name);
        match name {
            "STOP" => command.is_stopped = true,
            "CONT" => command.is_stopped = false,
            _ => {}
        }
        let text = format!("kill -{name} {}", command.text);
        self.tell(&text);
    }

    /// The account gets a new key, as after a leak; running commands keep the old one.
    fn replace_key(&mut self) {
        let key = format!("{}1", self.key);
        self.env.control().replace_key(&key);
        self.key = key;
        self.tell("the key is replaced");
    }

    fn start(&mut self) {
        let (args, person) = self.random_command();
        let text = args.join(" ");
        self.tell(&text);
        let alone = self.running.is_empty() && !self.story.contains("late/");
        self.running.iter_mut().for_each(|other| other.budget = None);
        let limit = args.iter().find_map(|arg| arg.strip_prefix("--max-credits=")?.parse().ok());
        let budget = limit.filter(|_| alone).map(|limit| (limit, self.committed()));
        let posts = self.env.control().posts();
        let started = self.call(&args).spawn();
        // The worst moment to die: the batch has arrived, and the answer to it is not on the disk.
        if text.starts_with("bulk") && self.rng.u8(..5) == 0 {
            self.env.control().wait_until(AMBUSH, |control| control.posts() > posts);
            self.tell(&format!("kill -9 at its POST: {text}"));
            let run = started.kill();
            self.check(&text, &run, person.as_ref());
            return;
        }
        self.running.push(Command { budget, is_stopped: false, person, started, text });
    }

    /// What batches hold and numbers cost so far.
    fn committed(&self) -> u64 {
        let credits = self.env.control().credits();
        credits.reserved + credits.charged
    }

    fn call(&self, args: &[String]) -> Call {
        self.env.command(args).key(&self.key).env("ENROW_PHONE_DOUBT_WAIT", self.doubt_wait)
    }

    /// A command, and whom it looks for if it is `find`.
    fn random_command(&mut self) -> (Vec<String>, Option<Person>) {
        let number = self.outputs.len();
        let batches = self.env.control().batches();
        let id = (!batches.is_empty()).then(|| batches[self.rng.usize(..batches.len())].id.clone());
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        match (self.rng.u8(..10), id) {
            // The endpoint for one person calls a search that failed `not_found`, though there is a number.
            (0, _) if !self.story.contains("=failed") => {
                let someone = Person::number(self.rng.usize(..self.people / 3) * 3);
                (
                    words(&format!("find {} --timeout=3s --request-timeout=1s", someone.profile)),
                    Some(someone),
                )
            }
            (1, Some(id)) => {
                (words(&format!("fetch {id} -o fetched-{number}.csv --request-timeout=1s")), None)
            }
            (2, Some(id)) => (words(&format!("recover {id} --request-timeout=1s")), None),
            (3, Some(id)) if self.rng.bool() => (words(&format!("recover {id} --accept")), None),
            (3, _) if self.rng.u8(..4) == 0 => {
                self.asked_again += 1;
                (words("recover --resubmit --yes --request-timeout=1s"), None)
            }
            (3, _) => (words("recover --request-timeout=1s"), None),
            (4, _) => (words("status --json"), None),
            _ => (self.random_bulk(number), None),
        }
    }

    fn random_bulk(&mut self, number: usize) -> Vec<String> {
        let input = if self.rng.u8(..3) == 0 { "part.csv" } else { "people.csv" };
        let output = format!("out-{number}.csv");
        let timeout = self.rng.u8(1..4);
        let size = self.rng.u8(3..12);
        let mut args =
            ["bulk", input, "-o", &output, "--request-timeout=1s"].map(str::to_owned).to_vec();
        args.extend([format!("--timeout={timeout}s"), format!("--batch-size={size}")]);
        match self.rng.u8(..12) {
            0 => args.push(format!("--limit={}", self.rng.u8(1..9))),
            1 => args.push(format!("--max-credits={}", self.rng.u16(1..1200))),
            2 => args.push("--detach".to_owned()),
            3 => {
                args.push("--refresh".to_owned());
                self.asked_again += 1;
            }
            _ => {}
        }
        self.outputs.push((input, output));
        args
    }

    fn finish(&mut self, command: Command) {
        if command.is_stopped {
            command.started.signal("CONT");
        }
        let run = command.started.finish();
        self.check(&command.text, &run, command.person.as_ref());
        if let Some((limit, before)) = command.budget {
            let spent = self.committed().saturating_sub(before);
            assert!(spent <= limit, "{spent} of {limit} credits: {}", run.stderr);
        }
    }

    /// Checks what a run said, and that a `find` that found somebody found the right number.
    fn check(&mut self, text: &str, run: &Run, person: Option<&Person>) {
        self.tell(&format!("  {text}: {}", run.status));
        run.does_not_say("panicked");
        // 130: interrupted before there was anything to write.
        let is_known = run.code().is_none_or(|code| code <= 6 || code == 130);
        assert!(is_known, "{}: {}", run.status, run.stderr);
        if let (Some(person), Some(0)) = (person, run.code()) {
            let answer = self.env.control().answer_for(&person.search());
            let Answer::Found { number, .. } = answer else {
                panic!("a number of {person:?}, who has none: {}", run.stdout);
            };
            assert!(run.stdout.contains(&number), "another number: {}", run.stdout);
        }
    }

    /// Lets everything go well from now on, does what a careful person would do, and compares with the sandbox's books.
    fn judge(&mut self) {
        let control = self.env.control();
        self.env.let_deaths_be_seen();
        std::thread::sleep(Duration::from_millis(LONGEST));
        control.change(|settings| {
            settings.faults = Faults::default();
            settings.pace = Pace::INSTANT;
        });
        self.run_to_its_end("bulk people.csv -o first.csv --timeout=10s");
        let first = self.env.rows("first.csv");
        // With an answer for everybody there is nothing to be careful about.
        if first.answered() < first.len() {
            for batch in control.batches() {
                self.run_to_its_end(&format!("recover {}", batch.id));
            }
        }
        self.run_to_its_end("bulk people.csv -o last.csv --timeout=10s");
        let posts = control.posts();
        self.run_to_its_end("bulk people.csv -o again.csv --timeout=10s");

        assert_eq!(control.posts(), posts, "a run with nothing new sends something");
        for books in control.people() {
            assert!(books.paid <= 1 + self.asked_again, "paid twice: {books:?}");
        }
        for output in ["first.csv", "last.csv"] {
            self.outputs.push(("people.csv", output.to_owned()));
        }
        for (input, output) in
            self.outputs.iter().filter(|(_, output)| self.env.path(output).exists())
        {
            let rows = self.env.assert_no_row_wrong(input, output);
            assert!(rows.len() > 0, "{output} is empty");
        }
        let rows = self.env.rows("last.csv");
        for row in 0..rows.len() {
            let search = rows.person(row).search();
            let taken = control.times_searched(&search);
            let is_answered = ["found", "not_found"].contains(&rows.status(row));
            // Somebody without a number was asked for again, and that answer was lost: nothing paid is lost with it.
            let is_free = matches!(control.answer_for(&search), Answer::NotFound);
            let is_unclear_again = is_free && self.asked_again > 0;
            // The answer to its POST was cut off before the credits, so nobody knows whether all of them came back.
            let may_be_held =
                rows.note(row).contains("failed, but not that it gave all credits back");
            assert!(
                is_answered || taken == 0 || is_unclear_again || may_be_held,
                "lost: row {row} of last.csv, {}: {}",
                rows.status(row),
                rows.note(row)
            );
        }
    }

    fn run_to_its_end(&mut self, command: &str) {
        let args: Vec<_> = command.split(' ').map(str::to_owned).collect();
        self.tell(command);
        let run = self.call(&args).run();
        self.check(command, &run, None);
    }
}

/// What the service does on this walk: timings and losses that the reference leaves open, and answers written otherwise.
fn faults(rng: &mut fastrand::Rng, doubt_wait: &str) -> String {
    let mut faults: Vec<String> = Vec::new();
    for _ in 0..rng.u8(..7) {
        let (number, percent, time) = (rng.u8(1..7), rng.u8(5..40), rng.u64(1..LONGEST));
        let (which, kinds) = match rng.u8(..8) {
            0 | 1 => (format!("post:{number}"), POST),
            2 => (format!("get:{percent}%"), GET),
            3 => (format!("account:{percent}%"), ACCOUNT),
            4 | 5 => (format!("batch:{number}-"), BATCH),
            // One a walk: a batch that echoes nothing at all cannot be believed.
            6 if !faults.iter().any(|fault| fault.starts_with("batch:1-5=")) => {
                ("batch:1-5".to_owned(), ECHO)
            }
            _ if doubt_wait == "10m" => ("at:T".to_owned(), AT),
            // Within the short silence of this walk a top-up could even out what a lost batch took.
            _ => ("at:T".to_owned(), "price/50"),
        };
        let kinds: Vec<_> = kinds.split_whitespace().collect();
        let fault = format!("{which}={}", kinds[rng.usize(..kinds.len())]);
        faults.push(fault.replace('T', &format!("{time}ms")));
    }
    faults.join(",")
}

const ACCOUNT: &str =
    "429/1 500 503 credits/-40 hang reset slow/T stale/T stale-age/T stale-date/T";
const AT: &str = "price/50 renewal/1000000 renewal/31337 spend/1013 top-up/2027";
const BATCH: &str = "credits-used/0 credits-used/half failed gone/T late/T ongoing/T partial/T refund-early/1h \
                     refund-early/T refund-late/T results-late/T";
const ECHO: &str = "duplicated echo-bare-company echo-case echo-slash extra no-custom no-index no-params odd-found \
                    odd-id odd-stats odd-status shuffled text-index";
const GET: &str = "429/1 500 503 close hang html/200 reset slow/T truncate";
const POST: &str = "429/1 503 503-after 504-late/T close close-after close-late/T garbage hang hang-after hang-late/T \
                    html/403 html/502 html-after/201 html-after/404 redirect/307 redirect-after/302 refuse/T reset \
                    reset-after reset-late/T slow/T stall taken-late/T truncate truncate/5";
