//! What came of a POST.

use super::actor::ServerLedger;
use super::batches::{listed, read};
use super::error::{Outcome, get};
use super::marks;
use super::params::params;
use super::session::ServerSession;
use crate::ledger::error::Result;
use crate::ledger::types::{
    Acceptance, BatchNo, LONGEST_SAVED, PostOutcome, Recorded, Reserved, SavedResponse,
};
use crate::units::Moment;

impl ServerLedger {
    pub(in crate::ledger) async fn record_post(
        &self,
        batch: BatchNo,
        outcome: PostOutcome,
        response: Option<SavedResponse>,
        now: Moment,
    ) -> Result<Recorded> {
        if outcome == PostOutcome::NotTaken {
            self.release(batch).await?;
            return Ok(Recorded::Released);
        }
        self.ask(async move |session| match &outcome {
            PostOutcome::Accepted(acceptance) => {
                accept(session, batch, acceptance, response.as_ref(), now).await
            }
            PostOutcome::NotTaken => Ok(Recorded::Released),
            PostOutcome::Unclear => {
                let (body, status) = kept(response.as_ref());
                let now = session.to_server(now);
                let nonce = session.claimed.get(&batch.0).cloned();
                let params = params![batch.0 => INT8, now => INT8, body => BYTEA, status => INT8, nonce => TEXT];
                let row = session.one(include_str!("sql/unclear.sql"), params).await?;
                if get(&row, "is_there")? { Ok(Recorded::Unknown) } else { gone(session).await }
            }
        })
        .await
    }
}

/// The part of an answer that is kept: its first bytes, and its status.
pub(super) fn kept(response: Option<&SavedResponse>) -> (Option<&[u8]>, Option<i64>) {
    let body = response.map(|response| &response.body[..response.body.len().min(LONGEST_SAVED)]);
    (body, response.map(|response| i64::from(response.status)))
}

async fn accept(
    session: &mut ServerSession,
    batch: BatchNo,
    acceptance: &Acceptance,
    response: Option<&SavedResponse>,
    now: Moment,
) -> Outcome<Recorded> {
    let Acceptance { id, reserved, split } = acceptance;
    let (body, status) = kept(response);
    let credits = reserved.credits().0.cast_signed();
    let is_estimate = matches!(reserved, Reserved::Assumed(_));
    let now = session.to_server(now);
    let from_sub = split.map(|split| split.subscription.0.cast_signed());
    let from_paygo = split.map(|split| split.pay_as_you_go.0.cast_signed());
    let nonce = session.claimed.get(&batch.0).cloned();
    let params = params![batch.0 => INT8, id.as_str() => TEXT, credits => INT8, is_estimate => BOOL, now => INT8,
        from_sub => INT8, from_paygo => INT8, body => BYTEA, status => INT8, nonce => TEXT];
    let sql = listed!("accept");
    // Another batch got this id at the same moment: the second look sees it.
    let row = match session.maybe_one(sql, params).await {
        Err(error) if super::claim::is_race(&error) => session.maybe_one(sql, params).await?,
        row => row?,
    };
    let record = row.map(|row| read(session, &row)).transpose()?;
    Ok(match record {
        Some(record) if record.id.as_ref() == Some(id) => {
            session.saw_batch(&record.nonce);
            Recorded::Running(Box::new(record))
        }
        Some(_) => Recorded::Conflict,
        None => return gone(session).await,
    })
}

/// The ledger no longer has the batch, or was moved with it: then the answer stays in the spool for the other ledger.
async fn gone(session: &mut ServerSession) -> Outcome<Recorded> {
    let run = session.run;
    let state = session.one(include_str!("sql/move_state.sql"), params![run => INT8]).await?;
    marks::mark(&state)?.map_or(Ok(Recorded::Gone), |mark| Err(mark.into()))
}
