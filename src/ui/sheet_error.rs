//! What to do about a list that cannot be read or written: the options and actions that help.

use super::exit::Exit;
use super::failure::Failure;
use super::message::{Message, counted, message};
use crate::sheet::{
    AmbiguousField, ColumnOption, Encoding, Field, FormatOption, OutputRefusal, Remedy, SheetError,
    Warning, listed, shown,
};

impl From<SheetError> for Failure {
    fn from(error: SheetError) -> Self {
        let exit = if error.is_io() { Exit::Failed } else { Exit::Unusable };
        let failure = Self::new(exit, what(&error));
        let failure = facts(&error).into_iter().fold(failure, Self::fact);
        match hint(&error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// The error, with the option that caused it.
fn what(error: &SheetError) -> Message {
    let text = Message::foreign(error);
    if let SheetError::NoColumn { option, name, .. } = error {
        message!("{}, asked for by `{}`", text, written(*option, name, ""))
    } else if let SheetError::OptionOfOtherFormat { of, option, .. } = error {
        let option = match option {
            FormatOption::Delimiter => "--delimiter",
            FormatOption::Encoding => "--encoding",
            FormatOption::NoHeader => "--no-header",
            FormatOption::Sheet => "--sheet",
        };
        message!("`{}` is for {}, and {}", option, *of, text)
    } else if let SheetError::SkipsResults { column } = error {
        let column = Message::foreign(column);
        message!("`--skip-filled` names {}, which this program fills in", column)
    } else {
        text
    }
}

/// The columns of the list. If it has no header, its first row may hold personal data and is not shown.
fn facts(error: &SheetError) -> Vec<Message> {
    if let SheetError::NoColumn { columns, has_header: false, .. } = error {
        let count = columns.len();
        vec![message!("it has no header, and its first row holds {} values", count)]
    } else if let SheetError::NothingToSearch { columns, known: false, .. } = error {
        let cells = counted(columns.len(), "cell", "cells");
        vec![
            message!("its first row has {}, and none is a known column name", cells),
            "without a header: `--no-header`, and columns go by number".into(),
        ]
    } else if let SheetError::NoColumn { columns, .. }
    | SheetError::NothingToSearch { columns, .. } = error
    {
        vec![message!("its columns are {}", Message::foreign(listed(columns)))]
    } else {
        Vec::new()
    }
}

fn hint(error: &SheetError) -> Option<Message> {
    use SheetError as Error;
    Some(match error {
        Error::Ambiguous { fields, .. } => choices(fields),
        Error::CalculatedResults { .. } => {
            "turn them into values (copy, paste as values), or give the results other names: `--column-prefix TEXT`".into()
        }
        Error::Copy { .. } => "name another folder with the variable `TMPDIR`".into(),
        Error::DamagedLine { .. } => {
            "each line of JSON lines is one object; `jq -c` writes any JSON so".into()
        }
        Error::DamagedWorkbook { .. } => {
            "open it in your spreadsheet program, save it again, and pass that file".into()
        }
        Error::Dos { .. } => {
            "save it as UTF-8; or, if it is something else, name its encoding: `--encoding windows-1252`".into()
        }
        Error::LikelyEncoding { encoding, .. } => message!(
            "name its encoding: `--encoding {}`, or `--encoding windows-1252` if it is Western European",
            Message::foreign(encoding)
        ),
        Error::NoColumn { option, has_header: false, .. } => {
            message!("name columns by number: `{}`", written(*option, "1", ""))
        }
        Error::NoColumn { option, guess: Some(guess), .. } => {
            message!("did you mean `{}`?", written(*option, guess, "'"))
        }
        Error::NoSheetOfPeople { .. } => {
            "name the sheet, and its columns if need be: `--sheet NAME --map linkedin_url=COLUMN`".into()
        }
        Error::NotForWorkbook { .. } => "name the output `.csv`".into(),
        Error::NotText { kind, .. } => match kind.remedy {
            Remedy::AskForTheList => "ask for the list itself: as CSV, JSON lines or a workbook".into(),
            Remedy::ExportTheTable => "export the table of the people as CSV and pass that file".into(),
            Remedy::SaveAsCsv => "save it as `CSV UTF-8` and pass that file".into(),
            Remedy::Unpack => "unpack it and pass the list that is in it".into(),
        },
        Error::NotWritable { .. } => {
            "save it again in your spreadsheet program, or name the output `.csv`".into()
        }
        Error::NothingToSearch { .. } => "name them: `--map linkedin_url=COLUMN`, or `--map fullname=COLUMN --map \
            company_name=COLUMN` (fields: linkedin_url, firstname, lastname, fullname, company_name, company_domain)"
            .into(),
        Error::OutputName { why, .. } => match why {
            OutputRefusal::LosesMacros => "name the output `.xlsm`, or `.csv` for the rows alone".into(),
            OutputRefusal::NoMacros | OutputRefusal::ReadOnly => "name the output `.csv`, `.jsonl` or `.xlsx`".into(),
        },
        Error::OwnColumns { .. } => "`--column-prefix TEXT` gives the added columns other names, \
            `--overwrite-columns` replaces these columns"
            .into(),
        Error::ProtectedWorkbook { .. } => {
            "save a copy without the password, and pass that file".into()
        }
        Error::SeveralSheets { sheets, .. } => {
            let first = shown(sheets.first().map_or("NAME", String::as_str));
            message!("choose one: `--sheet '{}'`", first)
        }
        Error::SkipsResults { .. } => {
            "leave it out: a number that was found is not searched again".into()
        }
        Error::TooLong { .. } => {
            "is it a CSV file? If so, name what separates its fields: `--delimiter`".into()
        }
        Error::TooManyColumns { .. } => "clear it".into(),
        Error::TwoDelimiters { .. } => {
            "put each into a file of its own; or name the separator of the one to search: `--delimiter`".into()
        }
        Error::UnclosedQuote { .. } => {
            "remove the quote, or close it; or name what separates the fields: `--delimiter`".into()
        }
        Error::Undecodable { encoding, .. } if *encoding == Encoding::UTF_8 => {
            "repair that place, or name the file's encoding: `--encoding windows-1252`".into()
        }
        Error::Undecodable { .. } => {
            "name the file's encoding, such as `--encoding iso-8859-2` or `--encoding shift_jis`".into()
        }
        Error::Empty { .. }
        | Error::NoColumn { .. }
        | Error::NoSheet { .. }
        | Error::Open { .. }
        | Error::OptionOfOtherFormat { .. }
        | Error::Read { .. }
        | Error::WorkbookTooLarge { .. }
        | Error::Write(_) => return None,
    })
}

/// A warning with what helps.
pub(crate) fn warning(warning: &Warning) -> Message {
    let text = Message::foreign(warning);
    match warning {
        Warning::BrokenRows { .. } => message!(
            "{}\nhint: quote the cells that hold it, or name the separator: `--delimiter`",
            text
        ),
        Warning::NotUtf8 { .. } => message!(
            "{}\nhint: if accented letters come out wrong, name its encoding: `--encoding iso-8859-2`",
            text
        ),
        Warning::SecondProfile { map, .. } => {
            let option = map_option(Field::LinkedinUrl, map, "'");
            message!("{}\nhint: to search the other one: `{}`", text, option)
        }
        Warning::BackslashQuotes { .. }
        | Warning::EncodedTwice { .. }
        | Warning::NoByteOrderMark { .. }
        | Warning::Unwrapped { .. } => text,
    }
}

/// The option as the user writes it for a column.
fn written(option: ColumnOption, column: &str, quote: &'static str) -> Message {
    match option {
        ColumnOption::Map(field) => map_option(field, column, quote),
        ColumnOption::SkipFilled => message!("--skip-filled {}{}{}", quote, shown(column), quote),
    }
}

fn map_option(field: Field, column: &str, quote: &'static str) -> Message {
    let field = Message::foreign(field);
    message!("--map {}{}={}{}", quote, field, shown(column), quote)
}

/// Lists the options that name one column for each field.
fn choices(fields: &[AmbiguousField]) -> Message {
    let mut text = Message::from("choose with ");
    for (at, AmbiguousField { columns, field }) in fields.iter().enumerate() {
        text.push(if at == 0 { "" } else { ", and " });
        for (at, (_, word)) in columns.iter().enumerate() {
            text.push(if at == 0 { "`" } else { " or `" });
            text.push(map_option(*field, word, "'"));
            text.push("`");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Input;

    fn said(error: SheetError) -> String {
        Failure::from(error).text().to_string()
    }

    #[test]
    fn a_column_is_asked_for_by_its_option() {
        let no_column = |option, guess: Option<&str>, has_header| SheetError::NoColumn {
            option,
            columns: vec!["Firm".to_owned(), "Profile".to_owned()],
            guess: guess.map(str::to_owned),
            has_header,
            input: Input::Path("a.csv".into()),
            name: "Profil".to_owned(),
        };
        let map = ColumnOption::Map(Field::LinkedinUrl);
        assert_eq!(
            said(no_column(map, Some("Profile"), true)),
            "`a.csv` has no column `Profil`, asked for by `--map linkedin_url=Profil`\n  \
             its columns are `Firm`, `Profile`\n\
             hint: did you mean `--map 'linkedin_url=Profile'`?"
        );
        assert!(!said(no_column(map, None, true)).contains("hint"));
        assert_eq!(
            said(no_column(ColumnOption::SkipFilled, None, false)),
            "`a.csv` has no column `Profil`, asked for by `--skip-filled Profil`\n  \
             it has no header, and its first row holds 2 values\n\
             hint: name columns by number: `--skip-filled 1`"
        );
    }

    #[test]
    fn each_ambiguous_field_has_its_choices() {
        let field = |field, words: [&str; 2]| AmbiguousField {
            columns: words.map(|word| (format!("`{word}`"), word.to_owned())).to_vec(),
            field,
        };
        let fields = vec![field(Field::Firstname, ["1", "4"]), field(Field::Lastname, ["2", "5"])];
        assert_eq!(
            said(SheetError::Ambiguous { fields, input: Input::Path("a.csv".into()) }),
            "`a.csv` has several columns for the same field, and they differ\n  \
             firstname: `1`, `4`\n  lastname: `2`, `5`\n\
             hint: choose with `--map 'firstname=1'` or `--map 'firstname=4'`, and `--map 'lastname=2'` or \
             `--map 'lastname=5'`"
        );
    }
}
