//! One search's result, read by itself.

use super::json;
use crate::people::Echo;

/// One search's result. Whatever cannot be read is as if it were absent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SearchResult {
    /// Its place in the request, where it is given.
    pub index: Option<usize>,
    pub qualification: Qualification,
    /// The number as it was written, also where the result does not call it found.
    pub number: Option<String>,
    /// The country as it was written.
    pub country: Option<String>,
    pub params: Option<EchoedSearch>,
    /// The `custom` that was sent with this search.
    pub custom: Option<String>,
}

/// The result for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Qualification {
    Found,
    NotFound,
    Ongoing,
    /// A word that is not in the contract.
    Other(String),
}

/// An echoed search: each field as it was sent, perhaps normalised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct EchoedSearch {
    pub linkedin_url: Option<String>,
    pub firstname: Option<String>,
    pub lastname: Option<String>,
    pub company_domain: Option<String>,
    pub company_name: Option<String>,
}

impl SearchResult {
    /// Reads a result. `key` is its index where the results are an object with indexes as keys.
    pub(super) fn read(key: Option<usize>, result: &str) -> Self {
        let names = ["index", "qualification", "number", "country", "params", "custom"];
        let [index, qualification, number, country, params, custom] =
            json::fields(result, names).unwrap_or_default();
        Self {
            index: if index.is_empty() { key } else { json::index(index) },
            qualification: Qualification::read(qualification),
            number: json::text(number),
            country: json::text(country),
            params: EchoedSearch::read(params),
            custom: json::text(custom),
        }
    }
}

impl Qualification {
    fn read(json: &str) -> Self {
        match json {
            "\"found\"" => return Self::Found,
            "\"not_found\"" => return Self::NotFound,
            _ => {}
        }
        let word = json::text(json).unwrap_or_default().trim().to_lowercase();
        match word.replace([' ', '-'], "_").as_str() {
            "found" => Self::Found,
            "not_found" => Self::NotFound,
            "ongoing" => Self::Ongoing,
            "" => Self::Other("none".to_owned()),
            // A word is kept, but nothing that could name a person.
            other
                if other.len() <= 24
                    && other.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') =>
            {
                Self::Other(other.to_owned())
            }
            other => Self::Other(format!("{} characters", other.chars().count())),
        }
    }
}

impl EchoedSearch {
    fn read(params: &str) -> Option<Self> {
        let names = ["linkedin_url", "firstname", "lastname", "company_domain", "company_name"];
        let Some([linkedin_url, firstname, lastname, company_domain, company_name]) =
            json::fields(params, names)
        else {
            // An echo of another shape is an echo: a result that has one is not believed by its index alone.
            let linkedin_url = json::text(params)?;
            return Some(Self { linkedin_url: Some(linkedin_url), ..Self::default() });
        };
        Some(Self {
            linkedin_url: json::text(linkedin_url),
            firstname: json::text(firstname),
            lastname: json::text(lastname),
            company_domain: json::text(company_domain),
            company_name: json::text(company_name),
        })
    }

    /// The fields by which it can be compared.
    pub(crate) fn as_echo(&self) -> Echo<'_> {
        Echo {
            linkedin_url: self.linkedin_url.as_deref(),
            firstname: self.firstname.as_deref(),
            lastname: self.lastname.as_deref(),
            company_domain: self.company_domain.as_deref(),
            company_name: self.company_name.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualification_is_known_in_any_case_and_a_strange_one_names_nobody() {
        for (json, qualification) in [
            (r#""found""#, Qualification::Found),
            (r#""Found ""#, Qualification::Found),
            (r#""NOT_FOUND""#, Qualification::NotFound),
            (r#""not found""#, Qualification::NotFound),
            (r#""Ongoing""#, Qualification::Ongoing),
            (r#""maybe""#, Qualification::Other("maybe".into())),
            (r#""+1 570 555 1234""#, Qualification::Other("15 characters".into())),
            ("7", Qualification::Other("1 characters".into())),
            ("", Qualification::Other("none".into())),
        ] {
            assert_eq!(Qualification::read(json), qualification, "{json}");
        }
    }

    #[test]
    fn not_found_with_a_number_keeps_the_number() {
        let result =
            SearchResult::read(None, r#"{"qualification":"not_found","number":"+15705551234"}"#);
        assert_eq!(result.qualification, Qualification::NotFound);
        assert_eq!(result.number.as_deref(), Some("+15705551234"));
    }

    #[test]
    fn an_odd_echo_is_still_an_echo() {
        for params in ["", "[]", "null", "{}"] {
            let echoed = EchoedSearch::read(params);
            assert!(echoed.is_none_or(|echoed| echoed.as_echo().is_empty()), "{params}");
        }
        for params in
            [r#""somebody""#, "7", "[1,2]", r#"{"linkedin_url":33}"#, r#"{"firstname":["Ada"]}"#]
        {
            let echoed = EchoedSearch::read(params).unwrap();
            assert!(!echoed.as_echo().is_empty(), "{params}");
            assert!(echoed.as_echo().keys().is_empty(), "{params}");
        }
    }
}
