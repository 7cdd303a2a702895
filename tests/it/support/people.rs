//! People who do not exist.

use super::TestEnv;
use enrow_phone::sandbox::{Answer, Search};
use std::fmt::Write;

/// Somebody a row can be about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Person {
    pub(crate) company: String,
    pub(crate) domain: String,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) profile: String,
}

impl Person {
    /// The `number`th of as many different people as are asked for: two of three with a LinkedIn profile, the third
    /// with a name and, in turn, a domain or a company.
    pub(crate) fn number(number: usize) -> Self {
        const FIRST: [&str; 8] =
            ["Alba", "Bruno", "Clara", "Dario", "Elin", "Felix", "Greta", "Hugo"];
        let first = FIRST[number % FIRST.len()].to_owned();
        let last = last_name(number);
        let (company, domain, profile) = match number % 6 {
            2 => ("Quarry Lane".to_owned(), "quarry-lane.example".to_owned(), String::new()),
            5 => ("Tidewater Mills".to_owned(), String::new(), String::new()),
            _ => {
                let slug = format!("{first}-{last}-{number}").to_lowercase();
                let profile = format!("https://www.linkedin.com/in/{slug}");
                (String::new(), String::new(), profile)
            }
        };
        Self { company, domain, first, last, profile }
    }

    /// The search by which the sandbox knows this person. The profile prevails, then the domain.
    pub(crate) fn search(&self) -> Search {
        if !self.profile.is_empty() {
            Search::profile(self.profile.as_str())
        } else if self.domain.is_empty() {
            Search::at_company(&self.first, &self.last, &self.company)
        } else {
            Search::at_domain(&self.first, &self.last, &self.domain)
        }
    }
}

/// A last name for each number, by its digits in syllables.
fn last_name(number: usize) -> String {
    const SYLLABLES: [&str; 10] =
        ["ba", "den", "fir", "gol", "hem", "kan", "lor", "mar", "nes", "vik"];
    let digits = format!("{number:04}").into_bytes();
    let syllable = |digit: &u8| SYLLABLES[usize::from(digit - b'0')];
    let name: String = digits.iter().map(syllable).collect();
    name[..1].to_uppercase() + &name[1..]
}

/// A sheet of these people, with their number in a column of its own.
pub(crate) fn people_csv_of(numbers: impl IntoIterator<Item = usize>) -> String {
    let mut text = "id,firstname,lastname,company_name,company_domain,linkedin_url\n".to_owned();
    for number in numbers {
        let Person { company, domain, first, last, profile } = Person::number(number);
        writeln!(text, "row-{number},{first},{last},{company},{domain},{profile}")
            .expect("a string can be written to");
    }
    text
}

pub(crate) fn people_csv(count: usize) -> String {
    people_csv_of(0..count)
}

pub(crate) fn profile(number: usize) -> String {
    format!("https://www.linkedin.com/in/person-{number}")
}

pub(crate) fn profiles_csv(numbers: std::ops::Range<usize>) -> String {
    let rows = numbers.map(|number| format!("{}\n", profile(number)));
    std::iter::once("linkedin_url\n".to_owned()).chain(rows).collect()
}

/// The profile of somebody who has a number in the sandbox, and the number.
pub(crate) fn somebody_found(env: &TestEnv) -> (String, String) {
    let answers = (0..).map(|number| {
        let url = profile(number);
        let answer = env.control().answer_for(&Search::profile(&*url));
        (url, answer)
    });
    let mut found = answers.filter_map(|(url, answer)| match answer {
        Answer::Found { number, .. } => Some((url, number)),
        Answer::NotFound => None,
    });
    found.next().expect("somebody has a number")
}

/// The profile of somebody who has none.
pub(crate) fn somebody_not_found(env: &TestEnv) -> String {
    let answer = |url: &String| env.control().answer_for(&Search::profile(&**url));
    let mut all = (0..).map(profile);
    all.find(|url| answer(url) == Answer::NotFound).expect("somebody has no number")
}
