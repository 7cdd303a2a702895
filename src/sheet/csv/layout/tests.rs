use super::*;

fn layout(text: &str) -> (Layout, Table) {
    let sample = Sample { text, whole: true };
    detect(&sample, &Options::default()).unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
}

/// What was found, in short: delimiter, header, first row.
fn brief(text: &str) -> (char, Option<String>, String) {
    let (layout, table) = layout(text);
    let row = |row: &Vec<String>| row.join("·");
    (
        char::from(layout.dialect.delimiter.byte()),
        table.header.as_ref().map(row),
        table.sample.first().map(row).unwrap_or_default(),
    )
}

#[test]
fn the_delimiter_is_found_from_the_content() {
    for (text, delimiter, header, row) in [
        ("First Name,Company\nAda,Acme\n", ',', "First Name·Company", "Ada·Acme"),
        ("First Name;Company\nAda;Acme\n", ';', "First Name·Company", "Ada·Acme"),
        ("First Name\tCompany\nAda\tAcme\n", '\t', "First Name·Company", "Ada·Acme"),
        ("First Name|Company\nAda|Acme\n", '|', "First Name·Company", "Ada·Acme"),
        // Other delimiters inside the fields, as often as the true one or more.
        (
            "Name;Company\n\"Example, Ada\";\"Acme, Inc., Berlin\"\n",
            ';',
            "Name·Company",
            "Example, Ada·Acme, Inc., Berlin",
        ),
        (
            "Name;Company\nExample, Ada;Acme, Inc., Berlin\n",
            ';',
            "Name·Company",
            "Example, Ada·Acme, Inc., Berlin",
        ),
        ("Name,Company,Tags\nAda,Acme,a;b;c;d\n", ',', "Name·Company·Tags", "Ada·Acme·a;b;c;d"),
        ("Wer;Wo\nAda;1,5\nBob;2,5\n", ';', "Wer·Wo", "Ada·1,5"),
        // One column, with commas in it: another delimiter keeps them together.
        ("Full Name\nExample, Ada\nOther, Bob\n", ';', "Full Name", "Example, Ada"),
        (
            "LinkedIn URL\nhttps://www.linkedin.com/sales/lead/ACw,NAME,x\n",
            ';',
            "LinkedIn URL",
            "https://www.linkedin.com/sales/lead/ACw,NAME,x",
        ),
        ("LinkedIn URL\nlinkedin.com/in/ada\n", ',', "LinkedIn URL", "linkedin.com/in/ada"),
        // Rows of any length.
        ("Wer,Wo,Was\nAda\nBob,Berlin\nCleo,Paris,x,y\nDan,Rom\n", ',', "Wer·Wo·Was", "Ada"),
    ] {
        assert_eq!(brief(text), (delimiter, Some(header.into()), row.into()), "{text:?}");
    }
}

#[test]
fn an_excel_hint_is_obeyed_and_is_no_header() {
    for text in
        ["sep=;\r\nA;B,C\r\n1;2,3\r\n", "\"sep=;\"\r\nA;B,C\r\n1;2,3\r\n", "SEP=;\nA;B,C\n1;2,3\n"]
    {
        assert_eq!(brief(text), (';', Some("A·B,C".into()), "1·2,3".into()), "{text:?}");
        assert!(layout(text).0.preamble.to_lowercase().contains("sep=;"));
    }
}

#[test]
fn the_header_is_found_below_titles_and_notes() {
    for head in [
        "",
        "\n\n",
        "Notes:\n\"When exporting, some addresses, and more, are missing\"\n\n",
        "Notes:\n\n",
        "Contact report\nPrinted 23 November 2026\n\n",
        "Contact report,,,\n,,,\n",
        "Exported by,Sam\n",
    ] {
        let text = format!(
            "{head}First Name,Last Name,Company,Email\nAda,Example,Acme,\nBob,Other,Acme,\n"
        );
        let (layout, table) = layout(&text);
        assert_eq!(
            table.header.as_ref().map(|header| header[0].as_str()),
            Some("First Name"),
            "{head:?}"
        );
        assert_eq!(layout.preamble, head);
        assert_eq!(table.sample.len(), 2);
        assert_eq!(table.header_line, head.matches('\n').count() as u64 + 1);
    }
}

#[test]
fn words_in_the_data_do_not_make_a_header() {
    let text = "Jmeno krestni;Misto;Zdroj\nAda;Praha;LinkedIn\nBob;Brno;Website\n";
    assert_eq!(layout(text).1.header.unwrap()[2], "Zdroj");
}

#[test]
fn a_list_that_begins_with_data_has_no_header() {
    for text in [
        "https://www.linkedin.com/in/ada\nhttps://www.linkedin.com/in/bob\n",
        "linkedin.com/in/ada\n",
        "Ada,Example,https://www.linkedin.com/in/ada\nBob,Other,\n",
        "Ada,Example,\nBob,Other,https://www.linkedin.com/in/bob\n",
        "Ada,ada@acme.example\nBob,bob@acme.example\n",
    ] {
        let (layout, table) = layout(text);
        assert_eq!(table.header, None, "{text:?}");
        assert_eq!(layout.data, 0);
    }
    for text in [
        "Wer,Wo\nAda,https://www.linkedin.com/in/ada\n",
        "LinkedIn (e.g. https://www.linkedin.com/in/example)\nlinkedin.com/in/ada\n",
    ] {
        assert!(layout(text).1.header.is_some(), "{text:?}");
    }
}

#[test]
fn the_lines_own_ends_are_found() {
    for (text, end) in [
        ("A,B\n1,2\n", LineEnd::Lf),
        ("A,B\r\n1,2\r\n", LineEnd::CrLf),
        ("A,B\r1,2\r", LineEnd::Cr),
        ("A,B\r\n\"1\n2\n3\",2\r\n", LineEnd::CrLf),
        ("A,B\r\n1,2\n3,4\r\n", LineEnd::CrLf),
        ("A,B", LineEnd::Lf),
    ] {
        assert_eq!(layout(text).0.dialect.line_end, end, "{text:?}");
    }
}

#[test]
fn a_sample_that_ends_in_the_middle_is_read_up_to_there() {
    let text = "First Name,Company\nAda,Acme\nBob,\"Ac";
    let sample = Sample { text, whole: false };
    let (_, table) = detect(&sample, &Options::default()).unwrap();
    assert_eq!(table.sample, [["Ada", "Acme"]]);
}

#[test]
fn two_lists_with_different_separators_are_told_apart() {
    let comma = "First Name,Last Name,Company\nAda,Lovelace,Acme\nJonas,Albrecht,Globex\n";
    let semicolon = "\nFirst Name;Last Name;Company\nIda;Berg;Initech\nOle;Dahl;Umbrella\n";
    for (text, other) in [
        (format!("{comma}{semicolon}"), Some(1)),
        (format!("Leads, exported, today\n\n{}", &semicolon[1..]), None),
        (comma.to_owned(), None),
    ] {
        let (layout, _) = layout(&text);
        assert_eq!(layout.other_header, other, "{text}");
    }
}

#[test]
fn row_names_without_a_header_are_told_from_a_separator_at_the_end() {
    for (text, has_row_names) in [
        ("Name,Company\n1,Ada,Acme\n2,Bob,Other\n", true),
        ("Id,Name\n1,Ada,\n2,Bob,\n", false),
        // What this program writes for either of them, where no row has a note.
        ("Name,phone_number,phone_country,phone_status,phone_note\n1,Ada,,,not_found,\n", true),
        ("Id,phone_number,phone_country,phone_status,phone_note\n1,,,not_found,,\n", false),
        ("Name,crm_phone_status,crm_phone_note\n1,Ada,found,\n2,Bob,not_found,\n", true),
    ] {
        assert_eq!(layout(text).0.has_row_names, has_row_names, "{text:?}");
    }
}
