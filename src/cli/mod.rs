//! The command line and the config file. Clap parses both straight into domain types, so no later code meets an invalid
//! value.
//!
//! The config file is read first: each of its settings becomes the default value of its option. Clap then gives flags
//! precedence over the environment, and the environment over the file.

pub(crate) mod config_file;
mod global;
mod help;
mod ledger;
mod options;
pub(crate) mod paths;
mod person;
mod profile;
mod settings;
mod values;

pub(crate) use config_file::ConfigError;
pub(crate) use global::{Global, LogFormat, When};
pub(crate) use ledger::{
    BudgetPer, LedgerBudgetArgs, LedgerCommand, LedgerInfoArgs, LedgerMoveArgs,
};
pub(crate) use options::{
    AccountArgs, BulkArgs, CompletionsArgs, ConfigArgs, FetchArgs, FindArgs, ForgetArgs, ManArgs,
    RecoverArgs, SandboxArgs, StatusArgs, UsageArgs, UsageBy,
};
pub(crate) use person::PersonError;
pub(crate) use profile::ProfileName;
pub(crate) use settings::{EffectiveSettings, Source};
pub(crate) use values::BudgetAmount;

use crate::sheet::FormatOption;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use config_file::ConfigFile;
use std::ffi::OsString;

/// Find phone numbers for the people in a contact list, without ever paying twice
#[derive(Debug, Parser)]
#[command(name = "enrow-phone", version, max_term_width = 100, long_about = help::MAIN,
    after_long_help = help::AFTER_MAIN, subcommand_required = true,
    arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look up everybody in a contact list and write the same list with the numbers added
    #[command(long_about = help::BULK, after_long_help = help::AFTER_BULK)]
    Bulk(Box<BulkArgs>),
    /// Find the number of one person
    #[command(long_about = help::FIND, after_long_help = help::AFTER_FIND, override_usage = help::FIND_USAGE)]
    Find(Box<FindArgs>),
    /// Write the results of any batch of the account as CSV, a workbook or JSON lines
    #[command(long_about = help::FETCH, after_long_help = help::AFTER_FETCH)]
    Fetch(FetchArgs),
    /// Show which batches are running, unclear or done, and what the ledger holds
    #[command(long_about = help::STATUS, after_long_help = help::AFTER_OTHERS)]
    Status(StatusArgs),
    /// Show what was searched, what came of it, and what it cost
    #[command(long_about = help::USAGE, after_long_help = help::AFTER_OTHERS)]
    Usage(UsageArgs),
    /// Settle batches and people that may have been paid without an answer
    #[command(long_about = help::RECOVER, after_long_help = help::AFTER_RECOVER)]
    Recover(RecoverArgs),
    /// Erase people from the ledger for good
    #[command(long_about = help::FORGET, after_long_help = help::AFTER_OTHERS)]
    Forget(ForgetArgs),
    /// Show, move or limit the ledger
    #[command(subcommand, long_about = help::LEDGER, after_long_help = help::AFTER_OTHERS)]
    Ledger(LedgerCommand),
    /// Show the credits of the account and how many numbers they pay for
    #[command(long_about = help::ACCOUNT, after_long_help = help::AFTER_OTHERS)]
    Account(AccountArgs),
    /// Check an API key and keep it for later runs
    #[command(long_about = help::LOGIN, after_long_help = help::AFTER_OTHERS)]
    Login,
    /// Remove the API key that `login` keeps
    #[command(long_about = help::LOGOUT)]
    Logout,
    /// Show the settings in force and where each comes from
    #[command(long_about = help::CONFIG)]
    Config(ConfigArgs),
    /// Serve a local Enrow with made-up numbers, to try the tool and to test scripts
    #[command(long_about = help::SANDBOX)]
    Sandbox(SandboxArgs),
    /// Write the completions of a shell to standard output
    #[command(long_about = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Write the manual pages
    #[command(long_about = help::MAN)]
    Man(ManArgs),
}

impl Command {
    /// Whether the profile that is chosen has to be there. `login` makes it.
    pub(crate) fn uses_profile(&self) -> bool {
        self.needs_config() && !matches!(self, Self::Login)
    }

    /// Whether a config file that cannot be used stops the command. It must not keep a shell from loading completions.
    fn needs_config(&self) -> bool {
        match self {
            Self::Completions(_) | Self::Logout | Self::Man(_) => false,
            Self::Account(_)
            | Self::Bulk(_)
            | Self::Config(_)
            | Self::Fetch(_)
            | Self::Find(_)
            | Self::Forget(_)
            | Self::Ledger(_)
            | Self::Login
            | Self::Recover(_)
            | Self::Sandbox(_)
            | Self::Status(_)
            | Self::Usage(_) => true,
        }
    }
}

/// A parsed command line, with the settings of the environment and of the config file.
#[derive(Debug)]
pub struct CommandLine {
    pub(crate) args: Args,
    pub(crate) settings: EffectiveSettings,
    /// Why the config file cannot be used, where the command needs it.
    pub(crate) config: Result<(), ConfigError>,
}

/// A command line that is not run: it has a mistake, or asks for help.
#[derive(Debug)]
pub struct UsageError {
    pub(crate) error: clap::Error,
    pub(crate) log_format: LogFormat,
}

impl CommandLine {
    /// Parses the arguments of this process.
    ///
    /// # Errors
    /// The command line cannot be used, or asks for help.
    pub fn parse() -> Result<Self, UsageError> {
        let words: Vec<OsString> = std::env::args_os().collect();
        let (config, problem) =
            match ConfigFile::load(&Args::command(), ProfileName::guess(&words).as_ref()) {
                Ok(config) => (config, Ok(())),
                Err(error) => (ConfigFile::default(), Err(error)),
            };
        let mut command = settings::without_empty_variables(config.apply(Args::command()));
        let parsed = command.try_get_matches_from_mut(&words).and_then(|matches| {
            let mut args = Args::from_arg_matches(&matches)?;
            note_csv_options(&mut args.command, &matches);
            Ok((args, EffectiveSettings::of(&command, &matches, &config)))
        });
        match parsed {
            Ok((mut args, settings)) => {
                args.global.ledger_source = settings.source("ledger");
                args.global.api_key_file_source = settings.source("api-key-file");
                args.global.profiles.clone_from(&config.profiles);
                let config = if args.command.needs_config() { problem } else { Ok(()) };
                Ok(Self { args, settings, config })
            }
            Err(error) => Err(UsageError {
                error: with_hint(with_variable(without_address(error), &words), &words),
                log_format: LogFormat::guess(&words, &config),
            }),
        }
    }
}

/// Notes which options for CSV are on the command line. Only those are refused for a list of another format: a config file
/// is for all lists.
fn note_csv_options(command: &mut Command, matches: &ArgMatches) {
    let Some((_, matches)) = matches.subcommand() else { return };
    let given = |name, option| {
        (matches.value_source(name) == Some(ValueSource::CommandLine)).then_some(option)
    };
    // Clap panics where a command does not have the option.
    if let Command::Bulk(args) = command {
        let options = [
            given("delimiter", FormatOption::Delimiter),
            given("encoding", FormatOption::Encoding),
        ];
        args.csv_options = options.into_iter().flatten().collect();
    } else if let Command::Fetch(args) = command {
        args.csv_options = given("delimiter", FormatOption::Delimiter).into_iter().collect();
    }
}

/// Removes the address of the API from an error about it: it may hold a password, or may be the key by mistake. The error
/// names the variable, because the option is hidden in the help.
fn without_address(mut error: clap::Error) -> clap::Error {
    let is_address = matches!(
        error.get(ContextKind::InvalidArg),
        Some(ContextValue::String(arg)) if arg.starts_with("--api-url")
    );
    if is_address {
        let text = |text: &str| ContextValue::String(text.to_owned());
        error.insert(ContextKind::InvalidArg, text("ENROW_API_URL"));
        error.insert(ContextKind::InvalidValue, text("(not shown)"));
    }
    error
}

/// Names the variable in an error about a profile that was chosen by it: nobody wrote the option.
fn with_variable(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let is_written = words.iter().any(|word| word.to_string_lossy().starts_with("--profile"));
    let is_profile = matches!(
        error.get(ContextKind::PriorArg),
        Some(ContextValue::String(arg)) if arg.starts_with("--profile")
    );
    if is_profile && !is_written {
        error.insert(ContextKind::PriorArg, ContextValue::String(profile::VARIABLE.to_owned()));
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec!["unset the variable for this command".into()]),
        );
    }
    error
}

/// Adds what to do if `bulk` gets several lists. Removes clap's tip to write `-- -5`, unless that is a file.
fn with_hint(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let is_unknown = error.kind() == ErrorKind::UnknownArgument;
    if let (true, Some(ContextValue::String(arg))) =
        (is_unknown, error.get(ContextKind::InvalidArg))
        && arg.starts_with('-')
        && !std::path::Path::new(arg).exists()
    {
        error.remove(ContextKind::Suggested);
    }
    let is_bulk = words.get(1).is_some_and(|command| command == "bulk");
    let is_list = matches!(
        error.get(ContextKind::InvalidArg),
        Some(ContextValue::String(arg)) if !arg.starts_with('-')
    );
    if is_bulk && is_list && error.kind() == ErrorKind::UnknownArgument {
        let loops = if cfg!(windows) {
            "one list a run: `Get-ChildItem *.csv | ForEach-Object { enrow-phone bulk $_ -o \"numbers-$($_.Name)\" }`"
        } else {
            "one list a run: `for list in *.csv; do enrow-phone bulk \"$list\" -o \"numbers-$list\"; done`; nobody in \
             several of them is paid for twice"
        };
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![loops.into()]));
    }
    error
}
