//! The requests, and how each ended.

use super::types::Endpoint;
use std::collections::BTreeMap;
use std::fmt;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub at: Instant,
    pub endpoint: Endpoint,
    /// `None` where it carried none.
    pub key: Option<String>,
    /// Method and path with query, as in `GET /phone/bulk?id=7`.
    pub line: String,
    /// Whether its answer was lost or damaged, so that the caller may not know the result.
    pub is_lost: bool,
    /// How many searches it carried; 0 where its body was not understood.
    pub searches: usize,
    /// The status of the answer; `None` until there is one, and where none was given.
    pub status: Option<u16>,
    /// The batch it started: its number, from 0, and its id.
    pub taken: Option<(usize, String)>,
}

/// One line for people: `POST /phone/bulk, 3000 searches: 201, batch 2`, with the id where its answer is lost.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)?;
        if let Endpoint::Submit(_) = self.endpoint {
            let plural = if self.searches == 1 { "" } else { "es" };
            write!(f, ", {} search{plural}", self.searches)?;
        }
        match self.status {
            Some(status) => write!(f, ": {status}")?,
            None => f.write_str(": no answer")?,
        }
        if let Some((number, id)) = &self.taken {
            write!(f, ", batch {}", number + 1)?;
            if self.is_lost {
                write!(f, ", taken as {id}")?;
            }
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
pub(super) struct Log {
    /// By number, from 0.
    pub(super) requests: BTreeMap<usize, Request>,
    /// GETs for the account, polls, POSTs and others: bulk and single taken together.
    counts: [usize; 4],
    pub(super) followers: Vec<UnboundedSender<Request>>,
}

impl Log {
    /// How many requests of this kind came, bulk and single taken together.
    pub(super) fn count(&self, endpoint: Endpoint) -> usize {
        self.counts[kind(endpoint)]
    }

    /// Notes a request and returns its number. Only the newest are remembered.
    pub(super) fn arrive(&mut self, request: Request, limit: usize) -> usize {
        let number = self.counts.iter().sum();
        self.counts[kind(request.endpoint)] += 1;
        self.requests.insert(number, request);
        if self.requests.len() > limit {
            self.requests.pop_first();
        }
        number
    }

    /// Notes the batch that a request started, perhaps after its caller had left.
    pub(super) fn taken(&mut self, number: usize, batch: usize, id: String) {
        let Some(request) = self.requests.get_mut(&number) else { return };
        request.taken = Some((batch, id));
        if request.is_lost {
            self.tell(number);
        }
    }

    /// Notes that a request is answered or given up.
    pub(super) fn finish(&mut self, number: usize, status: Option<u16>, is_lost: bool) {
        let Some(request) = self.requests.get_mut(&number) else { return };
        (request.status, request.is_lost) = (status, is_lost);
        self.tell(number);
    }

    fn tell(&mut self, number: usize) {
        let request = &self.requests[&number];
        self.followers.retain(|follower| follower.send(request.clone()).is_ok());
    }
}

fn kind(endpoint: Endpoint) -> usize {
    match endpoint {
        Endpoint::Account => 0,
        Endpoint::Poll(_) => 1,
        Endpoint::Submit(_) => 2,
        Endpoint::Elsewhere => 3,
    }
}
