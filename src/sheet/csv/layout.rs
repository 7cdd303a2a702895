//! Finds the dialect of a CSV text, and where its preamble, header and data are.

use super::dialect::{Delimiter, Dialect, LineEnd, Marks, Quoting};
use super::lines::LineCounter;
use super::parser::{ParseError, Parser};
use super::quotes;
use crate::people::{ResultColumn, RowStatus};
use crate::sheet::header;
use crate::sheet::table::Table;
use crate::sheet::{Header, Options, Record};

/// The dialect of a text, and where its data begins.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) dialect: Dialect,
    /// The text above the header: titles, notes, a `sep=` line, blank lines.
    pub(super) preamble: String,
    /// Where in the text the data begins.
    pub(super) data: u64,
    /// Whether the header lacks a name for the first column, as R writes it above numbered rows.
    pub(super) has_row_names: bool,
    /// The line, from 1, of another header above the one that was found, separated by another character.
    pub(super) other_header: Option<u64>,
}

/// The beginning of a text.
pub(super) struct Sample<'a> {
    pub(super) text: &'a str,
    /// Whether this is all of it.
    pub(super) whole: bool,
}

/// A row of the sample, and where it begins and ends.
struct Line {
    start: usize,
    end: usize,
    fields: Vec<String>,
    ended_by: Option<LineEnd>,
}

/// The sample, parsed with one delimiter and one quote.
struct Trial {
    delimiter: Delimiter,
    quote: u8,
    lines: Vec<Line>,
    header: header::FoundHeader,
    score: Score,
    /// Why the sample could not be parsed to its end.
    failure: Option<ParseError>,
}

/// How well a delimiter fits the sample; greater is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// What the header scores.
    header: u32,
    /// Whether it separates something in the header and in at least half of the rows.
    separates: bool,
    /// How many percent of the rows are as wide as the header.
    agreement: usize,
    width: usize,
}

/// How many rows are parsed.
const ROWS: usize = 2000;

/// Tries the usual delimiters, or the one that is given, and takes the one that fits best.
pub(super) fn detect(
    sample: &Sample<'_>,
    options: &Options,
) -> Result<(Layout, Table), ParseError> {
    let (hint, skip) = sep_line(sample.text);
    let candidates = match options.delimiter.or(hint) {
        Some(delimiter) => vec![delimiter],
        None => Delimiter::USUAL.to_vec(),
    };
    let mut readings: Vec<Trial> = candidates
        .into_iter()
        .map(|delimiter| parse(sample, skip, (delimiter, b'"'), options))
        .collect();
    let mut best = 0;
    for (index, reading) in readings.iter().enumerate() {
        if reading.score > readings[best].score {
            best = index;
        }
    }
    let best = readings.swap_remove(best);
    let above = best.header_start().unwrap_or(0);
    let other = readings.iter().filter(|other| other.has_table()).filter_map(Trial::header_start);
    let other = other.filter(|start| *start < above).min();
    let best = in_single_quotes(sample, skip, &best, options).unwrap_or(best);
    if let Some(failure) = best.failure {
        return Err(failure.at(skip as u64));
    }
    let (mut layout, table) = layout(sample, skip, best);
    layout.other_header = other.map(|start| line_of(sample, start));
    Ok((layout, table))
}

impl Trial {
    fn header_start(&self) -> Option<usize> {
        self.header.row.map(|row| self.lines[row].start)
    }

    /// Whether there is a header of people with a data row below.
    fn has_table(&self) -> bool {
        let rows: Vec<&[String]> = self.lines.iter().map(|line| line.fields.as_slice()).collect();
        self.score.width > 1 && header::is_header_of_data(&rows, self.header)
    }
}

/// The line, from 1, in which this byte of the sample is.
fn line_of(sample: &Sample<'_>, place: usize) -> u64 {
    let mut lines = LineCounter::default();
    lines.count(&sample.text.as_bytes()[..place]);
    lines.line()
}

/// A first line `sep=;`, by which Excel knows the delimiter. Returns the delimiter and the length of the line.
fn sep_line(text: &str) -> (Option<Delimiter>, usize) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let bare = line.trim_matches('"');
    let hint = match bare.as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', byte] => Delimiter::new(*byte),
        _ => None,
    };
    if hint.is_none() {
        return (None, 0);
    }
    let rest = &text[line.len()..];
    let end = if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) };
    (hint, line.len() + end)
}

/// The sample with `'` as its quote, if cells of the header are in such quotes and the rows fit at least as well.
fn in_single_quotes(
    sample: &Sample<'_>,
    skip: usize,
    best: &Trial,
    options: &Options,
) -> Option<Trial> {
    let header = &best.lines.get(best.header.row?)?.fields;
    let is_quoted =
        |cell: &&String| cell.len() > 1 && cell.starts_with('\'') && cell.ends_with('\'');
    if header.iter().filter(is_quoted).count() < 2 {
        return None;
    }
    let single = parse(sample, skip, (best.delimiter, b'\''), options);
    (single.failure.is_none() && single.score >= best.score).then_some(single)
}

/// Parses the sample with one delimiter and quote, and scores the result.
fn parse(
    sample: &Sample<'_>,
    skip: usize,
    (delimiter, quote): (Delimiter, u8),
    options: &Options,
) -> Trial {
    let marks = Marks { delimiter: delimiter.byte(), quote };
    let mut parser = Parser::new(&sample.text.as_bytes()[skip..], marks);
    let mut record = Record::new();
    let mut lines = Vec::new();
    let mut failure = None;
    while lines.len() < ROWS {
        match parser.read(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            // The sample may end inside a field.
            Err(ParseError::UnclosedQuote(_)) if !sample.whole && parser.at_end() => break,
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
        let place = |offset: u64| skip + usize::try_from(offset).unwrap_or(usize::MAX - skip);
        lines.push(Line {
            start: place(parser.record_start()),
            end: place(parser.offset()),
            fields: record.fields().map(str::to_owned).collect(),
            ended_by: parser.last_end(),
        });
    }
    // The last row of a sample may be half a row.
    lines.pop_if(|line| !sample.whole && line.ended_by.is_none());
    let rows: Vec<&[String]> = lines.iter().map(|line| line.fields.as_slice()).collect();
    let header = match options.header {
        Header::Absent => header::FoundHeader::ABSENT,
        Header::Detect => header::find(&rows, &options.map),
    };
    let body = &rows[header.row.map_or(0, |row| row + 1)..];
    let common = header::usual_width(body);
    let width = header.row.map_or(common, |row| rows[row].len());
    let agreeing = body.iter().filter(|row| row.len() == width).count();
    let agreement = (agreeing * 100).checked_div(body.len()).unwrap_or(100);
    // A header of unknown words, with rows above it, may be data that was split wrongly.
    let surely_below = header.score > 0 || header.row.is_none_or(|row| row == 0);
    let parted = body.iter().filter(|row| row.len() > 1).count();
    let score = Score {
        header: header.score,
        separates: width > 1 && surely_below && parted * 2 >= body.len(),
        agreement,
        width,
    };
    Trial { delimiter, quote, lines, header, score, failure }
}

/// Whether nearly all rows have one cell more than the header and begin with their number. A delimiter at the end of each
/// row adds a cell as well, but then all last cells are empty. In our own output they may be empty too, because the last
/// column holds notes: there the statuses show it, which are one column to the right of their name.
fn are_numbered(rows: &[Line], header: &[String]) -> bool {
    let number = |line: &Line| -> Option<u64> {
        (line.fields.len() == header.len() + 1).then(|| line.fields[0].trim().parse().ok())?
    };
    let numbers: Vec<u64> = rows.iter().filter_map(number).collect();
    let status = header.iter().position(|name| name.ends_with(ResultColumn::Status.name()));
    let has_status = |line: &Line| {
        let cell = status.and_then(|status| line.fields.get(status + 1));
        cell.is_some_and(|cell| RowStatus::parse(cell.trim()).is_some())
    };
    !rows.is_empty()
        && numbers.len() * 10 >= rows.len() * 9
        && numbers.is_sorted_by(|one, next| one < next)
        && rows.iter().any(|line| {
            line.fields.last().is_some_and(|cell| !cell.trim().is_empty()) || has_status(line)
        })
}

/// The layout and the table of the parse that fits best.
fn layout(sample: &Sample<'_>, skip: usize, reading: Trial) -> (Layout, Table) {
    let Trial { delimiter, quote, mut lines, header, score, failure: _ } = reading;
    let count = |end| lines.iter().filter(|line| line.ended_by == Some(end)).count();
    let ends = [LineEnd::Lf, LineEnd::CrLf, LineEnd::Cr];
    // The last of equals wins: `\n` also where no row has a line end.
    let line_end = ends.into_iter().rev().max_by_key(|end| count(*end)).unwrap_or_default();
    let begin = header.row.map_or(skip, |row| lines[row].start);
    let quoted = quotes::all_quoted(
        &sample.text.as_bytes()[begin..lines.last().map_or(begin, |line| line.end)],
        Marks { delimiter: delimiter.byte(), quote },
    );
    let (preamble, data) = match header.row {
        Some(row) => (lines[row].start, lines[row].end),
        None => (skip, skip),
    };
    let mut above = Vec::new();
    let mut header = header.row.map(|row| {
        let rest = lines.split_off(row + 1);
        above = std::mem::replace(&mut lines, rest);
        above.pop().map(|line| line.fields).unwrap_or_default()
    });
    let has_row_names = header.as_ref().is_some_and(|header| are_numbered(&lines, header));
    if has_row_names {
        header.get_or_insert_default().insert(0, String::new());
    }
    let quoting = if quoted { Quoting::Always } else { Quoting::Necessary };
    let layout = Layout {
        dialect: Dialect { delimiter, line_end, quote, quoting },
        preamble: sample.text[..preamble].to_owned(),
        data: data as u64,
        has_row_names,
        other_header: None,
    };
    let table = Table {
        header,
        header_line: line_of(sample, preamble),
        header_score: score.header,
        preamble: above.into_iter().map(|line| line.fields).collect(),
        sample: lines.into_iter().map(|line| line.fields).collect(),
        width: score.width + usize::from(has_row_names),
    };
    (layout, table)
}

#[cfg(test)]
mod tests;
