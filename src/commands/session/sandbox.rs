//! `--sandbox`: a local Enrow that ends with the run, and a ledger that stays.

use super::{SANDBOX_KEY, Session, client};
use crate::cli::{Global, Source};
use crate::enrow::{ApiKey, BaseUrl};
use crate::ledger::{
    BatchLook, BatchState, Ledger, LedgerError, LookStage, LookTime, Owner, Which,
};
use crate::sandbox::{Sandbox, Settings};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::units::Moment;
use std::io;
use std::path::Path;
use std::rc::Rc;

/// `--fresh`: removes the ledger of earlier sandboxes, and never a ledger that the command line names.
pub(super) fn remove(global: &Global, path: &Path) -> Result<(), Failure> {
    if global.ledger_source == Source::Flag {
        return Err(Failure::new(Exit::Unusable, "`--fresh` removes no ledger that you named")
            .hint(message!("remove {} yourself, or leave `--ledger` out", Message::path(path))));
    }
    for end in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let what = "cannot remove the sandbox's ledger";
                return Err(Failure::io(Exit::Failed, what, path, error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Starts a sandbox. Batches that an earlier one left running have ended with it.
pub(super) async fn start(
    global: &Global,
    console: &Console,
    ledger: Rc<Ledger>,
) -> Result<Session, Failure> {
    let cannot = |error: io::Error| {
        let error = Message::foreign(error);
        Failure::new(Exit::Failed, message!("cannot start the sandbox: {}", error))
    };
    let sandbox = Sandbox::start(Settings::to_watch(), 0).map_err(cannot)?;
    let endpoint: BaseUrl = sandbox.url().parse().expect("a loopback address is an endpoint");
    let key = ApiKey::parse(SANDBOX_KEY).expect("a plain word is a key");
    console
        .info("sandbox: the numbers are made up, nothing is paid, and nothing leaves this machine");
    let client = client(&key, endpoint, global)?;
    end_what_is_gone(&ledger).await?;
    Ok(Session { account: key.account(), client, ledger, key: None, sandbox: Some(sandbox) })
}

/// Ends the batches of sandboxes that are gone: nothing was paid, and their people are open again.
async fn end_what_is_gone(ledger: &Ledger) -> Result<(), LedgerError> {
    let now = Moment::now();
    ledger.reap_dead_runs(now).await?;
    let unsettled = ledger.batches(Which::Unsettled).await?;
    for batch in unsettled.into_iter().filter(|batch| batch.owner == Owner::Dead) {
        if batch.state == BatchState::Running {
            let gone = BatchLook {
                time: LookTime { at: now, server: None },
                stage: LookStage::Failed,
                refunded: batch.reserved,
                stated_found: None,
                answers: Vec::new(),
                holes: Vec::new(),
                unproven: Vec::new(),
            };
            ledger.record(batch.batch, gone).await?;
        } else {
            ledger.release(batch.batch).await?;
        }
    }
    Ok(())
}
