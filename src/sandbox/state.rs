//! Everything the sandbox knows: accounts, batches, requests. No HTTP and no waiting here.

use super::batch::Batch;
use super::credits::Account;
use super::faults::{Effects, Event};
use super::http::HttpResponse;
use super::listener::Listener;
use super::log::{Log, Request};
use super::payload::{INVALID_PROFILE, Payload, missing_property};
use super::search::Search;
use super::settings::{Pace, Settings, Shapes};
use super::types::{Endpoint, Kind};
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The state behind a lock, with a bell for every change.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    pub(super) listener: Arc<Listener>,
}

impl Shared {
    pub(super) fn new(settings: Settings, listener: Arc<Listener>) -> Self {
        let state = Mutex::new(State::new(settings, Instant::now()));
        let shared = Self { state, changed: Condvar::new(), listener };
        shared.refuse_next_of_all();
        shared
    }

    pub(super) fn refuse_next_of_all(&self) {
        let kinds = [Endpoint::Account, Endpoint::Poll(Kind::Bulk), Endpoint::Submit(Kind::Bulk)];
        for endpoint in kinds {
            self.refuse_next(endpoint);
        }
    }

    /// Shuts the listener where the next request of this kind is to be refused. Requests that are being answered are
    /// not affected.
    pub(super) fn refuse_next(&self, endpoint: Endpoint) {
        let refusal = self.read(|state, _| {
            let next = state.log.count(endpoint) + 1;
            state.settings.faults.of_request(endpoint, next).refused
        });
        if let Some(time) = refusal {
            self.listener.shut_for(time);
        }
    }

    /// Reads the state as it is now.
    pub(super) fn read<T>(&self, see: impl FnOnce(&State, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = self.lock();
        state.settle(now);
        see(&state, now)
    }

    /// Changes the state as it is now, and rings.
    pub(super) fn change<T>(&self, act: impl FnOnce(&mut State, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = self.lock();
        state.settle(now);
        let outcome = act(&mut state, now);
        state.settle(now);
        drop(state);
        self.changed.notify_all();
        outcome
    }

    /// Blocks the thread until the state may have changed, 20 ms at the longest: batches also end by the clock.
    pub(super) fn wait_briefly(&self) {
        drop(self.changed.wait_timeout(self.lock(), Duration::from_millis(20)));
    }

    /// A panic in a test must not hide behind the next one: the state is consistent after every step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state behind the endpoints.
#[derive(Debug)]
pub(super) struct State {
    pub(super) accounts: Vec<Account>,
    pub(super) batches: Vec<Batch>,
    pub(super) log: Log,
    pub(super) settings: Settings,
    by_id: HashMap<String, usize>,
    delivered: VecDeque<usize>,
    /// Until when events have happened.
    settled: Option<Instant>,
    started: Instant,
    /// Batches that were not refunded yet.
    unrefunded: Vec<usize>,
}

impl State {
    fn new(settings: Settings, now: Instant) -> Self {
        Self {
            accounts: vec![Account::new(settings.credits)],
            batches: Vec::new(),
            by_id: HashMap::new(),
            delivered: VecDeque::new(),
            log: Log::default(),
            settings,
            settled: None,
            started: now,
            unrefunded: Vec::new(),
        }
    }

    /// Does everything that is due until now, in the order of time: refunds, renewals and the like.
    fn settle(&mut self, now: Instant) {
        let mut due = Vec::new();
        for (time, event) in self.settings.faults.events() {
            let at = self.started + time;
            if self.settled.is_none_or(|settled| settled < at) && at <= now {
                due.push((at, event));
            }
        }
        self.settled = Some(now);
        self.unrefunded.retain(|number| {
            let at = self.batches[*number].refunded_at().filter(|at| *at <= now);
            due.extend(at.map(|at| (at, Event::Refund(*number))));
            at.is_none()
        });
        due.sort_by_key(|(at, _)| *at);
        for (at, event) in due {
            self.happen(event);
            self.note_balances(at);
        }
        self.note_balances(now);
    }

    fn note_balances(&mut self, now: Instant) {
        self.accounts.iter_mut().for_each(|account| account.note_balance(now));
    }

    fn happen(&mut self, event: Event) {
        let credits = &mut self.accounts[0].credits;
        match event {
            Event::Key(key) => self.replace_key(key),
            Event::Price(price) => self.settings.price = price,
            Event::Refund(number) => {
                let batch = &self.batches[number];
                let credits = &mut self.accounts[batch.account].credits;
                credits.settle(batch.reserved(), batch.charge());
            }
            Event::Renewal(amount) => credits.renew(amount),
            Event::Spend(amount) => credits.spend_elsewhere(amount),
            Event::TopUp(amount) => credits.deposited += amount,
        }
    }

    /// Gives the first account a new key, and refuses its old ones.
    pub(super) fn replace_key(&mut self, key: String) {
        self.settings.refused_keys.extend(self.accounts[0].keys.iter().cloned());
        self.accounts[0].keys.push(key);
    }

    /// Notes a request, and says its number in the log and what awaits it.
    pub(super) fn arrive(&mut self, request: Request) -> (usize, Effects) {
        let (endpoint, account) = (request.endpoint, self.account(request.key.as_deref()));
        // More than a client can have open at once.
        let limit = self.settings.memory.map_or(usize::MAX, |_| 1000);
        let number = self.log.arrive(request, limit);
        let faults = self.settings.faults.of_request(endpoint, self.log.count(endpoint));
        if let Ok(account) = account {
            self.accounts[account].credits.spend_elsewhere(faults.spend);
        }
        (number, faults)
    }

    /// The account of a valid key; opened when the key is first used.
    pub(super) fn account(&mut self, key: Option<&str>) -> Result<usize, HttpResponse> {
        let refusal = |message| HttpResponse::message(401, message);
        let key = key.ok_or_else(|| refusal("No apikey found in the x-api-key headers"))?;
        let listed = |keys: &Vec<String>| keys.iter().any(|known| known == key);
        if listed(&self.settings.refused_keys) {
            return Err(refusal("This apikey is not valid"));
        }
        let accounts = &mut self.accounts;
        if let Some(known) = accounts.iter().position(|account| listed(&account.keys)) {
            return Ok(known);
        }
        let unused = accounts.iter().position(|account| account.keys.is_empty());
        let number = unused.unwrap_or_else(|| {
            accounts.push(Account::new(self.settings.credits));
            accounts.len() - 1
        });
        accounts[number].keys.push(key.to_owned());
        Ok(number)
    }

    /// The account of a valid key that may search for phones.
    pub(super) fn phone_account(&mut self, key: Option<&str>) -> Result<usize, HttpResponse> {
        let account = self.account(key)?;
        if self.settings.keys_without_phones.iter().any(|known| Some(known.as_str()) == key) {
            let message = "This account is not allowed to use the phone search feature";
            return Err(HttpResponse::message(401, message));
        }
        Ok(account)
    }

    /// Lets a POST through the rate limit, or not.
    pub(super) fn admit(&mut self, account: usize, now: Instant) -> Result<(), HttpResponse> {
        let posts = &mut self.accounts[account].posts;
        if posts.count(now) >= self.settings.posts_per_second {
            return Err(HttpResponse::message(429, "Too Many Requests"));
        }
        posts.push(now);
        Ok(())
    }

    /// Takes a batch if it is in order and the account can pay for it, and returns its number.
    pub(super) fn take(
        &mut self,
        account: usize,
        payload: &Payload,
        limit: Option<usize>,
        now: Instant,
    ) -> Result<usize, HttpResponse> {
        let Payload { body, kind, searches, custom, .. } = payload;
        let webhook = payload.check(limit.unwrap_or(self.settings.batch_limit))?;
        if let Some((at, is_named)) = self.settings.faults.refused_search(searches) {
            let named = || missing_property(*kind, at, searches.len());
            let unnamed = || HttpResponse::message(400, INVALID_PROFILE);
            return Err(if is_named { named() } else { unnamed() });
        }
        let faults = self.settings.faults.of_batch(self.batches.len() + 1);
        let found_percent = self.settings.found_percent;
        let is_found = |search: &&Search| search.person().is_found(found_percent);
        let batch = Batch {
            account,
            accepted: now,
            body: body.clone(),
            custom: custom.clone(),
            end: match self.settings.pace {
                Pace::Takes(time) if !faults.stuck => Some(now + time),
                Pace::Held | Pace::Takes(_) => None,
            },
            fetches: 0,
            finished: if faults.stuck { searches.len() / 2 } else { 0 },
            first_seen: None,
            found: searches.iter().filter(is_found).count(),
            found_percent,
            id: new_id(),
            kind: *kind,
            notified: None,
            polls: 0,
            price: faults.price.unwrap_or(self.settings.price),
            faults,
            requested: searches.len(),
            searches: searches.clone(),
            webhook,
        };
        if !self.accounts[account].credits.reserve(batch.reserved()) {
            return Err(self.insufficient_credits(*kind));
        }
        let number = self.batches.len();
        self.by_id.insert(batch.id.clone(), number);
        self.unrefunded.push(number);
        self.batches.push(batch);
        self.settle(now);
        Ok(number)
    }

    fn insufficient_credits(&self, kind: Kind) -> HttpResponse {
        match (kind, self.settings.shapes) {
            (Kind::Single, _) => HttpResponse::json(
                402,
                &json!({"reason": "Insufficient credits", "success": false}),
            ),
            (Kind::Bulk, Shapes::Newest) => HttpResponse::message(402, "Insufficient credits"),
            (Kind::Bulk, Shapes::Older) => HttpResponse::message(422, "Insufficient balance"),
        }
    }

    /// The number of the account's own batch with this id, which is asked for once more.
    pub(super) fn find(
        &mut self,
        account: usize,
        kind: Kind,
        id: &str,
        now: Instant,
    ) -> Result<usize, HttpResponse> {
        let unknown = || match kind {
            Kind::Bulk => HttpResponse::message(400, "Could not retrieve bulk search results"),
            Kind::Single => HttpResponse::message(500, "Could not retrieve single search result"),
        };
        let number = self.by_id.get(id).copied().ok_or_else(unknown)?;
        let batch = &mut self.batches[number];
        if batch.account != account || batch.kind != kind {
            return Err(unknown());
        }
        batch.polls += 1;
        if batch.is_hidden(now) {
            return Err(unknown());
        }
        batch.first_seen.get_or_insert((now, batch.polls));
        batch.fetches += usize::from(batch.is_over(now));
        Ok(number)
    }

    /// Notes that a batch's results went out, and lets the oldest expire where memory is short.
    pub(super) fn delivered(&mut self, number: usize) {
        let Some(kept) = self.settings.memory else { return };
        if !self.delivered.contains(&number) {
            self.delivered.push_back(number);
        }
        if self.delivered.len() > kept
            && let Some(oldest) = self.delivered.pop_front()
        {
            let batch = &mut self.batches[oldest];
            (batch.body, batch.searches, batch.custom) = (Vec::new(), Vec::new(), None);
            self.by_id.remove(&batch.id);
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
