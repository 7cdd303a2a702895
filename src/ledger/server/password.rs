//! Passwords as the tools of PostgreSQL keep them: in `PGPASSWORD`, or in a password file.

use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// What a password is for.
pub(super) struct PasswordQuery<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password from the environment or the password file.
pub(super) fn find(wanted: &PasswordQuery<'_>) -> Option<SecretString> {
    if let Some(password) = std::env::var("PGPASSWORD").ok().filter(|word| !word.is_empty()) {
        return Some(password.into());
    }
    in_file(&file()?, wanted)
}

/// The password file that would be read if others could not.
pub(in crate::ledger) fn unused_file() -> Option<PathBuf> {
    let is_named = std::env::var_os("PGPASSWORD").is_some_and(|word| !word.is_empty());
    file().filter(|path| !is_named && path.is_file() && !is_private(path))
}

/// `PGPASSFILE`, or the file in the home folder.
fn file() -> Option<PathBuf> {
    let named = std::env::var_os("PGPASSFILE").filter(|name| !name.is_empty());
    named.map(PathBuf::from).or_else(|| Some(etcetera::home_dir().ok()?.join(".pgpass")))
}

/// The password of the first line that fits. A file that others may read is not used, as with libpq.
fn in_file(path: &Path, wanted: &PasswordQuery<'_>) -> Option<SecretString> {
    if !is_private(path) {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let port = wanted.port.to_string();
    let asked = [wanted.host, &port, wanted.database, wanted.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let (password, named) = fields.split_last()?;
        let fits = named.len() == asked.len()
            && named.iter().zip(asked).all(|(field, asked)| field == "*" || field == asked);
        fits.then(|| password.clone().into())
    })
}

/// Fields end at a colon; a backslash takes the next character as it is. The password is the fifth.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let is_last = fields.len() == 5;
        let field = fields.last_mut().expect("there is always one");
        match character {
            ':' if !is_last => fields.push(String::new()),
            '\\' => field.extend(characters.next()),
            _ => field.push(character),
        }
    }
    fields
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    std::fs::metadata(path)
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & OTHERS == 0)
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[cfg(unix)]
    #[test]
    fn the_first_line_that_fits_is_taken_and_only_from_a_private_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        let lines = "# db.example:5432:team:ada:no\nother:*:*:*:other\ndb.example:5432:te\\:am:ada:a:b\\\\c\n*:*:*:ada:any\n";
        std::fs::write(&path, lines).unwrap();
        let find = |host, database, user| {
            let wanted = PasswordQuery { host, port: 5432, database, user };
            in_file(&path, &wanted).map(|word| word.expose_secret().to_owned())
        };
        let mode =
            |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o600);
        assert_eq!(find("other", "x", "y").as_deref(), Some("other"));
        assert_eq!(find("db.example", "te:am", "ada").as_deref(), Some("a:b\\c"));
        assert_eq!(find("db.example", "team", "ada").as_deref(), Some("any"));
        assert_eq!(find("db.example", "team", "bob"), None);
        mode(0o640);
        assert_eq!(find("other", "x", "y"), None);
    }
}
