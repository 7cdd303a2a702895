use super::ProfileError;
use std::fmt;

/// Why a row cannot be searched. Its text is what `phone_note` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unsearchable {
    /// Some of its cells are not in their columns, because of an unquoted delimiter or line break.
    BrokenRecord,
    /// Letters of a cell were lost when the file was written.
    Damaged,
    /// The row has nothing that identifies a person.
    Empty,
    /// A cell holds an error of a spreadsheet instead of a value.
    ErrorValue,
    /// The first name is only an initial.
    FirstInitial,
    /// A total, or a line that a report writes below its rows.
    Footer,
    /// A single cell is filled: a heading of a group, or the rest of a line.
    Heading,
    /// The last name is only an initial.
    LastInitial,
    /// Rows with the same name and employer say that they are about different people.
    Namesakes,
    /// There is a name but no company.
    NoCompany,
    NoFirstName,
    NoLastName,
    /// There is a company but no name.
    NoName,
    /// Something else is in place of a name.
    NotAName,
    OneWord,
    /// It is below a second header, which does not show which columns identify a person.
    OtherColumns,
    /// A text of a web page in place of a name.
    PageText,
    /// A placeholder of a form or a template.
    Placeholder,
    /// Something else is in place of a LinkedIn profile, and name and company do not suffice.
    Profile(ProfileError),
    /// An id, a number or data of a program in place of a name.
    RecordId,
    /// The header again, in files that were joined.
    RepeatedHeader,
    /// One cell names several people.
    SeveralPeople,
    /// Nothing shows which part of a full name is the family name.
    UnclearOrder,
}

impl fmt::Display for Unsearchable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BrokenRecord => "a broken line: an unquoted delimiter or line break moved its cells; quote the cell that holds it",
            Self::Damaged => "letters of the row are damaged (`\u{fffd}`); export the list again, or give a LinkedIn profile",
            Self::Empty => "no LinkedIn profile and no name and company",
            Self::ErrorValue => "a spreadsheet error in place of a name or company; repair the cell",
            Self::FirstInitial => "the first name is only an initial; give it in full, or a LinkedIn profile",
            Self::Footer => "a total or footer line, not a person",
            Self::Heading => "only one cell is filled: a heading, not a person",
            Self::LastInitial => "the last name is only an initial; give it in full, or a LinkedIn profile",
            Self::Namesakes => "another row has the same name and company and says that it is somebody else; give a LinkedIn profile",
            Self::NoCompany => "no company; give its domain or name, or a LinkedIn profile",
            Self::NoFirstName => "no first name; give it, or a LinkedIn profile",
            Self::NoLastName => "no last name; give it, or a LinkedIn profile",
            Self::NoName => "no name; give first and last name, or a LinkedIn profile",
            Self::NotAName => "not a person's name; give first and last name, or a LinkedIn profile",
            Self::OneWord => "the name is a single word; give first and last name, or a LinkedIn profile",
            Self::OtherColumns => "below a second header with other columns; put this part into a separate file",
            Self::PageText => "text of a web page in place of a name; give first and last name, or a LinkedIn profile",
            Self::Placeholder => "a placeholder of a form or template, not a person",
            Self::Profile(kind) => {
                return write!(f, "{kind}; use the person's linkedin.com/in/... address, or first name, last name and company");
            }
            Self::RecordId => "an id, a number or program data in place of a name or company; give the name, or a LinkedIn profile",
            Self::RepeatedHeader => "the header again, not a person",
            Self::SeveralPeople => "several people in one cell; give each a row, or a LinkedIn profile",
            Self::UnclearOrder => "it is not clear which part of the name is the family name; give first and last name in columns of their own, or a LinkedIn profile",
        })
    }
}
