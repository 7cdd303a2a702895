use crate::people::{Employer, Identity, Row};
use crate::sheet::{
    AmbiguousField, ColumnOption, Field, Header, Input, Mapping, Options, Record, Sheet, SheetError,
};

fn open(text: &str, map: &[&str]) -> Result<Sheet, SheetError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    std::fs::write(&path, text).unwrap();
    let options = Options {
        map: map.iter().map(|mapping| mapping.parse::<Mapping>().unwrap()).collect(),
        ..Options::default()
    };
    Sheet::open(&Input::Path(path), &options)
}

/// Whom each row names, in short: `in/slug`, `Ada Example, Acme`, or the note.
fn whom(text: &str, map: &[&str]) -> Vec<String> {
    let sheet = open(text, map).unwrap();
    let mut pass = sheet.rows();
    let mut record = Record::new();
    let mut whom = Vec::new();
    while pass.read(&mut record).unwrap() {
        whom.push(match sheet.identify(&record) {
            Row::Filled(_) => "filled".to_owned(),
            Row::Skipped => "skipped".to_owned(),
            Row::Person(search) => {
                let name = match search.identity {
                    Identity::Profile(profile) => format!("in/{}", profile.slug()),
                    Identity::Named(named) => {
                        let employer = match named.employer {
                            Employer::Domain(domain) => domain.as_str().to_owned(),
                            Employer::Name(name) => name,
                        };
                        format!("{} {}, {employer}", named.first, named.last)
                    }
                };
                search.custom.map_or(name.clone(), |id| format!("{name} #{id}"))
            }
            Row::Unsearchable(reason) => format!("{reason:?}"),
        });
    }
    whom
}

fn refusal(text: &str, map: &[&str]) -> SheetError {
    open(text, map).map(|_| ()).unwrap_err()
}

fn refused(text: &str, map: &[&str]) -> String {
    refusal(text, map).to_string()
}

#[test]
fn a_row_takes_the_first_column_that_holds_what_it_should() {
    let text = "LinkedIn URL,Profile URL,First Name,Last Name,Domain,Website,Company\n\
                linkedin.com/company/acme,linkedin.com/in/ada,Ada,Example,acme.example,,Acme\n\
                -,n/a,Bob,Example,facebook.com/acme,www.acme.example,Acme\n\
                ,,Cleo,Example,,,Acme\n";
    assert_eq!(whom(text, &[]), ["in/ada", "Bob Example, acme.example", "Cleo Example, Acme"]);
}

#[test]
fn a_word_takes_its_meaning_from_its_neighbours() {
    for (header, row, expected) in [
        ("Nom,Prénom,Société", "Dupont,Jean,Acme", "Jean Dupont, Acme"),
        ("Nom,Société", "Jean Dupont,Acme", "Jean Dupont, Acme"),
        ("Name,Vorname,Firma", "Groß,Jürgen,Acme", "Jürgen Groß, Acme"),
        ("Name,Firma", "Jürgen Groß,Acme", "Jürgen Groß, Acme"),
        ("Name,Surname,Company", "Ada,Example,Acme", "Ada Example, Acme"),
        ("Nome,Cognome,Azienda", "Ada,Example,Acme", "Ada Example, Acme"),
        ("Nombre,Apellidos,Empresa", "Ada,Example,Acme", "Ada Example, Acme"),
        ("Nombre,Empresa", "Ada Example,Acme", "Ada Example, Acme"),
        ("Nom Prénom,Société", "Dupont Jean,Acme", "Jean Dupont, Acme"),
        ("Name,First Name,Last Name,Company", "Ada Example,Ada,Example,Acme", "Ada Example, Acme"),
    ] {
        assert_eq!(whom(&format!("{header}\n{row}\n"), &[]), [expected], "{header}");
    }
}

#[test]
fn a_list_of_companies_is_no_list_of_people() {
    for text in [
        "Name,Domain\nAcme Tools,acme.example\n",
        "Company,Website,Company Linkedin Url\nAcme,acme.example,https://www.linkedin.com/company/acme\n",
        "Account Name,Account Owner,Website\nAcme,Sam Seller,acme.example\n",
    ] {
        let error = refused(text, &[]);
        assert!(error.contains("has no columns that name a person"), "{text}: {error}");
    }
}

#[test]
fn a_colleagues_columns_are_left_alone() {
    let text = "Owner First Name,Owner Last Name,Manager LinkedIn URL,First Name,Last Name,Company\n\
                Sam,Seller,linkedin.com/in/boss,Ada,Example,Acme\n";
    assert_eq!(whom(text, &[]), ["Ada Example, Acme"]);
    let text = "Referrer,Full Name,Company\nhttps://www.linkedin.com/in/sam,Ada Example,Acme\n";
    assert_eq!(whom(text, &[]), ["Ada Example, Acme"]);
}

#[test]
fn a_name_column_that_holds_other_names_is_not_the_persons() {
    let text = "Name,First Name,Last Name,Company\nSpring campaign,Ada,Example,Acme\nSpring campaign,,,Acme\n";
    assert_eq!(whom(text, &[]), ["Ada Example, Acme", "NoName"]);
}

#[test]
fn columns_of_equal_right_that_differ_are_the_users_choice() {
    let text = "First Name,Last Name,Company,Company Name\nAda,Example,Acme,Other\n";
    let error = refused(text, &[]);
    assert!(
        error.ends_with(
            "has several columns for the same field, and they differ\n  \
             company_name: `Company`, `Company Name`"
        ),
        "{error}"
    );
    assert_eq!(whom(text, &["company_name=Company Name"]), ["Ada Example, Other"]);

    let copies = "First Name,Last Name,Company,First Name,Last Name\nAda,Example,Acme,Bob,Other\n";
    let SheetError::Ambiguous { fields, .. } = refusal(copies, &[]) else { panic!("it is taken") };
    let words = |field: &AmbiguousField| {
        let words = field.columns.iter().map(|(_, word)| word.clone());
        (field.field, words.collect::<Vec<_>>().join(","))
    };
    let words: Vec<_> = fields.iter().map(words).collect();
    assert_eq!(words, [(Field::Firstname, "1,4".into()), (Field::Lastname, "2,5".into())]);
    assert_eq!(whom(copies, &["firstname=4", "lastname=5"]), ["Bob Other, Acme"]);

    let profiles = "LinkedIn,LinkedIn URL\nlinkedin.com/in/ada,linkedin.com/in/bob\n";
    assert!(refused(profiles, &[]).contains("linkedin_url: `LinkedIn`, `LinkedIn URL`"));
}

#[test]
fn columns_that_differ_only_far_below_are_found_as_well() {
    let same = "Ada,Example,Acme,Acme\n".repeat(60_000);
    let text =
        format!("First Name,Last Name,Company,Company Name\n{same}Bob,Example,Acme,Other\n{same}");
    assert!(text.len() > 2 * 1024 * 1024);
    assert!(refused(&text, &[]).contains("company_name: `Company`, `Company Name`"));
}

#[test]
fn columns_that_agree_or_do_not_matter_are_no_question() {
    for text in [
        // The same in other words.
        "First Name,Last Name,Company,Company Name\nAda,Example,Acme,ACME\n",
        "LinkedIn,LinkedIn URL\nlinkedin.com/in/ada,https://www.linkedin.com/in/Ada/\n",
        // One of them is empty.
        "First Name,Last Name,Company,Company\nAda,Example,Acme,\nBob,Example,,Acme\n",
        // The company is not needed.
        "LinkedIn,First Name,Last Name,Company,Company Name\nlinkedin.com/in/ada,Ada,Example,Acme,Other\n",
        "First Name,Last Name,Company,Company Name,Domain\nAda,Example,Acme,Other,acme.example\n",
        // One is known better.
        "First Name,Last Name,Company,Associated Company\nAda,Example,Acme,Other\n",
    ] {
        assert!(open(text, &[]).is_ok(), "{text}");
    }
}

#[test]
fn what_the_user_maps_overrules() {
    let text = "First Name,Last Name,Company,Display,URL 2,Id\nAda,Example,Acme,Cleo Other,linkedin.com/in/cleo,7\n";
    assert_eq!(whom(text, &["custom=Id"]), ["in/cleo #7"]);
    assert_eq!(
        whom(text, &["linkedin_url="]),
        ["Ada Example, Acme"],
        "`FIELD=` takes a column out of use"
    );
    assert_eq!(whom(text, &["linkedin_url=", "fullname=display"]), ["Cleo Other, Acme"]);
    assert_eq!(whom(text, &["linkedin_url=5", "custom=6"]), ["in/cleo #7"], "by number");
    assert_eq!(
        whom(text, &["linkedin_url=", "firstname=4", "fullname="]),
        ["Cleo Other Example, Acme"]
    );
}

#[test]
fn a_mapped_column_may_hold_bare_slugs() {
    let text = "Wer,Slug\nAda,ada-example\nBob,@bob-example\n";
    assert_eq!(whom(text, &["linkedin_url=Slug"]), ["in/ada-example", "in/bob-example"]);
    let text = "Wer,Notiz\nAda,call back\nBob,linkedin.com/in/bob\nCleo,later\n";
    assert_eq!(
        whom(text, &["linkedin_url=Notiz"]),
        ["Profile(NotLinkedin)", "in/bob", "Profile(NotLinkedin)"]
    );
}

#[test]
fn a_column_that_is_not_there_is_named_with_those_that_are() {
    let text = "Contact,Firm,Profile\nAda,Acme,linkedin.com/in/ada\n";
    for (asked, guessed) in [("Profil", Some("Profile")), ("17", None)] {
        let error = refusal(text, &[&format!("linkedin_url={asked}")]);
        let SheetError::NoColumn { option, columns, guess, name, .. } = error else {
            panic!("{asked}: {error}");
        };
        assert_eq!(option, ColumnOption::Map(Field::LinkedinUrl));
        assert_eq!(columns, ["Contact", "Firm", "Profile"]);
        assert_eq!((guess.as_deref(), name.as_str()), (guessed, asked));
    }
}

#[test]
fn without_a_header_columns_go_by_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    std::fs::write(&path, "Ada Example;Acme\n").unwrap();
    let options = |map: &str| Options {
        header: Header::Absent,
        map: vec![map.parse().unwrap(), "company_name=2".parse().unwrap()],
        ..Options::default()
    };
    let sheet = Sheet::open(&Input::Path(path.clone()), &options("fullname=1")).unwrap();
    assert_eq!(
        sheet.mapping().to_string(),
        "reading column 1 as fullname, column 2 as company_name (separated by semicolon, no header)"
    );
    let error = Sheet::open(&Input::Path(path), &options("fullname=Name")).map(|_| ()).unwrap_err();
    assert!(matches!(error, SheetError::NoColumn { has_header: false, .. }), "{error}");
}

#[test]
fn profiles_are_found_under_any_name_that_does_not_give_them_to_others() {
    let text =
        "Wer,Verbindung\nAda,linkedin.com/in/ada\nBob,https://www.linkedin.com/in/bob\nCleo,\n";
    assert_eq!(whom(text, &[]), ["in/ada", "in/bob", "Empty"]);
    let sheet = open("LinkedIn URL\nlinkedin.com/in/me\n", &[]).unwrap();
    assert_eq!(sheet.mapping().to_string(), "reading `LinkedIn URL` as linkedin_url");
    let error = refused("Wer,Recruiter\nAda,linkedin.com/in/sam\n", &[]);
    assert!(error.contains("has no columns that name a person"), "{error}");
}

#[test]
fn a_less_preferred_column_that_names_another_profile_is_told() {
    let text = "LinkedIn,Profile URL\n\
                linkedin.com/in/ada,https://www.linkedin.com/in/Ada/\n\
                linkedin.com/in/bob,linkedin.com/in/cleo\n\
                ,linkedin.com/in/dora\n\
                linkedin.com/in/emil,linkedin.com/in/finn\n";
    let warnings = |map: &[&str]| -> Vec<String> {
        let sheet = open(text, map).unwrap();
        sheet.warnings().iter().map(ToString::to_string).collect()
    };
    let told = warnings(&[]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("in 2 rows of `"), "{}", told[0]);
    assert!(
        told[0].ends_with(
            "the first of them data row 2, `LinkedIn` and `Profile URL` name different profiles; \
             `LinkedIn` is searched"
        ),
        "{}",
        told[0]
    );
    assert_eq!(whom(text, &[]), ["in/ada", "in/bob", "in/dora", "in/emil"]);
    assert!(warnings(&["linkedin_url=Profile URL"]).is_empty());
}

#[test]
fn thousands_of_equal_columns_are_told_in_a_few_words_and_quote_nobody() {
    const MANY: usize = 5_000;
    let row = |cell: &dyn Fn(usize) -> String| (0..MANY).map(cell).collect::<Vec<_>>().join(",");
    let equal = format!(
        "First Name,Last Name,{}\nAda,Example,{}\n",
        row(&|_| "Company".to_owned()),
        row(&|column| format!("Acme {column}"))
    );
    // Without a header: the first row is somebody's.
    let profiles = row(&|column| format!("linkedin.com/in/ada-{column}"));
    for text in [equal, format!("{profiles}\n{profiles}\n")] {
        let error = refused(&text, &[]);
        assert!(error.len() < 2_000, "{} bytes", error.len());
        assert!(!error.contains("Ada") && !error.contains("ada-"), "{error}");
    }
}
