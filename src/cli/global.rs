//! Options of every command.

use super::config_file::ConfigFile;
use super::profile::{ProfileName, ProfileSection};
use super::settings::Source;
use super::values::duration;
use crate::enrow::BaseUrl;
use clap::{ArgAction, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct Global {
    /// Do not record in the ledger who asked: this machine and its user
    ///
    /// With this record, a team sees whose batches are running (`status`) and who spent what (`usage --by user`).
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false",
        default_missing_value = "true", action = ArgAction::Set, hide_short_help = true, hide_default_value = true, hide_possible_values = true)]
    pub(crate) anonymous_runs: bool,

    /// Read the API key from this file
    ///
    /// It has precedence over `ENROW_API_KEY`, then comes `api-key-file` in the config file, then the key that `login`
    /// keeps. A key is never an argument, because the list of processes shows arguments.
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) api_key_file: Option<PathBuf>,

    #[arg(skip)]
    pub(crate) api_key_file_source: Source,

    /// Address of the API; plain http only for this machine
    #[arg(long, global = true, value_name = "URL", env = "ENROW_API_URL", default_value = BaseUrl::LIVE, hide = true)]
    pub(crate) api_url: BaseUrl,

    /// When to use colours
    ///
    /// With `auto`, `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are respected.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_short_help = true
    )]
    pub(crate) color: When,

    /// How long the balance must stand still to prove that a lost batch was not taken
    ///
    /// When the answer to a batch is lost, the run goes on with other people and watches the balance. The batch is sent
    /// again only if, for this long and with nothing else happening, the balance is exactly what it must be if Enrow
    /// never took the batch. Otherwise its rows are `unknown`. A shorter time proves less.
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, env = "ENROW_PHONE_DOUBT_WAIT",
        default_value = "10m", hide_short_help = true, hide_env = true)]
    pub(crate) doubt_wait: Duration,

    /// With `--sandbox`: forget what earlier sandboxes made up, and start over
    #[arg(long, global = true, requires = "sandbox", hide_short_help = true)]
    pub(crate) fresh: bool,

    /// Keep the ledger in this file, or on a server: `postgres://USER@HOST/DATABASE`
    ///
    /// The ledger holds what was asked, paid and answered; a team shares one on a PostgreSQL server. The password of
    /// the server is taken from `PGPASSWORD` or a password file, never from this option. This option has precedence
    /// over `ENROW_PHONE_LEDGER`, then comes `ledger` in the config file. [default: `enrow-phone/ledger.db` in the
    /// user's state folder]
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath, env = "ENROW_PHONE_LEDGER",
        hide_env = true)]
    pub(crate) ledger: Option<PathBuf>,

    #[arg(skip)]
    pub(crate) ledger_source: Source,

    /// Format of standard error
    ///
    /// With `json`, every line is an object with `timestamp`, `level` and `message`, and there is no progress bar. The
    /// report of `--json` is one line as well.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        hide_short_help = true
    )]
    pub(crate) log_format: LogFormat,

    /// Use the key and the settings of this profile
    ///
    /// `login --profile NAME` keeps its key, and the section `[profile.NAME]` of the config file has its settings. The
    /// key of a profile has precedence over `ENROW_API_KEY`: what is paid is paid by this account. Also
    /// `ENROW_PHONE_PROFILE`.
    // `profile` is the id of an argument of `find`: the profile of a person.
    #[arg(
        id = "profile_name",
        long = "profile",
        global = true,
        value_name = "NAME",
        env = "ENROW_PHONE_PROFILE",
        hide_env = true,
        hide_short_help = true
    )]
    pub(crate) profile: Option<ProfileName>,

    /// The profiles that have a section in the config file.
    #[arg(skip)]
    pub(crate) profiles: Vec<ProfileSection>,

    /// When to draw a progress bar
    ///
    /// Without a bar, a line every 30 seconds shows the progress.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_short_help = true
    )]
    pub(crate) progress: When,

    /// Print nothing if all is well, and otherwise only what is wrong
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// How long one request to Enrow may take
    ///
    /// Nobody knows whether Enrow took a POST that takes longer: it is not sent again without proof.
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, default_value = "2m",
        hide_short_help = true)]
    pub(crate) request_timeout: Duration,

    /// Try it: made-up numbers, no key, nothing is paid
    ///
    /// It has a ledger of its own beside the real one, so that a second run shows what a second run does: nothing is
    /// asked twice. `--fresh` starts over.
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// Show what is done; twice: show every request
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line, for log collectors
    Json,
    /// For people
    Text,
}

impl LogFormat {
    /// The format for an error in the command line, which clap could not parse to its end.
    pub(super) fn guess(words: &[OsString], config: &ConfigFile) -> Self {
        let flag = words.windows(2).find_map(|pair| {
            let first = pair[0].to_str()?;
            match first.strip_prefix("--log-format")? {
                "" => pair[1].to_str(),
                rest => rest.strip_prefix('='),
            }
        });
        let last = words.last().and_then(|word| word.to_str()?.strip_prefix("--log-format="));
        let text = flag.or(last).or_else(|| config.text("log-format")?.to_str());
        text.and_then(|text| <Self as ValueEnum>::from_str(text, false).ok()).unwrap_or(Self::Text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// Always
    Always,
    /// If standard error is a terminal
    Auto,
    /// Never
    Never,
}
