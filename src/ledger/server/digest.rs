//! Digests as `uuid`: 16 bytes, compared and indexed as such.

use crate::batch::AccountId;
use crate::ledger::types::ListScope;
use crate::people::PersonKey;
use bytes::{BufMut, BytesMut};
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest(pub(super) [u8; 16]);

impl Digest {
    pub(super) fn random() -> Self {
        Self(fastrand::u128(..).to_be_bytes())
    }
}

impl From<PersonKey> for Digest {
    fn from(key: PersonKey) -> Self {
        Self(*key.as_bytes())
    }
}

impl From<AccountId> for Digest {
    fn from(account: AccountId) -> Self {
        Self(*account.as_bytes())
    }
}

impl From<ListScope> for Digest {
    fn from(scope: ListScope) -> Self {
        Self(scope.0)
    }
}

impl ToSql for Digest {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Digest {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw.try_into()?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }
}
