//! TLS to the server. Chain and name are always verified.

use super::address::ServerAddress;
use crate::ledger::error::LedgerErrorKind as Kind;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

pub(super) fn connector(address: &ServerAddress) -> Result<MakeRustlsConnect, Kind> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Kind::Certificate(error.to_string()))?;
    let named = std::env::var_os("PGSSLROOTCERT").filter(|name| !name.is_empty());
    let file = address.root_certificate.clone().or_else(|| named.map(PathBuf::from));
    let builder = match file {
        Some(file) => builder.with_root_certificates(roots(&file)?),
        None => builder
            .with_platform_verifier()
            .map_err(|error| Kind::Certificate(error.to_string()))?,
    };
    Ok(MakeRustlsConnect::new(builder.with_no_client_auth()))
}

fn roots(file: &Path) -> Result<RootCertStore, Kind> {
    let unusable = |why: &dyn std::fmt::Display| {
        Kind::Certificate(format!("the certificates in `{}` cannot be used: {why}", file.display()))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))? {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() { Err(unusable(&"there are none")) } else { Ok(roots) }
}
