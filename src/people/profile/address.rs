//! Finds the address of a LinkedIn profile in a text, or says what the text holds instead.

use super::{ProfileError, slug};

const HOST: &str = "linkedin.com";

/// The slug of the public profile in a text.
pub(super) fn find(text: &str) -> Result<String, ProfileError> {
    let lower = text.to_ascii_lowercase();
    if lower.contains("linkedin.com%2f") {
        // A whole address in the query of another one.
        let inner = slug::decode(text).ok_or(ProfileError::Damaged)?;
        if inner != text {
            return find(&inner);
        }
    }
    let mut slug: Option<String> = None;
    let mut reason = None;
    for (at, _) in lower.match_indices(HOST) {
        match path(text, &lower, at).map(page) {
            Some(Ok(other)) if slug.as_ref().is_some_and(|slug| *slug != other) => {
                return Err(ProfileError::Several);
            }
            Some(Ok(one)) => slug = Some(one),
            Some(Err(why)) => reason = reason.or(Some(why)),
            None => {}
        }
    }
    if let Some(found) = slug.map(Ok).or(reason.map(Err)) {
        return found;
    }
    if lower.contains("lnkd.in/") {
        return Err(ProfileError::ShortLink);
    }
    let relative = lower.strip_prefix('/').unwrap_or(&lower);
    if relative.starts_with("in/") && !text.contains(char::is_whitespace) {
        return page(&text[lower.len() - relative.len()..]);
    }
    Err(ProfileError::NotLinkedin)
}

/// The path behind the host in which [`HOST`] is found at `at`, if that host is LinkedIn's.
fn path<'t>(text: &'t str, lower: &str, at: usize) -> Option<&'t str> {
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let end = lower[at..].find(|c| !is_host(c)).map_or(lower.len(), |length| at + length);
    let start = lower[..at]
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_host(*c))
        .last()
        .map_or(at, |(start, _)| start);
    let host = lower[start..end].trim_end_matches('.');
    let labels = host.strip_suffix(HOST)?;
    let before = &lower[..start];
    // It is in the path of another site, or in an e-mail address.
    let inside = before.ends_with('@')
        || (before.ends_with('/') && !before.ends_with("//") && !before.ends_with(":/"));
    if inside || !(labels.is_empty() || labels.ends_with('.')) {
        return None;
    }
    let rest = &text[end..];
    let port =
        rest.strip_prefix(':').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    Some(port.unwrap_or(rest))
}

/// The slug of the profile at a path, or what kind of page it is.
fn page(path: &str) -> Result<String, ProfileError> {
    // These characters end an address in a text. In a slug they are percent-encoded.
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '<' | '>' | '|' | '`' | ';' | ')' | ']' | '}' | '{' | '&' | ',')
    };
    let whole = path.split(ends).next().unwrap_or_default();
    let path = whole.split(['?', '#']).next().unwrap_or_default();
    let has_lost_letter = lost_a_letter(path, &whole[path.len()..]);
    let mut segments = path.split(['/', '\\']).filter(|segment| !segment.is_empty()).peekable();
    // Prefixes of the mobile site, and of links in e-mails.
    while segments.next_if(|segment| is_any(segment, &["comm", "m", "mwlite"])).is_some() {}
    let first = segments.next().unwrap_or_default();
    if is_any(first, &["profile"]) && segments.next_if(|segment| is_any(segment, &["in"])).is_none()
    {
        return Err(ProfileError::MemberId);
    }
    if is_any(first, &["in", "profile"]) {
        // `/in/https://www.linkedin.com/in/ada`: an address was put into another.
        while segments.next_if(|segment| is_address_part(segment)).is_some() {}
        let slug = slug::read(segments.next().unwrap_or_default())?;
        return if has_lost_letter { Err(ProfileError::Damaged) } else { Ok(slug) };
    }
    Err(kind_of(first, segments.next().unwrap_or_default()))
}

/// `in/pawe?-nowak`: an export without the letter wrote a question mark, and `pawe` may be somebody else. A query has a
/// value.
fn lost_a_letter(path: &str, behind: &str) -> bool {
    let mut parts = behind.split('#').next().unwrap_or_default().split('?');
    let first = parts.find(|part| !part.is_empty());
    !path.ends_with(['/', '\\']) && first.is_some_and(|part| !part.contains('='))
}

/// The kind of a page that is not a profile, by the first two segments of its path.
fn kind_of(first: &str, second: &str) -> ProfileError {
    let is = |words: &[&str]| is_any(first, words);
    if is(&["pub"]) {
        ProfileError::OldForm
    } else if is(&["sales"]) && is_any(second, &["accounts", "company"]) {
        ProfileError::Company
    } else if is(&["sales"]) {
        ProfileError::SalesNavigator
    } else if is(&["cap", "hiring", "recruiter", "talent"]) {
        ProfileError::Recruiter
    } else if is(&["company", "company-beta", "edu", "organization", "school", "showcase"]) {
        ProfileError::Company
    } else if is(POSTS) {
        ProfileError::Post
    } else if is(&["job", "jobs"]) {
        ProfileError::Job
    } else if is(&["events", "groups"]) {
        ProfileError::Group
    } else if is(&["search"]) {
        ProfileError::Search
    } else {
        ProfileError::OtherPage
    }
}

const POSTS: &[&str] =
    &["article", "articles", "feed", "newsletters", "posts", "pulse", "today", "video"];

/// Whether a segment is a part of an address and not a slug: `https:`, `www.linkedin.com`, `in`.
fn is_address_part(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase();
    let host = segment.strip_suffix(HOST);
    is_any(&segment, &["http:", "https:", "in"])
        || host.is_some_and(|labels| labels.is_empty() || labels.ends_with('.'))
}

fn is_any(segment: &str, words: &[&str]) -> bool {
    words.iter().any(|word| segment.eq_ignore_ascii_case(word))
}
