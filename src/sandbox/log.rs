//! What came in and what became of it.

use super::settings::Memory;
use super::types::{Endpoint, WebhookCall};
use std::fmt;
use tokio::sync::mpsc::UnboundedSender;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub endpoint: Endpoint,
    /// Which key it carried: 0 for the first key that was ever seen, 1 for the next; `None` without a key.
    pub key: Option<usize>,
    /// Method and path with query, as in `GET /phone/bulk?id=7`.
    pub line: String,
    pub id: Option<String>,
    /// Whether its answer was lost or spoilt, so that the caller may not know what came of it.
    pub is_lost: bool,
    /// How many searches it carried; 0 where its body was not understood.
    pub searches: usize,
    /// What it was answered; `None` while that is open and where no answer was given.
    pub status: Option<u16>,
    /// The number of the batch it started, from 0.
    pub taken: Option<usize>,
}

/// One line for people: `POST /phone/bulk, 3000 searches: 201, batch 2`, with the id where its answer is lost.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)?;
        if self.endpoint.is_post() {
            let plural = if self.searches == 1 { "" } else { "es" };
            write!(f, ", {} search{plural}", self.searches)?;
        }
        match self.status {
            Some(status) => write!(f, ": {status}")?,
            None => f.write_str(": no answer")?,
        }
        if let Some(number) = self.taken {
            write!(f, ", batch {}", number + 1)?;
        }
        if let Some(id) = self.id.as_ref().filter(|_| self.is_lost) {
            write!(f, ", taken as {id}")?;
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) busiest_second: usize,
    pub(super) rate_limited: usize,
    pub(super) requests: Vec<Request>,
    pub(super) told: Vec<WebhookCall>,
    /// Requests by kind, bulk and single taken together.
    counts: [usize; 4],
    followers: Vec<UnboundedSender<Request>>,
    keys: Vec<String>,
    /// Requests that are forgotten: the first in `requests` has this number.
    forgotten: usize,
    keeps: bool,
}

impl Log {
    pub(super) fn new(memory: Memory) -> Self {
        Self { keeps: memory == Memory::Whole, ..Self::default() }
    }

    pub(super) fn follow(&mut self, follower: UnboundedSender<Request>) {
        self.followers.push(follower);
    }

    pub(super) fn key(&self, key: &str) -> Option<usize> {
        self.keys.iter().position(|known| known == key)
    }

    /// How many requests of this kind came, bulk and single taken together.
    pub(super) fn count(&self, endpoint: Endpoint) -> usize {
        self.counts[kind(endpoint)]
    }

    /// Notes a request and returns its number.
    pub(super) fn arrive(
        &mut self,
        endpoint: Endpoint,
        line: String,
        key: Option<&str>,
        searches: usize,
    ) -> usize {
        let key = key.map(|key| {
            self.key(key).unwrap_or_else(|| {
                self.keys.push(key.to_owned());
                self.keys.len() - 1
            })
        });
        self.counts[kind(endpoint)] += 1;
        self.requests.push(Request {
            endpoint,
            id: None,
            is_lost: false,
            key,
            line,
            searches,
            status: None,
            taken: None,
        });
        self.forgotten + self.requests.len() - 1
    }

    fn get(&mut self, number: usize) -> Option<&mut Request> {
        number.checked_sub(self.forgotten).and_then(|at| self.requests.get_mut(at))
    }

    fn tell(&mut self, number: usize) {
        if let Some(request) = self.get(number).cloned() {
            self.followers.retain(|follower| follower.send(request.clone()).is_ok());
        }
    }

    /// Notes the batch that a request started, perhaps after its caller had left.
    pub(super) fn taken(&mut self, number: usize, batch: usize, id: String) {
        let Some(request) = self.get(number) else { return };
        request.taken = Some(batch);
        request.id = Some(id);
        if request.is_lost {
            self.tell(number);
        }
    }

    /// Notes that a request is answered or given up.
    pub(super) fn finish(&mut self, number: usize, status: Option<u16>, is_lost: bool) {
        if let Some(request) = self.get(number) {
            request.status = status;
            request.is_lost = is_lost;
            self.rate_limited += usize::from(status == Some(429));
            self.tell(number);
        }
        if !self.keeps && self.requests.len() > OPEN_REQUESTS {
            self.requests.drain(..OPEN_REQUESTS / 2);
            self.forgotten += OPEN_REQUESTS / 2;
        }
    }
}

fn kind(endpoint: Endpoint) -> usize {
    match endpoint {
        Endpoint::Account => 0,
        Endpoint::PollBulk | Endpoint::PollSingle => 1,
        Endpoint::SubmitBulk | Endpoint::SubmitSingle => 2,
        Endpoint::Elsewhere => 3,
    }
}

/// How many requests are remembered where memory is brief: more than a client can have open at once.
const OPEN_REQUESTS: usize = 1000;
