//! A pgbouncer in front of the server of the tests: transaction mode, three connections to each database, a socket in a
//! temporary folder. It ends with the process of the tests.

use super::postgres::{self, folder_of_somebody, run_beside, skip};
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Pooler {
    folder: PathBuf,
}

/// The pooler of this process. Where pgbouncer is missing there is none, which is said once; CI has it.
pub(crate) fn pooler() -> Option<&'static Pooler> {
    static POOLER: OnceLock<Option<Pooler>> = OnceLock::new();
    let server = postgres::server()?;
    let start = || {
        let Some(program) = program() else {
            skip("pgbouncer", "no ledger behind a pooler was tested");
            return None;
        };
        let folder = folder_of_somebody(&format!("enrow-pgbouncer-{}", std::process::id()));
        let (pooler, database) = (folder.display(), server.folder().display());
        fs::write(folder.join("users"), "\"postgres\" \"\"\n").unwrap();
        let settings = format!(
            "[databases]\n* = host={database}\n[pgbouncer]\nunix_socket_dir = {pooler}\nlisten_addr =\n\
             auth_type = trust\nauth_file = {pooler}/users\npool_mode = transaction\ndefault_pool_size = 3\n\
             max_client_conn = 2000\nserver_login_retry = 1\n"
        );
        fs::write(folder.join("pgbouncer.ini"), settings).unwrap();
        run_beside(&folder, &program, &["pgbouncer.ini"]);
        let began = Instant::now();
        while UnixStream::connect(folder.join(".s.PGSQL.6432")).is_err() {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(30), "{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Pooler { folder })
    };
    POOLER.get_or_init(start).as_ref()
}

/// Debian keeps it where the path of a user does not lead.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file())
}

impl Pooler {
    /// The address of a database behind it.
    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://postgres@/{database}?host={}&port=6432", self.folder.display())
    }
}
