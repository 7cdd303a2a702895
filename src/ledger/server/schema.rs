//! The tables, and how an older ledger is brought to today's version.

/// Each step takes a ledger from version `index` to `index + 1`. A step that was released is never edited, and steps only
/// add, so that programs of several versions work side by side. One that cannot raises `oldest` in `meta`.
const STEPS: &[&str] = &[
    include_str!("sql/schema_1.sql"),
    include_str!("sql/schema_2.sql"),
    include_str!("sql/schema_3.sql"),
    include_str!("sql/schema_4.sql"),
];

/// The version this program writes.
#[expect(clippy::cast_possible_wrap, reason = "a handful of steps")]
pub(super) const VERSION: i64 = STEPS.len() as i64;

/// Everything in one message, which is one transaction: programs that migrate at once wait for each other's lock.
pub(super) fn migration() -> String {
    let mut sql = "SELECT pg_advisory_xact_lock(7308900681432793192);
         CREATE SCHEMA IF NOT EXISTS enrow_phone;
         CREATE TABLE IF NOT EXISTS enrow_phone.meta (name text PRIMARY KEY, value text NOT NULL);"
        .to_owned();
    for (version, step) in (1..).zip(STEPS) {
        sql += &format!(
            "DO $migration$ BEGIN
                 IF coalesce((SELECT value::bigint FROM enrow_phone.meta WHERE name = 'version'), 0) < {version} THEN
                     {step}
                     INSERT INTO enrow_phone.meta VALUES ('version', '{version}')
                         ON CONFLICT (name) DO UPDATE SET value = excluded.value;
                 END IF;
             END $migration$;"
        );
    }
    sql
}
