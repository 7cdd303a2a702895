//! `bulk`: the main job, from a sheet to the same sheet with numbers.

use super::failure::{Exit, Failure};
use super::figures::Figures;
use super::output::Output;
use super::progress::Progress;
use super::report::{CreditsReport, Report, RowCounts};
use super::session::Session;
use super::signals::heed_signals;
use super::voice::Voice;
use crate::batch::{Credits, Moment, grouped};
use crate::cli::{BulkArgs, Global};
use crate::enrow::Patience;
use crate::ledger::{BatchState, PersonId};
use crate::lookup::{
    self, Ended, Engine, Entry, Halt, LARGEST_BATCH, Part, Plan, RowAnswer, RowStatus, Rows,
    Settings, Short, Stop, StopReason, Stopper, Through, Unasked,
};
use crate::people::Row;
use crate::sheet::{Cells, Excel, FilledIn, Header, Input, Options, Pass, Record, Sheet};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Rows that are told their answers at once.
const CHUNK: usize = 4096;

/// Runs the command.
pub(super) async fn run(args: BulkArgs, global: Global, voice: &Voice) -> Result<Exit, Failure> {
    let started = Instant::now();
    let voice = Rc::new(voice.clone());
    let sheet = open(&args, &voice)?;
    let output = Output::of(args.output.as_deref());
    if !args.dry_run {
        output.check()?;
    }
    let session = Session::open(&global, &voice).await?;
    let (stopper, stop) = lookup::stop_pair();
    let stopper = Rc::new(stopper);
    heed_signals(Rc::clone(&stopper), voice.as_ref().clone());

    let now = Moment::now();
    let settings = Settings {
        batch_size: args.batch_size.unwrap_or(LARGEST_BATCH),
        detach: args.detach,
        doubt_wait: global.doubt_wait,
        freshness: lookup::freshness(now, args.refresh, args.max_age),
        limit: args.limit,
        max_credits: args.max_credits,
        through: Through::Bulk,
        webhook: args.webhook.clone(),
    };
    let notices = Rc::clone(&voice);
    let engine = Engine::new(
        session.client.clone(),
        session.account,
        Rc::clone(&session.ledger),
        settings.clone(),
        (Rc::clone(&stopper), stop.clone()),
        Box::new(move |notice| notices.say(notice)),
    );
    let job = Job {
        args: &args,
        sheet: &sheet,
        output: &output,
        session: &session,
        settings,
        stop,
        voice: Rc::clone(&voice),
    };
    // Whoever interrupts while the first words are exchanged has started nothing.
    let work = job.work(&engine, &stopper, started);
    work.await
}

/// What is known before the first credit is spent.
struct Prepared {
    plan: Plan,
    balance: Option<Credits>,
    figures: Figures,
}

/// One run of the command.
struct Job<'a> {
    args: &'a BulkArgs,
    sheet: &'a Sheet,
    output: &'a Output,
    session: &'a Session,
    settings: Settings,
    stop: Stop,
    voice: Rc<Voice>,
}

impl Job<'_> {
    async fn work(
        &self,
        engine: &Rc<Engine>,
        stopper: &Rc<Stopper>,
        started: Instant,
    ) -> Result<Exit, Failure> {
        let prepared = self.stop.cut(self.prepare(engine)).await;
        let Some(prepared) = prepared else {
            return Ok(self.interrupted_early());
        };
        let Prepared {
            plan,
            balance,
            figures,
        } = prepared?;
        if self.args.dry_run {
            return self.tell_only(&plan, figures, balance, started);
        }
        if let Some(time) = self.args.timeout {
            Stopper::after(stopper, time);
        }
        let rows = SheetRows(self.sheet);
        let progress = Progress::show(engine.board(), Rc::clone(&self.voice));
        let ended = engine.run(&plan, &rows).await;
        drop(progress);
        let ended = ended.map_err(|error| self.broken(error))?;

        match &ended.halt {
            Some(Halt::Stopped(StopReason::Interrupted)) => {
                return Ok(self.interrupted(&ended, Exit::Interrupted));
            }
            Some(Halt::Stopped(StopReason::Terminated)) => {
                return Ok(self.interrupted(&ended, Exit::Terminated));
            }
            Some(Halt::Key(words)) => {
                return Err(Failure::new(
                    Exit::Key,
                    format!("Enrow refused the API key: \"{words}\""),
                )
                .fact(self.untouched())
                .hint(
                    "check the key on the Enrow dashboard, and that its plan has the phone search",
                ));
            }
            Some(Halt::Refused { status, words }) => {
                return Err(Failure::new(
                    Exit::Failed,
                    format!("Enrow refused the request ({status}: \"{words}\")"),
                )
                .fact("it was not charged, and nobody of it is taken for asked")
                .fact(self.untouched()));
            }
            Some(
                Halt::Stopped(StopReason::TimedOut | StopReason::Failed)
                | Halt::Limit
                | Halt::NoAnswers
                | Halt::Short(_),
            )
            | None => {}
        }
        let unasked = ended.halt.as_ref().map_or(Unasked::Stopped, Halt::unasked);
        let Some(counts) = self.write(&plan, unasked).await? else {
            return Ok(Exit::Done);
        };
        let reused = plan.tally.known_found;
        if reused > 0 {
            self.session.ledger.reused(reused).await?;
        }
        let lookup::Receipt {
            in_doubt,
            polls,
            reserved,
            ..
        } = ended.receipt;
        let asked_something = polls > 0 || in_doubt.plus(reserved) > Credits::ZERO;
        let after = match balance {
            Some(_) if asked_something => engine.balance(Patience::Tries(2)).await.ok(),
            _ => balance,
        };
        let credits = CreditsReport::of(&ended.receipt, balance, after);
        let (exit, reason) = verdict(ended.halt.as_ref(), &counts, self.args.detach);
        let report = Report::of(
            &plan.tally,
            figures,
            &ended.receipt,
            counts,
            credits,
            started.elapsed(),
        );
        let report = report.ended(exit, reason, Some(self.output_name()));
        self.tell(&report, &ended)?;
        Ok(exit)
    }

    /// Everything before the first credit: what earlier runs left, the plan, the figures.
    async fn prepare(&self, engine: &Rc<Engine>) -> Result<Prepared, Failure> {
        let nothing_sent = |error: anyhow::Error| Failure::from(error).fact("no batch was sent");
        let mut balance = None;
        if engine.has_leftovers().await.map_err(nothing_sent)? {
            balance = Some(
                engine
                    .balance(Patience::Tries(5))
                    .await
                    .map_err(nothing_sent)?,
            );
            // Within the time allowed: what cannot be settled now stays in doubt, and its rows say so.
            let time = self.args.timeout.unwrap_or(Duration::MAX);
            let settled = tokio::time::timeout(time, engine.settle_leftovers()).await;
            settled.unwrap_or(Ok(())).map_err(nothing_sent)?;
        }
        let plan = Plan::make(
            &SheetRows(self.sheet),
            &self.session.ledger,
            self.settings.freshness,
        )
        .await
        .map_err(nothing_sent)?;
        let tally = &plan.tally;
        if tally.searchable_rows() == 0 && tally.rows > 0 {
            return Err(self.nothing_searchable(&plan));
        }
        // A run with nothing to ask for needs no Enrow, and goes on when it is out of reach.
        if tally.new + tally.under_way > 0 || self.args.dry_run {
            balance = Some(
                engine
                    .balance(Patience::Tries(5))
                    .await
                    .map_err(nothing_sent)?,
            );
        }
        let (_, price) = engine.board().money();
        let rate = self.session.ledger.found_rate().await?;
        let figures = Figures::of(tally, self.settings.limit, price, rate, balance);
        figures
            .lines(tally)
            .into_iter()
            .for_each(|line| self.voice.say(line));
        Ok(Prepared {
            plan,
            balance,
            figures,
        })
    }

    fn nothing_searchable(&self, plan: &Plan) -> Failure {
        let mut reasons: Vec<_> = plan.tally.unsearchable.iter().collect();
        reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), reason.to_string()));
        let mut failure = Failure::new(
            Exit::Unusable,
            format!("`{}` has nobody who can be searched for", self.input()),
        );
        for (reason, count) in reasons.into_iter().take(3) {
            failure = failure.fact(format!("{} rows: {reason}", grouped(*count as u64)));
        }
        failure
            .fact(self.sheet.mapping().to_string())
            .hint("a row needs a LinkedIn profile URL, or first name, last name and company: name the columns with `--map FIELD=COLUMN`")
    }

    fn tell_only(
        &self,
        plan: &Plan,
        figures: Figures,
        balance: Option<Credits>,
        started: Instant,
    ) -> Result<Exit, Failure> {
        self.voice
            .say("dry run: nothing was sent and nothing written");
        let mut counts = RowCounts::new();
        for (reason, n) in &plan.tally.unsearchable {
            let note = reason.to_string();
            (0..*n).for_each(|_| counts.count(RowStatus::Invalid, &note));
        }
        counts.total = plan.tally.rows;
        let mut reasons: Vec<_> = plan.tally.unsearchable.iter().collect();
        reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), reason.to_string()));
        for (reason, n) in reasons {
            self.voice
                .say(format!("  {} rows: {reason}", grouped(*n as u64)));
        }
        let receipt = lookup::Receipt::default();
        let credits = CreditsReport::of(&receipt, balance, balance);
        let report = Report::of(
            &plan.tally,
            figures,
            &receipt,
            counts,
            credits,
            started.elapsed(),
        );
        self.tell_json(&report.ended(Exit::Done, "dry_run", None))?;
        Ok(Exit::Done)
    }

    /// Writes the sheet with what the ledger knows now. `None` where the reader of the output has gone away.
    async fn write(&self, plan: &Plan, unasked: Unasked) -> Result<Option<RowCounts>, Failure> {
        let broken = |error: crate::sheet::SheetError| {
            let told = Failure::from(error);
            told.fact("what was paid for is in the ledger")
                .hint("run the same command again: answered people are not asked again")
        };
        let mut pass = self.sheet.pass()?;
        let mut writer = match self.sheet.writer(self.output.begin()?) {
            Err(error) if error.is_broken_pipe() => return Ok(None),
            writer => writer.map_err(broken)?,
        };
        let mut counts = RowCounts::new();
        let mut records: Vec<Record> = Vec::new();
        let mut row = 0;
        loop {
            let mut used = 0;
            let mut parts: Vec<Part> = Vec::with_capacity(CHUNK);
            let mut people: Vec<PersonId> = Vec::new();
            while used < CHUNK {
                if used == records.len() {
                    records.push(Record::default());
                }
                if !pass.read(&mut records[used])? {
                    break;
                }
                let part = self.part(plan, row + used, &records[used])?;
                if let Part::Person(person) = part {
                    people.push(person);
                }
                parts.push(part);
                used += 1;
            }
            let mut standings = self.session.ledger.standings(people).await?.into_iter();
            for (record, part) in records[..used].iter().zip(parts) {
                let answer = match part {
                    Part::Answered => None,
                    Part::Person(_) => standings.next().map(|standing| {
                        RowAnswer::of(
                            standing,
                            self.settings.freshness,
                            self.session.account,
                            unasked,
                        )
                    }),
                    Part::Unsearchable => Some(match self.sheet.identify(record) {
                        Row::Unsearchable(reason) => {
                            RowAnswer::without(RowStatus::Invalid, reason.to_string())
                        }
                        Row::Person(_) | Row::Answered => {
                            return Err(Failure::new(
                                Exit::Failed,
                                format!("data row {} is not what it was", row + 1),
                            ));
                        }
                    }),
                };
                let written = match &answer {
                    None => {
                        counts.count(RowStatus::Found, "");
                        writer.keep(record)
                    }
                    Some(answer) => {
                        counts.count(answer.status, &answer.note);
                        writer.write(record, &cells(answer))
                    }
                };
                match written {
                    Err(error) if error.is_broken_pipe() => return Ok(None),
                    written => written.map_err(broken)?,
                }
                row += 1;
            }
            if used < CHUNK {
                break;
            }
        }
        plan.ends_at(row)
            .map_err(|error| Failure::from(anyhow::Error::from(error)))?;
        let sink = match writer.finish() {
            Err(error) if error.is_broken_pipe() => return Ok(None),
            sink => sink.map_err(broken)?,
        };
        match sink.commit() {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(None),
            Err(error) => Err(self
                .output
                .failure(&error)
                .fact("what was paid for is in the ledger")),
            Ok(()) => Ok(Some(counts)),
        }
    }

    fn part(&self, plan: &Plan, row: usize, record: &Record) -> Result<Part, Failure> {
        plan.part(row, record.fingerprint())
            .map_err(|error| Failure::from(anyhow::Error::from(error)).fact(self.untouched()))
    }

    fn tell(&self, report: &Report, ended: &Ended) -> Result<(), Failure> {
        report
            .lines()
            .into_iter()
            .for_each(|line| self.voice.say(line));
        let again = "run the same command again";
        let open = report.rows.open();
        let rows = if open == 1 {
            "1 row has".to_owned()
        } else {
            format!("{} rows have", grouped(open as u64))
        };
        match &ended.halt {
            Some(Halt::Short(Short::Credits)) => self.voice.warn(format!(
                "credits ran out\n  {} is written; {rows} no answer\nhint: add credits and {again}; answered people are not asked again",
                self.output
            )),
            Some(Halt::Short(Short::Budget)) => self.voice.warn(format!(
                "`--max-credits` was reached\n  {} is written; {rows} no answer\nhint: {again}, with another budget; answered people are not asked again",
                self.output
            )),
            Some(Halt::Limit) => self.voice.warn(format!("`--limit` was reached: {rows} no answer yet\nhint: {again}")),
            Some(Halt::NoAnswers) => self.voice.warn(format!(
                "Enrow's answers were lost, again and again: no more batches were sent\nhint: {again} later"
            )),
            Some(Halt::Stopped(StopReason::TimedOut)) => {
                self.voice.warn(format!("`--timeout` is over: {rows} no answer yet\nhint: {again}: it collects them"));
            }
            None if self.args.detach && open > 0 => {
                self.voice.say(format!("submitted; {again} later: it collects the answers"));
            }
            None if open > report.rows.of(RowStatus::Unknown) => {
                self.voice.warn(format!("{rows} no answer\nhint: {again}"));
            }
            None if open > 0 => self.voice.warn(format!("{rows} no answer")),
            Some(Halt::Stopped(_) | Halt::Key(_) | Halt::Refused { .. }) | None => {}
        }
        self.tell_other_keys(ended);
        for batch in ended
            .unsettled
            .iter()
            .filter(|batch| batch.state == BatchState::Unknown)
        {
            self.voice.warn(format!(
                "a batch of {} people may have been taken: its answer was lost\n  \
                 up to {} credits may be reserved; its rows are `unknown` and are not sent again unasked\n\
                 hint: find its id on the Enrow dashboard and run `enrow-phone recover BATCH_ID`; to risk paying twice, `recover --resubmit`",
                grouped(batch.searches as u64),
                crate::lookup::HIGHEST_KNOWN_PRICE.times(batch.searches),
            ));
        }
        if !matches!(self.output, Output::Stdout) {
            self.voice.say(format!("wrote {}", self.output));
        }
        self.tell_json(report)
    }

    /// Batches that another key sent are polled with that key only.
    fn tell_other_keys(&self, ended: &Ended) {
        let mut keys: Vec<String> = ended
            .unsettled
            .iter()
            .filter(|batch| batch.account != self.session.account)
            .map(|batch| batch.account.to_string())
            .collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            self.voice.warn(format!(
                "batches under way were sent with another API key ({key}; this one is {})\nhint: run the same command with that key to collect them",
                self.session.account
            ));
        }
    }

    fn tell_json(&self, report: &Report) -> Result<(), Failure> {
        let json = || serde_json::to_string(report).expect("a report is always JSON");
        if let Some(path) = &self.args.report {
            write_report(path, &json())?;
        }
        if self.args.json {
            self.voice.json(&json());
        }
        Ok(())
    }

    fn interrupted(&self, ended: &Ended, exit: Exit) -> Exit {
        let running: Vec<_> = ended
            .unsettled
            .iter()
            .filter(|batch| batch.state == BatchState::Running)
            .collect();
        self.voice
            .warn(format!("interrupted; {}", self.untouched()));
        for batch in &running {
            let id = batch.id.as_ref().map_or("", |id| id.as_str());
            self.voice.say(format!(
                "  batch {id} ({} people) goes on at Enrow",
                grouped(batch.searches as u64)
            ));
        }
        let doubt = ended
            .unsettled
            .iter()
            .filter(|batch| batch.state == BatchState::Unknown)
            .count();
        if doubt > 0 {
            self.voice.say(format!(
                "  {doubt} batches may have been taken: the next run asks the balance about them"
            ));
        }
        self.voice.say("hint: run the same command again: it collects what was submitted and asks nobody twice");
        exit
    }

    fn interrupted_early(&self) -> Exit {
        self.voice.warn(format!(
            "interrupted; nothing was sent, {}",
            self.untouched()
        ));
        match self.stop.reason() {
            Some(StopReason::Terminated) => Exit::Terminated,
            _ => Exit::Interrupted,
        }
    }

    fn broken(&self, error: anyhow::Error) -> Failure {
        Failure::from(error)
            .fact(self.untouched())
            .fact("what was paid for is in the ledger, or is collected by the next run")
    }

    fn untouched(&self) -> String {
        match self.output {
            Output::Stdout => "nothing was written".to_owned(),
            Output::File(_) | Output::Device(_) => format!("{} was not touched", self.output),
        }
    }

    fn output_name(&self) -> String {
        match self.output {
            Output::Stdout => "-".to_owned(),
            Output::File(path) | Output::Device(path) => path.display().to_string(),
        }
    }

    fn input(&self) -> Input {
        Input::parse(self.args.input.clone())
    }
}

/// The exit code and its word.
fn verdict(halt: Option<&Halt>, counts: &RowCounts, detached: bool) -> (Exit, &'static str) {
    // Whatever ran out, nobody was left without an answer by it.
    let halt = halt.filter(|_| counts.open() > 0);
    let partial = if counts.open() > 0 {
        Exit::Partial
    } else {
        Exit::Done
    };
    match halt {
        Some(Halt::Short(Short::Credits)) => (Exit::Credits, "credits"),
        Some(Halt::Short(Short::Budget)) => (Exit::Credits, "budget"),
        Some(Halt::Limit) => (partial, "limit"),
        Some(Halt::NoAnswers) => (partial, "lost_answers"),
        Some(Halt::Stopped(StopReason::TimedOut)) => (partial, "timeout"),
        Some(Halt::Stopped(_) | Halt::Key(_) | Halt::Refused { .. }) | None
            if detached && counts.open() > 0 =>
        {
            (partial, "detached")
        }
        Some(Halt::Stopped(_) | Halt::Key(_) | Halt::Refused { .. }) | None
            if counts.open() > 0 =>
        {
            (partial, "incomplete")
        }
        Some(Halt::Stopped(_) | Halt::Key(_) | Halt::Refused { .. }) | None => (partial, "done"),
    }
}

fn open(args: &BulkArgs, voice: &Voice) -> Result<Sheet, Failure> {
    let input = Input::parse(args.input.clone());
    let options = Options {
        delimiter: args.delimiter,
        encoding: args.encoding,
        excel: if args.excel {
            Excel::Safe
        } else {
            Excel::Plain
        },
        header: if args.no_header {
            Header::Absent
        } else {
            Header::Detect
        },
        map: args.map.clone(),
        refresh: if args.refresh {
            FilledIn::AskAgain
        } else {
            FilledIn::Keep
        },
    };
    let sheet = Sheet::open(&input, &options)?;
    voice.say(sheet.mapping());
    sheet
        .warnings()
        .iter()
        .for_each(|warning| voice.warn(warning));
    Ok(sheet)
}

fn cells(answer: &RowAnswer) -> Cells<'_> {
    Cells {
        number: answer.number.as_ref().map_or("", |number| number.as_str()),
        country: answer
            .country
            .as_ref()
            .map_or("", |country| country.as_str()),
        status: answer.status.as_str(),
        note: &answer.note,
    }
}

fn write_report(path: &Path, json: &str) -> Result<(), Failure> {
    std::fs::write(path, format!("{json}\n")).map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("cannot write the report `{}`: {error}", path.display()),
        )
    })
}

/// The rows of a sheet as the lookup wants them.
struct SheetRows<'a>(&'a Sheet);

impl Rows for SheetRows<'_> {
    fn pass(&self) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<Entry>> + '_>> {
        Ok(Box::new(Entries {
            sheet: self.0,
            pass: self.0.pass()?,
            record: Record::default(),
        }))
    }
}

struct Entries<'a> {
    sheet: &'a Sheet,
    pass: Pass,
    record: Record,
}

impl Iterator for Entries<'_> {
    type Item = anyhow::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.pass.read(&mut self.record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(Entry {
                row: self.sheet.identify(&self.record),
                fingerprint: self.record.fingerprint(),
            })),
            Err(error) => Some(Err(error.into())),
        }
    }
}
