//! Writes the sheet back, each row with what the ledger knows about its person now.

use super::BulkRun;
use super::write_end::WriteEnd;
use crate::commands::session::blocking::{Patience, drain};
use crate::ledger::{FoundBy, Ledger, LedgerError, PersonId, PersonRecord};
use crate::lookup::{Cancel, Plan, RowRole, SkipReason};
use crate::people::{Remark, RowAnswer, RowStatus};
use crate::sheet::{
    Output, OutputFormat, Placed, Record, RowReader, Sheet, SheetError, Sink, Writer,
};
use crate::ui::console::Console;
use crate::ui::row_answer::{answer_of, invalid};
use crate::ui::row_counts::RowCounts;
use std::io;

/// For how many rows the ledger is read at once.
const CHUNK: usize = 4096;

/// The note of a row that `--skip-filled` leaves out.
const SKIPPED: &str = "not searched: a column of `--skip-filled` has a value";

/// What is written, and where.
pub(super) struct RowsToWrite<'a> {
    pub(super) format: OutputFormat,
    /// Whether a sandbox made up the numbers.
    pub(super) is_made_up: bool,
    pub(super) ledger: &'a Ledger,
    pub(super) cancel: &'a Cancel,
    pub(super) console: &'a Console,
    pub(super) output: &'a Output,
    pub(super) plan: &'a Plan,
    pub(super) sheet: &'a Sheet,
}

impl BulkRun<'_> {
    /// Writes the sheet with what the ledger knows now.
    pub(super) async fn write(
        &self,
        plan: &Plan,
        skip_reason: SkipReason,
    ) -> Result<(RowCounts, Placed), WriteEnd> {
        let (freshness, account) = (self.settings.freshness, self.session.account);
        let rows = RowsToWrite {
            format: self.format,
            cancel: &self.cancel,
            console: self.console,
            is_made_up: self.session.is_made_up(),
            ledger: &self.session.ledger,
            output: self.output,
            plan,
            sheet: self.sheet,
        };
        let mut not_refreshed = 0;
        let answer = |_, record: PersonRecord| {
            not_refreshed += usize::from(self.refresh.awaits(&record));
            answer_of(record, freshness, Some(account), skip_reason)
        };
        let (mut counts, placed) = rows.write(answer).await.map_err(|end| match end {
            WriteEnd::Failed(failure) => WriteEnd::Failed(
                failure
                    .fact("what was paid is in the ledger")
                    .hint("run the same command again: answered people are not searched again"),
            ),
            WriteEnd::Closed | WriteEnd::Stopped(_) => end,
        })?;
        counts.not_refreshed = not_refreshed;
        Ok((counts, placed))
    }
}

impl RowsToWrite<'_> {
    /// Writes every row. `answer` gives the results of a row whose person is in the ledger.
    pub(super) async fn write(
        &self,
        mut answer: impl FnMut(PersonId, PersonRecord) -> RowAnswer,
    ) -> Result<(RowCounts, Placed), WriteEnd> {
        let end = |error: SheetError| self.ignore_broken_pipe(error);
        let mut reader = self.sheet.rows();
        let mut writer = self.sheet.writer(self.output.begin()?, self.format).map_err(end)?;
        let mut counts = RowCounts::default();
        let (mut chunk, mut next) = (WriteChunk::default(), WriteChunk::default());
        chunk.read(&mut reader, self.plan, 0)?;
        chunk.look_up(self.ledger).await?;
        while !chunk.roles.is_empty() {
            next.read(&mut reader, self.plan, chunk.end)?;
            let write = async {
                self.write_rows(&mut chunk, &mut writer, &mut counts, &mut answer).map_err(end)?;
                self.drain(writer.out()).await
            };
            // The next rows are looked up while these are written.
            let (looked_up, written) = tokio::join!(next.look_up(self.ledger), write);
            written?;
            looked_up?;
            std::mem::swap(&mut chunk, &mut next);
        }
        let mut sink = writer.finish().map_err(end)?;
        self.drain(&mut sink).await?;
        let placed = sink.commit(self.sheet.origin());
        Ok((counts, placed.map_err(|error| end(SheetError::Write(error)))?))
    }

    fn write_rows(
        &self,
        chunk: &mut WriteChunk,
        writer: &mut Writer<Sink>,
        counts: &mut RowCounts,
        mut answer: impl FnMut(PersonId, PersonRecord) -> RowAnswer,
    ) -> Result<(), SheetError> {
        let mut known = chunk.known.drain(..);
        for (record, role) in chunk.records.iter().zip(chunk.roles.drain(..)) {
            let told = match role {
                RowRole::Kept => None,
                RowRole::Filled(person) => known
                    .next()
                    .filter(|known| !known.is_empty())
                    .map(|known| answer(person, known)),
                RowRole::Person(person, found_by) => known.next().map(|known| {
                    let told = answer(person, known);
                    match found_by {
                        FoundBy::Alias => told.with(Remark::KnownByAnotherRow),
                        FoundBy::OwnKey => told,
                    }
                }),
                RowRole::Skipped => Some(RowAnswer::without(RowStatus::Skipped, SKIPPED)),
                RowRole::Unsearchable(reason) => {
                    Some(invalid(reason, self.sheet.not_understood(reason)))
                }
            };
            if let Some(told) = told {
                let told = if self.is_made_up { told.with(Remark::MadeUp) } else { told };
                counts.count(told.status, &told.note);
                counts.stale += usize::from(told.is_stale);
                writer.write(record, &told)?;
            } else {
                counts.count(RowStatus::Found, "");
                // The person should have been searched for and was not.
                let is_stale = matches!(role, RowRole::Filled(person) if self.plan.is_open(person));
                counts.stale += usize::from(is_stale);
                writer.write_kept(record, Remark::CameWithRow.text())?;
            }
        }
        Ok(())
    }

    async fn drain(&self, sink: &mut Sink) -> Result<(), WriteEnd> {
        let drained = drain(sink, self.output, self.cancel, self.console, Patience::ROWS).await;
        match drained {
            Ok(done) => done.map_err(WriteEnd::Stopped),
            Err(error) => Err(self.ignore_broken_pipe(SheetError::Write(error))),
        }
    }

    fn ignore_broken_pipe(&self, error: SheetError) -> WriteEnd {
        match error {
            SheetError::Write(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                WriteEnd::Closed
            }
            SheetError::Write(error) => WriteEnd::Failed(self.output.error(error).into()),
            error => WriteEnd::Failed(error.into()),
        }
    }
}

/// Rows that are written together.
#[derive(Default)]
struct WriteChunk {
    /// The number of the last of these rows, from 1.
    end: usize,
    /// What the ledger knows about the people.
    known: Vec<PersonRecord>,
    /// The people of the rows, in their order.
    people: Vec<PersonId>,
    /// One for each role. More may be left from a longer chunk, whose memory is used again.
    records: Vec<Record>,
    roles: Vec<RowRole>,
}

impl WriteChunk {
    /// Reads the rows behind row `row`.
    fn read(&mut self, reader: &mut RowReader, plan: &Plan, row: usize) -> Result<(), SheetError> {
        self.end = row;
        while self.roles.len() < CHUNK {
            if self.roles.len() == self.records.len() {
                self.records.push(Record::default());
            }
            if !reader.read(&mut self.records[self.roles.len()])? {
                break;
            }
            let role = plan.role(self.end);
            match role {
                RowRole::Person(person, _) | RowRole::Filled(person) => self.people.push(person),
                RowRole::Kept | RowRole::Skipped | RowRole::Unsearchable(_) => {}
            }
            self.roles.push(role);
            self.end += 1;
        }
        Ok(())
    }

    async fn look_up(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        // A server is not asked if no row of the chunk has a person.
        if !self.people.is_empty() {
            self.known = ledger.person_records(std::mem::take(&mut self.people)).await?;
        }
        Ok(())
    }
}
