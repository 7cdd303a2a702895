//! Moving a ledger: the marks that keep runs out, and the copy.

use super::actor::ServerLedger;
use super::digest::Digest;
use super::error::{OperationError, Outcome, StatementError, count, get};
use super::marks;
use super::params::{Param, params};
use super::session::ServerSession;
use crate::ledger::error::{LedgerErrorKind as Kind, Result};
use crate::ledger::transfer::{
    CHUNK, Cell, ColumnKind, CopiedTable, MoveReport, Part, Parts, SqlDialect, TABLES, merge,
    overlap,
};
use crate::units::Moment;
use tokio::sync::mpsc::Sender;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

const DIALECT: SqlDialect = SqlDialect {
    schema: "enrow_phone.",
    temporary: "ON COMMIT DROP",
    own: "own",
    not_own: "false",
};

impl ServerLedger {
    pub(in crate::ledger) async fn id(&self) -> Result<String> {
        self.ask(async |session| Ok(session.ledger.clone().unwrap_or_default())).await
    }

    /// The mark is written before the runs are looked at, as a run is entered before the mark is: one of both sees the
    /// other. A run that is silent may wake up later; it claims nobody then.
    pub(in crate::ledger) async fn begin_move(&self, to: String) -> Result<String> {
        self.ask(async move |session| {
            let (ours, run) = (format!("{:032x}", fastrand::u128(..)), session.run);
            session
                .query(include_str!("sql/begin_move.sql"), params![to => TEXT, ours => TEXT])
                .await?;
            let row = session.one(include_str!("sql/move_state.sql"), params![run => INT8]).await?;
            let token: Option<String> = get(&row, "token")?;
            match marks::mark(&row)? {
                Some(Kind::Moving(there)) if there == to => {}
                Some(other) => return Err(other.into()),
                None => return Err(Kind::Stopped.into()),
            }
            let others: usize = count(&row, "others")?;
            let token = token.ok_or(Kind::Stopped)?;
            if others > 0 {
                if token == ours {
                    session.query(include_str!("sql/cancel_move.sql"), &[]).await?;
                }
                return Err(Kind::InUse(others).into());
            }
            Ok(token)
        })
        .await
    }

    pub(in crate::ledger) async fn cancel_move(&self) -> Result<()> {
        self.ask(async |session| {
            session.query(include_str!("sql/cancel_move.sql"), &[]).await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn give_up_move(&self) -> Result<()> {
        self.ask(async |session| {
            session.query(include_str!("sql/give_up_move.sql"), &[]).await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn end_move(&self, to: String, token: String) -> Result<bool> {
        self.ask(async move |session| {
            let params = params![to => TEXT, token => TEXT];
            get(&session.one(include_str!("sql/end_move.sql"), params).await?, "yes")
        })
        .await
    }

    pub(in crate::ledger) async fn has_received(&self, token: String) -> Result<bool> {
        self.ask(async move |session| {
            let name = received(&token);
            let row =
                session.one(include_str!("sql/has_received.sql"), params![name => TEXT]).await?;
            get(&row, "yes")
        })
        .await
    }

    pub(in crate::ledger) async fn export(
        &self,
        tables: Vec<&'static CopiedTable>,
        out: Sender<Part>,
    ) -> Result<()> {
        self.ask(async move |session| {
            let offset = session.to_server(Moment(0));
            let done = export(session.connection().await?, &tables, &out, offset).await;
            in_transaction(session, done)
        })
        .await
    }

    pub(in crate::ledger) async fn import(
        &self,
        token: String,
        from: String,
        mut parts: Parts,
    ) -> Result<MoveReport> {
        self.ask(async move |session| {
            let offset = session.to_server(Moment(0));
            let client = session.connection().await?;
            let merged = import(client, (&token, &from), &mut parts, offset).await;
            let report = in_transaction(session, merged)?;
            // After a broken connection nobody knows whether it was kept.
            let kept = session.connection().await?.batch_execute("COMMIT").await;
            kept.map_err(|error| Kind::Unreachable(error.to_string()))?;
            Ok(report)
        })
        .await
    }
}

/// A transaction that failed ends with its connection, and nothing of it stays.
fn in_transaction<T>(
    session: &mut ServerSession,
    done: std::result::Result<T, StatementError>,
) -> Outcome<T> {
    done.map_err(|trouble| {
        session.disconnect();
        match trouble {
            StatementError::Final(error) => error,
            StatementError::Again => Kind::Locked.into(),
            StatementError::Broken(why) => Kind::Io(why).into(),
        }
    })
}

fn received(token: &str) -> String {
    format!("received_{token}")
}

async fn run(client: &Client, sql: &str) -> std::result::Result<(), StatementError> {
    client.batch_execute(sql).await.map_err(|error| StatementError::of(&error))
}

async fn ask(
    client: &Client,
    sql: &str,
    params: &[Param<'_>],
) -> std::result::Result<Vec<Row>, StatementError> {
    client.query_typed(sql, params).await.map_err(|error| StatementError::of(&error))
}

/// Waits for claims that were made before the mark: the state that is copied has all of them.
async fn export(
    client: &Client,
    tables: &[&'static CopiedTable],
    out: &Sender<Part>,
    offset: i64,
) -> std::result::Result<(), StatementError> {
    run(
        client,
        "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE enrow_phone.people IN SHARE MODE",
    )
    .await?;
    for table in tables {
        let columns = table.columns.iter().map(|(name, kind)| match kind {
            ColumnKind::Bytes | ColumnKind::Key | ColumnKind::Text => (*name).to_owned(),
            ColumnKind::Flag => format!("{name}::int::bigint AS {name}"),
            ColumnKind::Number | ColumnKind::Person | ColumnKind::Time => {
                format!("{name}::bigint AS {name}")
            }
        });
        let columns: Vec<String> = columns.collect();
        run(
            client,
            &format!(
                "DECLARE rows NO SCROLL CURSOR FOR SELECT {} FROM {}",
                columns.join(", "),
                table.on_server
            ),
        )
        .await?;
        loop {
            let rows = ask(client, &format!("FETCH {CHUNK} FROM rows"), &[]).await?;
            let is_last = rows.len() < CHUNK;
            let cells = rows.iter().map(|row| read(table, row, offset));
            let cells = cells.collect::<Outcome<_>>().map_err(StatementError::Final)?;
            if out.send(Part::Rows(table, cells)).await.is_err() {
                // The receiver has failed, and says why.
                return run(client, "ROLLBACK").await;
            }
            if is_last {
                break;
            }
        }
        run(client, "CLOSE rows").await?;
    }
    drop(out.send(Part::End).await);
    run(client, "COMMIT").await
}

fn read(table: &CopiedTable, row: &Row, offset: i64) -> Outcome<Vec<Cell>> {
    let cell = |(name, kind): &(&'static str, ColumnKind)| {
        Ok(match kind {
            ColumnKind::Bytes => get::<Option<Vec<u8>>>(row, name)?.map_or(Cell::Null, Cell::Bytes),
            ColumnKind::Key => get::<Option<Digest>>(row, name)?
                .map_or(Cell::Null, |digest| Cell::Bytes(digest.0.to_vec())),
            ColumnKind::Flag | ColumnKind::Number | ColumnKind::Person => {
                get::<Option<i64>>(row, name)?.map_or(Cell::Null, Cell::Number)
            }
            ColumnKind::Time => get::<Option<i64>>(row, name)?
                .map_or(Cell::Null, |at| Cell::Number(at.saturating_sub(offset))),
            ColumnKind::Text => get::<Option<String>>(row, name)?.map_or(Cell::Null, Cell::Text),
        })
    };
    table.columns.iter().map(cell).collect()
}

async fn import(
    client: &Client,
    (token, from): (&str, &str),
    parts: &mut Parts,
    offset: i64,
) -> std::result::Result<MoveReport, StatementError> {
    run(client, "BEGIN; SET LOCAL synchronous_commit = on").await?;
    for table in TABLES {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|(name, kind)| format!("{name} {}", sql_type(*kind).name()))
            .collect();
        run(
            client,
            &format!(
                "CREATE TEMP TABLE moved_{} ({}) ON COMMIT DROP",
                table.name,
                columns.join(", ")
            ),
        )
        .await?;
    }
    loop {
        match parts.recv().await {
            Some(Part::Rows(table, rows)) => stage(client, table, rows, offset).await?,
            Some(Part::End) => break,
            None => {
                let why = "the other ledger ended too early".to_owned();
                return Err(StatementError::Final(Kind::Refused(why).into()));
            }
        }
    }
    // Claims and answers wait until everything is copied. They need no other lock that is held here.
    run(client, "LOCK TABLE enrow_phone.people IN SHARE ROW EXCLUSIVE MODE").await?;
    let rows = ask(client, &overlap(&DIALECT), &[]).await?;
    let report = rows.first().map(report).transpose().map_err(StatementError::Final)?;
    let report = report.ok_or(StatementError::Final(OperationError::Ledger(Kind::IdConflict)))?;
    run(client, &merge(&DIALECT)).await?;
    run(client, include_str!("sql/move_members.sql")).await?;
    let name = received(token);
    ask(client, include_str!("sql/receive.sql"), params![name => TEXT, from => TEXT]).await?;
    Ok(report)
}

fn report(row: &Row) -> Outcome<MoveReport> {
    if get::<i64>(row, "clashes")? > 0 {
        return Err(Kind::IdConflict.into());
    }
    Ok(MoveReport {
        people: count(row, "people")?,
        in_both: count(row, "in_both")?,
        paid_in_both: count(row, "paid_in_both")?,
        suppressed: count(row, "suppressed")?,
        batches: count(row, "batches")?,
        unsettled: count(row, "unsettled")?,
    })
}

fn sql_type(kind: ColumnKind) -> Type {
    match kind {
        ColumnKind::Bytes => Type::BYTEA,
        ColumnKind::Key => Type::UUID,
        ColumnKind::Flag | ColumnKind::Number | ColumnKind::Person | ColumnKind::Time => Type::INT8,
        ColumnKind::Text => Type::TEXT,
    }
}

/// One column of many rows.
fn column(kind: ColumnKind, cells: Vec<Cell>, offset: i64) -> (Box<dyn ToSql + Sync + Send>, Type) {
    let number = |cell| if let Cell::Number(number) = cell { Some(number) } else { None };
    let bytes = |cell| if let Cell::Bytes(bytes) = cell { Some(bytes) } else { None };
    let text = |cell| if let Cell::Text(text) = cell { Some(text) } else { None };
    let cells = cells.into_iter();
    match kind {
        ColumnKind::Bytes => (Box::new(cells.map(bytes).collect::<Vec<_>>()), Type::BYTEA_ARRAY),
        ColumnKind::Key => {
            let digest = |bytes: Vec<u8>| bytes.as_slice().try_into().ok().map(Digest);
            let digests: Vec<_> = cells.map(|cell| bytes(cell).and_then(digest)).collect();
            (Box::new(digests), Type::UUID_ARRAY)
        }
        ColumnKind::Flag | ColumnKind::Number | ColumnKind::Person => {
            (Box::new(cells.map(number).collect::<Vec<_>>()), Type::INT8_ARRAY)
        }
        ColumnKind::Time => {
            let at = |at: i64| at.saturating_add(offset);
            (Box::new(cells.map(|cell| number(cell).map(at)).collect::<Vec<_>>()), Type::INT8_ARRAY)
        }
        ColumnKind::Text => (Box::new(cells.map(text).collect::<Vec<_>>()), Type::TEXT_ARRAY),
    }
}

async fn stage(
    client: &Client,
    table: &CopiedTable,
    rows: Vec<Vec<Cell>>,
    offset: i64,
) -> std::result::Result<(), StatementError> {
    let mut columns: Vec<Vec<Cell>> = vec![Vec::with_capacity(rows.len()); table.columns.len()];
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let columns: Vec<_> = columns
        .into_iter()
        .zip(table.columns)
        .map(|(cells, (_, kind))| column(*kind, cells, offset))
        .collect();
    let params: Vec<Param<'_>> = columns
        .iter()
        .map(|(values, array)| (values.as_ref() as &(dyn ToSql + Sync), array.clone()))
        .collect();
    let places: Vec<String> = (1..=params.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "INSERT INTO pg_temp.moved_{} SELECT * FROM unnest({})",
        table.name,
        places.join(", ")
    );
    ask(client, &sql, &params).await.map(drop)
}
