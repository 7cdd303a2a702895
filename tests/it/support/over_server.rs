//! The whole suite over another ledger than a file: `ENROW_PHONE_TEST_LEDGER=server`, or `pgbouncer` for a server behind a
//! pooler. Each [`TestEnv`](super::TestEnv) has a database of its own then. `.ci/suite-over` leaves out what only a file
//! can be asked.

use super::pgbouncer;
use super::postgres::{self, Server, Session};

/// A database that is gone with its environment.
pub(super) struct Database {
    address: String,
    name: String,
    server: &'static Server,
}

impl Database {
    /// Where the suite is to be run over a server, a new one.
    pub(super) fn of_the_suite() -> Option<Self> {
        let over = std::env::var("ENROW_PHONE_TEST_LEDGER").ok()?;
        let server = postgres::server().expect("PostgreSQL is here");
        let name = server.new_database("template1");
        let address = match &*over {
            "server" => server.address(&name),
            "pgbouncer" => pgbouncer::pooler().expect("pgbouncer is here").address(&name),
            _ => panic!("`ENROW_PHONE_TEST_LEDGER` is `server` or `pgbouncer`"),
        };
        Some(Self { address, name, server })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    #[track_caller]
    pub(super) fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, &format!("SET search_path = enrow_phone; {sql}"))
    }

    /// Lets nobody change a batch until the session ends, which is kept open here.
    #[track_caller]
    pub(super) fn hold(&self) -> Session {
        let mut session = self.server.session(&self.name);
        session.ask("BEGIN; LOCK TABLE enrow_phone.batches IN SHARE MODE; SELECT 'held';");
        session
    }

    pub(super) fn has_ledger(&self) -> bool {
        self.sql("SELECT to_regclass('batches')") == "batches"
    }

    /// How many rows a statement counts; none before there is a ledger.
    #[track_caller]
    pub(super) fn rows(&self, sql: &str) -> usize {
        if self.has_ledger() { self.sql(sql).parse().expect("it is a number") } else { 0 }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.server.drop_database(&self.name);
    }
}
