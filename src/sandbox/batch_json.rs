//! What is said about a batch, in the JSON of the reference pages.
//!
//! The JSON is written from the documentation and deliberately not shared with the client: a field name that is wrong
//! cannot be wrong on both sides. The documented examples stand in `fixtures/api/`; the tests below hold the answers to
//! them.

use super::answers::Answer;
use super::batch::{Batch, lasts};
use super::faults::{Change, CreditsUsed, Delay, picks, place_surrogates, text_index};
use super::reply::Reply;
use super::search::Search;
use super::settings::Echo;
use super::types::{Kind, Shapes};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

/// The 201 to a POST. The id comes first, as documented: half of an answer may have it.
#[derive(Serialize)]
struct Accepted<'a> {
    id: &'a str,
    message: &'static str,
    credits_used: Value,
    /// Minutes. A single search has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_duration: Option<u64>,
    credits: Value,
}

impl Batch {
    /// The 201 to its POST.
    pub(super) fn accepted(&self) -> Reply {
        let reserved = self.reserved();
        let used = match &self.faults.credits_used {
            Some(CreditsUsed::Half) => json!(reserved / 2),
            Some(CreditsUsed::Json(value)) => value.clone(),
            None => json!(reserved),
        };
        let (message, minutes) = match self.kind {
            Kind::Bulk => ("Bulk search operating", Some(self.estimated_minutes())),
            Kind::Single => ("Single search operating", None),
        };
        let accepted = Accepted {
            id: &self.id,
            message,
            credits_used: used,
            estimated_duration: minutes,
            credits: self.spent(reserved),
        };
        Reply::json(201, &accepted)
    }

    /// The subscription pays for all that was not bought apart.
    fn spent(&self, amount: u64) -> Value {
        let paygo = self.faults.paygo.unwrap_or(0).min(amount);
        let source = if paygo == amount && amount > 0 { "paygo" } else { "sub" };
        json!({ "amount": amount, "source": source, "split": { "fromPaygo": paygo, "fromSub": amount - paygo } })
    }

    /// What its webhook is told.
    pub(super) fn notification(&self) -> Value {
        let event = match self.kind {
            Kind::Bulk => "bulk_phone_search_finished",
            Kind::Single => "single_phone_search_finished",
        };
        json!({ "event": event, "id": self.id, "credits": self.spent(self.charge()) })
    }

    /// The answer to a GET.
    pub(super) fn status(&self, now: Instant, shapes: Shapes, echo: Echo) -> Reply {
        let is_over = self.is_over(now);
        let (status, mut body) = match self.kind {
            Kind::Bulk => {
                let status = if !is_over && shapes == Shapes::Older { 202 } else { 200 };
                (status, self.bulk(now, shapes, echo))
            }
            Kind::Single => (if is_over { 200 } else { 202 }, self.single(now, echo)),
        };
        for change in self.changes(now) {
            match change.0 {
                Change::Body(change) if self.kind == Kind::Bulk => change(&mut body),
                Change::Completed(change)
                    if self.kind == Kind::Bulk && is_over && self.faults.failed.is_none() =>
                {
                    change(&mut body);
                }
                _ => {}
            }
        }
        let mut reply = Reply::json(status, &body);
        reply.body = place_surrogates(reply.body);
        for (change, _) in self.changes(now) {
            if let Change::Bytes(change) = change {
                change(&mut reply.body);
            }
        }
        reply
    }

    /// What is wrong with the answers now, each with how many results there are to a bad one.
    fn changes(&self, now: Instant) -> impl Iterator<Item = (Change, usize)> {
        let is_now = move |until: Option<Delay>| {
            until.is_none() || self.ends().is_some_and(|end| lasts(until, end, self.fetches, now))
        };
        let changes = self.faults.changes.iter();
        changes
            .filter(move |(_, _, until)| is_now(*until))
            .map(|(change, every, _)| (*change, *every))
    }

    fn bulk(&self, now: Instant, shapes: Shapes, echo: Echo) -> Value {
        let mut body = json!({ "general": { "id": self.id } });
        let general = &mut body["general"];
        general["status"] = json!(match (self.is_over(now), self.faults.failed) {
            (false, _) => "ongoing",
            (true, None) => "completed",
            (true, Some(_)) => "failed",
        });
        if let Some(custom) = &self.custom {
            general["custom"] = json!(custom);
        }
        if !self.is_over(now) {
            body["stats"] = json!({ "requested": self.requested, "finished": self.finished(now) });
            return body;
        }
        let found = if self.faults.failed.is_some() { 0 } else { self.found };
        body["stats"] = self.stats(shapes, found);
        if self.faults.failed.is_none() {
            let mut results = self.results(now, echo);
            if shapes == Shapes::Older {
                text_index(&mut results);
            }
            body["results"] = Value::Array(results);
        }
        body
    }

    fn single(&self, now: Instant, echo: Echo) -> Value {
        let mut result = match (self.is_over(now), self.faults.failed) {
            (true, None) => self.results(now, echo).remove(0),
            // A single search has no other word for one that came to nothing.
            (true, Some(_)) | (false, _) => self.result(0, &Answer::NotFound, echo),
        };
        if !self.is_over(now) {
            result["qualification"] = json!("ongoing");
        }
        drop(result.as_object_mut().and_then(|result| result.remove("index")));
        result
    }

    /// The results, with everything that is wrong with them.
    fn results(&self, now: Instant, echo: Echo) -> Vec<Value> {
        let answer = |search: &Search| search.person().answer(self.found_percent);
        let mut results: Vec<_> = (0..self.searches.len())
            .map(|index| self.result(index, &answer(&self.searches[index]), echo))
            .collect();
        for (change, every) in self.changes(now) {
            match change {
                Change::Each(change) => {
                    let is_bad = picks(every, results.len());
                    for (at, result) in results.iter_mut().enumerate().filter(|(at, _)| is_bad(*at))
                    {
                        change(result, at);
                    }
                }
                Change::List(change) if self.kind == Kind::Bulk => change(&mut results, every),
                Change::List(_) | Change::Body(_) | Change::Bytes(_) | Change::Completed(_) => {}
            }
        }
        results
    }

    fn result(&self, index: usize, answer: &Answer, echo: Echo) -> Value {
        let search = &self.searches[index];
        let mut result = json!({ "index": index, "qualification": "not_found" });
        if let Answer::Found { number, country } = answer {
            result["qualification"] = json!("found");
            result["number"] = json!(number);
            result["country"] = json!(country);
        }
        if let Some(params) = params(search, echo) {
            result["params"] = params;
        }
        if let Some(custom) = &search.custom {
            result["custom"] = json!(custom);
        }
        result
    }

    fn stats(&self, shapes: Shapes, found: usize) -> Value {
        let (charge, reserved) = (self.stated_charge(), self.reserved());
        let refund = reserved - charge;
        let (name, cost) = match shapes {
            Shapes::Newest => ("found", json!(charge)),
            Shapes::Older => {
                ("valid", json!({ "initial": reserved, "refunded": refund, "final": charge }))
            }
        };
        json!({ "credits_cost": cost, "credits_to_refund": refund, "requested": self.requested, name: found })
    }
}

/// A search as it is echoed.
fn params(search: &Search, echo: Echo) -> Option<Value> {
    if echo == Echo::Absent {
        return None;
    }
    let mut params = json!(search);
    drop(params.as_object_mut().and_then(|params| params.remove("custom")));
    if let Some(url) = search.linkedin_url.as_deref()
        && echo == Echo::Slashed
        && !url.ends_with('/')
    {
        params["linkedin_url"] = json!(format!("{url}/"));
    }
    Some(params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::batch::Course;
    use crate::sandbox::faults::Effects;
    use crate::sandbox::validate;

    const ID: &str = "e3b61122-d6a6-4ea7-b331-9b734682a76a";

    /// The documented example as JSON.
    macro_rules! documented {
        ($name:literal) => {
            serde_json::from_str::<Value>(include_str!(concat!(
                "../../fixtures/api/", $name, ".json"
            )))
            .unwrap()
        };
    }

    /// The batch that a documented request starts.
    fn batch(kind: Kind, request: &Value) -> Batch {
        let payload = validate::read(kind, request.to_string().as_bytes()).unwrap();
        Batch {
            account: 0,
            accepted: Instant::now(),
            body: Vec::new(),
            course: Course::Held { finished: 1 },
            custom: None,
            faults: Effects::default(),
            fetches: 0,
            first_seen: None,
            found: 2,
            found_percent: 0,
            id: ID.to_owned(),
            kind,
            polls: 0,
            price: 40,
            requested: payload.searches.len(),
            searches: payload.searches,
            webhook: None,
        }
    }

    fn body(reply: &Reply) -> Value {
        serde_json::from_slice(&reply.body).unwrap()
    }

    fn michael() -> Answer {
        Answer::Found { number: "+15705551234".to_owned(), country: "US" }
    }

    #[test]
    fn a_batch_is_written_as_documented() {
        let mut batch = batch(Kind::Bulk, &documented!("bulk_request"));
        assert_eq!(body(&batch.accepted()), documented!("bulk_accepted"));
        batch.custom = documented!("bulk_ongoing")["general"]["custom"].as_object().cloned();
        let ongoing = batch.status(Instant::now(), Shapes::Newest, Echo::AsSent);
        assert_eq!((ongoing.status, body(&ongoing)), (200, documented!("bulk_ongoing")));
        assert_eq!(batch.status(Instant::now(), Shapes::Older, Echo::AsSent).status, 202);
        assert_eq!(batch.notification(), documented!("webhook"));
        batch.custom = None;
        batch.course = Course::Released(batch.accepted);
        batch.searches[0].custom = Some("lead-1".into());
        batch.searches[1].custom = None;
        let mut completed = body(&batch.status(Instant::now(), Shapes::Newest, Echo::AsSent));
        // The answer is made up; the example's is not.
        completed["results"][0] = batch.result(0, &michael(), Echo::AsSent);
        assert_eq!(completed, documented!("bulk_completed"));
    }

    #[test]
    fn a_single_search_is_written_as_documented() {
        let mut batch = batch(Kind::Single, &documented!("single_request"));
        assert_eq!(body(&batch.accepted()), documented!("single_accepted"));
        let mut single = batch.single(Instant::now(), Echo::AsSent);
        assert_eq!(single["qualification"], "ongoing");
        batch.course = Course::Released(batch.accepted);
        single = batch.result(0, &michael(), Echo::AsSent);
        single.as_object_mut().unwrap().remove("index");
        assert_eq!(single, documented!("single_completed"));
    }
}
