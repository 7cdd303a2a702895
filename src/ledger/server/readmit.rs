//! A batch that was given up, or that the server lost, and that is asserted again.

use super::actor::ServerLedger;
use super::batches::{list, listed};
use super::digest::Digest;
use super::error::{OperationError, Outcome, count, get, unreadable};
use super::params::params;
use super::post::kept;
use super::session::ServerSession;
use crate::ledger::error::Result;
use crate::ledger::types::{
    Acceptance, Attempt, ClaimedSearch, Readmitted, Reserved, SavedResponse,
};
use crate::units::Moment;

impl ServerLedger {
    pub(in crate::ledger) async fn readmit(
        &self,
        attempt: Attempt,
        people: Vec<Option<ClaimedSearch>>,
        acceptance: Option<Acceptance>,
        response: Option<SavedResponse>,
        now: Moment,
    ) -> Result<Option<Readmitted>> {
        self.ask(async move |session| {
            let lost = Lost { attempt: &attempt, people: &people, acceptance: acceptance.as_ref() };
            match readmit(session, &lost, response.as_ref(), now).await {
                // It is there by now: another run was faster, or this was sent twice.
                Err(OperationError::Raced) => Ok(None),
                done => done,
            }
        })
        .await
    }
}

struct Lost<'a> {
    attempt: &'a Attempt,
    people: &'a [Option<ClaimedSearch>],
    acceptance: Option<&'a Acceptance>,
}

async fn readmit(
    session: &mut ServerSession,
    lost: &Lost<'_>,
    response: Option<&SavedResponse>,
    now: Moment,
) -> Outcome<Option<Readmitted>> {
    let Lost { attempt, people, acceptance } = lost;
    let people: Vec<Option<&ClaimedSearch>> = people.iter().map(Option::as_ref).collect();
    let ids: Vec<Option<i64>> = people.iter().map(|one| one.map(|one| one.person.0)).collect();
    let keys: Vec<Option<Digest>> =
        people.iter().map(|one| one.map(|one| Digest::from(one.key))).collect();
    let names: Vec<Option<i64>> =
        people.iter().map(|one| one.and_then(|one| one.names).map(i64::from)).collect();
    let customs: Vec<Option<i64>> =
        people.iter().map(|one| one.and_then(|one| one.custom).map(u64::cast_signed)).collect();
    let account = Digest::from(attempt.account);
    let scope = attempt.scope.map(Digest::from);
    let (run, nonce) = (session.run, attempt.nonce.as_str());
    let [claimed, send_by, now] =
        [attempt.claimed, attempt.send_by, now].map(|moment| session.to_server(moment));
    let id = acceptance.map(|acceptance| acceptance.id.as_str());
    let reserved = acceptance.map(|acceptance| acceptance.reserved.credits().0.cast_signed());
    let is_estimate =
        acceptance.is_some_and(|acceptance| matches!(acceptance.reserved, Reserved::Assumed(_)));
    let split = acceptance.and_then(|acceptance| acceptance.split);
    let from_sub = split.map(|split| split.subscription.0.cast_signed());
    let from_paygo = split.map(|split| split.pay_as_you_go.0.cast_signed());
    let (body, status) = kept(response);
    let params = params![ids => INT8_ARRAY, keys => UUID_ARRAY, names => INT8_ARRAY, customs => INT8_ARRAY,
        account => UUID, run => INT8, nonce => TEXT, attempt.single => BOOL, scope => UUID, attempt.label => TEXT,
        claimed => INT8, send_by => INT8, now => INT8, id => TEXT, reserved => INT8, is_estimate => BOOL,
        from_sub => INT8, from_paygo => INT8, body => BYTEA, status => INT8];
    let row = session.maybe_one(include_str!("sql/readmit.sql"), params).await?;
    let Some(row) = row else { return Ok(None) };
    let (batch, free): (i64, usize) = (get(&row, "id")?, count(&row, "free")?);
    let listed = list(session, listed!("batches_by_number"), params![batch => INT8]).await?.pop();
    Ok(Some(Readmitted {
        batch: Box::new(listed.ok_or_else(|| unreadable("id"))?),
        elsewhere: people.iter().flatten().count().saturating_sub(free),
        was_given_up: get(&row, "is_so")?,
    }))
}
