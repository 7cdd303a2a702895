//! Writing the sheet back, each row with what the ledger knows of its person now.

use super::Job;
use crate::ledger::{PersonId, PersonRecord};
use crate::lookup::{Plan, RowRole, SkipReason};
use crate::people::{RowAnswer, RowStatus};
use crate::sheet::{Record, SheetError};
use crate::ui::failure::Failure;
use crate::ui::report::RowCounts;
use crate::ui::row_answer::answer_of;
use std::io;

/// Rows that are told their answers at once.
const CHUNK: usize = 4096;

impl Job<'_> {
    /// Writes the sheet with what the ledger knows now. `None` where the reader of the output has gone away.
    pub(super) async fn write(
        &self,
        plan: &Plan,
        skip_reason: SkipReason,
    ) -> Result<Option<RowCounts>, Failure> {
        let mut pass = self.sheet.rows();
        let Some(mut writer) = self.ignore_broken_pipe(self.sheet.writer(self.output.begin()?))?
        else {
            return Ok(None);
        };
        let mut counts = RowCounts::new();
        let mut records: Vec<Record> = Vec::new();
        let mut row = 0;
        loop {
            let mut used = 0;
            let mut roles: Vec<RowRole> = Vec::with_capacity(CHUNK);
            let mut people: Vec<PersonId> = Vec::new();
            while used < CHUNK {
                if used == records.len() {
                    records.push(Record::default());
                }
                if !pass.read(&mut records[used])? {
                    break;
                }
                let role = plan.role(row + used);
                if let RowRole::Person(person) = role {
                    people.push(person);
                }
                roles.push(role);
                used += 1;
            }
            let mut people = self.session.ledger.person_records(people).await?.into_iter();
            for (record, role) in records[..used].iter().zip(roles) {
                let answer = self.answer(role, &mut people, skip_reason);
                let written = match &answer {
                    None => {
                        counts.count(RowStatus::Found, "");
                        writer.write_unchanged(record)
                    }
                    Some(answer) => {
                        counts.count(answer.status, &answer.note);
                        counts.stale += usize::from(answer.is_stale);
                        writer.write(record, answer)
                    }
                };
                if self.ignore_broken_pipe(written)?.is_none() {
                    return Ok(None);
                }
                row += 1;
            }
            if used < CHUNK {
                break;
            }
        }
        let Some(sink) = self.ignore_broken_pipe(writer.finish())? else {
            return Ok(None);
        };
        match sink.commit() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(None),
            Err(error) => {
                Err(Failure::from(self.output.error(error))
                    .fact("what was paid for is in the ledger"))
            }
            Ok(()) => Ok(Some(counts)),
        }
    }

    /// The result columns of a row; `None` where it keeps the answer it came with.
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
                people.next().map(|record| answer_of(record, freshness, account, skip_reason))
            }
            RowRole::Unsearchable(reason) => {
                Some(RowAnswer::without(RowStatus::Invalid, reason.to_string()))
            }
        }
    }

    /// `None` where the reader of the output has gone away, which is no failure.
    fn ignore_broken_pipe<T>(&self, written: Result<T, SheetError>) -> Result<Option<T>, Failure> {
        let failure: Failure = match written {
            Ok(written) => return Ok(Some(written)),
            Err(error) if error.is_broken_pipe() => return Ok(None),
            Err(SheetError::Write(error)) => self.output.error(error).into(),
            Err(error) => error.into(),
        };
        Err(failure
            .fact("what was paid for is in the ledger")
            .hint("run the same command again: answered people are not asked again"))
    }
}
