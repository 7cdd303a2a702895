//! The options of the commands.

use super::person::PersonArgs;
use super::values;
use crate::batch::BatchId;
use crate::enrow::Webhook;
use crate::lookup::LARGEST_BATCH;
use crate::people::{PhoneNumber, Profile};
use crate::sandbox::{Fault, Faults};
use crate::sheet::{ColumnName, ColumnPrefix, Delimiter, Encoding, FormatOption, Mapping};
use crate::units::{Credits, Moment};
use clap::{ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct BulkArgs {
    /// The list to read: CSV, a workbook or JSON lines; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) input: OsString,

    /// Where to write the enriched list, `.csv`, `.xlsx` or `.jsonl`; may be the input itself [default: standard output]
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Which column holds a field, by name or number (from 1); can be repeated
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = values::MappingParser, hide_possible_values = true,
        help_heading = "Reading")]
    pub(crate) map: Vec<Mapping>,

    /// Field separator: `,` `;` `tab` `|` [default: found from the content]
    #[arg(long, value_name = "CHAR", help_heading = "Reading")]
    pub(crate) delimiter: Option<Delimiter>,

    /// Which options for CSV the person gave, rather than the config file.
    #[arg(skip)]
    pub(crate) csv_options: Vec<FormatOption>,

    /// Encoding of the input, for instance `iso-8859-2` [default: found from the content]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub(crate) encoding: Option<Encoding>,

    /// The first row is data, not a header
    #[arg(long, help_heading = "Reading")]
    pub(crate) no_header: bool,

    /// Which sheet of a workbook, by name or number [default: the one that names people]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub(crate) sheet: Option<String>,

    /// Put TEXT before the names of the four added columns
    #[arg(long, value_name = "TEXT", help_heading = "Writing")]
    pub(crate) column_prefix: Option<ColumnPrefix>,

    /// Write for spreadsheet programs: with a byte order mark, and numbers as text
    #[arg(long, help_heading = "Writing")]
    pub(crate) excel: bool,

    /// Replace columns of the file that have the names of the added columns
    #[arg(long, help_heading = "Writing")]
    pub(crate) overwrite_columns: bool,

    /// Searches in one batch, at most
    #[arg(long, value_name = "N", value_parser = values::batch_size, allow_negative_numbers = true,
        default_value_t = LARGEST_BATCH,
        help_heading = "Searching")]
    pub(crate) batch_size: usize,

    /// On a terminal, ask before a run that may cost more than N credits
    #[arg(long, value_name = "N", value_parser = values::credits, allow_negative_numbers = true,
        default_value = "1000", hide_short_help = true,
        help_heading = "Searching")]
    pub(crate) confirm_above: Credits,

    /// Submit, but do not wait for the answers: a later run collects them
    #[arg(long, help_heading = "Searching")]
    pub(crate) detach: bool,

    /// Show what a run would do and cost; send nothing
    #[arg(long, help_heading = "Searching")]
    pub(crate) dry_run: bool,

    /// Search for at most N new people
    #[arg(long, value_name = "N", value_parser = values::whole::<usize>, allow_negative_numbers = true,
        help_heading = "Searching")]
    pub(crate) limit: Option<usize>,

    /// Search again where the answer is older than this, for instance `180d`
    #[arg(long, value_name = "TIME", value_parser = values::duration, help_heading = "Searching")]
    pub(crate) max_age: Option<Duration>,

    /// Never reserve or spend more than N credits in this run
    #[arg(long, value_name = "N", value_parser = values::credits, allow_negative_numbers = true,
        help_heading = "Searching")]
    pub(crate) max_credits: Option<Credits>,

    /// Search for everybody again, even where a number is known and paid; continues a refresh that is not finished
    #[arg(long, help_heading = "Searching")]
    pub(crate) refresh: bool,

    /// Do not search rows that have a value in this column, by name or number; can be repeated
    #[arg(long, value_name = "COLUMN", help_heading = "Searching")]
    pub(crate) skip_filled: Vec<ColumnName>,

    /// Stop waiting after this time, for instance `30m`; submitted batches continue at Enrow
    #[arg(long, value_name = "TIME", value_parser = values::duration, help_heading = "Searching")]
    pub(crate) timeout: Option<Duration>,

    /// Let Enrow notify this https address when a batch is done
    #[arg(long, value_name = "URL", help_heading = "Searching")]
    pub(crate) webhook: Option<Webhook>,

    /// Do not ask before a run that may cost much
    #[arg(long, help_heading = "Searching")]
    pub(crate) yes: bool,

    /// Print the report as one JSON object on standard error
    #[arg(long, help_heading = "Reporting")]
    pub(crate) json: bool,

    /// Name the list in the ledger; an empty TEXT names none [default: the name of the file]
    #[arg(long, value_name = "TEXT", help_heading = "Reporting")]
    pub(crate) label: Option<String>,

    /// Write the report as one JSON object to this file
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "Reporting")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("who").required(true).multiple(true).args(["people", "last", "all"]))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct ForgetArgs {
    /// LinkedIn profile URLs, or their slugs
    #[arg(value_name = "PERSON", value_parser = values::profile)]
    pub(crate) people: Vec<Profile>,

    /// Forget everybody
    #[arg(long, conflicts_with_all = ["people", "first", "last", "domain", "company", "suppress"])]
    pub(crate) all: bool,

    /// With `--all`: also those who are never to be searched for
    #[arg(long, requires = "all")]
    pub(crate) and_suppressed: bool,

    /// Company name of the person named by `--first` and `--last`
    #[arg(long, value_name = "NAME", requires = "last")]
    pub(crate) company: Option<String>,

    /// Company domain of the person named by `--first` and `--last`
    #[arg(long, value_name = "DOMAIN", requires = "last")]
    pub(crate) domain: Option<String>,

    /// First name
    #[arg(long, value_name = "NAME", requires = "last")]
    pub(crate) first: Option<String>,

    /// Last name; with `--first` and `--domain` or `--company`, written as in the file
    #[arg(long, value_name = "NAME", requires = "first")]
    pub(crate) last: Option<String>,

    /// Keep the digest, so that they are never searched for again
    #[arg(long)]
    pub(crate) suppress: bool,

    /// Do not ask before forgetting everybody
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct RecoverArgs {
    /// Id of the batch, from the Enrow dashboard or the list of what is unclear; without one, print that list
    #[arg(value_name = "BATCH_ID", value_parser = values::batch_id)]
    pub(crate) id: Option<BatchId>,

    /// Take the numbers of the batch that are not proven, or only NUMBER
    #[arg(long, value_name = "NUMBER", value_parser = values::phone_number, require_equals = true,
        requires = "id", conflicts_with = "resubmit")]
    #[expect(clippy::option_option, reason = "an option of which the value may be left out")]
    pub(crate) accept: Option<Option<PhoneNumber>>,

    /// Continue with a ledger on a server that went back in time
    ///
    /// A server that took over from another, or a backup that was restored, may lack the newest entries: people who were
    /// asked for then can be paid for twice. No run asks for anybody until this option is given once, on any machine.
    #[arg(long, conflicts_with_all = ["id", "accept", "json", "resubmit"])]
    pub(crate) accept_rewind: bool,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Let the next run search again for people without a usable answer, and perhaps pay again
    #[arg(long)]
    pub(crate) resubmit: bool,

    /// Do not ask before `--resubmit`
    #[arg(long, requires = "resubmit")]
    pub(crate) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AccountArgs {
    /// Show the accounts of all profiles
    #[arg(long, conflicts_with = "profile_name")]
    pub(crate) all: bool,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FetchArgs {
    /// Id of the batch, from the webhook, the dashboard or `enrow-phone status`
    #[arg(value_name = "BATCH_ID", value_parser = values::batch_id)]
    pub(crate) batch: BatchId,

    /// Where to write it, `.csv`, `.xlsx` or `.jsonl` [default: standard output]
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Field separator: `,` `;` `tab` `|` [default: `,`, or tab for `.tsv`]
    #[arg(long, value_name = "CHAR")]
    pub(crate) delimiter: Option<Delimiter>,

    /// Which options for CSV the person gave, rather than the config file.
    #[arg(skip)]
    pub(crate) csv_options: Vec<FormatOption>,

    /// Write for spreadsheet programs: with a byte order mark, and numbers as text
    #[arg(long)]
    pub(crate) excel: bool,

    /// Do not wait for a batch that is still running
    #[arg(long)]
    pub(crate) no_wait: bool,

    /// Stop waiting after this time, for instance `30m`
    #[arg(long, value_name = "TIME", value_parser = values::duration, conflicts_with = "no_wait")]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FindArgs {
    #[command(flatten)]
    pub(crate) person: PersonArgs,

    /// Print one JSON object instead of the number
    #[arg(long)]
    pub(crate) json: bool,

    /// Search again if the answer is older than this, for instance `180d`
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub(crate) max_age: Option<Duration>,

    /// Search again, even if the number is known and paid
    #[arg(long)]
    pub(crate) refresh: bool,

    /// Stop waiting after this time, for instance `90s`; the search continues at Enrow
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this folder [default: the main page to standard output]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// How many finished batches to list
    #[arg(long, value_name = "N", value_parser = values::whole::<usize>, allow_negative_numbers = true,
        default_value_t = 10)]
    pub(crate) recent: usize,
}

#[derive(Debug, clap::Args)]
pub(crate) struct UsageArgs {
    /// What to sum up by
    #[arg(long, value_enum, value_name = "WHAT", default_value = "month")]
    pub(crate) by: UsageBy,

    /// Print CSV
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,

    /// Write it to this file, `.csv`, `.xlsx` or `.jsonl`
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["csv", "json"])]
    pub(crate) output: Option<PathBuf>,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Only what was searched since this day (`2026-11-01`), or in this time before now (`30d`)
    #[arg(long, value_name = "TIME", value_parser = values::since)]
    pub(crate) since: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum UsageBy {
    Day,
    /// The API key
    Key,
    /// The list: its file, or its `--label`
    Label,
    Month,
    /// Who asked, and on which machine
    User,
    /// Weeks begin on Monday
    Week,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = Faults::help())]
pub(crate) struct SandboxArgs {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, value_name = "PORT", value_parser = values::whole::<u16>, allow_negative_numbers = true,
        default_value_t = 8400)]
    pub(crate) port: u16,

    /// Credits of every account
    #[arg(long, value_name = "N", value_parser = values::whole::<u64>, allow_negative_numbers = true,
        default_value_t = 1_000_000)]
    pub(crate) credits: u64,

    /// How long a batch takes, for instance `30s`
    #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "5s")]
    pub(crate) batch_time: Duration,

    /// Simulate a fault, for instance `post:2=reset-after`; can be repeated (see below)
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<Fault>,
}
