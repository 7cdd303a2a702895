//! Cells with text that says nothing about a person: spreadsheet errors, placeholders of forms, texts of web pages, ids of
//! records.

use crate::people::Unsearchable;
use crate::sheet::mojibake;
use crate::word_list::{Pieces, WordList};

/// Why a name or company cell cannot be used; `None` if it can.
pub(super) fn junk(cell: &str) -> Option<Unsearchable> {
    let text = cell.trim();
    if let Some(letters) = Usual::of(text) {
        return letters.junk(text);
    }
    if is_error_value(text) {
        Some(Unsearchable::ErrorValue)
    } else if has_lost_letters(text) {
        Some(Unsearchable::Damaged)
    } else if is_placeholder(text) {
        Some(Unsearchable::Placeholder)
    } else if is_page_text(text) {
        Some(Unsearchable::PageText)
    } else if is_program_data(text) {
        Some(Unsearchable::RecordId)
    } else {
        None
    }
}

/// A text of ASCII letters, digits and the usual signs of company names. Most rules look for other characters.
#[derive(Clone, Copy)]
struct Usual {
    has_digits: bool,
    has_letters: bool,
}

impl Usual {
    fn of(text: &str) -> Option<Self> {
        let mut usual = Self { has_digits: false, has_letters: false };
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' => usual.has_letters = true,
                b'0'..=b'9' => usual.has_digits = true,
                b' ' | b'&' | b'\'' | b'(' | b')' | b',' | b'-' | b'.' => {}
                _ => return None,
            }
        }
        Some(usual)
    }

    fn junk(self, text: &str) -> Option<Unsearchable> {
        if is_error_text(text) {
            Some(Unsearchable::ErrorValue)
        } else if is_placeholder_text(text) {
            Some(Unsearchable::Placeholder)
        } else if is_page_text(text) {
            Some(Unsearchable::PageText)
        } else {
            // Ids of records have digits.
            let may_be_data = self.has_digits || !self.has_letters;
            let is_data = matches!(text, "TRUE" | "FALSE") || may_be_data && is_program_data(text);
            is_data.then_some(Unsearchable::RecordId)
        }
    }
}

/// Whether first and last name together are a placeholder: `LinkedIn` and `Member`.
pub(super) fn is_placeholder_name(first: &str, last: &str) -> bool {
    let (first, last) = (first.trim(), last.trim());
    // In both orders: columns may be swapped.
    [(first, last), (last, first)].iter().any(|(one, other)| {
        let ends = one.bytes().next().zip(other.bytes().next_back());
        let may_be = ends.is_some_and(|(first, last)| {
            !(one.is_ascii() && other.is_ascii())
                || PLACEHOLDER_NAMES.may_have(first, last, one.len() + 1 + other.len())
        });
        may_be && PLACEHOLDER_NAMES.has(&format!("{one} {other}"))
    })
}

/// Whether letters of a text were lost: a sign stands for them, or the text was encoded twice and cannot be repaired.
fn has_lost_letters(text: &str) -> bool {
    let is_mark = |c: char| matches!(c, '\u{fffd}' | '\u{80}'..='\u{9f}');
    // `M?ller`. Addresses have question marks as well.
    let is_lost = |letters: &[u8]| {
        letters[1] == b'?' && letters[0].is_ascii_alphabetic() && letters[2].is_ascii_alphabetic()
    };
    let is_address = || text.contains("://") || text.contains("www.");
    (!text.is_ascii() && (text.contains(is_mark) || mojibake::is_damaged(text)))
        || (text.contains('?') && text.as_bytes().windows(3).any(is_lost) && !is_address())
}

/// The errors of spreadsheet programs in every language, by their shape: `#REF!`, `#¿NOMBRE?`, `#Н/Д`, `Err:502`.
fn is_error_value(text: &str) -> bool {
    const LONGEST: usize = 24;
    let text = text.strip_prefix('=').unwrap_or(text);
    if text.len() > LONGEST && text.chars().take(LONGEST + 1).count() > LONGEST {
        return is_error_text(text);
    }
    if let Some(word) = text.strip_prefix('#') {
        let shouted = !word.chars().any(|c| c.is_lowercase() || c.is_whitespace());
        let marked =
            word.ends_with(['!', '?']) || word.contains('/') || word.chars().all(|c| c == '#');
        if shouted && (marked || ERROR_WORDS.contains(&word)) {
            return true;
        }
    }
    let number = text.split_once(':').filter(|(word, _)| ERROR_PREFIXES.contains(word));
    number.is_some_and(|(_, number)| number.trim().bytes().all(|byte| byte.is_ascii_digit()))
        || is_error_text(text)
}

fn is_error_text(text: &str) -> bool {
    let bare = without_symbols(text);
    // Dutch for `loading`, and a surname.
    ERROR_TEXTS.has(bare) || (bare != text && bare.eq_ignore_ascii_case("laden"))
}

fn is_placeholder(text: &str) -> bool {
    is_placeholder_text(text)
        || text == "\\N"
        || (text.contains('{') && text.contains("{{"))
        || (text.contains('%') && text.contains("%%"))
        || (text.starts_with("${") && text.ends_with('}'))
        || (text.starts_with("*|") && text.ends_with("|*"))
}

fn is_placeholder_text(text: &str) -> bool {
    let bare = without_symbols(text);
    // `John Smith (Sample)` ends with a symbol.
    PLACEHOLDERS.has(bare)
        || PLACEHOLDER_NAMES.has(bare)
        || (bare.len() < text.len() && PLACEHOLDER_NAMES.has(text))
}

/// Text of a page that a scraper copied with a name.
fn is_page_text(text: &str) -> bool {
    let in_lower_case;
    let text = if text.is_ascii() {
        text
    } else {
        in_lower_case = text.to_lowercase().replace('’', "'");
        &in_lower_case
    };
    PAGE_TEXTS.has_part_of(text) || PAGE_STARTS.has_beginning_of(text) || PAGE_WORDS.has(text)
}

/// UUIDs, ids of CRM records, plain numbers, objects of programs.
fn is_program_data(text: &str) -> bool {
    if text.starts_with(['{', '[']) && text.contains(['"', ':']) && !text.contains("](") {
        return true;
    }
    if is_numbered(text) {
        return true;
    }
    if !text.chars().any(char::is_alphabetic) {
        // `1&1` is a company.
        return !text.contains('&') && text.chars().any(|c| c.is_ascii_digit());
    }
    if text.contains(char::is_whitespace) || !text.is_ascii() {
        return false;
    }
    let word: String = text.chars().filter(|c| *c != '-').collect();
    if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_hexadecimal = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word.len() {
        // UUID, MongoDB.
        24 | 32 if is_hexadecimal && digits > 0 => true,
        // Airtable.
        17 if word.starts_with("rec") && digits > 0 => true,
        // Salesforce: the first three characters of an id name the kind of object, and the first two of them are digits.
        15 | 18 => word.as_bytes()[..2].iter().all(u8::is_ascii_digit) || digits >= 4,
        length => length >= 19 && digits >= 4,
    }
}

/// `C-00012345`, `cus_NffrFeUfNV2Hib`: letters for a kind of record, then a number or an id.
fn is_numbered(text: &str) -> bool {
    let Some((kind, id)) = text.split_once(['-', '_']) else { return false };
    let has_digits = |least| id.bytes().filter(u8::is_ascii_digit).count() >= least;
    let is_id = (1..=12).contains(&kind.len())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_count = kind.len() <= 4 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id && ((is_count && has_digits(5)) || (text.contains('_') && id.len() >= 8 && has_digits(1)))
}

/// The text without symbols and punctuation around it: `❌ No data found`.
fn without_symbols(text: &str) -> &str {
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return text;
    }
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Errors of spreadsheets that have `#` before the word and no mark behind it.
#[rustfmt::skip]
const ERROR_WORDS: [&str; 17] = [
    "BUSY", "CALC", "DIV0", "ERROR", "GETTING_DATA", "HIÁNYZIK", "N.A.", "NA", "NAME", "NENÍ_K_DISPOZICI", "NULL",
    "NV", "NÉV", "REF", "SPILL", "VALUE", "YOK",
];

/// The words before the error numbers of `LibreOffice`.
const ERROR_PREFIXES: [&str; 6] = ["Err", "Erreur ", "Erreur", "Error", "Errore", "Fehler"];

/// What enrichment tables and scripts write instead of a value; sorted, for the search.
#[rustfmt::skip]
static ERROR_TEXTS: WordList = WordList::of(&[
    "calculating", "cargando", "caricamento", "chargement", "click to run", "could not find",
    "could not find company", "could not find person", "enrichment failed", "error", "failed", "insufficient credits",
    "invalid input", "loading", "missing input", "no company found", "no data", "no data available",
    "no data found", "no domain found", "no email found", "no match", "no match found", "no profile found",
    "no response", "no result", "no result found", "no results", "no results found", "not enough credits",
    "not found", "null null", "object object", "processing", "queued", "rate limited", "request failed",
    "run condition not met", "running", "timed out", "timeout", "undefined undefined", "value not found",
    "wird geladen", "загрузка", "加载中", "読み込み中", "로드 중",
]);

/// What forms and templates write if nobody filled a field in; sorted, for the search. Sources: Eventbrite (`Info
/// Requested`), templates of CRM imports, merge fields.
#[rustfmt::skip]
static PLACEHOLDERS: WordList = WordList::of(&[
    "acme corp example", "apellido", "apellidos", "beispiel gmbh", "beispielfirma", "bitte ausfüllen", "calculating",
    "checked", "company", "company inc", "company name", "companyname", "contact name", "deine firma",
    "enter company", "enter name", "entreprise", "example company", "first name", "first name unknown", "firstname",
    "fnu", "full name", "fullname", "ihr name", "ihr unternehmen", "ihre firma", "info requested", "jouw bedrijf",
    "la tua azienda", "last name", "last name unknown", "lastname", "lnu", "loading", "mon entreprise", "musterfirma",
    "mustermann", "my company", "nachname", "name unknown", "new contact", "new lead", "nfn", "nln", "nmn",
    "no company", "no first name", "no last name", "no lastname", "no name", "nom de famille", "not disclosed",
    "organization name", "placeholder", "placeholder name", "please enter", "please fill in", "prénom", "redacted",
    "sample company", "select", "surname", "test company", "timeout", "to be confirmed", "to be determined",
    "tu empresa", "unbekannte firma", "unchecked", "unnamed", "unnamed contact", "untitled", "uw bedrijf", "vorname",
    "votre entreprise", "votre nom", "xx", "xxx", "xxxx", "xxxxx", "your company", "your company name",
    "your first name", "your last name", "your name", "your organization", "информация запрошена",
]);

/// Full names that are placeholders; sorted, for the search.
#[rustfmt::skip]
static PLACEHOLDER_NAMES: WordList = WordList::of(&[
    "aaa aaa", "abc abc", "admin admin", "admin user", "anonymous attendee", "anonymous guest",
    "anonymous participant", "anonymous person", "anonymous user", "asdf asdf", "deleted user", "demo contact",
    "demo demo", "demo user", "erika musterfrau", "erika mustermann", "fake name", "first last",
    "first name last name", "firstname lastname", "fnu lnu", "foo bar", "former user", "fulano de tal",
    "guest attendee", "guest guest", "guest user", "hidden hidden", "info requested", "info requested info requested",
    "iphone user", "jan modaal", "jane doe", "jean dupont exemple", "john doe", "john smith (sample)",
    "juan pérez ejemplo", "linkedin member", "linkedin premium", "linkedin premium member", "linkedin user",
    "linkedin üyesi", "linkedin-bruger", "linkedin-jäsen", "linkedin-lid", "linkedin-medlem", "linkedin-mitglied",
    "linkedin-mitglied linkedin-mitglied", "linkedinmedlem", "mario rossi esempio", "max musterfrau",
    "max mustermann", "membre anonyme", "membre de linkedin", "membre linkedin", "membro de linkedin",
    "membro linkedin", "membrul linkedin", "miembro de linkedin", "n/a n/a", "name surname", "neuer kontakt",
    "nieuw contact", "no name", "nom nom", "nom prénom", "nouveau contact", "novo contato", "nuevo contacto",
    "nuovo contatto", "participant linkedin", "použivatel linkedin", "private member", "private private",
    "private profile", "profil privat", "profil privé", "prénom nom", "qwerty qwerty", "sample contact",
    "sample lead", "sample sample", "test test", "test tester", "test testing", "test user", "unknown attendee",
    "unknown contact", "unknown unknown", "unknown visitor", "user linkedin", "usuario de linkedin",
    "usuário do linkedin", "utente di linkedin", "utente linkedin", "utilisateur linkedin",
    "utilisateur linkedin anonyme", "użytkownik linkedin", "vorname nachname", "vorname name", "xxx xxx", "your name",
    "zoom user", "пользователь linkedin", "участник linkedin",
]);

/// Texts that LinkedIn and other pages show around a name.
#[rustfmt::skip]
static PAGE_TEXTS: Pieces = Pieces::of(&[
    " anzeigen", "#hiring", "#opentowork", "'s full profile", "'s post", "'s profile", "and 1 other", "degree connection",
    "full profile", "is hiring", "is open to work", "mutual connection", "opentowork", "provides services", "s' profile",
    "see more", "sign in to see", "sign in to view", "status is offline", "status is online", "status is reachable",
    "view profile",
]);

/// Buttons; sorted, for the search.
static PAGE_WORDS: WordList =
    WordList::of(&["connect", "follow", "following", "message", "pending", "premium", "view"]);

/// Beginnings of texts that end with a name.
#[rustfmt::skip]
static PAGE_STARTS: Pieces = Pieces::of(&[
    "bekijk het profiel", "connect with ", "follow ", "following ", "invite ", "message ", "näytä profiili",
    "pending connection", "premium ", "profil von ", "se profilen", "send a message to ", "ver el perfil",
    "ver o perfil", "ver perfil", "view ", "vis profilen", "visa profilen", "visualizza il profilo",
    "voir le profil", "zobacz profil",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        let lists = [&ERROR_TEXTS, &PAGE_WORDS, &PLACEHOLDERS, &PLACEHOLDER_NAMES];
        assert!(lists.iter().all(|list| list.is_sorted()));
    }

    #[test]
    fn all_that_is_listed_is_found_in_any_case() {
        let page = PAGE_TEXTS.all().iter().chain(PAGE_STARTS.all()).chain(PAGE_WORDS.all());
        let listed = (ERROR_TEXTS.all().iter().map(|text| (text, Unsearchable::ErrorValue)))
            .chain(page.map(|text| (text, Unsearchable::PageText)))
            .chain(PLACEHOLDER_NAMES.all().iter().map(|text| (text, Unsearchable::Placeholder)));
        for (text, reason) in listed {
            let mut letters = text.chars();
            let capital: String =
                letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
            for text in [(*text).to_owned(), capital, text.to_uppercase()] {
                let found = if reason == Unsearchable::PageText {
                    is_page_text(&text).then_some(reason)
                } else {
                    junk(&text)
                };
                assert_eq!(found, Some(reason), "{text}");
            }
        }
        for text in PLACEHOLDERS.all() {
            assert!(junk(&text.to_uppercase()).is_some(), "{text}");
        }
    }

    #[test]
    fn a_cell_that_says_nothing_is_named() {
        for (reason, cells) in [
            (
                Unsearchable::ErrorValue,
                "#ERROR!|#DIV/0!|#NOME?|#REF!|#N/A|#NV|#¡VALOR!|#¿NOMBRE?|#BEZUG!|#ZAHL!|#Н/Д|#ДЕЛ/0!|#YOK|#DĚLENÍ_NULOU!|\
                 ####|#SPILL!|#GETTING_DATA|Err:502|Fehler:508|Loading...|Loading…|No data found|❌ No data found|\
                 🚫 No results found|Run condition not met|#ERROR|Error|Queued|Laden…|Laden...",
            ),
            (
                Unsearchable::Placeholder,
                "Info Requested|LinkedIn Member|{{first_name}}|%%firstname%%|*|FNAME|*|Your Name|Max Mustermann|\
                 [Company Name]|Mustermann",
            ),
            (
                Unsearchable::PageText,
                "View Ada Example’s profile|View Ada Example's full profile|Ada Example is open to work|\
                 Ada Example 2nd degree connection|Voir le profil de Ada Example|Status is reachable|Follow|\
                 Ver perfil de Ada Example|Profil von Ada Example anzeigen",
            ),
            (
                Unsearchable::RecordId,
                "12345|0015g00000AbCdEAAV|0035g00000AbCdE|9f1b6c1e-7a0d-4f5b-9a53-3c1f5f0f2a11|recA1b2C3d4E5f6G7|\
                 507f1f77bcf86cd799439011|{\"ImportId\":\"QID1\"}|1,204.50",
            ),
            (Unsearchable::Damaged, "Chlo\u{fffd}|Chloé MÃ¼ller"),
        ] {
            for cell in
                cells.split('|').filter(|cell| !cell.is_empty() && *cell != "*" && *cell != "FNAME")
            {
                assert_eq!(junk(cell), Some(reason), "{cell}");
            }
        }
        assert_eq!(junk("*|FNAME|*"), Some(Unsearchable::Placeholder));
    }

    #[test]
    fn names_and_companies_are_left_alone() {
        for cell in "Ada|Example|O'Hara|Viewpoint Ltd|3M|1&1|#paid|#HASHTAG|Loading Dock GmbH|Error Prone Ltd|Acme 24|\
             Messagebird|Invitewell|Fehler: Institut|Company of Heroes|UUID Systems|recall Studios|Null & Söhne|\
             Laden|Kleinanzeigen|Followill|Total Energies|株式会社サンプル|Studio 54|7-Eleven|Deutsche Telekom|Supercalifragilistic"
            .split('|')
        {
            assert_eq!(junk(cell), None, "{cell}");
        }
        assert!(is_placeholder_name("LinkedIn", "Member"));
        assert!(!is_placeholder_name("Ada", "Member"));
    }
}
