//! The slug of a profile: decoded, folded, and not one of the ids that look like a slug.

use super::ProfileError;
use crate::people::cell::is_invisible;
use crate::word_list::WordList;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt::Display;
use unicode_normalization::UnicodeNormalization;

/// The usual length of the internal ids of members.
pub(super) const MEMBER_ID_LENGTH: usize = 39;

/// The length down to which an id is recognised by its capitals. It may be cut off, or of an older kind.
const SHORTEST_MEMBER_ID: usize = 12;

/// The longest slug that is accepted, in characters. LinkedIn allows 100.
pub(super) const LONGEST: usize = 200;

/// Reads the path segment behind `/in/`.
pub(super) fn read(segment: &str) -> Result<String, ProfileError> {
    if segment.ends_with("..") || segment.contains('…') {
        return Err(ProfileError::Damaged);
    }
    let decoded = decode(segment).ok_or(ProfileError::Damaged)?;
    let slug = decoded.split(['/', '?', '#']).next().unwrap_or_default();
    let slug: String = slug.chars().filter(|c| !is_invisible(*c)).collect();
    // Punctuation of a sentence, or signs that somebody copied with the address.
    let slug = slug.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '.' | ':'
                    | '!'
                    | '*'
                    | ','
                    | '@'
                    | '\''
                    | '"'
                    | '“'
                    | '”'
                    | '„'
                    | '‘'
                    | '’'
                    | '«'
                    | '»'
            )
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

/// Decodes percent-encoding, also if a text was encoded more than once. `None` if the result is not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    const MOST: usize = 3;
    let mut decoded = text.to_owned();
    for _ in 0..MOST {
        if !decoded.contains('%') {
            break;
        }
        decoded = percent_decode_str(&decoded).decode_utf8().ok()?.into_owned();
    }
    Some(decoded)
}

/// A slug as a part of a URL, with all but unreserved characters percent-encoded (RFC 3986, 2.3).
pub(super) fn encode(slug: &str) -> impl Display {
    const RESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(slug, RESERVED)
}

/// Whether this is a word of LinkedIn's own addresses, or what programs write if they have no slug.
pub(super) fn is_reserved(slug: &str) -> bool {
    slug.is_empty()
        || RESERVED_SLUGS.has(slug)
        || (slug.contains("linkedin")
            && (slug.contains("linkedin.com") || slug.contains("linkedin-com")))
}

/// Sorted, for the search.
#[rustfmt::skip]
pub(super) static RESERVED_SLUGS: WordList = WordList::of(&[
    "authwall", "com", "company", "contact-info", "deleted", "detail", "details", "edit", "feed", "groups",
    "headless", "help", "http", "https", "in", "jobs", "linkedin", "login", "me", "n", "n-a", "n-d", "na", "nan",
    "nil", "no", "no-linkedin", "no-profile", "nolinkedin", "none", "not-available", "not-found", "notavailable",
    "notfound", "null", "overlay", "people", "profile-not-found", "pub", "public-profile", "recent-activity",
    "school", "search", "see-all", "signup", "tbd", "unavailable", "undefined", "unknown", "view", "void", "www",
    "xx",
]);

/// Whether this is the id of a member: `ACoAA...`, `ACwAA...`, `AEMAA...`, `AAkAA...`. Case matters in these ids. In a file
/// that lost its capitals they are recognised by the usual length.
fn is_member_id(slug: &str) -> bool {
    let bytes = slug.as_bytes();
    let is_base64 = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bytes.len() < SHORTEST_MEMBER_ID || !is_base64 {
        return false;
    }
    let (prefix, rest) = bytes.split_at(5);
    if prefix.ends_with(b"AA") && prefix[0] == b'A' && rest.iter().any(u8::is_ascii_uppercase) {
        return true;
    }
    bytes.len() == MEMBER_ID_LENGTH
        && prefix[0].eq_ignore_ascii_case(&b'a')
        && matches!(prefix[1].to_ascii_lowercase(), b'a' | b'c' | b'd' | b'e')
        && prefix[2].is_ascii_alphabetic()
        && prefix[3..].eq_ignore_ascii_case(b"aa")
}
