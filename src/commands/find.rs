//! `find`: looks up one person.

mod outcome;

use super::session::signals::cancel_on_signal;
use super::session::{Notices, Session};
use crate::cli::{FindArgs, Global};
use crate::ledger::{Freshness, Savings, Status};
use crate::lookup::{self, Settings, Through};
use crate::people::{RowStatus, Search};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::progress::Progress;
use crate::units::Moment;
use outcome::FindReport;
use std::rc::Rc;

/// Looks in the ledger, then asks Enrow.
pub(super) async fn run(
    args: &FindArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let person = args.person.identify()?;
    let freshness = lookup::freshness(Moment::now(), args.refresh.then(Moment::now), args.max_age);
    let ledger = Rc::new(Session::ledger_for_find(global, console).await?);
    let status = ledger.upsert_person(person.keys(), freshness).await?;
    // A person who is in the ledger needs no key and no network.
    if let Status::Answered(_) = status.status {
        let record = ledger.person_records(vec![status.person]).await?.pop();
        let known = FindReport::known(record.unwrap_or_default());
        if known.status() == RowStatus::Found {
            let now = Moment::now();
            ledger.add_savings(Savings { numbers: 1, account: None, label: None, now }).await?;
        }
        return known.show(args, console);
    }
    ledger.ensure_writable().map_err(|error| Failure::from(error).fact("nothing was sent"))?;
    let search = Search::new(person, None);
    let session = Session::connect(global, console, ledger).await?;
    ask(args, global, console, &session, search, freshness).await?.show(args, console)
}

async fn ask(
    args: &FindArgs,
    global: &Global,
    console: &Console,
    session: &Session,
    search: Search,
    freshness: Freshness,
) -> Result<FindReport, Failure> {
    let settings = Settings {
        doubt_wait: global.doubt_wait,
        freshness,
        through: Through::Single,
        ..Settings::default()
    };
    let cancel = cancel_on_signal(console);
    let engine = session.engine(settings, Notices::Shown, &cancel, console);
    if let Some(time) = args.timeout {
        cancel.cancel_after(time);
    }
    let progress = Progress::show_waits(engine.run_state(), console);
    let found = engine.find(search).await;
    drop(progress);
    let found = found.map_err(|error| {
        session.failure(error).fact("what was paid is in the ledger, or the next run collects it")
    })?;
    FindReport::of(found, freshness, session)
}
