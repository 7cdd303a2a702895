//! Everything the sandbox knows: accounts, batches, requests. No HTTP and no waiting here.

use super::account::Account;
use super::batch::{Batch, Course, Stage, found_among};
use super::faults::{BatchFault, RequestFaults};
use super::log::{Endpoint, Log};
use super::pace::Pace;
use super::refusal::{Asked, Refusal};
use super::settings::{Memory, Settings};
use super::validate::Payload;
use std::collections::{HashMap, VecDeque};
use tokio::time::Instant;

/// The state behind the endpoints.
#[derive(Debug)]
pub(super) struct State {
    pub(super) accounts: Vec<Account>,
    pub(super) batches: Vec<Batch>,
    pub(super) log: Log,
    pub(super) settings: Settings,
    by_id: HashMap<String, usize>,
    delivered: VecDeque<usize>,
    unsettled: Vec<usize>,
}

impl State {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            accounts: vec![Account::new(settings.credits)],
            batches: Vec::new(),
            by_id: HashMap::new(),
            delivered: VecDeque::new(),
            log: Log::new(settings.memory),
            settings,
            unsettled: Vec::new(),
        }
    }

    /// Gives back what the batches that are over by now did not spend.
    pub(super) fn settle(&mut self, now: Instant) {
        let Self { accounts, batches, unsettled, .. } = self;
        unsettled.retain(|number| {
            let batch = &batches[*number];
            let over = batch.ends().is_some_and(|end| end <= now);
            if over {
                accounts[batch.account].credits.settle(batch.reserved(), batch.charge());
            }
            !over
        });
    }

    /// Notes a request, and says its number in the log and what awaits it.
    pub(super) fn arrive(
        &mut self,
        endpoint: Endpoint,
        line: String,
        key: Option<&str>,
        now: Instant,
    ) -> (usize, RequestFaults) {
        let number = self.log.arrive(endpoint, line, key);
        let count = self.log.count(endpoint);
        let request_faults = self.settings.faults.request_faults(endpoint, count);
        if let Ok(account) = self.account(key) {
            let account = &mut self.accounts[account];
            account.credits.spend_elsewhere(request_faults.spend);
            if endpoint.is_post() {
                account.arrivals.push(now);
                let busy = account.arrivals.count(now);
                self.log.busiest_second = self.log.busiest_second.max(busy);
            }
        }
        (number, request_faults)
    }

    /// The account of a valid key; opened when the key is first used.
    pub(super) fn account(&mut self, key: Option<&str>) -> Result<usize, Refusal> {
        let key = key.ok_or(Refusal::KeyMissing)?;
        if !self.settings.keys.take(key) {
            return Err(Refusal::KeyUnknown);
        }
        let belongs = |account: &Account| account.key.as_deref().is_none_or(|known| known == key);
        let number = self.accounts.iter().position(belongs).unwrap_or_else(|| {
            self.accounts.push(Account::new(self.settings.credits));
            self.accounts.len() - 1
        });
        self.accounts[number].key.get_or_insert_with(|| key.to_owned());
        Ok(number)
    }

    /// The account of a valid key that may search for phones.
    pub(super) fn phone_account(&mut self, key: Option<&str>) -> Result<usize, Refusal> {
        let account = self.account(key)?;
        match key {
            Some(key) if self.settings.keys.allow_phones(key) => Ok(account),
            _ => Err(Refusal::PhonesNotAllowed),
        }
    }

    /// Lets a POST through the rate limit, or not.
    pub(super) fn admit(&mut self, account: usize, now: Instant) -> Result<(), Refusal> {
        let posts = &mut self.accounts[account].posts;
        if posts.count(now) >= self.settings.posts_per_second {
            return Err(Refusal::TooManyRequests);
        }
        posts.push(now);
        Ok(())
    }

    /// Takes a batch if the account can pay for it, and returns its number.
    pub(super) fn take(
        &mut self,
        account: usize,
        kind: Asked,
        payload: Payload,
        body: &[u8],
        now: Instant,
    ) -> Result<usize, Refusal> {
        if let Some(refusal) = self.settings.faults.poisoned(kind, &payload.searches) {
            return Err(refusal);
        }
        let found_percent = self.settings.found_percent;
        let faults = self.settings.faults.faults(self.batches.len() + 1);
        let batch = Batch {
            account,
            accepted: now,
            body: match self.settings.memory {
                Memory::Brief { .. } => Vec::new(),
                Memory::Whole => body.to_vec(),
            },
            course: course(self.settings.pace, &faults, payload.searches.len()),
            faults,
            custom: payload.custom,
            found: found_among(&payload.searches, found_percent),
            found_percent,
            id: new_id(),
            kind,
            fetches: 0,
            polls: 0,
            price: self.settings.price,
            requested: payload.searches.len(),
            searches: payload.searches,
            webhook: payload.webhook,
        };
        if !self.accounts[account].credits.reserve(batch.reserved()) {
            return Err(Refusal::InsufficientCredits(kind));
        }
        let number = self.batches.len();
        self.by_id.insert(batch.id.clone(), number);
        self.unsettled.push(number);
        self.batches.push(batch);
        self.settle(now);
        Ok(number)
    }

    /// The number of the account's own batch with this id, which is asked for once more.
    pub(super) fn find(
        &mut self,
        account: usize,
        kind: Asked,
        id: &str,
        now: Instant,
    ) -> Result<usize, Refusal> {
        let unknown = Refusal::UnknownId(kind);
        let Some(number) = self.by_id.get(id).copied() else {
            return Err(unknown);
        };
        let batch = &mut self.batches[number];
        if batch.account != account || batch.kind != kind {
            return Err(unknown);
        }
        batch.polls += 1;
        if batch.is_late(now) {
            return Err(unknown);
        }
        if batch.stage(now) != Stage::UnderWay {
            batch.fetches += 1;
        }
        Ok(number)
    }

    /// How many batches are not over.
    pub(super) fn under_way(&self) -> usize {
        self.unsettled.len()
    }

    /// Notes that a batch's results went out, and lets the oldest expire where memory is short.
    pub(super) fn delivered(&mut self, number: usize) {
        let Memory::Brief { batches: kept } = self.settings.memory else {
            return;
        };
        if !self.delivered.contains(&number) {
            self.delivered.push_back(number);
        }
        while self.delivered.len() > kept
            && let Some(oldest) = self.delivered.pop_front()
        {
            let batch = &mut self.batches[oldest];
            batch.searches = Vec::new();
            batch.custom = None;
            self.by_id.remove(&batch.id);
        }
    }
}

fn course(pace: Pace, faults: &[BatchFault], searches: usize) -> Course {
    if faults.contains(&BatchFault::Stuck) {
        return Course::Held { finished: searches / 2 };
    }
    match pace {
        Pace::Held => Course::Held { finished: 0 },
        Pace::Takes { base, each, rhythm } => {
            let searches = u32::try_from(searches).unwrap_or(u32::MAX);
            let takes = base.saturating_add(each.saturating_mul(searches));
            Course::Timed { takes, rhythm }
        }
    }
}

/// A random UUID, version 4, as Enrow's ids are.
fn new_id() -> String {
    let bits = fastrand::u128(..) & !(0xf << 76) | 0x4 << 76;
    let bits = bits & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
