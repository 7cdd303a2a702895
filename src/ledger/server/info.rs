//! What a ledger on a server says of itself.

use super::actor::ServerLedger;
use super::error::{count, get, unreadable};
use super::marks;
use super::params::params;
use crate::ledger::codes;
use crate::ledger::error::Result;
use crate::ledger::types::{Health, LedgerInfo, MovedTo};
use crate::units::Moment;

impl ServerLedger {
    pub(in crate::ledger) async fn info(&self) -> Result<LedgerInfo> {
        self.ask(async |session| {
            let run = session.run;
            let asked = Moment::now();
            let row = session.one(include_str!("sql/info.sql"), &[]).await?;
            let middle = asked.0.midpoint(Moment::now().0);
            let state =
                session.one(include_str!("sql/move_state.sql"), params![run => INT8]).await?;
            let (states, counts): (Vec<String>, Vec<i64>) =
                (get(&row, "states")?, get(&row, "counts")?);
            let batches = states.iter().zip(counts).map(|(state, n)| {
                codes::batch_state(state)
                    .zip(u64::try_from(n).ok())
                    .ok_or_else(|| unreadable("states"))
            });
            Ok(LedgerInfo {
                id: session.ledger.clone().unwrap_or_default(),
                schema: get(&row, "schema")?,
                bytes: count(&row, "bytes")?,
                people: count(&row, "people")?,
                answered: count(&row, "answered")?,
                held: count(&row, "held")?,
                suppressed: count(&row, "suppressed")?,
                batches: batches.collect::<std::result::Result<_, _>>()?,
                runs: count(&state, "others")?,
                health: Health::Server {
                    version: get(&row, "version")?,
                    fsync: get(&row, "fsync")?,
                    synchronous_commit: get(&row, "synchronous_commit")?,
                    is_standby: get(&row, "is_standby")?,
                    clock_offset_ms: get::<i64>(&row, "now")?.saturating_sub(middle),
                },
                moved: MovedTo::of_mark(marks::mark(&state)?),
            })
        })
        .await
    }
}
