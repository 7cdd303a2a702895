//! The whole command line. Clap parses straight into domain types, so no later code meets an invalid value.

pub(crate) mod config_file;
mod help;
pub(crate) mod paths;
mod person;

pub(crate) use person::PersonError;

use crate::batch::BatchId;
use crate::enrow::{BaseUrl, Webhook};
use crate::lookup::LARGEST_BATCH;
use crate::people::Profile;
use crate::sandbox::Fault;
use crate::sheet::{Delimiter, Encoding, Mapping};
use crate::units::Credits;
use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Find phone numbers for the people in a CSV file, without ever paying twice
#[derive(Debug, Parser)]
#[command(name = "enrow-phone", version, max_term_width = 100, long_about = help::MAIN,
    after_long_help = help::AFTER_MAIN, subcommand_required = true,
    arg_required_else_help = true)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look up everybody in a CSV file and write the same file with the numbers added
    #[command(long_about = help::BULK, after_long_help = help::AFTER_BULK)]
    Bulk(Box<BulkArgs>),
    /// Find the number of one person
    #[command(long_about = help::FIND, after_long_help = help::AFTER_FIND, override_usage = FIND_USAGE)]
    Find(Box<FindArgs>),
    /// Write the results of any batch of the account as CSV
    #[command(long_about = help::FETCH, after_long_help = help::AFTER_FETCH)]
    Fetch(FetchArgs),
    /// Show what is under way, in doubt and done, and what the ledger holds
    #[command(long_about = help::STATUS, after_long_help = help::AFTER_OTHERS)]
    Status(StatusArgs),
    /// Settle what may have been paid without an answer to show for it
    #[command(long_about = help::RECOVER, after_long_help = help::AFTER_RECOVER)]
    Recover(RecoverArgs),
    /// Erase people from the ledger for good
    #[command(long_about = help::FORGET, after_long_help = help::AFTER_OTHERS)]
    Forget(ForgetArgs),
    /// Show the credits of the account and what they pay for
    #[command(long_about = help::ACCOUNT, after_long_help = help::AFTER_OTHERS)]
    Account(AccountArgs),
    /// Keep an API key for later runs, after checking it
    #[command(long_about = help::LOGIN, after_long_help = help::AFTER_OTHERS)]
    Login,
    /// Remove the API key that `login` keeps
    #[command(long_about = help::LOGOUT)]
    Logout,
    /// Show the settings in force and where each comes from
    #[command(long_about = help::CONFIG)]
    Config(ConfigArgs),
    /// Serve a local Enrow with made-up numbers, for trying the tool and rehearsing scripts
    #[command(long_about = help::SANDBOX)]
    Sandbox(SandboxArgs),
    /// Write the completions of a shell to standard output
    #[command(long_about = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Write the manual pages
    #[command(long_about = help::MAN)]
    Man(ManArgs),
}

/// The two ways to name a person.
const FIND_USAGE: &str = "\
enrow-phone find [OPTIONS] <URL>
       enrow-phone find [OPTIONS] --first <NAME> --last <NAME> --domain <HOST>
       enrow-phone find [OPTIONS] --first <NAME> --last <NAME> --company <NAME>";

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Read the API key from this file
    ///
    /// It goes before `ENROW_API_KEY`, that before `api-key-file` in the config file, and that before what `login`
    /// keeps. A key is never an argument, since arguments show in the list of processes.
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub api_key_file: Option<PathBuf>,

    /// Address of the API; plain http only for this machine
    #[arg(long, global = true, value_name = "URL", env = "ENROW_API_URL", default_value = BaseUrl::LIVE, hide = true)]
    pub(crate) api_url: BaseUrl,

    /// When to use colours [default: auto]
    ///
    /// `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are heeded where it is `auto`.
    #[arg(long, global = true, value_enum, value_name = "WHEN", hide_short_help = true)]
    pub color: Option<When>,

    /// What the config file says, where the environment stands between it and the flags.
    #[arg(skip)]
    pub file: FileDefaults,

    /// How long after a lost answer the balance is asked whether its batch was taken
    ///
    /// A request may still be on its way when its connection is gone: what the balance says too early proves nothing.
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, env = "ENROW_PHONE_DOUBT_WAIT",
        default_value = "15s", hide_short_help = true, hide_env = true)]
    pub doubt_wait: Duration,

    /// Keep the ledger in this file
    ///
    /// The ledger holds what was asked, paid and answered. It goes before `ENROW_PHONE_LEDGER`, and that before
    /// `ledger` in the config file. [default: `enrow-phone/ledger.db` in the user's state folder]
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub ledger: Option<PathBuf>,

    /// How standard error is written [default: text]
    ///
    /// As JSON every line is an object with `timestamp`, `level` and `message`, and no bar is drawn; the report that
    /// `--json` asks for is a line of its own.
    #[arg(long, global = true, value_enum, value_name = "FORMAT", hide_short_help = true)]
    pub log_format: Option<LogFormat>,

    /// When to draw a progress bar [default: auto]
    ///
    /// Where none is drawn, a plain line now and then tells how far it is.
    #[arg(long, global = true, value_enum, value_name = "WHEN", hide_short_help = true)]
    pub progress: Option<When>,

    /// Say nothing but errors, and what may have been paid for nothing
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// How long one request to Enrow may take [default: 2m]
    ///
    /// A POST that takes longer is in doubt: it is not sent again without proof that it was not taken.
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    pub request_timeout: Option<Duration>,

    /// Try it: made-up numbers, no key, nothing is paid
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// Say what is done; twice: every request
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

impl Global {
    /// How long one request may take.
    pub fn request_timeout(&self) -> Duration {
        self.request_timeout.unwrap_or(Duration::from_mins(2))
    }
}

/// Settings of the config file that the environment overrules.
#[derive(Debug, Clone, Default)]
pub struct FileDefaults {
    /// `api-key-file`
    pub api_key_file: Option<PathBuf>,
    /// `ledger`
    pub ledger: Option<PathBuf>,
}

/// Options of `bulk`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct BulkArgs {
    /// The CSV file to read; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub input: OsString,

    /// Where to write the enriched CSV; may be the input itself [default: standard output]
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Which column holds a field, by name or number (from 1); may be given several times
    #[arg(long, value_name = "FIELD=COLUMN", help_heading = "Reading")]
    pub map: Vec<Mapping>,

    /// What separates the fields: `,` `;` `tab` `|` [default: found from the content]
    #[arg(long, value_name = "CHAR", help_heading = "Reading")]
    pub delimiter: Option<Delimiter>,

    /// Encoding of the input, for instance `iso-8859-2` [default: found from the content]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub encoding: Option<Encoding>,

    /// The first row is data
    #[arg(long, help_heading = "Reading")]
    pub no_header: bool,

    /// Write for spreadsheet programs: with a byte order mark, numbers as text
    #[arg(long, help_heading = "Writing")]
    pub excel: bool,

    /// Searches in one batch, at most [default: 3000]
    #[arg(long, value_name = "N", value_parser = batch_size, help_heading = "Asking")]
    pub batch_size: Option<usize>,

    /// Submit, do not wait for the answers: a later run collects them
    #[arg(long, help_heading = "Asking")]
    pub detach: bool,

    /// Tell what a run would do and cost; send nothing
    #[arg(long, help_heading = "Asking")]
    pub dry_run: bool,

    /// Search for at most N new people
    #[arg(long, value_name = "N", help_heading = "Asking")]
    pub limit: Option<usize>,

    /// Ask again for answers older than this, for instance `180d`
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Asking")]
    pub max_age: Option<Duration>,

    /// Never reserve and spend more than N credits in this run
    #[arg(long, value_name = "N", value_parser = credits, help_heading = "Asking")]
    pub max_credits: Option<Credits>,

    /// Ask again for everybody, also for numbers that are known and paid
    #[arg(long, help_heading = "Asking")]
    pub refresh: bool,

    /// Stop waiting after this time, for instance `30m`; what is submitted goes on at Enrow
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Asking")]
    pub timeout: Option<Duration>,

    /// Have Enrow notify this https address when a batch is done
    #[arg(long, value_name = "URL", help_heading = "Asking")]
    pub(crate) webhook: Option<Webhook>,

    /// Tell the outcome as one JSON object on stderr
    #[arg(long, help_heading = "Telling")]
    pub json: bool,

    /// Write the outcome as one JSON object to this file
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "Telling")]
    pub report: Option<PathBuf>,
}

/// Options of `forget`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("who").required(true).multiple(true).args(["people", "last", "all"]))]
pub struct ForgetArgs {
    /// LinkedIn profile URLs, or their slugs
    #[arg(value_name = "PERSON", value_parser = profile)]
    pub people: Vec<Profile>,

    /// Forget everybody
    #[arg(long, conflicts_with_all = ["people", "first", "last", "domain", "company", "suppress"])]
    pub all: bool,

    /// Company name of the person named by `--first` and `--last`
    #[arg(long, value_name = "NAME", requires = "last")]
    pub company: Option<String>,

    /// Company domain of the person named by `--first` and `--last`
    #[arg(long, value_name = "DOMAIN", requires = "last")]
    pub domain: Option<String>,

    /// First name
    #[arg(long, value_name = "NAME", requires = "last")]
    pub first: Option<String>,

    /// Last name; with `--first` and `--domain` or `--company`, as it stood in the file
    #[arg(long, value_name = "NAME", requires = "first")]
    pub last: Option<String>,

    /// Remember the digest, so that they are never searched for again
    #[arg(long)]
    pub suppress: bool,

    /// Do not ask before forgetting everybody
    #[arg(long)]
    pub yes: bool,
}

/// Options of `recover`.
#[derive(Debug, clap::Args)]
pub struct RecoverArgs {
    /// Id of the batch, from the Enrow dashboard or the webhook; without one, lists the batches in doubt
    #[arg(value_name = "BATCH_ID", value_parser = batch_id, conflicts_with = "resubmit")]
    pub id: Option<BatchId>,

    /// Give up what is in doubt, so that the next run asks, and perhaps pays, again
    #[arg(long)]
    pub resubmit: bool,

    /// Do not ask before giving up
    #[arg(long, requires = "resubmit")]
    pub yes: bool,
}

/// Options of `account`.
#[derive(Debug, clap::Args)]
pub struct AccountArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Options of `completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Options of `config`.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Options of `fetch`.
#[derive(Debug, clap::Args)]
pub struct FetchArgs {
    /// The batch's id, as the webhook, the dashboard or `enrow-phone status` tells it
    #[arg(value_name = "BATCH_ID", value_parser = batch_id)]
    pub batch: BatchId,

    /// Where to write the CSV [default: standard output]
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// What separates the fields: `,` `;` `tab` `|` [default: `,`]
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<Delimiter>,

    /// Write for spreadsheet programs: with a byte order mark, numbers as text
    #[arg(long)]
    pub excel: bool,

    /// Do not wait for a batch that still runs
    #[arg(long)]
    pub no_wait: bool,

    /// Stop waiting after this time, for instance `30m`
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "no_wait")]
    pub timeout: Option<Duration>,
}

/// One person, by LinkedIn profile or by name and company.
#[derive(Debug, clap::Args)]
pub struct PersonArgs {
    /// The LinkedIn profile: its address, or what stands behind `/in/`
    #[arg(value_name = "URL", required_unless_present = "first", conflicts_with_all = ["first", "last", "domain", "company"])]
    pub profile: Option<String>,

    /// First name
    #[arg(long, value_name = "NAME", requires = "last", help_heading = "By name")]
    pub first: Option<String>,

    /// Last name
    #[arg(long, value_name = "NAME", requires = "first", help_heading = "By name")]
    pub last: Option<String>,

    /// Domain or website of the company
    #[arg(long, value_name = "HOST", requires = "first", help_heading = "By name")]
    pub domain: Option<String>,

    /// Name of the company; the domain is better
    #[arg(long, value_name = "NAME", requires = "first", help_heading = "By name")]
    pub company: Option<String>,
}

/// Options of `find`.
#[derive(Debug, clap::Args)]
pub struct FindArgs {
    /// Who.
    #[command(flatten)]
    pub person: PersonArgs,

    /// Print one JSON object instead of the number
    #[arg(long)]
    pub json: bool,

    /// Ask again if the answer is older than this, for instance `180d`
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_age: Option<Duration>,

    /// Ask again even if the number is known and paid
    #[arg(long)]
    pub refresh: bool,

    /// Stop waiting after this time, for instance `90s`; the search goes on at Enrow
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
}

/// Options of `man`.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Write the pages of all commands into this folder [default: the main page to standard output]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

/// Options of `status`.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,

    /// How many batches that have ended are listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub recent: usize,
}

/// Options of `sandbox`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = faults())]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8400)]
    pub port: u16,

    /// Credits of every account
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub credits: u64,

    /// How long a batch takes, for instance `30s`
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "5s")]
    pub batch_time: Duration,

    /// Misbehave, for instance `post:2=reset-after`; may be given several times (see below)
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<Fault>,
}

/// How standard error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line, for collectors of logs
    Json,
    /// For people
    Text,
}

/// When to do something that only suits a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// Always
    Always,
    /// Where standard error is a terminal
    Auto,
    /// Never
    Never,
}

pub(crate) fn batch_size(text: &str) -> Result<usize, String> {
    match usize::from_str(text) {
        Ok(size @ 1..=LARGEST_BATCH) => Ok(size),
        _ => Err(format!("a batch has 1 to {LARGEST_BATCH} searches")),
    }
}

fn batch_id(text: &str) -> Result<BatchId, String> {
    BatchId::parse(text).ok_or_else(|| "not the id of a batch".to_owned())
}

pub(crate) fn credits(text: &str) -> Result<Credits, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    digits.parse().map(Credits).map_err(|_| "not a number of credits".to_owned())
}

fn profile(text: &str) -> Result<Profile, String> {
    let slug = || Profile::parse(&format!("https://www.linkedin.com/in/{text}"));
    let is_slug = !text.contains(['/', '.', ' ']);
    let parsed = if is_slug { slug() } else { Profile::parse(text) };
    parsed.map_err(|kind| format!("{kind}; a person is a LinkedIn profile URL or slug, or `--first`, `--last` and `--domain` or `--company`"))
}

/// Every fault with its meaning, for the help of `sandbox`.
fn faults() -> String {
    let mut help =
        "Faults, written TARGET[:WHICH]=KIND; WHICH is `3`, `3-5`, `3-`, `20%` or `*`:\n"
            .to_owned();
    for known in Fault::catalogue() {
        // A search is named by words of its own, not by a number.
        let which = if known.target == "search" { ":TEXT" } else { "" };
        let fault = format!("{}{which}={}", known.target, known.kind);
        help.push_str(&format!("  {fault:<24} {}\n", known.meaning));
    }
    help
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write for instance `90s`, `30m` or `180d`"))
}
