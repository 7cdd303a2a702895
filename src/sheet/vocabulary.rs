//! The words people put at the head of a column.

/// What a column's name says of its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    Profile,
    First,
    Last,
    Full,
    Domain,
    Company,
}

/// Reads a header; `None` for what names no field.
pub(super) fn sense(header: &str) -> Option<Sense> {
    Some(match squash(header).as_str() {
        "linkedinurl" | "linkedin" | "linkedinprofile" | "linkedinprofileurl" | "url"
        | "profileurl" => Sense::Profile,
        "firstname" => Sense::First,
        "lastname" => Sense::Last,
        "fullname" | "name" => Sense::Full,
        "companydomain" | "domain" | "companywebsite" | "website" => Sense::Domain,
        "companyname" | "company" => Sense::Company,
        _ => return None,
    })
}

/// Whether a cell is a word that stands at the head of columns, of any kind.
pub(super) fn is_known(header: &str) -> bool {
    sense(header).is_some()
        || matches!(
            squash(header).as_str(),
            "email"
                | "emailaddress"
                | "phone"
                | "title"
                | "position"
                | "city"
                | "country"
                | "notes"
                | "phonenumber"
                | "phonestatus"
                | "phonecountry"
                | "phonenote"
        )
}

fn squash(header: &str) -> String {
    header
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two headers differ in nothing but case, spaces and punctuation.
pub(super) fn same(one: &str, other: &str) -> bool {
    squash(one) == squash(other)
}
