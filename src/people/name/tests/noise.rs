//! What stands in a cell of names and is none.

use super::*;

#[test]
fn titles_and_degrees_are_no_names() {
    all_split(&[
        ("Dr. Ada Example", "Ada", "Example"),
        ("Prof. Dr. med. Ada Example", "Ada", "Example"),
        ("Dr Ada Example PhD", "Ada", "Example"),
        ("Mr John Smith", "John", "Smith"),
        ("Mme Claire Dupont", "Claire", "Dupont"),
        ("Dipl.-Ing. Ada Example", "Ada", "Example"),
        ("Mag. Ada Example, MBA", "Ada", "Example"),
        ("Ada Example, PhD, MBA", "Ada", "Example"),
        ("Ada Example, Ph.D.", "Ada", "Example"),
        ("Ada Example M.D.", "Ada", "Example"),
        ("Ada Example MBA CFA", "Ada", "Example"),
        ("Ada Example, CSPO", "Ada", "Example"),
        ("Ada Example, XQZT", "Ada", "Example"),
        ("Smith, John, MBA", "John", "Smith"),
        ("John Smith Jr.", "John", "Smith"),
        ("John Smith III", "John", "Smith"),
        ("Ada Example, CEO", "Ada", "Example"),
        ("Ada Example, Head of Sales", "Ada", "Example"),
        ("Jack Ma", "Jack", "Ma"),
        ("Wei Peng", "Wei", "Peng"),
        ("Phil Example", "Phil", "Example"),
        ("Don Johnson", "Don", "Johnson"),
    ]);
}

#[test]
fn nicknames_and_decorations_are_no_names() {
    all_split(&[
        ("Robert (Bob) Example", "Robert", "Example"),
        ("Robert \"Bob\" Example", "Robert", "Example"),
        ("Robert “Bob” Example", "Robert", "Example"),
        ("Robert 'Bob' Example", "Robert", "Example"),
        ("Ada Example (she/her)", "Ada", "Example"),
        ("Ada Example (née Other)", "Ada", "Example"),
        ("Ada Example geb. Other", "Ada", "Example"),
        ("🚀 Ada Example 🎯", "Ada", "Example"),
        ("Ada 👩🏽‍💻 Example ✔️", "Ada", "Example"),
        ("⭐Ada Example⭐", "Ada", "Example"),
        ("Ada Example | We are hiring", "Ada", "Example"),
        ("Ada Example - Acme", "Ada", "Example"),
        ("𝐀𝐝𝐚 𝐄𝐱𝐚𝐦𝐩𝐥𝐞", "Ada", "Example"),
        ("=\"Ada Example\"", "Ada", "Example"),
        ("Ada Example ::: A. Example", "Ada", "Example"),
        ("Ada🚀Example", "Ada", "Example"),
        ("Ada\u{7}Example", "Ada", "Example"),
        ("*Ada* ~Example~", "Ada", "Example"),
        ("Ada . Example", "Ada", "Example"),
        ("Ada Example ?", "Ada", "Example"),
        ("Ada Example2", "Ada", "Example2"),
        ("Ada Example (she", "Ada", "Example"),
        ("Ada\" Example", "Ada", "Example"),
        ("A\u{200d}da Exa\u{200c}mple", "Ada", "Example"),
        // What only looks like decoration belongs to the name.
        ("Mª Lind", "Mª", "Lind"),
        ("Ada Lune\u{301}", "Ada", "Lune\u{301}"),
        ("علی\u{200c}رضا احمدی", "علی\u{200c}رضا", "احمدی"),
    ]);
}

#[test]
fn first_and_last_name_cells_lose_what_is_no_name() {
    for (cells, first, last) in [
        (("Ada", "", "Example"), "Ada", "Example"),
        (("Dr. Ada", "", "Example, PhD"), "Ada", "Example"),
        (("Ada (Addie)", "", "Example 🚀"), "Ada", "Example"),
        (("Ada M.", "", "Example Jr."), "Ada", "Example"),
        (("Ada Maria", "", "García López"), "Ada Maria", "García López"),
        (("Jan", "van der", "Berg"), "Jan", "van der Berg"),
        (("Jan", "van der", "van der Berg"), "Jan", "van der Berg"),
        (("Ada", "-", "St. Clair"), "Ada", "St. Clair"),
        (("Ada Example", "", "Example"), "Ada", "Example"),
        (("Ada", "", "Ada Example"), "Ada", "Example"),
        (("Ada", "", "Example | We are hiring"), "Ada", "Example"),
        (("Ada", "", "Example · 2nd"), "Ada", "Example"),
        (("Yo-Yo", "", "Ma"), "Yo-Yo", "Ma"),
        (("Ada", "", "Example - Hiring!"), "Ada", "Example"),
        (("Ada", "", "Example - Other Lane"), "Ada", "Example Other Lane"),
        (("Ada, PhD", "", "Example"), "Ada", "Example"),
        (("Ada, Jr.", "", "Example"), "Ada", "Example"),
        (("Ada, Mrs", "", "Example"), "Ada", "Example"),
        (("Ada×", "", "Ｅxample"), "Ada", "Example"),
        (("Jörg Lind", "", "JÖRG LIND"), "Jörg", "Lind"),
        // An only word is the name, whatever it looks like.
        (("Ed.", "", "Example"), "Ed.", "Example"),
        (("roz", "", "lind"), "roz", "lind"),
        (("伟", "", "王"), "伟", "王"),
        (("ADA", "", "MÜLLER"), "ADA", "MÜLLER"),
    ] {
        let name = join(cells.0, cells.1, cells.2).map(|name| (name.first, name.last));
        assert_eq!(name, Ok((first.into(), last.into())), "{cells:?}");
    }
}

/// A word as it is listed, with a capital, in capitals, and each with a full stop.
fn spellings(word: &str) -> Vec<String> {
    let mut letters = word.chars();
    let capital: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let written = [word.to_owned(), capital, word.to_uppercase()];
    written.iter().flat_map(|word| [word.clone(), format!("{word}.")]).collect()
}

#[test]
fn all_that_is_listed_is_recognised_in_any_case() {
    let ada = Ok(("Ada".to_owned(), "Example".to_owned()));
    let mut lost = Vec::new();
    let mut check = |cell: String| {
        if whole(&cell) != ada {
            lost.push(format!("{cell}: {:?}", whole(&cell)));
        }
    };
    for title in words::TITLES.all() {
        for title in spellings(title) {
            check(format!("{title} Ada Example"));
        }
    }
    for title in words::DOTTED_TITLES.all() {
        for title in spellings(&format!("{title}.")) {
            check(format!("{title} Ada Example"));
        }
    }
    for degree in words::DEGREES.all() {
        for degree in spellings(degree) {
            check(format!("Ada Example {degree}"));
            check(format!("Ada Example, {degree}"));
        }
    }
    for degree in words::AMBIGUOUS_DEGREES.all() {
        check(format!("Ada Example, {}", degree.to_uppercase()));
        check(format!("Ada Example {}.", degree.to_uppercase()));
    }
    for job in words::JOBS.all() {
        for job in spellings(job) {
            check(format!("Ada Example, {job} of Sales"));
        }
    }
    for honorific in words::HONORIFICS {
        check(format!("Ada Example {honorific}"));
    }
    for one in words::PRONOUNS {
        for one in spellings(one) {
            check(format!("Ada Example {one}/they"));
        }
    }
    for word in [
        "geb.", "geborene", "geboren", "née", "NÉE", "Née", "né", "NÉ", "roz.", "född", "FÖDD",
        "GEB.",
    ] {
        check(format!("Ada Example {word} Wolf"));
    }
    for word in ["ne\u{301}e", "NE\u{301}E"] {
        check(format!("Ada Example {word} Wolf"));
    }
    check("Sen\u{303}or Ada Example".to_owned());
    for degree in ["BA(Hons)", "BA (Hons)", "BEng (Hons.)", "BA(HONS), MBA", "ba(hons)"] {
        check(format!("Ada Example {degree}"));
        check(format!("Ada Example, {degree}"));
    }
    check("Dr.med. Ada Example".to_owned());
    check("Prof.Dr.med. Ada Example".to_owned());
    check("Prof.Dr.rer.nat. Ada Example".to_owned());
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn a_company_and_a_hidden_name_are_none_in_any_case() {
    for form in
        ["corp", "GmbH", "inc", "limited", "LLC", "llp", "Ltd", "plc", "pty", "S.A.R.L", "S.r.l"]
    {
        for form in spellings(form) {
            assert!(whole(&format!("Quarry Lane {form}")).is_err(), "{form}");
            assert_eq!(join("Ada", "", &form), Err(Unsearchable::NotAName), "{form}");
        }
    }
    for hidden in
        ["LinkedIn Member", "LinkedIn-Mitglied", "membre de LinkedIn", "usuário do LinkedIn"]
    {
        for hidden in [hidden.to_owned(), hidden.to_uppercase(), hidden.to_lowercase()] {
            assert_eq!(whole(&hidden), Err(Unsearchable::NotAName), "{hidden}");
        }
    }
    for particle in [
        "'t", "’t", "af", "av", "bin", "bint", "ibn", "op", "ten", "ter", "van", "vom", "von",
        "zu", "zum", "zur",
    ] {
        for particle in [particle.to_owned(), particle.to_uppercase()] {
            let cell = format!("Ada Maria {particle} Example");
            assert_eq!(whole(&cell), Ok(("Ada".into(), format!("{particle} Example"))), "{cell}");
        }
    }
}
