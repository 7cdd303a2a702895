//! Cells that hold a person and a company: `Ada Example (Acme Ltd)`, `Acme Ltd - Ada Example`.

use crate::people::Unsearchable;

/// The name in a cell that may hold the row's company as well. Without a separator between them it is an error: if the
/// company has several words, the cell is not a name. A company of one word may be a part of the name.
pub(super) fn name_beside<'c>(cell: &'c str, company: &str) -> Result<&'c str, Unsearchable> {
    if company.is_empty() || cell.len() <= company.len() {
        return Ok(cell);
    }
    let (rest, is_separated) = if let Some(rest) = without_prefix(cell, company) {
        let name = rest.trim_start_matches(is_separator);
        (name, name.len() < rest.trim_start().len())
    } else if let Some(rest) = without_suffix(cell, company) {
        let name = rest.trim_end_matches(is_separator);
        let before_word = WORDS.iter().find_map(|word| without_suffix(name, word));
        (before_word.unwrap_or(name), before_word.is_some() || name.len() < rest.trim_end().len())
    } else {
        return Ok(cell);
    };
    let is_several_words = company.split_whitespace().nth(1).is_some();
    match (is_separated, is_several_words) {
        // `Brandt, Max` at Brandt is a last name and a first name.
        (true, _) if is_several_words || !cell.contains(',') => Ok(rest.trim()),
        (_, false) => Ok(cell),
        (_, true) => Err(Unsearchable::NotAName),
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '–' | '—' | '|' | '/' | ':' | '·' | ',' | '(' | ')' | '[' | ']' | '@')
}

/// Words between a person and a company, with the space before them.
const WORDS: [&str; 7] = [" at", " bei", " chez", " en", " of", " presso", " from"];

fn without_prefix<'c>(cell: &'c str, company: &str) -> Option<&'c str> {
    let (start, rest) = cell.split_at_checked(company.len())?;
    let ends_a_word =
        !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’'));
    (ends_a_word && alike(start, company)).then_some(rest)
}

fn without_suffix<'c>(cell: &'c str, company: &str) -> Option<&'c str> {
    let cell = cell.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ']'));
    let (rest, end) = cell.split_at_checked(cell.len().checked_sub(company.len())?)?;
    let begins_a_word = company.starts_with(' ')
        || !rest.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’'));
    (begins_a_word && alike(end, company)).then_some(rest)
}

fn alike(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_is_cut_off_where_that_is_certain() {
        for (cell, company, name) in [
            ("Ada Example (Acme Ltd)", "Acme Ltd", "Ada Example"),
            ("Acme Ltd - Ada Example", "Acme Ltd", "Ada Example"),
            ("Ada Example, ACME LTD", "Acme Ltd", "Ada Example"),
            ("Ada Example | Acme", "Acme", "Ada Example"),
            ("Ada Example at Acme Ltd", "Acme Ltd", "Ada Example"),
            ("Brandt, Max", "Brandt", "Brandt, Max"),
            ("Max Brandt", "Brandt", "Max Brandt"),
            ("Max Brandt", "Max Brandt", "Max Brandt"),
            ("Max Brandt", "Max Brandt Consulting", "Max Brandt"),
            ("Max Brandt", "", "Max Brandt"),
            ("Jean-Luc Martin", "Jean", "Jean-Luc Martin"),
            ("Ada Example", "Acme", "Ada Example"),
        ] {
            assert_eq!(name_beside(cell, company), Ok(name), "{cell} at {company}");
        }
        assert_eq!(
            name_beside("Tallow Works Runa Okafor", "Tallow Works"),
            Err(Unsearchable::NotAName)
        );
    }
}
