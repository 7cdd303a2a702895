//! One run of a scenario, and whom it asks for.

use crate::batch::Nonce;
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchNo, ClaimedSearch, Ledger, NewBatch};
use crate::lookup::{Engine, Error, FilledRows, Plan, RowError, RunOutcome};
use crate::people::{PersonFields, Profile, Row, Search};
use crate::units::Moment;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

/// One run: an engine and the ledger that it holds open.
pub(in crate::lookup) struct Session {
    pub(in crate::lookup) engine: Rc<Engine>,
    pub(super) ledger: Rc<Ledger>,
}

pub(in crate::lookup) fn person(number: usize) -> Search {
    let profile = Profile::parse_handle(&format!("p-{number}-example"));
    Search::new(PersonFields { profile, ..PersonFields::default() }.person().unwrap(), None)
}

impl Session {
    pub(in crate::lookup) async fn plan(&self, people: Range<usize>) -> Plan {
        let rows = people.map(|number| Ok::<_, RowError>(Row::Person(person(number))));
        let age = self.engine.settings.freshness;
        Plan::make(rows, &self.ledger, age, FilledRows::Keep).await.unwrap()
    }

    pub(super) async fn claim(&self, people: Range<usize>) -> BatchNo {
        self.claim_as(Nonce::random(), people).await
    }

    /// Claims people and sends nothing.
    pub(super) async fn claim_as(&self, nonce: Nonce, people: Range<usize>) -> BatchNo {
        let freshness = self.engine.settings.freshness;
        let mut claimed = Vec::new();
        for search in people.map(person) {
            let status = self.ledger.upsert_person(search.keys(), freshness).await.unwrap();
            let key = search.identity.key();
            claimed.push(ClaimedSearch { person: status.person, key, names: None, custom: None });
        }
        let new = NewBatch {
            account: self.engine.account,
            nonce,
            single: false,
            people: claimed,
            scope: None,
            label: None,
            refresh: None,
            freshness,
            now: Moment::now(),
            send_within: Duration::from_secs(20),
        };
        self.ledger.claim(new).await.unwrap().unwrap().batch
    }

    /// What `bulk` does.
    pub(super) async fn run(&self, people: Range<usize>) -> Result<RunOutcome, Error> {
        self.engine.recover_interrupted().await?;
        let plan = self.plan(people.clone()).await;
        if plan.counts.new + plan.counts.under_way > 0 {
            self.engine.balance_if_readable(RetryPolicy::Tries(2)).await?;
        }
        let rows = || people.clone().map(|number| Ok::<_, RowError>(Some(person(number))));
        self.engine.run(&plan, rows).await
    }
}
