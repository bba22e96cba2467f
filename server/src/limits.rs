//! How fast a key may ask. T12, T15: 1,200 acts a second unless the key says otherwise, shared out equally among the processes
//! that serve.

use crate::auth::Key;
use billing::id::KeyId;
use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Acts a second where a key says nothing.
const DEFAULT_RATE: NonZeroU32 = NonZeroU32::new(1_200).unwrap();
/// The most acts that one request can bring: a batch must fit, however slow the key.
const LARGEST_BATCH: NonZeroU32 = NonZeroU32::new(256).unwrap();
/// Keys that are remembered; a key that has not asked for a while has its whole allowance again anyway.
const KEYS: usize = 10_000;

type Limiter = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// A key's limiter, and the rate that it was made for.
type Known = HashMap<KeyId, (NonZeroU32, Arc<Limiter>)>;

/// What every key may still ask.
#[derive(Clone, Debug, Default)]
pub struct Limits(Arc<Mutex<Known>>);

/// What a key was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It may ask, and as many acts more at once; nothing is counted of a key without a limit.
    Granted(Option<Quoted>),
    /// It has to wait so long.
    Wait(Quoted, Duration),
}

/// A rate and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    rate: NonZeroU32,
    remaining: u32,
}

impl Limits {
    /// Counts so many acts of a key, or says how long it has to wait for them. Of so many processes each lets in its share.
    #[must_use]
    pub fn take(&self, key: &Key, acts: NonZeroU32, processes: u32) -> Pass {
        let rate = match key.acts_per_second {
            None => DEFAULT_RATE,
            Some(rate) => match NonZeroU32::new(rate) {
                Some(rate) => rate,
                None => return Pass::Granted(None),
            },
        };
        let rate = NonZeroU32::new(rate.get() / processes.max(1)).unwrap_or(NonZeroU32::MIN);
        match self.limiter(key.id, rate).check_n(acts) {
            Ok(Ok(snapshot)) => {
                Pass::Granted(Some(Quoted { rate, remaining: snapshot.remaining_burst_capacity() }))
            }
            Ok(Err(not_until)) => Pass::Wait(
                Quoted { rate, remaining: 0 },
                not_until.wait_time_from(DefaultClock::default().now()),
            ),
            // more acts than a whole allowance: no batch is so large
            Err(_) => Pass::Wait(Quoted { rate, remaining: 0 }, Duration::from_secs(1)),
        }
    }

    fn limiter(&self, key: KeyId, rate: NonZeroU32) -> Arc<Limiter> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, limiter)) = known.get(&key)
            && *of == rate
        {
            return Arc::clone(limiter);
        }
        if known.len() >= KEYS {
            known.clear();
        }
        let quota = Quota::per_second(rate).allow_burst(rate.max(LARGEST_BATCH));
        let limiter: DefaultDirectRateLimiter<_> =
            RateLimiter::direct(quota).with_middleware::<StateInformationMiddleware>();
        let limiter = Arc::new(limiter);
        known.insert(key, (rate, Arc::clone(&limiter)));
        limiter
    }
}

impl Quoted {
    /// Says it in the reply, unless a handler has said it more exactly.
    pub fn write(self, headers: &mut HeaderMap) {
        let policy = format!("\"gate\";q={};w=1", self.rate);
        let left = format!("\"gate\";r={};t=1", self.remaining);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.entry(HeaderName::from_static(name)).or_insert(value);
            }
        }
    }
}
