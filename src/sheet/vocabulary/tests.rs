use super::*;

const ADDRESS: HeaderMeaning = HeaderMeaning::Profile(ProfileFormat::Address);
const ANY_ADDRESS: HeaderMeaning = HeaderMeaning::Profile(ProfileFormat::AnyAddress);

#[test]
fn headers_are_read_in_every_spelling() {
    for (headers, expected) in [
        (
            "LinkedIn URL|linkedin_url|LINKEDIN-URL|linkedinUrl|linkedInUrl|Linkedin url|LinkedIn|linkedin|LinkedIn Profile|\
             LinkedIn Profile URL|linkedin_profile_url|linkedinProfileUrl|linkedInProfileUrl|Person Linkedin Url|defaultProfileUrl|\
             Linkedin URL Public|Linkedin Url (Default)|Contact LinkedIn URL|Contact LI|(Lusha) Linkedin URL|\
             Input - LinkedIn URL|Person - LinkedIn URL (...)|linkedinPublicUrl|\u{feff}LinkedIn URL *|LinkedIn URL (required)|\
             Profil LinkedIn|LinkedIn-Profil|URL du profil LinkedIn|Lien LinkedIn|Link zum LinkedIn-Profil|\
             Perfil de LinkedIn|Profilo LinkedIn|LinkedIn profiel|LinkedIn-länk|  LinkedIn\u{a0}URL ",
            ADDRESS,
        ),
        (
            "URL|url|Profile URL|profileUrl|profile_url|Profile|profile link|Social URL|Social Media",
            ANY_ADDRESS,
        ),
        (
            "Person - linkedin_handle|LinkedIn Username|linkedinPublicIdentifier",
            HeaderMeaning::Profile(ProfileFormat::Handle),
        ),
        (
            "First Name|First name|first_name|firstName|FIRSTNAME|FirstName|fname|First|Given Name|Input - First Name|\
             Person - First name|forename|Prénom|PRENOM|Pre\u{301}nom|Vorname|Voornaam|Imię|Imie|Fornavn|Förnamn|\
             Contact First Name|contactfirstname|First Name (Contact)|First Name*",
            HeaderMeaning::First,
        ),
        (
            "Last Name|last_name|lastName|lname|surname|Family Name|Input - Last Name|Person - Last name|Nom de famille|\
             Nachname|Achternaam|Apellido|Apellidos|Cognome|Sobrenome|Apelido|Nazwisko|Efternavn|Efternamn",
            HeaderMeaning::Last,
        ),
        (
            "Full Name|full_name|fullName|Contact name|Contact Name|Candidate Name|Person - Name|Person - Name *|\
             (Lusha) Full name|Input - Full Name|Key Player|Nom complet|Ansprechpartner|Nombre completo|Nome completo|\
             Imię i nazwisko|Volledige naam|Fulde navn|Fullständigt namn|Nome e cognome|Contact Person|Nombre completo del contacto|Vor- und Nachname|\
             För- och efternamn|Nom du contact",
            HeaderMeaning::Full,
        ),
        (
            "Nom Prénom|Nachname, Vorname|Last Name, First Name|Apellidos y nombre",
            HeaderMeaning::FullReversed,
        ),
        ("Name|Naam|Navn|Namn", HeaderMeaning::Name),
        ("Nom", HeaderMeaning::Nom),
        ("Nombre|Nome", HeaderMeaning::Nome),
        (
            "Company Domain|company_domain|companyDomain|domain|Domain name|Company Domain Name|Employer Domain|\
             Employer Website|Company Website|companyWebsite|Company Website URL|Matched Web Site|Company URL|company_url|\
             Organization - Website|Website (Company)|Website der Firma",
            HeaderMeaning::Domain,
        ),
        (
            "Website|website|Website URL|Website URL 1|Web|Site web|Webseite|Homepage|Strona WWW",
            HeaderMeaning::Website,
        ),
        (
            "Company|Company Name|company_name|companyName|Company Name Input|Account Name|Account|Associated Company|\
             Primary Associated Company|Organization|Organisation|Organization Name|Organization 1 - Name|\
             Person - Organization|Organization - Name|Employer|Input - Current Employer|(Lusha) Company name|org|Compnay|\
             Company Name for Emails|Company Table Data|Entreprise|Société|Raison sociale|Nom de l'entreprise|Firma|\
             Firmenname|Unternehmen|Bedrijf|Bedrijfsnaam|Empresa|Compañía|Azienda|Nazwa firmy|Virksomhed|Firmanavn|Företag|\
             Current Company|Current company name|Contact Company|Company/Organization|Name des Unternehmens|\
             Nombre de la compañía|Company (current)",
            HeaderMeaning::Company,
        ),
        ("Tussenvoegsel", HeaderMeaning::Infix),
        ("Job Title|Title|Position|Funktion|Poste", HeaderMeaning::Job),
    ] {
        for header in headers.split('|') {
            assert_eq!(meaning(header), Some(expected), "{header:?}");
        }
    }
}

#[test]
fn headers_of_every_language_are_read() {
    for (header, expected) in [
        ("姓", HeaderMeaning::Last),
        ("名", HeaderMeaning::First),
        ("会社名", HeaderMeaning::Company),
        ("氏名", HeaderMeaning::Full),
        ("公司名称", HeaderMeaning::Company),
        ("이름", HeaderMeaning::Nome),
        ("회사명", HeaderMeaning::Company),
        ("Фамилия", HeaderMeaning::Last),
        ("Имя", HeaderMeaning::Nome),
        ("Компания", HeaderMeaning::Company),
        ("Soyadı", HeaderMeaning::Last),
        ("Şirket Adı", HeaderMeaning::Company),
        ("Příjmení", HeaderMeaning::Last),
        ("Ім’я", HeaderMeaning::Nome),
        ("Vezetéknév", HeaderMeaning::Last),
        ("Επώνυμο", HeaderMeaning::Last),
        ("שם משפחה", HeaderMeaning::Last),
        ("اسم العائلة", HeaderMeaning::Last),
        ("フリガナ", HeaderMeaning::Other),
        ("Nom du compte", HeaderMeaning::Company),
    ] {
        assert_eq!(meaning(header), Some(expected), "{header:?}");
    }
}

/// No spelling may lose its meaning to another language's.
#[test]
fn a_spelling_that_two_languages_share_means_the_same_in_both() {
    let mut lost = Vec::new();
    for (language, headers) in languages::LANGUAGES {
        for (expected, _, names) in headers {
            for name in names.split('|') {
                let found = alias(&Words::of(name.trim()).joined()).map(|ranked| ranked.meaning);
                if found != Some(*expected) {
                    lost.push(format!("{language}: {name}: {found:?} for {expected:?}"));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn questions_are_read_for_what_they_ask() {
    for (headers, expected) in [
        (
            "What company do you work for?|Which company are you from?|What's your company?|Your company name|\
             Please enter your company name|Where do you work?|Who do you work for?|Pour quelle entreprise travaillez-vous ?|\
             Bei welcher Firma arbeiten Sie?|¿En qué empresa trabajas?|Per quale azienda lavori?|Em que empresa trabalha?|\
             Bij welk bedrijf werk je?|What is the name of your company?|Company you represent",
            HeaderMeaning::Company,
        ),
        (
            "What is your LinkedIn profile?|Please share your LinkedIn URL|Your LinkedIn|Link to your LinkedIn profile|\
             Quel est votre profil LinkedIn ?|Wie lautet Ihr LinkedIn-Profil?",
            ADDRESS,
        ),
        ("What is your first name?|Votre prénom|Ihr Vorname", HeaderMeaning::First),
        ("What is your last name?|Your surname|Ihr Nachname", HeaderMeaning::Last),
        ("What is your full name?|Please enter your full name", HeaderMeaning::Full),
        ("What is your job title?|What is your role?", HeaderMeaning::Job),
    ] {
        for header in headers.split('|') {
            assert_eq!(meaning(header), Some(expected), "{header:?}");
        }
    }
    for header in "What do you do at your company?|Do you work for a company?|What company would you recommend?|\
         Who referred you?|What is your manager's name?|Which company would you like to meet?|How did you hear about us?|\
         What is your company's biggest challenge?|Name of your guest|Who invited you?"
        .split('|')
    {
        let field = meaning(header).filter(|meaning| meaning.is_field());
        assert_eq!(field, None, "{header:?}");
    }
}

#[test]
fn look_alikes_are_no_fields() {
    for header in "Company Linkedin Url|Company Linkedin URL Unique ID|Company linkedin URL|Employer LinkedIn|\
         Input - Company LinkedIn URL|linkedinCompanyUrl|linkedinPreviousCompanyUrl|pastExperienceCompanyUrl|\
         Organization - LinkedIn profile|linkedinSchoolCompanyUrl|companylinkedinurl|salesNavigatorProfileUrl|\
         salesNavigatorCompanyUrl|linkedinUrlSalesNav|Sales Navigator URL|Linkedin URL Unique ID|linkedinProfileUrn|vmid|query|\
         linkedinMutualConnectionsUrl|LinkedIn Bio|LinkedIn Clicks|LinkedIn Connections|linkedinHeadline|\
         linkedinFollowersCount|profileImageUrl|Photo|Twitter Url|Facebook Url|twitterProfileUrl|Contact owner|Account Owner|\
         Person - Owner|SL Owner|Owner|Recruiter|Who gets credit|createdBy|updatedBy|searchAccountProfileName|\
         connectedUsername|Manager's Name|Assistant's Name|Referred By|Spouse|File As|Nickname|Yomi Name|Phonetic First Name|\
         Middle Name|Maiden Name|list_name|Lists|Stage|Titel|civility|Previous Company|Previous Company Name|\
         previousCompanyName|pastExperienceCompanyName|Job1 Employer|Subsidiary of|Company Address|Company City|Company Phone|\
         companyLocation|companyIndustry|Company Description|AccountId|companyId|Associated Company IDs|Apollo Account Id|\
         Organization - ID|Job|Department|Source|Lead Source|Origine|website1|Referrer|Owner First Name|Owner LinkedIn URL|\
         Manager LinkedIn|Referrer LinkedIn URL|LinkedIn URL (Company)|Sender LinkedIn URL|Owner Name|Company Linkedin|\
         Company Name Normalized Score|Number of Employees|Company Name Kana|Unnamed: 0|Column1|"
        .split('|')
    {
        let field = meaning(header).filter(|meaning| meaning.is_field());
        assert_eq!(field, None, "{header:?}");
    }
}

#[test]
fn documented_preferences_hold() {
    for order in [
        "Person Linkedin Url|LinkedIn URL|Contact LinkedIn URL|(Lusha) Linkedin URL|Input - LinkedIn URL|Profile URL|URL|Social URL",
        "Linkedin URL Public|LinkedIn Profile|LinkedIn|linkedin_handle",
        "Company Domain|Employer Domain|Company Website|Employer Website|Company URL|Website",
        "Company|Employer|Account Name|Associated Company|Company Name for Emails|Company Table Data",
        "First Name|Person - First name|(Lusha) First Name|Input - First Name",
    ] {
        let ranks: Vec<u8> = order.split('|').map(|header| read(header).unwrap().rank).collect();
        assert!(ranks.is_sorted(), "{order}: {ranks:?}");
    }
}

#[test]
fn columns_about_others_are_known_as_such() {
    for header in [
        "Company page", "Contact owner", "companyUrl", "Referred by", "Sales Navigator",
        "profileImageUrl",
    ] {
        assert!(is_about_others(header), "{header}");
    }
    for header in ["LI", "Profil-Link", "Spalte 7", "Candidate"] {
        assert!(!is_about_others(header), "{header}");
    }
}

/// A header as it is listed, in capitals, with a capital, and with a mark behind it.
fn spellings(header: &str) -> [String; 4] {
    let mut letters = header.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    [
        header.to_owned(),
        header.to_uppercase(),
        first.chain(letters).collect(),
        format!("{header} *:"),
    ]
}

#[test]
fn all_that_is_listed_is_read_in_any_case() {
    let aliases = aliases::ALIASES
        .iter()
        .flat_map(|(meaning, _, names)| names.split_whitespace().map(move |name| (*meaning, name)));
    let languages = languages::LANGUAGES.iter().flat_map(|(_, headers)| *headers);
    let spelled = languages
        .flat_map(|(meaning, _, names)| names.split('|').map(move |name| (*meaning, name.trim())));
    let mut lost = Vec::new();
    for (expected, name) in aliases.chain(spelled) {
        for header in spellings(name) {
            if meaning(&header) != Some(expected) {
                lost.push(format!("{header}: {:?} for {expected:?}", meaning(&header)));
            }
            if expected.is_field() && !is_field(&header) {
                lost.push(format!("{header} is no field"));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn the_lists_hold_words_as_they_are_compared() {
    let lists: [&[&str]; 12] = [
        &words::MANNERS,
        &words::ASIDES,
        &words::VENDORS,
        &words::PERSONS,
        &words::COMPANIES,
        &words::JOINTS,
        &words::QUALIFIERS,
        &words::OTHERS,
        &linkedin::PROFILE,
        &linkedin::HANDLE,
        &linkedin::ADDRESS,
        words::TELLING.all(),
    ];
    for word in lists.concat() {
        assert_eq!(Words::of(word), Words::from_words(&[word]));
    }
    for start in question::STARTS.iter().chain(&question::ENDS) {
        let split: Vec<&str> = start.split(' ').collect();
        let same = Words::of(start) == Words::from_words(&split) || split.last() == Some(&"please");
        assert!(same, "{start}");
    }
    assert!(words::ASIDES.is_sorted());
    for (index, start) in question::STARTS.iter().enumerate() {
        let hidden = question::STARTS[..index]
            .iter()
            .find(|before| start.starts_with(&format!("{before} ")));
        assert_eq!(hidden, None, "{start}");
    }
    for (index, end) in question::ENDS.iter().enumerate() {
        let hidden =
            question::ENDS[..index].iter().find(|before| end.ends_with(&format!(" {before}")));
        assert_eq!(hidden, None, "{end}");
    }
}

#[test]
fn the_short_way_hides_no_header_of_a_field() {
    for name in ["domain", "surname", "vorname", "website"] {
        let vendors = words::VENDORS.iter().map(|vendor| format!("{vendor} {name}"));
        let persons = words::PERSONS.iter().map(|person| format!("{person} {name}"));
        let inside = words::MANNERS.iter().chain(&words::ASIDES);
        let asides = inside.map(|aside| format!("{name} ({aside})"));
        for header in vendors.chain(persons).chain(asides) {
            let is_known = meaning(&header).is_some_and(HeaderMeaning::is_field);
            assert_eq!(is_known, is_field(&header), "{header}");
        }
    }
}
