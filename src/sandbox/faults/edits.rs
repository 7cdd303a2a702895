//! Changes to the answer of a poll. It is JSON here, so that it can be as odd as an answer can be.

use crate::sandbox::search::{Answer, Search};
use serde_json::{Value, json};

/// How the JSON about a batch is changed.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) enum Edit {
    Body(fn(&mut Value)),
    /// Every so-manyth result. Its place is given, too.
    Each(fn(&mut Value, usize)),
    /// Which results there are and in which places.
    List(fn(&mut Vec<Value>, usize)),
}

/// Stands for half a surrogate pair until the body is bytes: no Rust string can hold one.
pub(super) const SURROGATE: &str = "half-a-surrogate-pair";

/// Puts half surrogate pairs in their places.
pub(in crate::sandbox) fn place_surrogates(body: String) -> String {
    if body.contains(SURROGATE) { body.replace(SURROGATE, r"\ud83d") } else { body }
}

impl Edit {
    /// Changes the answer about a batch. Edits of results do nothing where there are none.
    pub(in crate::sandbox) fn apply(self, body: &mut Value, every: usize) {
        let results = body.get_mut("results").and_then(Value::as_array_mut);
        match (self, results) {
            (Self::Body(edit), _) => edit(body),
            (Self::Each(edit), Some(results)) => {
                let is_bad = picks(every, results.len());
                let bad = results.iter_mut().enumerate().filter(|(at, _)| is_bad(*at));
                bad.for_each(|(at, result)| edit(result, at));
            }
            (Self::List(edit), Some(results)) => edit(results, every),
            (Self::Each(_) | Self::List(_), None) => {}
        }
    }
}

/// Picks every so-manyth of `count` places, and the last one if that would be none.
fn picks(every: usize, count: usize) -> impl Fn(usize) -> bool {
    move |at| (at + 1).is_multiple_of(every) || (every > count && at + 1 == count)
}

pub(super) fn capital(value: &mut Value) {
    let text = value.as_str().unwrap_or_default();
    *value = json!(text[..1].to_uppercase() + &text[1..]);
}

pub(super) fn extra(results: &mut Vec<Value>) {
    for at in results.len()..results.len() + 3 {
        let mut result = json!({ "index": at });
        make_stranger(&mut result, at);
        results.push(result);
    }
}

pub(super) fn holes(results: &mut Vec<Value>, every: usize) {
    let is_hole = picks(every, results.len());
    let mut at = 0..;
    results.retain(|_| !at.next().is_some_and(&is_hole));
}

pub(super) fn keyed(body: &mut Value) {
    if let Some(Value::Array(results)) = body.get_mut("results").map(Value::take) {
        let keyed = results.into_iter().enumerate().map(|(at, result)| (at.to_string(), result));
        body["results"] = keyed.collect();
    }
}

/// Makes a result that of somebody nobody asked for.
pub(super) fn make_stranger(result: &mut Value, at: usize) {
    impersonate(result, at);
    result["params"] = json!({ "linkedin_url": stranger(at) });
}

pub(super) fn misnumber(results: &mut [Value]) {
    let of = results.len().max(2);
    results.iter_mut().zip(1..).for_each(|(result, next)| result["index"] = json!(next % of));
}

/// Writes a number otherwise; its digits are given.
pub(super) fn number(result: &mut Value, write: fn(&str) -> Value) {
    if let Some(number) = result.get_mut("number") {
        *number = write(number.as_str().unwrap_or_default().trim_start_matches('+'));
    }
}

pub(super) fn remove(object: &mut Value, field: &str) {
    drop(object.as_object_mut().and_then(|object| object.remove(field)));
}

/// Appends changed copies of some results.
pub(super) fn repeat(results: &mut Vec<Value>, every: usize, change: impl Fn(&mut Value, usize)) {
    let is_repeated = picks(every, results.len());
    for at in (0..results.len()).filter(|at| is_repeated(*at)) {
        let mut copy = results[at].clone();
        change(&mut copy, at);
        results.push(copy);
    }
}

pub(super) fn shuffle(results: &mut [Value]) {
    let seed = u64::try_from(results.len()).unwrap_or_default();
    fastrand::Rng::with_seed(seed).shuffle(results);
    if results.first().is_some_and(|first| first["index"] == json!(0)) {
        results.reverse();
    }
}

pub(in crate::sandbox) fn text_index(body: &mut Value) {
    let results = body.get_mut("results").and_then(Value::as_array_mut);
    let indexes = results.into_iter().flatten().filter_map(|result| result.get_mut("index"));
    indexes.filter(|index| index.is_number()).for_each(|index| *index = json!(index.to_string()));
}

pub(super) fn toggle_slash(result: &mut Value) {
    if let Some(Value::String(url)) = result["params"].get_mut("linkedin_url") {
        let bare = url.strip_suffix('/').map(str::to_owned);
        *url = bare.unwrap_or_else(|| format!("{url}/"));
    }
}

pub(super) fn unfinish(result: &mut Value) {
    result["qualification"] = json!("ongoing");
    remove(result, "number");
    remove(result, "country");
}

pub(super) fn unqualify(result: &mut Value, at: usize) {
    impersonate(result, at);
    result["qualification"] = json!("probable");
}

pub(super) fn upper_case(result: &mut Value) {
    for text in result["params"].as_object_mut().into_iter().flat_map(|params| params.values_mut())
    {
        *text = json!(text.as_str().unwrap_or_default().to_uppercase());
    }
}

pub(super) fn without_legal_form(result: &mut Value) {
    const FORMS: [&str; 8] = ["ag", "gmbh", "inc", "llc", "ltd", "sa", "sarl", "sas"];
    if let Some(Value::String(company)) = result["params"].get_mut("company_name")
        && let Some((bare, form)) = company.rsplit_once(' ')
        && FORMS.contains(&form.trim_end_matches('.').to_lowercase().as_str())
    {
        *company = bare.trim_end_matches(',').to_owned();
    }
}

fn stranger(at: usize) -> String {
    format!("https://www.linkedin.com/in/stranger-{at}")
}

pub(super) fn impersonate(result: &mut Value, at: usize) {
    if let Answer::Found { number, country } = Search::profile(stranger(at)).answer(100) {
        result["qualification"] = json!("found");
        result["number"] = json!(number);
        result["country"] = json!(country);
    }
}
