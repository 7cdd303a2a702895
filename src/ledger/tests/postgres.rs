//! Ledgers on the server of the tests.

use super::{Ledger, LedgerLocation};
use crate::ledger::AddressSource;
use std::sync::OnceLock;

#[path = "../../../tests/it/support/postgres.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "the tests of the program use the rest")]
mod server;

pub(super) use server::{Server, own_server, server};

/// The API that these ledgers belong to.
const API: &str = "test";

pub(super) fn location(address: &str) -> LedgerLocation {
    LedgerLocation::on_server(address, AddressSource::ToUs, API.to_owned()).unwrap()
}

/// A ledger of its own. It is a copy of one that was opened once, so that no test need build its tables.
pub(super) fn ledger() -> Option<Ledger> {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let server = server()?;
    let open = |name: &str| Ledger::open(location(&server.address(name))).unwrap();
    let template = TEMPLATE.get_or_init(|| {
        let name = server.new_database("template1");
        drop(open(&name));
        server.sql(&name, "DELETE FROM enrow_phone.runs");
        name
    });
    let name = server.new_database(template);
    // A copy of a ledger has its name, and is not where it was.
    server.sql(
        &name,
        "UPDATE enrow_phone.meta SET value = gen_random_uuid()::text WHERE name = 'id';
         DELETE FROM enrow_phone.meta WHERE name = 'server'",
    );
    Some(open(&name))
}
