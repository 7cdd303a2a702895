//! Headers of forms: `What company do you work for?`, `Please enter your LinkedIn URL`.

use super::words::Words;

/// The words for what a question asks, without those that only ask; `None` if a header is not a question.
pub(super) fn asked_for(words: &Words) -> Option<Words> {
    let all: Vec<&str> = words.iter().collect();
    if all.len() < 2 {
        return None;
    }
    let mut rest = all.as_slice();
    while let Some(shorter) = STARTS.iter().find_map(|start| strip_start(rest, start)) {
        rest = shorter;
    }
    while let Some(shorter) = ENDS.iter().find_map(|end| strip_end(rest, end)) {
        rest = shorter;
    }
    (rest.len() < all.len() && !rest.is_empty()).then(|| Words::from_words(rest))
}

fn strip_start<'r, 'w>(words: &'r [&'w str], start: &str) -> Option<&'r [&'w str]> {
    let length = start.split(' ').count();
    let matches = words.len() > length && start.split(' ').eq(words[..length].iter().copied());
    matches.then(|| &words[length..])
}

fn strip_end<'r, 'w>(words: &'r [&'w str], end: &str) -> Option<&'r [&'w str]> {
    let length = end.split(' ').count();
    let at = words.len().checked_sub(length).filter(|at| *at > 0)?;
    end.split(' ').eq(words[at..].iter().copied()).then(|| &words[..at])
}

/// Beginnings of questions and requests, as [`Words`] splits them. One that begins with another comes before it.
#[rustfmt::skip]
pub(super) const STARTS: [&str; 122] = [
    // English
    "what is the name of the", "what is the name of your", "please give us your", "please tell us your",
    "link to your", "please add your", "please confirm your", "please enter the", "please enter your",
    "please provide your", "please share your", "please specify your", "please type your", "tell us your",
    "what are your", "what is the", "what is your", "what s your", "what was your", "add your", "enter your",
    "please enter", "please provide", "please share", "provide your", "share your", "whats your", "enter", "my",
    "please", "what", "which", "your", "could you share your", "could you tell us your", "i am from", "i work at",
    "i work for", "also", "and", "first up", "great", "hello", "hey", "hi", "next", "now", "ok", "okay", "so", "thanks",
    // French
    "quel est le nom de votre", "merci d indiquer votre", "quel est ton", "quel est votre", "quelle est ta",
    "quelle est votre", "quels sont vos", "veuillez indiquer votre", "veuillez saisir votre", "dans quelle",
    "entrez votre", "indiquez votre", "pour quelle", "ta", "ton", "vos", "votre",
    // German
    "bitte geben sie ihr", "bitte geben sie ihre", "bitte geben sie ihren", "was ist ihr", "wie heisst dein",
    "wie heisst ihr", "wie ist dein", "wie ist ihr", "wie lautet dein", "wie lautet deine", "wie lautet ihr",
    "wie lautet ihre", "bei welchem", "bei welcher", "in welchem", "in welcher", "dein", "deine", "ihr", "ihre",
    "ihren",
    // Spanish
    "cual es el nombre de tu", "por favor indique su", "cual es su", "cual es tu", "en que", "indica tu",
    "indique su", "para que", "su", "tu",
    // Italian
    "qual e il suo", "qual e il tuo", "qual e la tua", "inserisci il tuo", "il tuo", "in quale", "la tua",
    "per quale",
    // Portuguese
    "qual e a sua", "qual e o seu", "qual o seu", "em que", "o seu", "seu", "sua",
    // Dutch
    "wat is je", "wat is jouw", "wat is uw", "bij welk", "bij welke", "je", "jouw", "uw",
];

/// Ends of questions.
#[rustfmt::skip]
pub(super) const ENDS: [&str; 31] = [
    "are you currently working for", "do you currently work at", "do you currently work for", "are you working for",
    "do you work at", "do you work for", "do you work in", "are you from", "are you representing", "are you with",
    "do you represent", "you re with", "you work at", "you work for", "you work with", "arbeiten sie", "arbeitest du",
    "representez vous", "travailles tu", "travaillez vous", "werk je", "werkt u", "you represent", "ein", "lavora",
    "lavori", "please", "representa", "trabaja", "trabajas", "trabalha",
];
