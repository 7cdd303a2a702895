//! All that speaks: console, progress, tables, estimate, receipt, report, errors and exit codes.
//!
//! Standard output carries data only; everything for people goes to standard error. Below `commands`, nobody else knows
//! these modules.

pub(crate) mod batch_json;
pub(crate) mod console;
pub(crate) mod estimate;
pub(crate) mod failure;
pub(crate) mod logging;
pub(crate) mod notice;
pub(crate) mod progress;
pub(crate) mod receipt;
pub(crate) mod report;
pub(crate) mod row_answer;
pub(crate) mod stdout;
pub(crate) mod table;
