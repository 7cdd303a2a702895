//! Moving a ledger: the marks that keep runs out, and the copy.

use super::actor::FileLedger;
use super::marks::{get, mark, set};
use super::moments;
use super::runs;
use super::store::{Operation, Store};
use crate::ledger::error::{LedgerErrorKind as Kind, Result};
use crate::ledger::transfer::{
    CHUNK, Cell, CopiedTable, MoveReport, Part, Parts, SqlDialect, TABLES, merge, overlap,
};
use crate::units::Moment;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params_from_iter};
use tokio::sync::mpsc::Sender;

const DIALECT: SqlDialect =
    SqlDialect { schema: "main.", temporary: "", own: "role", not_own: "0" };

impl FileLedger {
    pub(in crate::ledger) async fn id(&self) -> Result<String> {
        self.read(|c| c.query_row("SELECT value FROM meta WHERE name = 'id'", [], |row| row.get(0)))
            .await
    }

    /// The mark and the runs are looked at in one transaction, as are mark and entry when a run opens the ledger: one of
    /// both sees the other.
    pub(in crate::ledger) async fn begin_move(&self, to: String) -> Result<String> {
        self.ask(move |store| store.write_or_refuse(|c| begin(c, &to))).await
    }

    pub(in crate::ledger) async fn cancel_move(&self) -> Result<()> {
        self.write(|c| c.execute("DELETE FROM meta WHERE name LIKE 'moving_%'", []).map(drop)).await
    }

    pub(in crate::ledger) async fn give_up_move(&self) -> Result<()> {
        let marks = "DELETE FROM meta WHERE name = 'moved_to' OR name LIKE 'moving_%'";
        self.write(|c| c.execute(marks, []).map(drop)).await
    }

    pub(in crate::ledger) async fn end_move(&self, to: String, token: String) -> Result<bool> {
        self.write(move |c| {
            let is_ours = get(c, "moving_token")? == Some(token);
            if is_ours {
                set(c, "moved_to", &to)?;
                c.execute("DELETE FROM meta WHERE name LIKE 'moving_%'", [])?;
            }
            // A second command may have begun the same move, and ended it first.
            Ok(is_ours || get(c, "moved_to")? == Some(to))
        })
        .await
    }

    pub(in crate::ledger) async fn has_received(&self, token: String) -> Result<bool> {
        self.read(move |c| Ok(get(c, &received(&token))?.is_some())).await
    }

    pub(in crate::ledger) async fn export(
        &self,
        tables: Vec<&'static CopiedTable>,
        out: Sender<Part>,
    ) -> Result<()> {
        self.read(move |c| {
            for table in tables {
                send(c, table, &out)?;
            }
            drop(out.blocking_send(Part::End));
            Ok(())
        })
        .await
    }

    pub(in crate::ledger) async fn import(
        &self,
        token: String,
        from: String,
        mut parts: Parts,
    ) -> Result<MoveReport> {
        self.ask(move |store: &mut Store| {
            // A copy of everybody need not fit into memory.
            store.without_transaction(|c| c.pragma_update(None, "temp_store", "FILE"))?;
            store.write_or_refuse(|c| import(c, (&token, &from), &mut parts))
        })
        .await
    }
}

fn begin(c: &Operation<'_>, to: &str) -> rusqlite::Result<std::result::Result<String, Kind>> {
    match mark(c)? {
        Some(Kind::Moving(there)) if there == to => {}
        Some(other) => return Ok(Err(other)),
        None => {}
    }
    runs::reap(c, c.file)?;
    let others: usize =
        c.query_row("SELECT count(*) FROM runs WHERE id != ?1", [c.run], |row| row.get(0))?;
    if others > 0 {
        return Ok(Err(Kind::InUse(others)));
    }
    // The run that was sending is dead.
    c.execute(
        "UPDATE batches SET state = 'unknown', lost_at = send_by WHERE state = 'sending'",
        [],
    )?;
    set(c, "moving_to", to)?;
    c.execute(
        "INSERT INTO meta (name, value) VALUES ('moving_token', lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING",
        [],
    )?;
    Ok(Ok(get(c, "moving_token")?.expect("it was just written")))
}

fn received(token: &str) -> String {
    format!("received_{token}")
}

fn columns(table: &CopiedTable) -> String {
    table.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn send(c: &Connection, table: &'static CopiedTable, out: &Sender<Part>) -> rusqlite::Result<()> {
    let mut select = c.prepare(&format!("SELECT {} FROM {}", columns(table), table.in_file))?;
    let mut stored = select.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = stored.next()? {
        let cells = 0..table.columns.len();
        rows.push(
            cells.map(|column| row.get_ref(column).map(cell)).collect::<rusqlite::Result<_>>()?,
        );
        if rows.len() == CHUNK
            && out.blocking_send(Part::Rows(table, std::mem::take(&mut rows))).is_err()
        {
            return Ok(());
        }
    }
    drop(out.blocking_send(Part::Rows(table, rows)));
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Integer(number) => Cell::Number(number),
        ValueRef::Null => Cell::Null,
        // No table has any.
        ValueRef::Real(number) => Cell::Text(number.to_string()),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn import(
    c: &Operation<'_>,
    (token, from): (&str, &str),
    parts: &mut Parts,
) -> rusqlite::Result<std::result::Result<MoveReport, Kind>> {
    for table in TABLES {
        c.execute(&format!("CREATE TEMP TABLE moved_{} ({})", table.name, columns(table)), [])?;
    }
    loop {
        match parts.blocking_recv() {
            Some(Part::Rows(table, rows)) => stage(c, table, &rows)?,
            Some(Part::End) => break,
            None => return Ok(Err(Kind::Refused("the other ledger ended too early".to_owned()))),
        }
    }
    let (report, clashes): (MoveReport, i64) = c.query_row(&overlap(&DIALECT), [], |row| {
        let report = MoveReport {
            people: row.get("people")?,
            in_both: row.get("in_both")?,
            paid_in_both: row.get("paid_in_both")?,
            suppressed: row.get("suppressed")?,
            batches: row.get("batches")?,
            unsettled: row.get("unsettled")?,
        };
        Ok((report, row.get("clashes")?))
    })?;
    if clashes > 0 {
        return Ok(Err(Kind::IdConflict));
    }
    // A person whose alias now fits two people has fewer keys: count them again.
    c.execute(
        "UPDATE people SET kinds = NULL
         WHERE id IN (SELECT person FROM keys WHERE role = 0 AND key IN (SELECT key FROM moved_keys))",
        [],
    )?;
    c.execute_batch(&merge(&DIALECT))?;
    c.execute_batch(SEATS)?;
    let newest: Option<i64> =
        c.query_row("SELECT max(asked_at) FROM moved_people", [], |row| row.get(0))?;
    if let Some(newest) = newest {
        moments::recorded_at(c, Moment(newest))?;
    }
    set(c, &received(token), from)?;
    Ok(Ok(report))
}

fn stage(c: &Connection, table: &CopiedTable, rows: &[Vec<Cell>]) -> rusqlite::Result<()> {
    let places = vec!["?"; table.columns.len()].join(", ");
    let mut insert =
        c.prepare_cached(&format!("INSERT INTO temp.moved_{} VALUES ({places})", table.name))?;
    rows.iter().try_for_each(|row| insert.execute(params_from_iter(row)).map(drop))
}

/// People who follow one another in the ledger and in a batch share a row.
const SEATS: &str = "
    INSERT INTO members (batch, position, person, people)
    SELECT batch, min(position), min(person), count(*) FROM (
        SELECT b.new AS batch, m.position, m.person, m.position - row_number() OVER placed AS place,
            m.person - row_number() OVER placed AS id
        FROM moved_members m JOIN moved_batch_ids b ON b.old = m.batch AND b.is_new = 1
        WHERE m.person > 0 WINDOW placed AS (PARTITION BY m.batch ORDER BY m.position))
    GROUP BY batch, place, id";
