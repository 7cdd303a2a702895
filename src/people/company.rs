//! An employer, from the cells that name one.

use super::cell::{non_blank, parts};
use super::{Domain, Employer};

impl Employer {
    /// Reads a cell of a column for domains or websites.
    pub fn by_domain(cell: &str) -> Option<Self> {
        Domain::parse(cell).map(Self::Domain)
    }

    /// Reads a cell of a column for company names; `None` where nobody employs.
    pub fn by_name(cell: &str) -> Option<Self> {
        let name = parts(non_blank(cell)?).find_map(non_blank)?;
        let folded = name.to_lowercase();
        if folded.contains("://") || folded.starts_with("www.") {
            // A website in the company column is worth what a website is worth.
            return Self::by_domain(name);
        }
        // Tables of some products hold an object where the name should be.
        let is_data = name.starts_with(['{', '[']);
        let is_nobody =
            is_data || name.contains('@') || NO_EMPLOYER.binary_search(&folded.as_str()).is_ok();
        (!is_nobody).then(|| Self::Name(name.to_owned()))
    }
}

/// What people write who have no employer, or do not tell; sorted, for the search.
#[rustfmt::skip]
const NO_EMPLOYER: [&str; 55] = [
    "autónoma", "autónomo", "between jobs", "confidential", "confidential company", "consultant", "employed",
    "freelance", "freelancer", "freiberufler", "freiberuflerin", "freiberuflich", "homemaker", "in transition",
    "independent", "independent consultant", "indépendant", "indépendante", "job seeker", "libero professionista",
    "looking for a job", "looking for new opportunities", "none of the above", "not employed", "open to work",
    "particulier", "personal", "privat", "private", "profissional autônomo", "rentner", "retired", "retraité",
    "retraitée", "seeking new opportunities", "selbstständig", "selbständig", "self", "self employed",
    "self-employed", "sin empresa", "stealth", "stealth mode", "stealth startup", "student", "studentin",
    "unemployed", "various", "various companies", "zelfstandig", "zelfstandige", "zzp", "zzp'er", "étudiant",
    "étudiante",
];

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
        assert!(NO_EMPLOYER.is_sorted());
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
            ("https://www.acme.example/", "domain acme.example"),
        ] {
            assert_eq!(name(cell).as_deref(), Some(company), "{cell}");
        }
    }

    #[test]
    fn who_has_no_employer_has_none() {
        for cell in [
            "",
            "n/a",
            "Self-employed",
            "Freelance",
            "selbstständig",
            "{\"name\":\"Acme\"}",
            "ada@acme.example",
            "https://www.linkedin.com/company/acme",
        ] {
            assert_eq!(name(cell), None, "{cell}");
        }
    }
}
