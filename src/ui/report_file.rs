//! The file of `--report`.

use super::exit::Exit;
use super::failure::Failure;
use super::message::{Message, message};
use super::report::Report;
use crate::cli::BulkArgs;
use crate::sheet::Output;
use std::io::Write;

pub(crate) struct ReportFile(Output);

impl ReportFile {
    /// Checks that the file can be written and that the run does not need it for something else.
    pub(crate) fn check(args: &BulkArgs) -> Result<Option<Self>, Failure> {
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
        file.check().map_err(Failure::checked_first)?;
        Ok(Some(Self(file)))
    }

    /// Replaces the file.
    pub(crate) fn write(&self, report: &Report) -> Result<(), Failure> {
        let mut sink = self.0.begin()?;
        writeln!(sink, "{}", report.json())
            .and_then(|()| sink.commit(None).map(drop))
            .map_err(|error| self.0.error(error).into())
    }
}
