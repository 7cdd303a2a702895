//! The address of a ledger on a server: `postgres://user@host/database`. The rules are ours and stricter than libpq's.

use super::password;
use crate::ledger::address_source::AddressSource;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use url::Url;

/// Where the database is, as whom, and how the way there is protected. Its text has no password in it.
#[derive(Debug, Clone)]
pub(in crate::ledger) struct ServerAddress {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) password: Option<SecretString>,
    /// The certificates that sign the server's own, where they are not the system's.
    pub(super) root_certificate: Option<PathBuf>,
    pub(super) requires_channel_binding: bool,
    encrypts: bool,
}

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    Name(String),
    /// The folder of a socket of this machine.
    Socket(PathBuf),
}

impl ServerAddress {
    /// Reads an address. The error for a wrong address quotes nothing of it.
    pub(in crate::ledger) fn parse(text: &str, shown: AddressSource) -> Result<Self, String> {
        let malformed = |_| "it is not like `postgres://user@host/database`".to_owned();
        let url = Url::parse(&with_host(text)).map_err(malformed)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(malformed(url::ParseError::EmptyHost));
        }
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut address = Self {
            host: Host::Name(match url.host_str() {
                Some(NO_HOST) | None => String::new(),
                Some(name) => decoded(name),
            }),
            port: url.port().unwrap_or(5432),
            user: decoded(url.username()),
            database: decoded(url.path().trim_start_matches('/')),
            password: url.password().map(|password| decoded(password).into()),
            root_certificate: None,
            requires_channel_binding: false,
            encrypts: true,
        };
        let mut mode = None;
        for (name, value) in url.query_pairs() {
            match &*name {
                "host" if value.starts_with('/') => {
                    address.host = Host::Socket(PathBuf::from(&*value));
                }
                "host" => address.host = Host::Name(value.into_owned()),
                "port" => address.port = value.parse().map_err(|_| "its port is no number")?,
                "user" => address.user = value.into_owned(),
                "dbname" => address.database = value.into_owned(),
                "password" => address.password = Some(value.into_owned().into()),
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" if value != "system" => {
                    address.root_certificate = Some(PathBuf::from(&*value));
                }
                "sslrootcert" => {}
                "channel_binding" => address.requires_channel_binding = value == "require",
                "options" => {
                    return Err("`options` in it gets lost in poolers; leave it out".to_owned());
                }
                _ => return Err("it has a parameter that enrow-phone does not know".to_owned()),
            }
        }
        address.check(mode.as_deref(), shown)?;
        Ok(address)
    }

    fn check(&mut self, mode: Option<&str>, shown: AddressSource) -> Result<(), String> {
        let Self { host, user, database, .. } = self;
        if *host == Host::Name(String::new()) {
            return Err("it names no host; a socket is `?host=/run/postgresql`".to_owned());
        }
        if matches!(host, Host::Name(name) if name.contains(',')) {
            return Err("it names several hosts; name the one that writes".to_owned());
        }
        if user.is_empty() || database.is_empty() {
            return Err(
                "it names no user or no database; write `postgres://user@host/database`".to_owned()
            );
        }
        let what = match shown {
            AddressSource::InAnOpenFile => {
                "it has a password, and other users can read or change the config file it stands in; `chmod 600` it, or "
            }
            AddressSource::ToEverybody => {
                "a password on the command line is shown to every user of this machine; "
            }
            AddressSource::ToUs => "",
        };
        if self.password.is_some() && shown != AddressSource::ToUs {
            return Err(format!("{what}use `PGPASSWORD`, a password file or `ENROW_PHONE_LEDGER`"));
        }
        self.encrypts = match (mode, self.is_local()) {
            (None | Some("prefer" | "allow"), local) if local || mode.is_none() => !local,
            (Some("disable"), true) => false,
            (Some("require" | "verify-ca" | "verify-full"), _) => {
                matches!(self.host, Host::Name(_))
            }
            (Some("disable" | "allow" | "prefer"), false) => {
                return Err(
                    "without TLS only a server on this machine is used; leave `sslmode` out"
                        .to_owned(),
                );
            }
            (None | Some(_), _) => return Err("its `sslmode` is unknown".to_owned()),
        };
        Ok(())
    }

    /// Whether nothing leaves this machine.
    fn is_local(&self) -> bool {
        match &self.host {
            Host::Name(name) if name.eq_ignore_ascii_case("localhost") => true,
            Host::Name(name) => {
                name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
            Host::Socket(_) => true,
        }
    }

    /// Whether the way there is encrypted, and the server's certificate verified.
    pub(super) fn encrypts(&self) -> bool {
        self.encrypts
    }

    /// The password in force: `PGPASSWORD`, then the password file, then the address.
    pub(super) fn password(&self) -> Option<SecretString> {
        let found = password::find(&password::PasswordQuery {
            host: match &self.host {
                Host::Name(name) => name,
                Host::Socket(_) => "localhost",
            },
            port: self.port,
            database: &self.database,
            user: &self.user,
        });
        found.or_else(|| self.password.as_ref().map(|word| word.expose_secret().to_owned().into()))
    }
}

/// Stands where an address names a user and no host, which no other URL does.
const NO_HOST: &str = "no-host.invalid";

fn with_host(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = if authority.ends_with('@') { NO_HOST } else { "" };
    format!("{scheme}://{authority}{host}{path}")
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, user, database, .. } = self;
        match host {
            Host::Name(name) if *port == 5432 => write!(f, "postgres://{user}@{name}/{database}"),
            Host::Name(name) => write!(f, "postgres://{user}@{name}:{port}/{database}"),
            Host::Socket(folder) => {
                write!(f, "postgres://{user}@/{database}?host={}", folder.display())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ServerAddress, String> {
        ServerAddress::parse(text, AddressSource::ToUs)
    }

    #[test]
    fn an_address_shows_no_password() {
        for text in [
            "postgres://ada:s3cret@db.example/team",
            "postgresql://ada@db.example/team?password=s3cret",
            "postgres://ada:s3cret@db.example/team?sslmode=verify-full&channel_binding=require",
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.to_string(), "postgres://ada@db.example/team");
            assert!(!format!("{address:?}").contains("s3cret"));
            assert_eq!(address.password().unwrap().expose_secret(), "s3cret");
            let refused = ServerAddress::parse(text, AddressSource::ToEverybody).unwrap_err();
            assert!(refused.contains("PGPASSWORD") && !refused.contains("s3cret"), "{refused}");
        }
    }

    #[test]
    fn only_this_machine_is_talked_to_in_the_clear() {
        for (text, encrypts) in [
            ("postgres://a@db.example/t", true),
            ("postgres://a@db.example/t?sslmode=require", true),
            ("postgres://a@localhost/t", false),
            ("postgres://a@127.0.0.1:6432/t?sslmode=disable", false),
            ("postgres://a@[::1]/t?sslmode=prefer", false),
            ("postgres://a@localhost/t?sslmode=verify-full", true),
            ("postgres://a@/t?host=/run/postgresql", false),
        ] {
            assert_eq!(parse(text).map(|address| address.encrypts()), Ok(encrypts), "{text}");
        }
        for mode in ["disable", "allow", "prefer", "none"] {
            parse(&format!("postgres://a@db.example/t?sslmode={mode}")).unwrap_err();
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_without_being_shown() {
        for text in [
            "postgres://db.example/t",
            "postgres://a@db.example",
            "postgres://a@db.example,other.example/t",
            "postgres:///t",
            "postgres://a:s3cret@db.example:port/t",
            "postgres://a:s3cret@db.example/t?options=-c%20x",
            "postgres://a:s3cret@db.example/t?service=x",
            "postgres:a:s3cret",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
