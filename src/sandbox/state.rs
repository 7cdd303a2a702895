//! Everything the sandbox knows: accounts, batches, requests. No HTTP and no waiting here.

use super::account::Account;
use super::answers::Person;
use super::batch::{Batch, Course, found_among};
use super::faults::{Effects, Event};
use super::listener::Listener;
use super::log::Log;
use super::pace::Pace;
use super::refusal::Refusal;
use super::settings::{Memory, Settings};
use super::types::{Endpoint, Kind};
use super::validate::{self, Payload};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The state behind a lock, with a bell for every change.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    changed_async: Notify,
    pub(super) listener: Arc<Listener>,
}

impl Shared {
    pub(super) fn new(settings: Settings, listener: Arc<Listener>) -> Self {
        let state = Mutex::new(State::new(settings, Instant::now()));
        let shared =
            Self { state, changed: Condvar::new(), changed_async: Notify::new(), listener };
        shared.refuse_next_of_all();
        shared
    }

    pub(super) fn refuse_next_of_all(&self) {
        for endpoint in [Endpoint::Account, Endpoint::PollBulk, Endpoint::SubmitBulk] {
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
        self.changed_async.notify_waiters();
        outcome
    }

    /// Blocks the thread until the state may have changed, 20 ms at the longest: batches also end by the clock.
    pub(super) fn wait_briefly(&self) {
        drop(self.changed.wait_timeout(self.lock(), Duration::from_millis(20)));
    }

    /// Completes with the next change.
    pub(super) fn changed(&self) -> impl Future<Output = ()> {
        self.changed_async.notified()
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
    /// How often each person was asked for, taken or not. Empty where memory is brief.
    pub(super) asked: HashMap<Person, usize>,
    pub(super) batches: Vec<Batch>,
    pub(super) log: Log,
    pub(super) settings: Settings,
    by_id: HashMap<String, usize>,
    delivered: VecDeque<usize>,
    /// Until when events have happened.
    settled: Option<Instant>,
    started: Instant,
    /// Batches whose unspent credits are not back.
    unrefunded: Vec<usize>,
}

/// What happens by the clock.
enum Due {
    Event(Event),
    Refund(usize),
}

impl State {
    fn new(settings: Settings, now: Instant) -> Self {
        Self {
            accounts: vec![Account::new(settings.credits)],
            asked: HashMap::new(),
            batches: Vec::new(),
            by_id: HashMap::new(),
            delivered: VecDeque::new(),
            log: Log::new(settings.memory),
            settings,
            settled: None,
            started: now,
            unrefunded: Vec::new(),
        }
    }

    /// Does what was to happen until now, in the order of time: refunds, renewals and the like.
    fn settle(&mut self, now: Instant) {
        let Self { batches, started, settled, .. } = self;
        let mut due = Vec::new();
        self.unrefunded.retain(|number| {
            match batches[*number].refunded_at().filter(|at| *at <= now) {
                Some(at) => {
                    due.push((at, Due::Refund(*number)));
                    false
                }
                None => true,
            }
        });
        for (time, event) in self.settings.faults.events() {
            let at = *started + time;
            if settled.is_none_or(|settled| settled < at) && at <= now {
                due.push((at, Due::Event(event)));
            }
        }
        self.settled = Some(now);
        due.sort_by_key(|(at, _)| *at);
        for (at, due) in due {
            match due {
                Due::Event(event) => self.happen(event),
                Due::Refund(number) => {
                    let batch = &self.batches[number];
                    let credits = &mut self.accounts[batch.account].credits;
                    credits.settle(batch.reserved(), batch.charge());
                }
            }
            self.accounts.iter_mut().for_each(|account| account.note_balance(at));
        }
        self.accounts.iter_mut().for_each(|account| account.note_balance(now));
    }

    fn happen(&mut self, event: Event) {
        let credits = &mut self.accounts[0].credits;
        match event {
            Event::Key(key) => self.replace_key(key),
            Event::Price(price) => self.settings.price = price,
            Event::Renewal(amount) => credits.renew(amount),
            Event::Spend(amount) => credits.spend_elsewhere(amount),
            Event::TopUp(amount) => credits.deposit(amount),
        }
    }

    /// Gives the first account a new key, and refuses its old ones.
    pub(super) fn replace_key(&mut self, key: String) {
        self.settings.keys.refused.extend(self.accounts[0].keys.iter().cloned());
        self.accounts[0].keys.push(key);
    }

    /// Notes a request, and says its number in the log and what awaits it.
    pub(super) fn arrive(
        &mut self,
        endpoint: Endpoint,
        line: String,
        key: Option<&str>,
        payload: Option<&Payload>,
        now: Instant,
    ) -> (usize, Effects) {
        let searches = payload.map_or(&[][..], |payload| &payload.searches);
        let number = self.log.arrive(endpoint, line, key, searches.len());
        if self.settings.memory == Memory::Whole {
            for search in searches {
                *self.asked.entry(search.person()).or_default() += 1;
            }
        }
        let faults = self.settings.faults.of_request(endpoint, self.log.count(endpoint));
        if let Ok(account) = self.account(key) {
            let account = &mut self.accounts[account];
            account.credits.spend_elsewhere(faults.spend);
            if endpoint.is_post() {
                account.arrivals.push(now);
                let busy = account.arrivals.count(now);
                self.log.busiest_second = self.log.busiest_second.max(busy);
            }
        }
        (number, faults)
    }

    /// The account of a valid key; opened when the key is first used.
    pub(super) fn account(&mut self, key: Option<&str>) -> Result<usize, Refusal> {
        let key = key.ok_or(Refusal::KeyMissing)?;
        if !self.settings.keys.take(key) {
            return Err(Refusal::KeyUnknown);
        }
        let belongs = |account: &Account| account.keys.iter().any(|known| known == key);
        let known = self.accounts.iter().position(belongs);
        let unused = || self.accounts.iter().position(|account| account.keys.is_empty());
        let number = known.or_else(unused).unwrap_or_else(|| {
            self.accounts.push(Account::new(self.settings.credits));
            self.accounts.len() - 1
        });
        if known.is_none() {
            self.accounts[number].keys.push(key.to_owned());
        }
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

    /// Takes a batch if it is in order and the account can pay for it, and returns its number.
    pub(super) fn take(
        &mut self,
        account: usize,
        kind: Kind,
        payload: &Payload,
        limit: Option<usize>,
        body: &[u8],
        now: Instant,
    ) -> Result<usize, Refusal> {
        let webhook = validate::check(kind, payload, limit.unwrap_or(self.settings.batch_limit))?;
        if let Some(refusal) = self.settings.faults.refused_search(kind, &payload.searches) {
            return Err(refusal);
        }
        let faults = self.settings.faults.of_batch(self.batches.len() + 1);
        let batch = Batch {
            account,
            accepted: now,
            body: match self.settings.memory {
                Memory::Brief { .. } => Vec::new(),
                Memory::Whole => body.to_vec(),
            },
            course: course(self.settings.pace, faults.stuck, payload.searches.len()),
            custom: payload.custom.clone(),
            fetches: 0,
            first_seen: None,
            found: found_among(&payload.searches, self.settings.found_percent),
            found_percent: self.settings.found_percent,
            id: new_id(),
            kind,
            polls: 0,
            price: faults.price.unwrap_or(self.settings.price),
            faults,
            requested: payload.searches.len(),
            searches: payload.searches.clone(),
            webhook,
        };
        if !self.accounts[account].credits.reserve(batch.reserved()) {
            return Err(Refusal::InsufficientCredits(kind));
        }
        let number = self.batches.len();
        self.by_id.insert(batch.id.clone(), number);
        self.unrefunded.push(number);
        self.batches.push(batch);
        self.settle(now);
        Ok(number)
    }

    /// The number of the account's own batch with this id, which is asked for once more.
    pub(super) fn find(
        &mut self,
        account: usize,
        kind: Kind,
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
        if batch.is_hidden(now) {
            return Err(unknown);
        }
        batch.first_seen.get_or_insert((now, batch.polls));
        batch.fetches += usize::from(batch.is_over(now));
        Ok(number)
    }

    /// Lets every held batch end now.
    pub(super) fn release(&mut self, now: Instant) {
        for batch in &mut self.batches {
            if matches!(batch.course, Course::Held { .. }) {
                batch.course = Course::Released(now);
            }
        }
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

fn course(pace: Pace, is_stuck: bool, searches: usize) -> Course {
    if is_stuck {
        return Course::Held { finished: searches / 2 };
    }
    match pace {
        Pace::Held => Course::Held { finished: 0 },
        Pace::Takes { base, each } => {
            let searches = u32::try_from(searches).unwrap_or(u32::MAX);
            let takes = base.saturating_add(each.saturating_mul(searches));
            Course::Timed { takes }
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
