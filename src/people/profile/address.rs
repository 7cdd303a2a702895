//! Finds LinkedIn addresses in a text and tells profiles from everything else.

use super::{ProfileError, slug};

const HOST: &str = "linkedin.com";

/// The slug of the first public profile in a text.
pub(super) fn find(text: &str) -> Result<String, ProfileError> {
    let lower = text.to_ascii_lowercase();
    if lower.contains("linkedin.com%2f") {
        // A whole address inside another one's query.
        let inner = slug::decode(text).ok_or(ProfileError::Damaged)?;
        if inner != text {
            return find(&inner);
        }
    }
    let mut reason = None;
    for (at, _) in lower.match_indices(HOST) {
        if let Some(path) = path(text, &lower, at) {
            match page(path) {
                Ok(slug) => return Ok(slug),
                Err(why) => reason = reason.or(Some(why)),
            }
        }
    }
    if let Some(reason) = reason {
        return Err(reason);
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

/// The path behind a host that ends at `at` + its length, if that host is LinkedIn's.
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
    // The path of another site, or an e-mail address.
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

/// What stands at a path: a profile's slug, or what else it is.
fn page(path: &str) -> Result<String, ProfileError> {
    // What ends an address inside a text. A slug has none of these unless percent-encoded.
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '<' | '>' | '|' | '`' | ';' | ')' | ']' | '}' | '{' | '&' | ',')
    };
    let path = path.split(ends).next().unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split(['/', '\\']).filter(|segment| !segment.is_empty()).peekable();
    // The mobile site's and e-mail links' detours.
    while segments.next_if(|segment| is_any(segment, &["comm", "m", "mwlite"])).is_some() {}
    let first = segments.next().unwrap_or_default();
    let second = segments.next().unwrap_or_default();
    let is = |words: &[&str]| is_any(first, words);
    if is(&["in"]) {
        slug::read(second)
    } else if is(&["profile"]) && is_any(second, &["in"]) {
        slug::read(segments.next().unwrap_or_default())
    } else if is(&["profile"]) {
        Err(ProfileError::MemberId)
    } else if is(&["pub"]) {
        Err(ProfileError::OldForm)
    } else if is(&["sales"]) && is_any(second, &["accounts", "company"]) {
        Err(ProfileError::Company)
    } else if is(&["sales"]) {
        Err(ProfileError::SalesNavigator)
    } else if is(&["cap", "hiring", "recruiter", "talent"]) {
        Err(ProfileError::Recruiter)
    } else if is(&["company", "company-beta", "edu", "organization", "school", "showcase"]) {
        Err(ProfileError::Company)
    } else if is(&[
        "article",
        "articles",
        "feed",
        "newsletters",
        "posts",
        "pulse",
        "today",
        "video",
    ]) {
        Err(ProfileError::Post)
    } else if is(&["job", "jobs"]) {
        Err(ProfileError::Job)
    } else if is(&["events", "groups"]) {
        Err(ProfileError::Group)
    } else if is(&["search"]) {
        Err(ProfileError::Search)
    } else {
        Err(ProfileError::OtherPage)
    }
}

fn is_any(segment: &str, words: &[&str]) -> bool {
    words.iter().any(|word| segment.eq_ignore_ascii_case(word))
}
