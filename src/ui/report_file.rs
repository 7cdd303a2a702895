//! The file of `--report`.

use super::exit::Exit;
use super::failure::Failure;
use super::message::{Message, message};
use super::report::Report;
use crate::cli::BulkArgs;
use crate::sheet::{Output, Sink};
use std::io::Write;

pub(crate) struct ReportFile(Output);

impl ReportFile {
    /// Checks that the run does not need the file for something else.
    pub(crate) fn of(args: &BulkArgs) -> Result<Option<Self>, Failure> {
        let Some(path) = &args.report else {
            return Ok(None);
        };
        let file = Output::of(Some(path));
        let is_input = args.input != "-" && file.is(&Output::of(Some(args.input.as_ref())));
        if is_input || file.is(&Output::of(args.output.as_deref())) {
            let other = if is_input { "input" } else { "output" };
            let what = message!("`--report` names the {}, {}", other, Message::foreign(&file));
            return Err(Failure::new(Exit::Unusable, what)
                .fact("nothing was sent")
                .hint("write the report to another file"));
        }
        Ok(Some(Self(file)))
    }

    pub(crate) fn output(&self) -> &Output {
        &self.0
    }

    /// Writes the report. [`Sink::commit`] then puts the file in its place.
    pub(crate) fn begin(&self, report: &Report) -> Result<Sink, Failure> {
        let mut sink = self.0.begin()?;
        match writeln!(sink, "{}", report.json()) {
            Ok(()) => Ok(sink),
            Err(error) => Err(self.0.error(error).into()),
        }
    }
}
