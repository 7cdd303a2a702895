//! Writing the sheet back, each row with what the ledger knows of its person now.

use super::Job;
use crate::ledger::{PersonId, PersonRecord};
use crate::lookup::{Plan, RowRole, SkipReason};
use crate::people::{RowAnswer, RowStatus};
use crate::sheet::{Placed, Record, RowReader, SheetError};
use crate::ui::failure::Failure;
use crate::ui::row_answer::answer_of;
use crate::ui::row_counts::RowCounts;
use std::io;

/// Rows whose people are read from the ledger at once.
const CHUNK: usize = 4096;

/// Why the output ends early.
enum WriteEnd {
    /// The reader of the output has gone away, which is no failure.
    Closed,
    Failed(Failure),
}

impl<F: Into<Failure>> From<F> for WriteEnd {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

impl Job<'_> {
    /// Writes the sheet with what the ledger knows now. `None` if the reader of the output has gone away.
    pub(super) async fn write(
        &self,
        plan: &Plan,
        skip_reason: SkipReason,
    ) -> Result<Option<(RowCounts, Placed)>, Failure> {
        match self.write_rows(plan, skip_reason).await {
            Ok(written) => Ok(Some(written)),
            Err(WriteEnd::Closed) => Ok(None),
            Err(WriteEnd::Failed(failure)) => Err(failure),
        }
    }

    async fn write_rows(
        &self,
        plan: &Plan,
        skip_reason: SkipReason,
    ) -> Result<(RowCounts, Placed), WriteEnd> {
        let end = |error: SheetError| self.ignore_broken_pipe(error);
        let mut reader = self.sheet.rows();
        let mut writer = self.sheet.writer(self.output.begin()?).map_err(end)?;
        let mut counts = RowCounts::default();
        let mut chunk = Chunk::default();
        while chunk.read(&mut reader, plan)? {
            let people = std::mem::take(&mut chunk.people);
            let mut people = self.session.ledger.person_records(people).await?.into_iter();
            for (record, role) in chunk.records.iter().zip(chunk.roles.drain(..)) {
                match self.answer(role, &mut people, skip_reason) {
                    None => {
                        counts.count(RowStatus::Found, "");
                        writer.write_unchanged(record).map_err(end)?;
                    }
                    Some(answer) => {
                        counts.count(answer.status, &answer.note);
                        counts.stale += usize::from(answer.is_stale);
                        writer.write(record, &answer).map_err(end)?;
                    }
                }
            }
        }
        let sink = writer.finish().map_err(end)?;
        let placed = sink.commit(self.sheet.origin());
        Ok((counts, placed.map_err(|error| end(SheetError::Write(error)))?))
    }

    /// The result columns of a row; `None` if it keeps the answer it came with.
    fn answer(
        &self,
        role: RowRole,
        people: &mut impl Iterator<Item = PersonRecord>,
        skip_reason: SkipReason,
    ) -> Option<RowAnswer> {
        let (freshness, account) = (self.settings.freshness, self.session.account);
        match role {
            RowRole::Answered => None,
            RowRole::Person(_) => {
                people.next().map(|record| answer_of(record, freshness, Some(account), skip_reason))
            }
            RowRole::Unsearchable(reason) => {
                Some(RowAnswer::without(RowStatus::Invalid, reason.to_string()))
            }
        }
    }

    fn ignore_broken_pipe(&self, error: SheetError) -> WriteEnd {
        let failure: Failure = match error {
            SheetError::Write(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return WriteEnd::Closed;
            }
            SheetError::Write(error) => self.output.error(error).into(),
            error => error.into(),
        };
        WriteEnd::Failed(
            failure
                .fact("what was paid is in the ledger")
                .hint("run the same command again: answered people are not searched again"),
        )
    }
}

/// Rows that are written together.
#[derive(Default)]
struct Chunk {
    /// The people of the rows, in their order.
    people: Vec<PersonId>,
    /// One for each role; more are left over from longer chunks.
    records: Vec<Record>,
    roles: Vec<RowRole>,
    /// Rows in all chunks so far.
    row: usize,
}

impl Chunk {
    /// Reads the next rows; false when there are no more.
    fn read(&mut self, reader: &mut RowReader, plan: &Plan) -> Result<bool, SheetError> {
        while self.roles.len() < CHUNK {
            if self.roles.len() == self.records.len() {
                self.records.push(Record::default());
            }
            if !reader.read(&mut self.records[self.roles.len()])? {
                break;
            }
            let role = plan.role(self.row);
            if let RowRole::Person(person) = role {
                self.people.push(person);
            }
            self.roles.push(role);
            self.row += 1;
        }
        Ok(!self.roles.is_empty())
    }
}
