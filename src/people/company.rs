//! Reads an employer from a cell.

use super::cell::{is_invisible, non_blank, parts, unescaped, without_tags};
use super::{Domain, Employer};
use crate::word_list::WordList;

impl Employer {
    /// Reads a cell of a column of domains or websites.
    pub fn by_domain(cell: &str) -> Option<Self> {
        Domain::parse(cell).map(Self::Domain)
    }

    /// Reads a cell of a column of company names; `None` if it names no employer.
    pub fn by_name(cell: &str) -> Option<Self> {
        if let Some(name) = plain(cell) {
            return (!is_no_employer(name)).then(|| Self::Name(name.to_owned()));
        }
        let cell = unescaped(non_blank(cell)?);
        let cell = without_tags(&cell);
        let name = parts(&cell).find_map(non_blank)?;
        let is_nothing = |c: char| is_invisible(c) || (c.is_control() && !c.is_whitespace());
        let visible = name.chars().filter(|c| !is_nothing(*c));
        // A no-break space and a tab become a plain space.
        let name: String = visible.map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let name = non_blank(without_link(without_employment(&name)))?;
        let folded = name.to_lowercase();
        if folded.contains("://") || folded.starts_with("www.") {
            // A website in a column of companies is read as a website.
            return Self::by_domain(name);
        }
        // Some products export an object in place of the name.
        let is_data = name.starts_with(['{', '[']);
        let is_nobody =
            is_data || name.contains('@') || name.starts_with("urn:") || is_no_employer(&folded);
        (!is_nobody).then(|| Self::Name(name.to_owned()))
    }
}

/// The name in a cell of usual characters, as nearly all are: it needs no further look.
fn plain(cell: &str) -> Option<&str> {
    let name = non_blank(cell)?;
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b" &'+,-./".contains(&byte);
    let is_site = || name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let is_plain =
        name.bytes().all(is_usual) && name.as_bytes()[0].is_ascii_alphanumeric() && !is_site();
    is_plain.then_some(name)
}

/// A name without the employment that LinkedIn writes behind it: `Acme · Full-time · 2 yrs`. Other names keep their dots.
fn without_employment(name: &str) -> &str {
    let Some((company, rest)) = name.split_once(" · ") else { return name };
    let kind = rest.split(" · ").next().unwrap_or_default().trim().to_lowercase();
    let is_duration = kind.starts_with(|c: char| c.is_ascii_digit());
    let is_employment = is_duration || EMPLOYMENT.has(&kind);
    if is_employment { company } else { name }
}

/// Whether a text is one of [`NO_EMPLOYER`], with or without signs around it: `Retired.`, `(self-employed)`, `ZZP’er`.
fn is_no_employer(name: &str) -> bool {
    let bare = name.trim_matches(|c: char| !c.is_alphanumeric());
    NO_EMPLOYER.has(bare) || (bare.contains('’') && NO_EMPLOYER.has(&bare.replace('’', "'")))
}

/// A name without its link: `Acme (https://www.notion.so/Acme-1)`, `[Acme](https://acme.example)`.
fn without_link(name: &str) -> &str {
    let label =
        name.strip_prefix('[').and_then(|name| name.split_once("](")).map(|(label, _)| label);
    label.or(name.split_once(" (http").map(|(label, _)| label)).unwrap_or(name)
}

/// The kinds of employment that LinkedIn shows, in the languages whose exports are read; sorted, for the search.
#[rustfmt::skip]
static EMPLOYMENT: WordList = WordList::of(&[
    "a tempo pieno", "alternance", "apprenticeship", "ausbildung", "autónomo", "autônomo", "befristet", "cdd", "cdi",
    "contract", "contrato temporal", "deeltijd", "deltid", "estágio", "freelance", "freiberuflich", "full time",
    "full-time", "fulltime", "heltid", "indépendant", "internship", "intérim", "jornada completa", "media jornada",
    "meio período", "niepełny etat", "part time", "part-time", "permanent", "pełny etat", "praktikum", "prácticas",
    "seasonal", "selbstständig", "self-employed", "stage", "tam zamanli", "tam zamanlı", "teilzeit", "tempo integral",
    "tempo pieno", "temporary", "temps partiel", "temps plein", "tirocinio", "vollzeit", "voltijd", "volunteer",
    "zelfstandig",
]);

/// What people write if they have no employer or do not name it; sorted, for the search.
#[rustfmt::skip]
static NO_EMPLOYER: WordList = WordList::of(&[
    "autónoma", "autónomo", "between jobs", "confidential", "confidential company", "consultant", "employed",
    "freelance", "freelancer", "freiberufler", "freiberuflerin", "freiberuflich", "homemaker", "in transition",
    "independent", "independent consultant", "indépendant", "indépendante", "job seeker", "libero professionista",
    "looking for a job", "looking for new opportunities", "none of the above", "not employed", "open to work",
    "particulier", "personal", "privat", "private", "profissional autônomo", "rentner", "retired", "retraité",
    "retraitée", "seeking new opportunities", "selbstständig", "selbständig", "self", "self employed",
    "self-employed", "sin empresa", "stealth", "stealth mode", "stealth startup", "student", "studentin",
    "unemployed", "various", "various companies", "zelfstandig", "zelfstandige", "zzp", "zzp'er", "étudiant",
    "étudiante",
]);

#[cfg(test)]
mod tests {
    use super::*;

    fn name(cell: &str) -> Option<String> {
        match Employer::by_name(cell)? {
            Employer::Name(name) => Some(name),
            Employer::Domain(domain) => Some(format!("domain {}", domain.as_str())),
        }
    }

    #[test]
    fn the_list_can_be_searched() {
        assert!(NO_EMPLOYER.is_sorted() && EMPLOYMENT.is_sorted());
    }

    #[test]
    fn a_company_keeps_its_name_as_it_is_written() {
        for (cell, company) in [
            (" Acme GmbH & Co. KG ", "Acme GmbH & Co. KG"),
            ("ACME, Inc.", "ACME, Inc."),
            ("Acme ::: Other", "Acme"),
            ("Acme; Other", "Acme"),
            ("- ; Acme", "Acme"),
            ("'s Acme", "'s Acme"),
            ("Tallow Works · Full-time", "Tallow Works"),
            ("Brightfen · Contract · 2 yrs", "Brightfen"),
            ("Brightfen · Full time", "Brightfen"),
            ("Brightfen · Media jornada", "Brightfen"),
            ("Brightfen · 3 Jahre", "Brightfen"),
            ("North · South Partners", "North · South Partners"),
            ("Tallow | Works", "Tallow | Works"),
            ("Tallow / Works, Inc.", "Tallow / Works, Inc."),
            ("Tallow Works (https://www.notion.so/Tallow-1?pvs=21)", "Tallow Works"),
            ("[Tallow Works](https://tallow.example)", "Tallow Works"),
            ("Dr&auml;x &amp; Dahl", "Dräx & Dahl"),
            ("Tallow\u{200b} Works\u{200b}", "Tallow Works"),
            ("Tallow\tWorks", "Tallow Works"),
            ("Tallow\u{b}Works\u{1}", "Tallow Works"),
            ("“Tallow Works”", "Tallow Works"),
            ("https://www.acme.example/", "domain acme.example"),
            ("WWW.acme.example", "domain acme.example"),
        ] {
            assert_eq!(name(cell).as_deref(), Some(company), "{cell}");
        }
    }

    #[test]
    fn who_has_no_employer_has_none() {
        for cell in [
            "", "n/a", "Self-employed", "Freelance", "selbstständig", "{\"name\":\"Acme\"}",
            "ada@acme.example", "https://www.linkedin.com/company/acme",
        ] {
            assert_eq!(name(cell), None, "{cell}");
        }
    }

    #[test]
    fn all_that_is_listed_is_recognised_in_any_case() {
        let mut lost = Vec::new();
        let spelled = |text: &str| {
            let mut letters = text.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            [text.to_owned(), first.chain(letters).collect(), text.to_uppercase()]
        };
        for text in NO_EMPLOYER.all().iter().flat_map(|text| spelled(text)) {
            for cell in [
                format!("{text}."),
                format!("({text})"),
                format!("- {text} 🚀"),
                text.replace('\'', "’"),
                text,
            ] {
                if name(&cell).is_some() {
                    lost.push(cell);
                }
            }
        }
        for text in EMPLOYMENT.all().iter().flat_map(|text| spelled(text)) {
            let cell = format!("Brightfen · {text} · 2 yrs");
            if name(&cell).as_deref() != Some("Brightfen") {
                lost.push(cell);
            }
        }
        assert!(lost.is_empty(), "{lost:#?}");
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_and_the_thorough_way_agree(cell in "[A-Za-z][A-Za-z0-9 &'+,./-]{0,12}|[wW]{3}\\.[a-z.]{1,9}") {
            let (first, rest) = cell.split_at(1);
            proptest::prop_assert_eq!(name(&cell), name(&format!("{first}\u{200b}{rest}")));
        }
    }
}
