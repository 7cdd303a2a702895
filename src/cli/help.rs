//! The long help: examples first, then what is not about a single option. `man` shows the same.

pub(super) const MAIN: &str = "\
Find phone numbers for the people in a contact list, without ever paying twice

Examples:
  Add the numbers to a list:
    enrow-phone bulk contacts.csv -o contacts.csv
  See first what it would cost:
    enrow-phone bulk contacts.csv --dry-run
  Try it without a key, with made-up numbers:
    enrow-phone bulk contacts.csv -o out.csv --sandbox
  Find one person:
    enrow-phone find https://www.linkedin.com/in/ada-example
  See what is running, and what it cost:
    enrow-phone status

A ledger records every search. Whatever went wrong, run the same command again: it continues, collects what was paid \
for, and never pays twice for one person.";

pub(super) const AFTER_MAIN: &str = "\
Exit codes:
  0    every searchable row is answered (`find`: found)
  1    failed, the output was not touched (`find`: no number was found)
  2    the command line or the input cannot be used
  3    written, but some rows are pending, failed or not submitted: run it again
  4    there is no API key, or it was refused
  5    credits or the budget ran out; what could be paid is written
  6    written, but some rows are unknown and may have been paid: see `enrow-phone recover`
  130  interrupted (143: terminated, 129: hung up); submitted batches continue at Enrow: run it again

Environment:
  ENROW_API_KEY           the API key; it has precedence over the key that `login` keeps
  ENROW_API_URL           another address of the API, for instance that of `enrow-phone sandbox`
  ENROW_PHONE_CONFIG_DIR  another folder for `config.toml` and the key that `login` keeps
  ENROW_PHONE_DOUBT_WAIT  the same as `--doubt-wait`
  ENROW_PHONE_LEDGER      another place for the ledger
  ENROW_PHONE_PROFILE     the same as `--profile`
  HTTPS_PROXY, NO_PROXY   the proxy to use (also ALL_PROXY)
  PGPASSWORD, PGPASSFILE  the password of a ledger's server; PGSSLROOTCERT: its certificate authority
  SSL_CERT_FILE           the certificates to trust, instead of the system's
  ACCESSIBLE              plain lines instead of a progress bar, if it has a value
  CLICOLOR, NO_COLOR      no colours with `CLICOLOR=0` or with any `NO_COLOR`

`config.toml` sets defaults; flags and the environment have precedence: see `enrow-phone config`.";

pub(super) const ACCOUNT: &str = "\
Show the credits of the account and how many numbers they pay for

Examples:
  enrow-phone account
  enrow-phone account --all
  enrow-phone account --json | jq .credits

The first batch of a key shows the price of a number. Until then two prices are shown: 40 credits, and 50 on legacy plans.";

pub(super) const BULK: &str = "\
Look up everybody in a contact list and write the same list with the numbers added

Examples:
  enrow-phone bulk contacts.csv -o out.csv
  enrow-phone bulk contacts.csv -o out.csv --max-credits 4000
  enrow-phone bulk export.csv -o out.csv --map linkedin_url=Profile --map custom=Id
  xan search -s City -e Lyon all.csv | enrow-phone bulk - | xan select name,phone_number
  Submit now, collect with a later run:
    enrow-phone bulk contacts.csv --detach

A row needs a LinkedIn profile, or first name, last name and company. Columns are found by their names and contents; \
the first line of the output says how they are read. Four columns are added, or replaced if they exist: \
`phone_number`, `phone_country`, `phone_status` and `phone_note`.

On a terminal, a run that may cost more than 1,000 credits (`--confirm-above`) asks first; `--yes` answers. `--dry-run` \
needs no key and no network; with a key it shows the balance.";

pub(super) const AFTER_BULK: &str = "\
Exit codes:
  0    every searchable row is answered, or as far as `--detach` or `--limit` ask
  1    failed, the output was not touched
  2    the command line or the input cannot be used
  3    written, but some rows are pending, failed or not submitted: run it again
  4    there is no API key, or it was refused
  5    credits or the budget ran out; what could be paid is written
  6    written, but some rows are unknown and may have been paid: see `enrow-phone recover`
  130  interrupted (143: terminated, 129: hung up); submitted batches continue at Enrow: run it again";

pub(super) const AFTER_OTHERS: &str = "\
Exit codes:
  0    done
  1    failed
  2    the command line cannot be used
  4    there is no API key where one is needed, or it was refused";

pub(super) const COMPLETIONS: &str = "\
Write the completions of a shell to standard output

Examples:
  For bash, with the package `bash-completion`:
    mkdir -p ~/.local/share/bash-completion/completions
    enrow-phone completions bash > ~/.local/share/bash-completion/completions/enrow-phone
  For fish:
    mkdir -p ~/.config/fish/completions
    enrow-phone completions fish > ~/.config/fish/completions/enrow-phone.fish
  For zsh:
    mkdir -p ~/.zfunc
    enrow-phone completions zsh > ~/.zfunc/_enrow-phone
    printf '%s\\n' 'fpath=(~/.zfunc $fpath)' 'autoload -Uz compinit' 'compinit' >> ~/.zshrc
  For PowerShell:
    New-Item -ItemType Directory -Force (Split-Path $PROFILE)
    enrow-phone completions powershell >> $PROFILE

Begin a new shell afterwards.";

pub(super) const CONFIG: &str = "\
Show the settings in force and where each comes from

Examples:
  enrow-phone config
  enrow-phone config --json | jq -r .config_file

Flags have precedence over the environment, and the environment over `config.toml`. There, each setting is written as \
its flag takes it:
  batch-size = 1000
  delimiter = \";\"
  ledger = \"~/team/ledger.db\"
  max-credits = 40000
  webhook = \"https://hooks.example/enrow\"
Also: `anonymous-runs`, `api-key-file`, `color`, `confirm-above`, `encoding`, `label` (`false` keeps no names of lists), `log-format`, `max-age`, `progress`, `request-timeout`, `timeout`. A \
relative path begins at the folder of the config file. A section `[profile.acme]` has the settings of `--profile acme`, which \
have precedence over those above it.";

pub(super) const FETCH: &str = "\
Write the results of any batch of the account as CSV, a workbook or JSON lines

Examples:
  enrow-phone fetch e3b61122-d6a6-4ea7-b331-9b734682a76a -o batch.csv
  In the program that receives the webhook:
    enrow-phone fetch \"$id\" --no-wait

The columns are what was searched (`linkedin_url`, `firstname`, `lastname`, `company_domain`, `company_name`), the \
sender's own `custom`, and the four that `bulk` writes. Fetching costs nothing. The ledger records the answers, so \
that these people are not paid for again.";

pub(super) const AFTER_FETCH: &str = "\
Exit codes:
  0    every search of the batch is answered
  1    nothing was written: there is no such batch, it failed, or it is still running
  3    some of its results cannot be used
  6    some of its results may have been paid without an answer
  The others are those of `enrow-phone --help`.";

pub(super) const FIND: &str = "\
Find the number of one person

Examples:
  enrow-phone find https://www.linkedin.com/in/ada-example
  enrow-phone find --first Ada --last Example --domain acme.example
  number=$(enrow-phone find -q \"$url\") && echo \"$number\"

Only the number is printed to standard output. A person who is in the ledger costs nothing and needs no network.";

/// The two ways to name a person.
pub(super) const FIND_USAGE: &str = "\
enrow-phone find [OPTIONS] <URL>
       enrow-phone find [OPTIONS] --first <NAME> --last <NAME> --domain <DOMAIN>
       enrow-phone find [OPTIONS] --first <NAME> --last <NAME> --company <NAME>";

pub(super) const AFTER_FIND: &str = "\
Exit codes:
  0    found
  1    no number was found; or it failed, and an error says why
  2    not enough data for a search
  3    no answer yet: run it again
  5    the credits do not cover a search
  6    the answer was lost: see `enrow-phone recover`
  The others are those of `enrow-phone --help`.";

pub(super) const FORGET: &str = "\
Erase people from the ledger for good

Examples:
  enrow-phone forget https://www.linkedin.com/in/ada-example
  enrow-phone forget --first Ada --last Example --company Acme --suppress
  enrow-phone forget --all

The ledger's files keep no byte of them. A person in a running batch is forgotten as well: the answer is not recorded.
`--all` keeps the list of people who are never to be searched for; `--and-suppressed` erases that as well.";

pub(super) const LEDGER: &str = "\
Show, move or limit the ledger

Examples:
  enrow-phone ledger info
  enrow-phone ledger move postgres://enrow@db.example/enrow
  enrow-phone ledger budget --per day 4000

The ledger records what was asked, paid and answered. `--ledger`, `ENROW_PHONE_LEDGER` and `ledger` in `config.toml` name \
it, in this order.";

pub(super) const LEDGER_INFO: &str = "\
Show which ledger is in force, what it holds, and how healthy it is

Examples:
  enrow-phone ledger info
  enrow-phone ledger info --json | jq .bytes

A file is looked through by SQLite's `quick_check`. A ledger that was moved is shown as well. Nothing is created.";

pub(super) const LEDGER_MOVE: &str = "\
Move the ledger into another file or a database; every later run on this one is told where it went

Examples:
  enrow-phone ledger move postgres://enrow@db.example/enrow
  Back into a file:
    enrow-phone --ledger postgres://enrow@db.example/enrow ledger move ~/ledger.db
  The database is lost, and there is no backup of it:
    enrow-phone ledger move postgres://enrow@db.example/enrow --give-up

Everything is moved, or nothing: answers, people who are not to be searched for, batches that are not settled, budgets, and what \
was spent. If the other ledger holds people already, a number counts more than none, and a newer answer more than an \
older one. No run may use this ledger meanwhile. After a move that was interrupted, run the same command again.";

pub(super) const LEDGER_BUDGET: &str = "\
Show, set or remove a cap on what all runs of the ledger spend together

Examples:
  enrow-phone ledger budget
  enrow-phone ledger budget --per day 4000
  enrow-phone ledger budget --per month 40000 --this-key
  enrow-phone ledger budget none

A budget counts what all batches of this day or month cost, hold or may have cost. What a batch may cost is reserved \
before it is sent, and what it did not find is given back when it ends. A run that reaches the cap ends with exit code 5 and \
says who spent it. `--max-credits` limits a single run in addition.";

pub(super) const LOGIN: &str = "\
Check an API key and keep it for later runs

Examples:
  Asks for the key and does not show it:
    enrow-phone login
  enrow-phone login < key.txt
  pass show enrow | enrow-phone login
  enrow-phone login --profile acme

The key is kept in a file of the config folder that only its owner can read. `--api-key-file`, `ENROW_API_KEY` and \
`api-key-file` in `config.toml` have precedence over it, in this order. With `--profile` the key is that profile's.";

pub(super) const LOGOUT: &str = "\
Remove the API key that `login` keeps

The key itself stays valid: to end it, revoke it on the Enrow dashboard.";

pub(super) const MAN: &str = "\
Write the manual pages

Examples:
  enrow-phone man | man -l -
  enrow-phone man --out ~/.local/share/man/man1";

pub(super) const RECOVER: &str = "\
Settle batches and people that may have been paid without an answer

Examples:
  What is unclear, since when, and what to do:
    enrow-phone recover
  enrow-phone recover e3b61122-d6a6-4ea7-b331-9b734682a76a
  enrow-phone recover e3b61122-d6a6-4ea7-b331-9b734682a76a --accept
  Search again, and perhaps pay twice:
    enrow-phone recover --resubmit

A batch is unclear when the answer to it was lost. A person is unclear when the batch was charged for more numbers than \
it gave, or when a number came that is not proven to be theirs: `phone_note` in your file names it. The Enrow dashboard \
and the notice to a webhook show the id of a batch. `recover ID` reads a batch again, at any time and with any key of \
the account; it costs nothing, and a wrong id changes nothing.";

pub(super) const AFTER_RECOVER: &str = "\
Exit codes:
  0    settled, or nothing is unclear
  1    failed, or the id is not that of an unclear batch; nothing was changed
  2    this needs your yes: add `--yes`
  3    the batch is not finished, or has no answer for somebody yet
  4    there is no API key, or it was refused
  6    something is unclear and needs your decision";

pub(super) const SANDBOX: &str = "\
Serve a local Enrow with made-up numbers, to try the tool and to test scripts

Examples:
  enrow-phone sandbox
  enrow-phone sandbox --batch-time 30s --credits 4000
  Take the first batch and lose the answer to it:
    enrow-phone sandbox --fault post:1=reset-after";

pub(super) const STATUS: &str = "\
Show which batches are running, unclear or done, and what the ledger holds

Examples:
  enrow-phone status
  enrow-phone status --json | jq '.under_way[].id'

It reads only the ledger: no key, no network. Credits count as saved when a number was in the ledger and was not paid \
again.";

pub(super) const USAGE: &str = "\
Show what was searched, what came of it, and what it cost

Examples:
  enrow-phone usage
  enrow-phone usage --by label --since 30d
  enrow-phone usage --by day --since 2026-11-01 --csv > usage.csv

It reads only the ledger: no key, no network. Credits are net: what batches that ended keep. What running batches hold is \
shown apart. `SAVED` is what numbers from the ledger would have cost again. Days begin at midnight in the zone of this machine.";
