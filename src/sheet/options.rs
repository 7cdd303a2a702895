//! What the user says about a sheet. The rest is found from its content.

use super::csv::{Delimiter, Encoding};
use crate::people::ResultColumn;
use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// An option that is about inputs of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatOption {
    Delimiter,
    Encoding,
    NoHeader,
    Sheet,
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The options for CSV that were given for this input. An input of another format refuses them.
    pub csv_options: Vec<FormatOption>,
    /// `None`: found from the content.
    pub delimiter: Option<Delimiter>,
    pub column_prefix: ColumnPrefix,
    /// `None`: taken from the byte order mark, or found from the content.
    pub encoding: Option<Encoding>,
    pub excel: Excel,
    pub header: Header,
    /// Columns named by the user. Several for one field are tried in this order in each row.
    pub map: Vec<Mapping>,
    pub own_columns: OwnColumns,
    /// The sheet of a workbook, by name or by number from 1. `None`: the one that names people.
    pub sheet: Option<String>,
    /// Rows with a value in one of these columns are not searched.
    pub skip_filled: Vec<ColumnName>,
}

/// Whether the output is made for spreadsheet programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Excel {
    /// Numbers as they are; a byte order mark where the input has one or was UTF-16.
    #[default]
    Plain,
    /// Always a byte order mark. Numbers are written as `="+12025550123"`: spreadsheet programs show that as text and do
    /// not calculate with it.
    Safe,
}

/// What to do with columns that have the name of a result column and are the user's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OwnColumns {
    /// Write the results into them.
    Overwrite,
    /// Refuse the sheet.
    #[default]
    Refuse,
}

/// What stands before the names of the result columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnPrefix(String);

impl ColumnPrefix {
    pub(super) fn name_of(&self, column: ResultColumn) -> String {
        format!("{}{}", self.0, column.name())
    }
}

impl FromStr for ColumnPrefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Column names are compared without the white space around them, so a space at the start would be lost.
        if text.trim_start() != text || text.contains(char::is_control) {
            return Err("a prefix has no line breaks and does not begin with a space".into());
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether a sheet has a header row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Header {
    /// The first row is data.
    Absent,
    /// Found from the content.
    #[default]
    Detect,
}

/// What a column can say about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The address of the public LinkedIn profile.
    LinkedinUrl,
    Firstname,
    Lastname,
    /// First and last name in one.
    Fullname,
    /// The company's domain or website.
    CompanyDomain,
    CompanyName,
    /// The user's own id for the person.
    Custom,
}

impl Field {
    /// Every field, in the order in which messages list them.
    pub const ALL: [Self; 7] = [
        Self::LinkedinUrl,
        Self::Firstname,
        Self::Lastname,
        Self::Fullname,
        Self::CompanyDomain,
        Self::CompanyName,
        Self::Custom,
    ];

    /// The field's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::LinkedinUrl => "linkedin_url",
            Self::Firstname => "firstname",
            Self::Lastname => "lastname",
            Self::Fullname => "fullname",
            Self::CompanyDomain => "company_domain",
            Self::CompanyName => "company_name",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain: String =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let known = Self::ALL.into_iter().find(|field| field.name().replace('_', "") == plain);
        known.ok_or_else(|| {
            let names = Self::ALL.map(|field| format!("`{field}`")).join(", ");
            format!("`{text}` is not a field; the fields are {names}")
        })
    }
}

/// `FIELD=COLUMN`: which column holds a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub column: ColumnName,
    pub field: Field,
}

/// How the user names a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnName {
    /// By its header, or by its number from 1 if no header has this text.
    Named(String),
    /// `FIELD=` with nothing behind it: no column is used for the field.
    Nothing,
}

impl ColumnName {
    /// The name read as a column number, from 1.
    pub(super) fn number(&self) -> Option<NonZeroUsize> {
        match self {
            Self::Named(name) => name.trim().parse().ok(),
            Self::Nothing => None,
        }
    }
}

impl FromStr for ColumnName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("name a column, by its header or its number (from 1)".to_owned()),
            _ => Ok(Self::Named(text.to_owned())),
        }
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = match &self.column {
            ColumnName::Named(name) => name,
            ColumnName::Nothing => "",
        };
        write!(f, "{}={column}", self.field)
    }
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, column) = text.split_once('=').ok_or_else(|| {
            "expected `FIELD=COLUMN`, such as `linkedin_url=Profile` or `firstname=3`".to_owned()
        })?;
        let column = match column.trim() {
            "" => ColumnName::Nothing,
            _ => ColumnName::Named(column.to_owned()),
        };
        let field = field.parse()?;
        Ok(Self { column, field })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_a_field_and_a_column() {
        let mapping: Mapping = "linkedin_url=Profil = Link".parse().unwrap();
        assert_eq!(mapping.field, Field::LinkedinUrl);
        assert_eq!(mapping.column, ColumnName::Named("Profil = Link".into()));
        assert_eq!("custom=".parse::<Mapping>().unwrap().column, ColumnName::Nothing);
        assert_eq!("First-Name=1".parse::<Mapping>().unwrap().field, Field::Firstname);
    }

    #[test]
    fn a_wrong_mapping_says_what_is_right() {
        let error = "phone=3".parse::<Mapping>().unwrap_err();
        assert!(error.contains("`phone` is not a field; the fields are `linkedin_url`"), "{error}");
        let error = "Profile".parse::<Mapping>().unwrap_err();
        assert!(error.starts_with("expected `FIELD=COLUMN`"), "{error}");
    }
}
