//! Which words of a full name are the family name, if the name itself shows it.

use super::words::{self, is_initial, is_particle};

/// Where a full name is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Division {
    /// The family name comes first, with so many words.
    FamilyFirst(usize),
    /// The given names come first, with so many words.
    GivenFirst(usize),
    /// Both orders are in use, and nothing shows which one this is.
    Unclear,
}

/// The division that capitals, scripts and well-known names show; `None` if they show none.
pub(super) fn division(words: &[&str]) -> Option<Division> {
    by_capitals(words)
        .or_else(|| east_asian(words))
        .or_else(|| hungarian(words))
        .or_else(|| given_names(words).map(Division::GivenFirst))
        .or_else(|| has_lone_capitals(words).then_some(Division::Unclear))
}

/// Whether two groups of words with a comma between them may be the last and the first name of one person. If each has two
/// words or more, they are two people, unless something shows the opposite.
pub(super) fn may_be_turned(last: &[&str], first: &[&str]) -> bool {
    last.len() < 2
        || first.len() < 2
        || last.iter().any(|word| is_particle(word) || is_in_capitals(word))
        || first.iter().any(|word| is_initial(word) || is_particle(word))
        || given_names(&[first, &["x"]].concat()).is_some()
}

/// `DUPONT Jean`, `LE GOFF Yann`, `Inès Marie DE LA TOUR`: capitals mark the family name.
fn by_capitals(words: &[&str]) -> Option<Division> {
    let capitals = |word: &&&str| is_in_capitals(word);
    let leading = words.iter().take_while(capitals).count();
    if (1..words.len()).contains(&leading) {
        // `JP Morgan` has initials.
        let is_marked = words[..leading].iter().any(|word| count_of_capitals(word) >= 3);
        let has_initial = words[leading..].iter().any(|word| is_initial(word));
        if leading == 1 && words.len() == 2 && !is_marked && ends_in_vowel(words[0]) {
            return Some(Division::Unclear);
        }
        return (is_marked && !has_initial).then_some(Division::FamilyFirst(leading));
    }
    let trailing = words.iter().rev().take_while(capitals).count();
    let given = words.len() - trailing;
    if given < 2 || trailing == 0 || words.iter().any(|word| is_initial(word)) {
        return None;
    }
    // Shorter words in capitals behind a name may be a licence that is not in the list.
    let family = &words[given..];
    let is_marked = family.iter().any(|word| count_of_capitals(word) >= 6)
        || (trailing > 1 && is_particle(family[0]));
    is_marked.then_some(Division::GivenFirst(given))
}

/// `LE Yann`: two capitals that can be pronounced may be a name, others are initials.
fn ends_in_vowel(word: &str) -> bool {
    word.chars().last().is_some_and(|c| "AEIOUY".contains(c))
}

/// `Paul Henri PETIT`, `Ada Example CRISC`: a short word in capitals is the family name or a licence.
fn has_lone_capitals(words: &[&str]) -> bool {
    let Some((last, others)) = words.split_last() else { return false };
    others.len() > 1
        && (3..=5).contains(&count_of_capitals(last))
        && is_in_capitals(last)
        && last.contains(['A', 'E', 'I', 'O', 'U', 'Y'])
        && others.iter().all(|word| word.chars().any(char::is_lowercase) && !is_particle(word))
}

fn is_in_capitals(word: &str) -> bool {
    // `McDONALD`
    let word = word.strip_prefix("Mc").or(word.strip_prefix("Mac")).unwrap_or(word);
    count_of_capitals(word) >= 2 && !word.chars().any(|c| c.is_lowercase() || c == '.')
}

fn count_of_capitals(word: &str) -> usize {
    word.chars().filter(|c| c.is_uppercase()).count()
}

/// Names in Chinese, Japanese and Korean script: of two words, the family name comes first. Two words in Katakana may be a
/// foreign name with the given name first, and a name with Latin letters beside it may be there twice: both are unclear.
fn east_asian(words: &[&str]) -> Option<Division> {
    let is_kana = |c: char| matches!(c, '\u{30a1}'..='\u{30ff}');
    let is_letter = |c: char| {
        matches!(c,
            '\u{3005}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
    };
    if !words.iter().any(|word| word.contains(is_letter)) {
        let is_korean = matches!(words, [family, given] if is_listed(&KOREAN_FAMILIES, family)
            && given.split_once('-').is_some_and(|(_, rest)| rest.starts_with(char::is_lowercase)));
        return is_korean.then_some(Division::FamilyFirst(1));
    }
    let is_whole = words.len() == 2 && words.iter().all(|word| word.chars().all(is_letter));
    let is_foreign = words.iter().all(|word| word.chars().all(is_kana));
    Some(if is_whole && !is_foreign { Division::FamilyFirst(1) } else { Division::Unclear })
}

fn is_listed(list: &[&str], word: &str) -> bool {
    list.binary_search(&word.to_lowercase().as_str()).is_ok()
}

/// `Nagy László`: a frequent Hungarian family name before a Hungarian given name. `Nagy Lászlóné` is his wife, without her
/// given name.
fn hungarian(words: &[&str]) -> Option<Division> {
    let (family, given) = words.split_first()?;
    let is_given = |word: &&str| is_listed(&HUNGARIAN_GIVEN_NAMES, word);
    if !is_listed(&HUNGARIAN_FAMILIES, family) {
        return None;
    }
    let is_wife = given.first()?.strip_suffix("né").is_some_and(|husband| is_given(&husband));
    let is_family_first = given.iter().all(is_given);
    is_wife.then_some(Division::Unclear).or(is_family_first.then_some(Division::FamilyFirst(1)))
}

/// How many words before the family name are one given name: `Juan Carlos García`, `María del Carmen Ruiz`.
fn given_names(words: &[&str]) -> Option<usize> {
    let [first, second, third, ..] = words else { return None };
    let pieces: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let devotion = match pieces[1..] {
        ["de", "la" | "las" | "los", devotion, _, ..] => Some((devotion, 4)),
        ["de" | "del", devotion, _, ..] => Some((devotion, 3)),
        _ => None,
    };
    if let Some((_, count)) = devotion.filter(|(word, _)| DEVOTIONS.binary_search(word).is_ok()) {
        return is_listed(&FIRST_OF_TWO, first).then_some(count);
    }
    let is_double = is_listed(&FIRST_OF_TWO, first)
        && is_listed(&SECOND_OF_TWO, second)
        && !words::begins_last_name(third);
    is_double.then_some(2)
}

/// Words that follow `María del` and `María de los` in a given name.
#[rustfmt::skip]
const DEVOTIONS: [&str; 38] = [
    "amor", "angeles", "asuncion", "asunción", "belen", "belén", "carmen", "cielo", "consuelo", "dios", "dolores",
    "fatima", "fátima", "gracia", "guadalupe", "jesus", "jesús", "lourdes", "luz", "mar", "mercedes", "milagros",
    "montserrat", "nieves", "paz", "pilar", "prado", "remedios", "reyes", "rocio", "rocío", "rosario", "sagrario",
    "sol", "soledad", "trinidad", "valle", "ángeles",
];

/// The most frequent family names of Korea, as they are written in Latin letters.
#[rustfmt::skip]
const KOREAN_FAMILIES: [&str; 34] = [
    "ahn", "bae", "baek", "chang", "cho", "choi", "chung", "han", "hong", "hwang", "im", "jang", "jeon", "jeong", "jo",
    "jung", "kang", "kim", "ko", "kwon", "lee", "lim", "moon", "nam", "oh", "park", "ryu", "seo", "shin", "song",
    "yang", "yoo", "yoon", "yun",
];

/// The most frequent family names of Hungary (register of residents), without those that are also given names.
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

/// Given names that are often followed by a second one in Spanish, Italian and French.
#[rustfmt::skip]
const FIRST_OF_TWO: [&str; 22] = [
    "ana", "anna", "anne", "carlos", "francisco", "gian", "jean", "jorge", "jose", "josé", "juan", "luis", "marco",
    "maria", "marie", "maría", "miguel", "pedro", "pier", "rosa", "victor", "víctor",
];

/// Given names that often follow another one.
#[rustfmt::skip]
const SECOND_OF_TWO: [&str; 49] = [
    "alberto", "alejandro", "andres", "andrés", "angel", "antonio", "belen", "belén", "carlo", "carlos", "carmen",
    "chiara", "claude", "cristina", "david", "dolores", "elena", "enrique", "fernando", "franca", "francisco",
    "francois", "françois", "giovanna", "grazia", "ignacio", "isabel", "javier", "jesus", "jesús", "jose", "josé",
    "laura", "luis", "luisa", "luz", "manuel", "marc", "maria", "maría", "miguel", "pablo", "paolo", "pierre", "pilar",
    "rosa", "teresa", "vittoria", "ángel",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        let lists: [&[&str]; 6] = [
            &DEVOTIONS, &FIRST_OF_TWO, &HUNGARIAN_FAMILIES, &HUNGARIAN_GIVEN_NAMES,
            &KOREAN_FAMILIES, &SECOND_OF_TWO,
        ];
        assert!(lists.iter().all(|list| list.is_sorted()));
    }
}
