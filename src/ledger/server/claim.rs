//! Claiming people for a batch, and giving a claim up.

use super::actor::ServerLedger;
use super::digest::Digest;
use super::error::{OperationError, Outcome, StatementError, count, get, unreadable};
use super::params::params;
use super::people::numbers;
use super::session::ServerSession;
use crate::ledger::error::{LedgerErrorKind as Kind, Result};
use crate::ledger::types::{BatchNo, ClaimedBatch, NewBatch, PersonId, REFUND_DELAY, millis};
use crate::units::Moment;
use std::time::Instant;
use tokio_postgres::Row;

impl ServerLedger {
    pub(in crate::ledger) async fn claim(&self, new: NewBatch) -> Result<Option<ClaimedBatch>> {
        self.ask(async move |session| claim(session, &new).await).await
    }

    pub(in crate::ledger) async fn release(&self, batch: BatchNo) -> Result<bool> {
        self.ask(async move |session| release(session, batch, Reservation::Returned).await).await
    }

    pub(in crate::ledger) async fn resubmit(&self, batch: BatchNo, now: Moment) -> Result<usize> {
        self.ask(async move |session| {
            let now = session.to_server(now);
            let params = params![batch.0 => INT8, now => INT8];
            count(&session.one(include_str!("sql/resubmit.sql"), params).await?, "n")
        })
        .await
    }
}

/// A claim whose answer was lost is not repeated as it is: it may still be on its way to the server. Its tombstone keeps it
/// from arriving, or shows that it has arrived; then it is given up, for it was certainly not sent.
async fn claim(session: &mut ServerSession, new: &NewBatch) -> Outcome<Option<ClaimedBatch>> {
    let mut failing: Option<Instant> = None;
    loop {
        let (attempt, before) = (Digest::random(), session.recall());
        match try_claim(session, new, attempt).await {
            Ok(rows) => {
                let claimed = rows.first().map(|row| claimed(row, new)).transpose()?;
                if let (Some(claimed), Some(row)) = (&claimed, rows.first()) {
                    let nonce = new.nonce.as_str().to_owned();
                    session.claimed.insert(claimed.batch.0, nonce);
                    let holds = (get(row, "generation")?, get(row, "revision")?);
                    session.learn_of_claim(&before, new.account.into(), holds).await?;
                    if let Err(rewound) = session.ensure_not_rewound() {
                        release(session, claimed.batch, Reservation::Kept).await?;
                        return Err(rewound);
                    }
                }
                return Ok(claimed);
            }
            Err(StatementError::Final(error)) => return Err(error),
            Err(StatementError::Broken(why)) => {
                let since = *failing.get_or_insert_with(Instant::now);
                write_tombstone(session, attempt).await?;
                if !session.is_patient(since) {
                    return Err(Kind::Unreachable(why).into());
                }
            }
            Err(StatementError::Again) => ServerSession::pause(Instant::now()).await,
        }
    }
}

async fn try_claim(
    session: &mut ServerSession,
    new: &NewBatch,
    attempt: Digest,
) -> std::result::Result<Vec<Row>, StatementError> {
    let people: Vec<PersonId> = new.people.iter().map(|search| search.person).collect();
    let people = numbers(&people);
    let keys: Vec<Digest> = new.people.iter().map(|search| search.key.into()).collect();
    let names: Vec<Option<i64>> =
        new.people.iter().map(|search| search.names.map(i64::from)).collect();
    let customs: Vec<Option<i64>> =
        new.people.iter().map(|search| search.custom.map(u64::cast_signed)).collect();
    let [found, not_found, failed] =
        [new.freshness.found, new.freshness.not_found, new.freshness.failed]
            .map(|moment| session.to_server(moment));
    let account = Digest::from(new.account);
    let scope = new.scope.map(Digest::from);
    let recorded = new.refresh.map_or(new.now, |since| since.max(new.now));
    let (now, send_by) = (session.to_server(recorded), session.to_server(send_by(new)));
    let refresh = new.refresh.map(|since| session.to_server(since));
    let (run, delay) = (session.run, millis(REFUND_DELAY));
    let params = params![people => INT8_ARRAY, keys => UUID_ARRAY, names => INT8_ARRAY, customs => INT8_ARRAY,
        found => INT8, not_found => INT8, failed => INT8, attempt => UUID, account => UUID, run => INT8,
        new.nonce.as_str() => TEXT, new.single => BOOL, scope => UUID, now => INT8, send_by => INT8, delay => INT8,
        new.label => TEXT, refresh => INT8];
    session.reach().await?;
    // A new connection may have shown it.
    session.ensure_not_rewound().map_err(StatementError::Final)?;
    session.send(include_str!("sql/claim.sql"), params).await
}

fn send_by(new: &NewBatch) -> Moment {
    Moment(new.now.0.saturating_add(millis(new.send_within)))
}

fn claimed(row: &Row, new: &NewBatch) -> Outcome<ClaimedBatch> {
    let places: Vec<i64> = get(row, "places")?;
    let places = places.into_iter().map(usize::try_from).collect::<std::result::Result<_, _>>();
    Ok(ClaimedBatch {
        batch: BatchNo(get(row, "id")?),
        send_by: send_by(new),
        positions: places.map_err(|_| unreadable("places"))?,
    })
}

async fn write_tombstone(session: &mut ServerSession, attempt: Digest) -> Outcome<()> {
    let params = params![attempt => UUID];
    session.query(include_str!("sql/tombstone.sql"), params).await?;
    // Read apart: a statement that waited for the claim to end does not see what it left.
    let tried = session.one(include_str!("sql/attempt.sql"), params).await?;
    match get(&tried, "batch")? {
        Some(batch) => release(session, BatchNo(batch), Reservation::Kept).await.map(drop),
        None => Ok(()),
    }
}

/// What happens to the reservation in a budget when a batch is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reservation {
    /// It is for the same batch, which is claimed anew.
    Kept,
    Returned,
}

async fn release(
    session: &mut ServerSession,
    batch: BatchNo,
    reservation: Reservation,
) -> Outcome<bool> {
    let nonce = session.claimed.get(&batch.0).cloned();
    let params =
        params![batch.0 => INT8, reservation == Reservation::Returned => BOOL, nonce => TEXT];
    let row = session.one(include_str!("sql/release.sql"), params).await?;
    // Sent twice, and gone the second time: the first did it.
    Ok(get(&row, "released")? || (session.repeated && get(&row, "was_gone")?))
}

/// Whether a error says that others were faster.
pub(super) fn is_race(error: &OperationError) -> bool {
    match error {
        OperationError::Raced => true,
        OperationError::Ledger(_) => false,
    }
}
