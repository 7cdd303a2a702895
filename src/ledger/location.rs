//! Where a ledger is, and whose answers it holds.

use super::address_source::AddressSource;
use super::file_system;
#[cfg(feature = "postgres")]
use super::server::ServerAddress;
use super::temporary::TemporaryFolder;
use super::types::AskedBy;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct LedgerLocation {
    place: LedgerAddress,
    /// Whose answers it holds: the API's address, or `sandbox` for any loopback address.
    api: String,
    /// Who opens it.
    asked_by: AskedBy,
    /// Whether it is opened even if it was moved to another place.
    even_if_moved: bool,
    /// Where this machine keeps what it knows of a server.
    state: Option<PathBuf>,
    /// Held for its `Drop`: the folder is removed when the last clone goes.
    _temporary: Option<Arc<TemporaryFolder>>,
}

/// Where a ledger is, as messages name it.
#[derive(Debug, Clone)]
pub(super) enum LedgerAddress {
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Server(ServerAddress),
}

impl fmt::Display for LedgerLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            LedgerAddress::File(path) => path.display().fmt(f),
            #[cfg(feature = "postgres")]
            LedgerAddress::Server(address) => address.fmt(f),
        }
    }
}

impl LedgerLocation {
    fn of(place: LedgerAddress, api: String) -> Self {
        Self {
            place,
            api,
            asked_by: AskedBy::default(),
            even_if_moved: false,
            state: None,
            _temporary: None,
        }
    }

    /// The same, opened by somebody who has a name.
    #[must_use]
    pub(crate) fn asked_by(self, asked_by: AskedBy) -> Self {
        Self { asked_by, ..self }
    }

    /// The same, opened as it is: even if it was moved to another place, and only if it is there.
    #[must_use]
    pub(crate) fn even_if_moved(self) -> Self {
        Self { even_if_moved: true, ..self }
    }

    pub(super) fn minds_moves(&self) -> bool {
        !self.even_if_moved
    }

    /// The same; what this machine must remember of a server it keeps in this folder.
    #[must_use]
    pub(crate) fn remembered_in(self, state: Option<PathBuf>) -> Self {
        Self { state, ..self }
    }

    pub(super) fn state(&self) -> Option<&Path> {
        self.state.as_deref()
    }

    pub(super) fn who_asks(&self) -> &AskedBy {
        &self.asked_by
    }

    /// A ledger at `path` that holds the answers of `api`.
    pub fn at(path: PathBuf, api: String) -> Self {
        Self::of(LedgerAddress::File(path), api)
    }

    /// The user's own ledger: `enrow-phone/ledger.db` in the state folder (`$XDG_STATE_HOME`, by default
    /// `~/.local/state`; on Windows the local application data). `None` where the system names no home: one that is not
    /// absolute would be another ledger in each folder.
    pub(crate) fn default_location(api: String) -> Option<Self> {
        Self::state_folder().map(|folder| Self::at(folder.join("ledger.db"), api))
    }

    /// `enrow-phone` in the state folder.
    pub(crate) fn state_folder() -> Option<PathBuf> {
        use etcetera::BaseStrategy;
        let base = etcetera::choose_base_strategy().ok()?;
        let folder = base.state_dir().unwrap_or_else(|| base.cache_dir());
        folder.is_absolute().then(|| folder.join("enrow-phone"))
    }

    /// A ledger that is removed when the run ends, for numbers that are made up.
    pub(crate) fn temporary(api: String) -> io::Result<Self> {
        let folder = TemporaryFolder::new()?;
        let place = LedgerAddress::File(folder.path().join("ledger.db"));
        Ok(Self { _temporary: Some(Arc::new(folder)), ..Self::of(place, api) })
    }

    /// Whether this is meant as the address of a server, even a wrong one: any URL, or the `password=` form that `psql`
    /// takes. As the path of a file, it would put the password into the name of a folder, and would begin an empty ledger,
    /// which pays again.
    pub(crate) fn is_server(text: &str) -> bool {
        let text = text.trim_start().to_ascii_lowercase();
        ["postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme))
            || ["://", "password="].iter().any(|part| text.contains(part))
    }

    /// A ledger in a database that a team shares. The error for a wrong address quotes nothing of it.
    #[cfg(feature = "postgres")]
    pub(crate) fn on_server(
        address: &str,
        shown: AddressSource,
        api: String,
    ) -> Result<Self, String> {
        let address = ServerAddress::parse(address, shown)?;
        Ok(Self::of(LedgerAddress::Server(address), api))
    }

    #[cfg(not(feature = "postgres"))]
    pub(crate) fn on_server(
        _address: &str,
        _shown: AddressSource,
        _api: String,
    ) -> Result<Self, String> {
        Err("this enrow-phone was built without PostgreSQL (the feature `postgres`)".to_owned())
    }

    /// Whether there may be a ledger: a server is asked when it is opened.
    pub(crate) fn exists(&self) -> bool {
        self.file().is_none_or(Path::exists)
    }

    /// Its file, where it is one.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unnecessary_wraps, reason = "a server has none")
    )]
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.place {
            LedgerAddress::File(path) => Some(path),
            #[cfg(feature = "postgres")]
            LedgerAddress::Server(_) => None,
        }
    }

    pub(super) fn place(&self) -> &LedgerAddress {
        &self.place
    }

    /// The file with the passwords of servers, if it is not used because others may read it.
    pub(crate) fn unused_password_file(&self) -> Option<PathBuf> {
        match &self.place {
            LedgerAddress::File(_) => None,
            #[cfg(feature = "postgres")]
            LedgerAddress::Server(_) => super::server::unused_password_file(),
        }
    }

    /// The network file system that it is on, if it is on one.
    pub(crate) fn network(&self) -> Option<&'static str> {
        self.file().and_then(file_system::network)
    }

    pub(super) fn api(&self) -> &str {
        &self.api
    }
}
