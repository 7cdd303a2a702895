//! The search of a row as bytes, which are kept until it is sent, so that the row has to be understood only once.

use super::{Distinction, Domain, Employer, Identity, Named, Profile, Search};
use std::io::{self, Read};

const NOBODY: u8 = 0;
const PROFILE: u8 = 1;
const NAME_AT_DOMAIN: u8 = 2;
const NAME_AT_COMPANY: u8 = 3;
/// Added if the user gave an id.
const WITH_CUSTOM: u8 = 0x10;

impl Search {
    /// Appends the search of the next row.
    pub(crate) fn keep(search: Option<&Self>, kept: &mut Vec<u8>) {
        let Some(Self { identity, custom, .. }) = search else { return kept.push(NOBODY) };
        let extra = if custom.is_some() { WITH_CUSTOM } else { 0 };
        match identity {
            Identity::Profile(profile) => {
                kept.push(PROFILE + extra);
                keep_text(profile.slug(), kept);
            }
            Identity::Named(Named { first, last, employer }) => {
                let (kind, employer) = match employer {
                    Employer::Domain(domain) => (NAME_AT_DOMAIN, domain.as_str()),
                    Employer::Name(name) => (NAME_AT_COMPANY, name.as_str()),
                };
                kept.push(kind + extra);
                for text in [first, last, employer] {
                    keep_text(text, kept);
                }
            }
        }
        if let Some(custom) = custom {
            keep_text(custom, kept);
        }
    }

    /// Reads back the search of the next row; `None` for a row without one. Only what is sent comes back.
    pub(crate) fn read_kept(kept: &mut impl Read) -> io::Result<Option<Self>> {
        let mut kind = [0];
        kept.read_exact(&mut kind)?;
        let [kind] = kind;
        let identity = match kind & !WITH_CUSTOM {
            NOBODY => return Ok(None),
            PROFILE => Identity::Profile(Profile::of_slug(read_text(kept)?)),
            kind @ (NAME_AT_DOMAIN | NAME_AT_COMPANY) => {
                let (first, last, employer) =
                    (read_text(kept)?, read_text(kept)?, read_text(kept)?);
                let employer = if kind == NAME_AT_DOMAIN {
                    Employer::Domain(Domain::of_host(employer))
                } else {
                    Employer::Name(employer)
                };
                Identity::Named(Named { first, last, employer })
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        let custom = if kind & WITH_CUSTOM == 0 { None } else { Some(read_text(kept)?) };
        Ok(Some(Self { distinction: Distinction::default(), identity, others: Vec::new(), custom }))
    }
}

fn keep_text(text: &str, kept: &mut Vec<u8>) {
    let length = u32::try_from(text.len()).expect("a row is shorter than 4 GB");
    kept.extend_from_slice(&length.to_le_bytes());
    kept.extend_from_slice(text.as_bytes());
}

fn read_text(kept: &mut impl Read) -> io::Result<String> {
    let mut length = [0; 4];
    kept.read_exact(&mut length)?;
    let mut text = vec![0; u32::from_le_bytes(length) as usize];
    kept.read_exact(&mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_comes_back_as_it_was_kept() {
        let named = |employer| {
            Identity::Named(Named { first: "Zoë".into(), last: "Lee".into(), employer })
        };
        let identities = [
            Identity::Profile(Profile::parse("linkedin.com/in/ann-lee").unwrap()),
            Identity::Profile(Profile::parse("linkedin.com/in/bo-lee").unwrap()),
            named(Employer::by_domain("acme.example").unwrap()),
            named(Employer::by_name("Acme & Söhne").unwrap()),
        ];
        let (mut kept, mut searches) = (Vec::new(), Vec::new());
        for (identity, custom) in
            identities.into_iter().zip([None, Some("7"), Some("crm-1"), Some("")])
        {
            let custom = custom.map(str::to_owned);
            let (distinction, others) = (Distinction::default(), Vec::new());
            searches.push(Some(Search { distinction, identity, others, custom }));
            searches.push(None);
        }
        for search in &searches {
            Search::keep(search.as_ref(), &mut kept);
        }
        let mut kept = kept.as_slice();
        for search in searches {
            assert_eq!(Search::read_kept(&mut kept).unwrap(), search);
        }
        assert!(kept.is_empty() && Search::read_kept(&mut kept).is_err());
        assert!(Search::read_kept(&mut &[9][..]).is_err());
    }
}
