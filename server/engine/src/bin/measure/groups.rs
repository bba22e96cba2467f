//! Counts the writer's groups, by what it tells whoever watches an installation.

use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// How many groups there were.
#[derive(Clone, Default)]
pub struct Groups(Arc<AtomicU64>);

impl Groups {
    /// Begins to count; once a process.
    pub fn count() -> Self {
        let groups = Self::default();
        metrics::set_global_recorder(groups.clone()).unwrap_or_default();
        groups
    }

    /// Until now.
    pub fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Group(Arc<AtomicU64>);

impl HistogramFn for Group {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Recorder for Groups {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        if key.name() == "writer_group_acts" {
            Histogram::from_arc(Arc::new(Group(Arc::clone(&self.0))))
        } else {
            Histogram::noop()
        }
    }
}
