//! The slug that names a profile: decoded, folded, and told from ids that only look like one.

use super::ProfileError;
use crate::people::cell::is_invisible;
use std::fmt::Write;
use unicode_normalization::UnicodeNormalization;

/// How long LinkedIn's internal member ids are.
pub(super) const MEMBER_ID_LENGTH: usize = 39;

/// The longest slug that is taken for one, in characters. LinkedIn allows 100.
const LONGEST: usize = 200;

/// Reads the path segment behind `/in/`.
pub(super) fn read(segment: &str) -> Result<String, ProfileError> {
    if segment.ends_with("..") || segment.contains('…') {
        return Err(ProfileError::Damaged);
    }
    let decoded = decode(segment).ok_or(ProfileError::Damaged)?;
    let slug = decoded.split(['/', '?', '#']).next().unwrap_or_default();
    let slug: String = slug.chars().filter(|c| !is_invisible(*c)).collect();
    // What a sentence or a careless hand leaves behind an address.
    let slug = slug.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | ':' | '!' | '*' | '\'' | ',')
    });
    if is_member_id(slug) {
        return Err(ProfileError::MemberId);
    }
    let slug: String = slug.nfc().collect::<String>().to_lowercase().nfc().collect();
    if is_reserved(&slug) || !slug.chars().any(char::is_alphanumeric) {
        return Err(ProfileError::NoSlug);
    }
    let strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{fffd}' | '%');
    if slug.contains(strange) || slug.chars().count() > LONGEST {
        return Err(ProfileError::Damaged);
    }
    Ok(slug)
}

/// Undoes percent-encoding, also where it was done more than once; `None` where no text comes out.
pub(super) fn decode(text: &str) -> Option<String> {
    const MOST: usize = 3;
    let mut decoded = text.to_owned();
    for _ in 0..MOST {
        if !decoded.contains('%') {
            break;
        }
        decoded = decode_once(&decoded)?;
    }
    Some(decoded)
}

fn decode_once(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'%' {
            let [high, low, after @ ..] = rest else {
                return None;
            };
            let hex = |digit: u8| {
                char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
            };
            bytes.push(hex(*high)? * 16 + hex(*low)?);
            rest = after;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Writes a slug as part of a URL: all but unreserved characters percent-encoded (RFC 3986, 2.3).
pub(super) fn encode(slug: &str, url: &mut String) {
    for byte in slug.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("a string takes whatever is written to it");
        }
    }
}

/// Whether this is one of LinkedIn's own words, or a program's for a slug it did not have.
pub(super) fn is_reserved(slug: &str) -> bool {
    matches!(
        slug,
        "" | "edit"
            | "feed"
            | "in"
            | "me"
            | "nan"
            | "none"
            | "null"
            | "unavailable"
            | "undefined"
            | "unknown"
    )
}

/// `ACoAA...`, `ACwAA...`, `AEMAA...`: ids of members. Files that lost their capitals hold them as well.
fn is_member_id(slug: &str) -> bool {
    let bytes = slug.as_bytes();
    bytes.len() == MEMBER_ID_LENGTH
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && bytes[0].eq_ignore_ascii_case(&b'a')
        && matches!(bytes[1].to_ascii_lowercase(), b'c' | b'd' | b'e')
        && bytes[2].is_ascii_alphabetic()
        && bytes[3..5].eq_ignore_ascii_case(b"aa")
}
