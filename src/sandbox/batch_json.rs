//! The JSON about a batch, as the reference pages have it.
//!
//! It is written from the documentation and deliberately not shared with the client: a field name that is wrong cannot be
//! wrong on both sides. `tests/it/sandbox` holds the answers to the documented examples in `fixtures/api/`.

use super::batch::Batch;
use super::faults::{Delay, Edit, place_surrogates, text_index};
use super::http::{HttpResponse, JSON};
use super::search::{Answer, Search};
use super::settings::Shapes;
use super::types::Kind;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

impl Batch {
    /// The 201 to its POST.
    pub(super) fn accepted(&self) -> HttpResponse {
        let reserved = self.reserved();
        let used = match &self.faults.credits_used {
            Some(half) if half == "half" => json!(reserved / 2),
            Some(other) => other.clone(),
            None => json!(reserved),
        };
        let mut body = json!({ "credits": self.spent(reserved), "credits_used": used });
        body["message"] = match self.kind {
            Kind::Bulk => json!("Bulk search operating"),
            Kind::Single => json!("Single search operating"),
        };
        if self.kind == Kind::Bulk {
            // A guess, in minutes.
            let takes = self.end.map_or(Duration::ZERO, |end| end - self.accepted);
            body["estimated_duration"] = json!(takes.as_secs().div_ceil(60).max(1));
        }
        let mut reply = HttpResponse::json(201, &body);
        // The id comes first, as documented: half of an answer may have it.
        reply.body.splice(..1, format!("{{\"id\":\"{}\",", self.id).into_bytes());
        reply
    }

    /// The subscription pays for all that was not bought apart.
    fn spent(&self, amount: u64) -> Value {
        let paygo = self.faults.paygo.min(amount);
        let source = if paygo == amount && amount > 0 { "paygo" } else { "sub" };
        json!({ "amount": amount, "source": source, "split": { "fromPaygo": paygo, "fromSub": amount - paygo } })
    }

    /// The body that its webhook gets.
    pub(super) fn notification(&self) -> Value {
        let event = match self.kind {
            Kind::Bulk => "bulk_phone_search_finished",
            Kind::Single => "single_phone_search_finished",
        };
        json!({ "event": event, "id": self.id, "credits": self.spent(self.charge()) })
    }

    /// The answer to a GET.
    pub(super) fn status(&self, now: Instant, shapes: Shapes) -> HttpResponse {
        let mut body = self.bulk(now, shapes);
        for (edit, every, until) in &self.faults.edits {
            // A single search has neither a list nor a body around it.
            let is_of_it = self.kind == Kind::Bulk || matches!(edit, Edit::Each(_));
            if is_of_it && self.lasts(*until, now) {
                edit.apply(&mut body, *every);
            }
        }
        if shapes == Shapes::Older {
            text_index(&mut body);
        }
        let is_over = self.is_over(now);
        let status = match self.kind {
            Kind::Bulk if is_over || shapes == Shapes::Newest => 200,
            Kind::Single if is_over => 200,
            Kind::Bulk | Kind::Single => 202,
        };
        let body = match self.kind {
            Kind::Bulk => body,
            Kind::Single => self.single(now, &body),
        };
        let prefix = self.faults.prefix.to_owned();
        HttpResponse::new(status, JSON, prefix + &place_surrogates(body.to_string()))
    }

    fn bulk(&self, now: Instant, shapes: Shapes) -> Value {
        let status = match (self.is_over(now), self.faults.failed) {
            (false, _) => "ongoing",
            (true, None) => "completed",
            (true, Some(_)) => "failed",
        };
        let mut body = json!({ "general": { "id": self.id, "status": status } });
        if let Some(custom) = &self.custom {
            body["general"]["custom"] = json!(custom);
        }
        if !self.is_over(now) {
            body["stats"] = json!({ "requested": self.requested, "finished": self.finished(now) });
            return body;
        }
        if self.faults.failed.is_some() {
            body["stats"] = self.stats(shapes, 0);
            return body;
        }
        let share = self.faults.share.filter(|_| self.kind == Kind::Bulk);
        let share = share.filter(|(_, until)| self.lasts(*until, now));
        let share = share.map_or(self.requested, |(percent, _)| self.requested * percent / 100);
        let answers = self.searches[..share].iter().map(|search| search.answer(self.found_percent));
        let answers: Vec<_> = answers.collect();
        let found = answers.iter().filter(|answer| **answer != Answer::NotFound).count();
        body["stats"] = self.stats(shapes, found);
        let results = self.searches.iter().zip(&answers).enumerate();
        body["results"] =
            results.map(|(at, (search, answer))| result(at, search, answer)).collect();
        body
    }

    /// Whether what is wrong with its answers so long after its end is wrong now.
    fn lasts(&self, delay: Delay, now: Instant) -> bool {
        self.end.is_none_or(|end| delay.lasts(end, self.fetches, now))
    }

    /// The answer about a single search, which is the first result of a bulk one.
    fn single(&self, now: Instant, body: &Value) -> Value {
        let mut single = match &body["results"][0] {
            edited @ Value::Object(_) => edited.clone(),
            // It has no other word for one that came to nothing.
            _ => result(0, &self.searches[0], &Answer::NotFound),
        };
        if !self.is_over(now) {
            single["qualification"] = json!("ongoing");
        }
        drop(single.as_object_mut().and_then(|single| single.remove("index")));
        single
    }

    fn stats(&self, shapes: Shapes, found: usize) -> Value {
        let (charge, reserved) = (self.stated_charge(found), self.reserved());
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

fn result(at: usize, search: &Search, answer: &Answer) -> Value {
    let mut params = json!(search);
    let fields = params.as_object_mut().expect("a search has fields");
    fields.retain(|_, value| !value.is_null());
    let custom = fields.remove("custom");
    // The reference's own examples have a slash there that was not sent.
    if let Some(Value::String(url)) = params.get_mut("linkedin_url")
        && !url.ends_with('/')
    {
        url.push('/');
    }
    let mut result = json!({ "index": at, "qualification": "not_found" });
    result["params"] = params;
    if let Answer::Found { number, country } = answer {
        result["qualification"] = json!("found");
        result["number"] = json!(number);
        result["country"] = json!(country);
    }
    if let Some(custom) = custom {
        result["custom"] = custom;
    }
    result
}
