//! Which words of a whole name are the family's, where the name itself shows it.

use super::words::{self, is_initial, is_particle};

/// Where a name is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Division {
    /// So many words of the family's name come first.
    FamilyFirst(usize),
    /// So many given names come first.
    GivenFirst(usize),
}

/// How capitals, scripts and well-known names divide the words; `None` where they do not tell.
pub(super) fn division(words: &[&str]) -> Option<Division> {
    by_capitals(words)
        .or_else(|| is_east_asian(words).then_some(Division::FamilyFirst(1)))
        .or_else(|| is_hungarian(words).then_some(Division::FamilyFirst(1)))
        .or_else(|| has_double_given_name(words).then_some(Division::GivenFirst(2)))
}

/// `DUPONT Jean`, `LE GOFF Yann`, `Inès Marie DE LA TOUR`: capitals mark the family's name.
fn by_capitals(words: &[&str]) -> Option<Division> {
    let capitals = |word: &&&str| is_in_capitals(word);
    let leading = words.iter().take_while(capitals).count();
    if (1..words.len()).contains(&leading) {
        // `JP Morgan` has initials.
        let is_marked = words[..leading].iter().any(|word| count_of_capitals(word) >= 3);
        let has_initial = words[leading..].iter().any(|word| is_initial(word));
        return (is_marked && !has_initial).then_some(Division::FamilyFirst(leading));
    }
    let trailing = words.iter().rev().take_while(capitals).count();
    let given = words.len() - trailing;
    if given < 2 || trailing == 0 || words.iter().any(|word| is_initial(word)) {
        return None;
    }
    // Shorter capitals behind a name may be a licence that no list has.
    let family = &words[given..];
    let is_marked = family.iter().any(|word| count_of_capitals(word) >= 6)
        || (trailing > 1 && is_particle(family[0]));
    is_marked.then_some(Division::GivenFirst(given))
}

fn is_in_capitals(word: &str) -> bool {
    count_of_capitals(word) >= 2 && !word.chars().any(|c| c.is_lowercase() || c == '.')
}

fn count_of_capitals(word: &str) -> usize {
    word.chars().filter(|c| c.is_uppercase()).count()
}

/// Two words in Chinese, Japanese or Korean letters: the family's name comes first.
fn is_east_asian(words: &[&str]) -> bool {
    let is_letter = |c: char| {
        matches!(c,
            '\u{3005}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
    };
    words.len() == 2 && words.iter().all(|word| word.chars().all(is_letter))
}

/// `Nagy László`: a frequent Hungarian family name before a Hungarian given name.
fn is_hungarian(words: &[&str]) -> bool {
    let is_listed =
        |list: &[&str], word: &str| list.binary_search(&word.to_lowercase().as_str()).is_ok();
    match words {
        [family, given, rest @ ..] if rest.len() < 2 => {
            is_listed(&HUNGARIAN_FAMILIES, family)
                && is_listed(&HUNGARIAN_GIVEN_NAMES, given)
                && rest.iter().all(|word| is_listed(&HUNGARIAN_GIVEN_NAMES, word))
        }
        _ => false,
    }
}

/// `Juan Carlos García`, `Maria Teresa Rossi`: two given names that belong together, and a family's name.
fn has_double_given_name(words: &[&str]) -> bool {
    match words {
        [first, second, _, ..] => {
            let (first, second) = (first.to_lowercase(), second.to_lowercase());
            FIRST_OF_TWO.binary_search(&first.as_str()).is_ok()
                && SECOND_OF_TWO.binary_search(&second.as_str()).is_ok()
                && !words::begins_last_name(words[2])
        }
        _ => false,
    }
}

/// The most frequent family names of Hungary (register of residents), without those that are given names as well.
#[rustfmt::skip]
const HUNGARIAN_FAMILIES: [&str; 60] = [
    "antal", "bakos", "balla", "balog", "balogh", "barta", "baráth", "bodnár", "bognár", "boros", "budai", "bíró",
    "csonka", "faragó", "farkas", "fazekas", "fehér", "fekete", "fodor", "fábián", "fülöp", "gulyás", "hajdu",
    "halász", "hegedűs", "horváth", "illés", "juhász", "katona", "kelemen", "király", "kis", "kiss", "kocsis",
    "kovács", "kozma", "lakatos", "magyar", "major", "mezei", "molnár", "mészáros", "nagy", "németh", "oláh",
    "orbán", "orosz", "papp", "pintér", "pásztor", "rácz", "sipos", "somogyi", "szabó", "szalai", "szűcs", "takács",
    "tóth", "török", "varga",
];

/// Frequent Hungarian given names (register of residents).
#[rustfmt::skip]
const HUNGARIAN_GIVEN_NAMES: [&str; 72] = [
    "andrea", "andrás", "anikó", "anita", "anna", "attila", "balázs", "bence", "benedek", "boglárka", "botond",
    "béla", "csaba", "dániel", "dávid", "dóra", "edit", "enikő", "erika", "erzsébet", "eszter", "ferenc", "gergely",
    "gergő", "gyula", "györgy", "gábor", "henrietta", "ildikó", "ilona", "imre", "istván", "judit", "julianna",
    "jános", "józsef", "katalin", "kinga", "klára", "krisztina", "krisztián", "lajos", "levente", "lászló",
    "magdolna", "mihály", "miklós", "mária", "márta", "máté", "mónika", "nikolett", "norbert", "noémi", "piroska",
    "péter", "réka", "róbert", "szilvia", "sándor", "tamás", "tibor", "tímea", "viktória", "zoltán", "zsolt",
    "zsuzsa", "zsuzsanna", "zsófia", "ádám", "ágnes", "éva",
];

/// Given names that often have a second one behind them in Spanish and Italian.
#[rustfmt::skip]
const FIRST_OF_TWO: [&str; 22] = [
    "ana", "anna", "anne", "carlos", "francisco", "gian", "jean", "jorge", "jose", "josé", "juan", "luis", "marco",
    "maria", "marie", "maría", "miguel", "pedro", "pier", "rosa", "victor", "víctor",
];

/// Given names that often stand behind another one.
#[rustfmt::skip]
const SECOND_OF_TWO: [&str; 44] = [
    "alberto", "alejandro", "andrés", "antonio", "belén", "carlo", "carlos", "carmen", "chiara", "claude",
    "cristina", "david", "dolores", "elena", "enrique", "fernando", "franca", "francisco", "françois", "giovanna",
    "grazia", "ignacio", "isabel", "javier", "jesús", "jose", "josé", "laura", "luis", "luisa", "luz", "manuel",
    "marc", "maria", "maría", "miguel", "pablo", "paolo", "pierre", "pilar", "rosa", "teresa", "vittoria", "ángel",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        let lists: [&[&str]; 4] =
            [&HUNGARIAN_FAMILIES, &HUNGARIAN_GIVEN_NAMES, &FIRST_OF_TWO, &SECOND_OF_TWO];
        assert!(lists.iter().all(|list| list.is_sorted()));
    }
}
