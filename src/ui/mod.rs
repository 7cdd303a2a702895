//! All that is said to people: console, progress, tables, estimate, receipt, report, errors and exit codes.
//!
//! Standard output carries only data; everything for people goes to standard error. Only `commands` uses these modules.
//! What is printed is a [`message::Message`], which foreign text can enter only through the sanitizer.

pub(crate) mod batch_json;
pub(crate) mod budget;
pub(crate) mod clock;
pub(crate) mod confirm;
pub(crate) mod console;
pub(crate) mod ending;
pub(crate) mod estimate;
pub(crate) mod exit;
pub(crate) mod failure;
pub(crate) mod logging;
pub(crate) mod message;
pub(crate) mod notice;
pub(crate) mod progress;
pub(crate) mod receipt;
mod repeated_options;
pub(crate) mod report;
pub(crate) mod report_file;
pub(crate) mod row_answer;
pub(crate) mod row_counts;
pub(crate) mod sheet_error;
mod stderr;
pub(crate) mod stdout;
pub(crate) mod table;
