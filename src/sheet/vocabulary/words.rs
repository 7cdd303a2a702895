//! The words of a header: in lower case, without accents and punctuation, camelCase split.

use crate::word_list::Pieces;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a header. Different spellings give the same words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words(Vec<String>);

impl Words {
    /// Splits a header. Words in brackets count as well; words at the end that only say how to fill in the column, such as
    /// `(required)`, do not.
    pub(super) fn of(header: &str) -> Self {
        let mut words = Vec::new();
        let mut word = String::new();
        let mut before = ' ';
        let letters: Vec<char> = header.chars().collect();
        for (index, &c) in letters.iter().enumerate() {
            let after = letters.get(index + 1).copied().unwrap_or(' ');
            // `firstName`, `linkedInURL`, `URLName`; not `LinkedIn's`.
            let border = c.is_uppercase()
                && (before.is_lowercase() || (before.is_uppercase() && after.is_lowercase()));
            if !c.is_alphanumeric() && !is_combining_mark(c) || border {
                push(&mut words, &mut word);
            }
            if c.is_alphanumeric() {
                fold(c, &mut word);
            }
            if !is_combining_mark(c) {
                before = c;
            }
        }
        push(&mut words, &mut word);
        while words.len() > 1 && words.last().is_some_and(|word| MANNERS.contains(&word.as_str())) {
            words.pop();
        }
        Self(words)
    }

    pub(super) fn from_words(words: &[&str]) -> Self {
        Self(words.iter().map(|word| (*word).to_owned()).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(String::as_str)
    }

    /// The words without separators: `first_name` and `Firstname` are the same.
    pub(super) fn joined(&self) -> String {
        self.0.concat()
    }

    /// Removes the name that a product puts before each column it adds. Returns by how much the rank of such a column is
    /// worse than that of the user's own.
    pub(super) fn take_vendor(&mut self) -> u8 {
        let mut demoted = 0;
        while self.0.len() > 1 && VENDORS.contains(&self.0[0].as_str()) {
            // What a product was given is less reliable than what it found.
            demoted = if self.0[0] == "input" { 20 } else { 10 };
            self.0.remove(0);
        }
        demoted
    }

    /// Removes a word for the person of the row. Returns whether there was one.
    pub(super) fn take_person(&mut self) -> bool {
        let is_person = |word: &String| PERSONS.contains(&word.as_str());
        if let [only] = self.0.as_mut_slice() {
            // `contactfirstname`
            let rest = PERSONS
                .iter()
                .filter_map(|person| only.strip_prefix(person))
                .find(|rest| !rest.is_empty());
            let rest = rest.map(str::to_owned);
            return rest.map(|rest| *only = rest).is_some();
        }
        if self.0.len() > 1 && is_person(&self.0[0]) {
            self.0.remove(0);
            // `Contact's First Name`
            if self.0.len() > 1 && self.0[0] == "s" {
                self.0.remove(0);
            }
            return true;
        }
        if self.0.len() > 1 && self.0.last().is_some_and(is_person) {
            self.0.pop();
            self.0.pop_if(|word| JOINTS.contains(&word.as_str()));
            return true;
        }
        false
    }

    /// A header without the words for the person's company; `None` if it has no word for a company.
    pub(super) fn without_company(&self) -> Option<Self> {
        let of_whom = |word: &&String| COMPANIES.contains(&word.as_str());
        self.0.iter().find(of_whom)?;
        let rest = self.0.iter().filter(|word| {
            let word = word.as_str();
            !(COMPANIES.contains(&word) || JOINTS.contains(&word) || QUALIFIERS.contains(&word))
        });
        Some(Self(rest.cloned().collect()))
    }
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// Adds a letter in lower case and without accents. Letters that Unicode does not split have their own rules.
fn fold(c: char, word: &mut String) {
    if c.is_ascii() {
        word.push(c.to_ascii_lowercase());
        return;
    }
    // Kana would lose their voicing marks, and Hangul would be split.
    if matches!(c, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}') {
        word.push(c);
        return;
    }
    for c in c.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'đ' | 'ð' => word.push('d'),
            'ı' => word.push('i'),
            // Capitals have no form for the end of a word.
            'ς' => word.push('σ'),
            // An apostrophe that Unicode counts as a letter: `імʼя`.
            'ʼ' => {}
            other => word.push(other),
        }
    }
}

/// Words at the end of a header that only say how to fill in the column.
#[rustfmt::skip]
pub(super) const MANNERS: [&str; 12] = [
    "available", "facultatif", "if", "mandatory", "needed", "obligatoire", "obligatorio", "optional", "opcional",
    "pflichtfeld", "required", "requis",
];

/// Words in a bracket that only says how to fill in the column; sorted, for the search.
#[rustfmt::skip]
pub(super) const ASIDES: [&str; 89] = [
    "abbreviation", "abbreviations", "and", "angeben", "any", "appears", "applicable", "as", "auf", "ausweis",
    "available", "badge", "be", "bitte", "block", "capital", "capitals", "certificate", "comme", "como", "current",
    "dem", "e", "eg", "en", "enter", "ex", "exactly", "example", "facultatif", "field", "first", "for", "format",
    "freiwillig", "full", "g", "http", "https", "id", "if", "im", "in", "is", "it", "kurz", "lang", "last", "le",
    "legal", "letters", "line", "link", "long", "name", "no", "of", "on", "only", "optional", "or", "pass",
    "passport", "please", "present", "print", "printed", "profile", "public", "required", "short", "should", "shown",
    "single", "string", "sur", "tal", "text", "the", "this", "type", "url", "use", "wie", "with", "work", "written",
    "www", "your",
];

/// Products and steps that put their name before the columns they add.
#[rustfmt::skip]
pub(super) const VENDORS: [&str; 28] = [
    "apollo", "clay", "clean", "cleaned", "cognism", "dropcontact", "enriched", "enrichment", "final", "hubspot",
    "hunter", "input", "kaspr", "lemlist", "lusha", "normalized", "original", "output", "phantombuster", "pipedrive",
    "result", "rocketreach", "salesforce", "snov", "surfe", "verified", "wiza", "zoominfo",
];

/// Headers of several words that are in no list contain one of these.
#[rustfmt::skip]
pub(super) static TELLING: Pieces = Pieces::of(&[
    "apollo", "attendee", "candidat", "clay", "clean", "cognism", "company", "contact", "contato", "contatto",
    "delegate", "employee", "employer", "enriched", "enrichment", "entreprise", "final", "firma", "firmen", "hubspot",
    "hunter", "individual", "input", "kandidat", "kaspr", "kontakt", "lead", "lemlist", "linkedin", "lusha", "member",
    "name", "normalized", "organi", "original", "output", "participant", "people", "person", "pessoa", "phantombuster",
    "pipedrive", "prospect", "required", "result", "rocketreach", "salesforce", "snov", "speaker", "surfe",
    "unternehmen", "verified", "what", "which", "wiza", "your", "zoominfo",
]);

/// Words for the person of the row.
#[rustfmt::skip]
pub(super) const PERSONS: [&str; 27] = [
    "attendee", "candidat", "candidate", "contact", "contacto", "contactpersoon", "contato", "contatto", "delegate",
    "employee", "individual", "kandidat", "kontakt", "kontakten", "kontaktperson", "kontaktpersonen", "kontakts",
    "lead", "member", "participant", "people", "person", "persona", "personne", "pessoa", "prospect", "speaker",
];

/// Words for the company the person works for.
#[rustfmt::skip]
pub(super) const COMPANIES: [&str; 33] = [
    "account", "azienda", "bedrijf", "bedrijfs", "biz", "bolag", "business", "companhia", "compania", "company",
    "corporate", "employer", "empresa", "entreprise", "firm", "firma", "firme", "firmen", "firmy", "foretag",
    "foretagets", "org", "organisatie", "organisation", "organization", "societa", "societe", "spolecnosti", "spolki",
    "unternehmen", "unternehmens", "virksomhed", "virksomhedens",
];

/// Words that connect others.
#[rustfmt::skip]
pub(super) const JOINTS: [&str; 28] = [
    "af", "auf", "av", "d", "da", "de", "del", "della", "der", "des", "di", "do", "du", "l", "la", "na", "of", "on",
    "ou", "pa", "s", "su", "the", "til", "van", "von", "zu", "zum",
];

/// Words for the present one of several companies.
pub(super) const QUALIFIERS: [&str; 7] =
    ["actual", "actuelle", "aktuelle", "current", "main", "present", "primary"];

/// Words for companies, for colleagues, and for LinkedIn pages that are not profiles.
#[rustfmt::skip]
pub(super) const OTHERS: [&str; 185] = [
    "account", "activity", "ae", "agent", "agente", "ansvarig", "ansvarlig", "arbeitgeber", "asignado", "assegnato",
    "assigned", "assignee", "assistant", "ata", "auteur", "author", "autor", "autore", "avatar", "azienda", "bdr",
    "bearbeiter", "bedrijf", "besitz", "besitzer", "betreuer", "bewerter", "bio", "by", "closer", "coach",
    "colaborador", "colega", "collaborateur", "colleague", "collega", "commercial", "companhia", "compania",
    "company", "connected", "connection", "connections", "coordinateur", "coordinator", "creador", "created",
    "createur", "creato", "creator", "cree", "criador", "csm", "editor", "eigenaar", "eigentumer", "eingeladen",
    "einladender", "employer", "empresa", "entreprise", "ersteller", "erstellt", "executive", "firma", "foretag",
    "former", "foto", "gastgeber", "group", "groups", "handler", "hiring", "host", "hosts", "hote", "image",
    "inhaber", "internal", "interviewer", "introduced", "introducer", "invitado", "invitador", "invitation", "invite",
    "invited", "inviter", "job", "jobs", "kollege", "logo", "manager", "mentor", "moderator", "mutual", "my", "nav",
    "navigator", "omistaja", "opiekun", "organisateur", "organisation", "organiser", "organizador", "organization",
    "organizer", "organizzatore", "our", "owned", "owner", "par", "parent", "parrain", "past", "photo", "picture",
    "por", "post", "posts", "previous", "propietario", "proprietaire", "proprietario", "query", "recruiter",
    "reference", "referente", "referral", "referred", "referrer", "rep", "reporter", "requester", "responsabile",
    "responsable", "responsavel", "responsible", "reviewer", "saelger", "sahibi", "sales", "salesperson", "saljare",
    "school", "sdr", "search", "selger", "seller", "sender", "setter", "shared", "societa", "societe", "sponsor",
    "spouse", "submitted", "submitter", "supervisor", "team", "unique", "university", "unternehmen", "updated", "urn",
    "vendedor", "vendeur", "venditore", "veranstalter", "verantwoordelijke", "verantwortlich", "verkaufer",
    "verkoper", "virksomhed", "vlastnik", "watcher", "wlasciciel", "zugewiesen", "zustandig", "владелец", "менеджер",
    "ответственныи", "担当者", "负责人", "담당자",
];
