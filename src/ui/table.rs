//! Tables that fit the terminal.

use super::message::Message;
use console::Term;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// What happens to a column when there is no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    /// It is left out. The last such column goes first.
    Optional,
    /// It stays. The widest such column is cut.
    Needed,
    /// It stays and is not cut.
    Whole,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    align: Align,
    priority: Priority,
}

impl Column {
    pub(crate) const fn new(title: &'static str, align: Align, priority: Priority) -> Self {
        Self { title, align, priority }
    }
}

/// Blanks between two columns.
const GAP: usize = 2;

/// The smallest width of a column that is cut.
const STUB: usize = 8;

/// The width of standard output; `None` if it is not a terminal.
pub(crate) fn width() -> Option<usize> {
    width_of(&Term::stdout())
}

pub(super) fn width_of(stream: &Term) -> Option<usize> {
    let (_, width) = stream.is_term().then(|| stream.size_checked())??;
    Some(width.into())
}

/// Renders titles and rows within `width` characters. Every row has a cell for each column.
pub(crate) fn render_table(
    columns: &[Column],
    rows: &[Vec<Message>],
    width: Option<usize>,
) -> Message {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let cells = rows.iter().map(|row| length(row[i].as_str()));
            cells.chain([length(column.title)]).max().unwrap_or(0)
        })
        .collect();
    let shown = fit(columns, &mut widths, width);
    let titles: Vec<Message> = columns.iter().map(|column| column.title.into()).collect();
    let mut text = String::new();
    for row in std::iter::once(&titles).chain(rows) {
        let mut line = String::new();
        for (nth, &i) in shown.iter().enumerate() {
            if nth > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let cell = cut(row[i].as_str(), widths[i]);
            let blank = " ".repeat(widths[i] - length(&cell));
            match columns[i].align {
                Align::Left => line.extend([&*cell, &blank]),
                Align::Right => line.extend([&*blank, &cell]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    Message::foreign(text)
}

/// Chooses the columns to show, and narrows the widest of them if that is not enough.
fn fit(columns: &[Column], widths: &mut [usize], width: Option<usize>) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    if let Some(width) = width {
        let total = |shown: &[usize], widths: &[usize]| {
            shown.iter().map(|&i| widths[i] + GAP).sum::<usize>() - GAP
        };
        while total(&shown, widths) > width
            && let Some(last) =
                shown.iter().rposition(|&i| columns[i].priority == Priority::Optional)
        {
            shown.remove(last);
        }
        let over = total(&shown, widths).saturating_sub(width);
        let may_be_cut = shown.iter().filter(|&&i| columns[i].priority != Priority::Whole);
        if let Some(&widest) = may_be_cut.max_by_key(|&&i| widths[i]) {
            widths[widest] = widths[widest].saturating_sub(over).max(STUB);
        }
    }
    shown
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(width: Option<usize>) -> String {
        let columns = [
            Column::new("BATCH", Align::Left, Priority::Needed),
            Column::new("FOUND", Align::Right, Priority::Optional),
            Column::new("AGE", Align::Right, Priority::Needed),
        ];
        let rows = [["e3b61122-d6a6-4ea7", "1,204", "5m"], ["short", "-", "12d"]]
            .map(|row| row.map(Message::from).to_vec());
        render_table(&columns, &rows, width).to_string() + "\n"
    }

    #[test]
    fn columns_stand_below_their_titles() {
        let whole = "BATCH               FOUND  AGE\n\
                     e3b61122-d6a6-4ea7  1,204   5m\n\
                     short                   -  12d\n";
        assert_eq!(example(None), whole);
        assert_eq!(example(Some(30)), whole);
    }

    #[test]
    fn a_narrow_terminal_loses_what_matters_least() {
        assert_eq!(
            example(Some(29)),
            "BATCH               AGE\n\
             e3b61122-d6a6-4ea7   5m\n\
             short               12d\n"
        );
        assert_eq!(
            example(Some(16)),
            "BATCH        AGE\n\
             e3b61122-d…   5m\n\
             short        12d\n"
        );
    }
}
