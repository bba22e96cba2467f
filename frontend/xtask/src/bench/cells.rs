//! Cells and rounds: what is measured, in an order that is shuffled anew each time.

use crate::say;
use anyhow::{Context, Result};
use std::time::Duration;

/// Something that is measured: its name, and what is done.
pub struct Cell<'a> {
    /// How the table calls it.
    pub name: String,
    /// Does it once and says how long it took, or, where it is about a rate, how long one of many took.
    pub run: Box<dyn FnMut() -> Result<Duration> + 'a>,
}

/// How often one disk may be as slow as the other for two times to be comparable.
const FLUSHES_APART: f64 = 3.0;

/// One time, and how long a flush of the disk took just then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// What was measured.
    pub took: Duration,
    /// The longer one of before and after.
    pub flush: Duration,
}

/// How long a cell took, round by round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The cell.
    pub name: String,
    /// One time a round.
    pub rounds: Vec<Time>,
}

/// A middle value, with the least and the greatest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Spread {
    /// Of values that are numbers; none of none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (least, greatest) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { median: f64::midpoint(low, high), least, greatest })
    }
}

/// Runs every cell once a round, each round in another order, between two looks at the disk's own flush.
pub fn rounds(
    cells: &mut [Cell],
    rounds: u16,
    seed: u64,
    flush: impl Fn() -> Result<Duration>,
) -> Result<Vec<Times>> {
    let mut shuffle = fastrand::Rng::with_seed(seed);
    let mut times: Vec<Times> =
        cells.iter().map(|cell| Times { name: cell.name.clone(), rounds: Vec::new() }).collect();
    for round in 1..=rounds {
        say::note(&format!("round {round} of {rounds}"));
        let mut order: Vec<usize> = (0..cells.len()).collect();
        shuffle.shuffle(&mut order);
        let mut before = flush()?;
        for place in order {
            let cell = &mut cells[place];
            let took = (cell.run)().with_context(|| cell.name.clone())?;
            let after = flush()?;
            times[place].rounds.push(Time { took, flush: before.max(after) });
            before = after;
        }
    }
    Ok(times)
}

/// How many times as long one cell took as another in the same round, where both saw the same disk; none where no round had
/// that.
pub fn ratio(slow: &Times, fast: &Times) -> Option<Spread> {
    let apart = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64().max(1e-9);
    let same_disk = |(slow, fast): &(&Time, &Time)| {
        apart(slow.flush.max(fast.flush), slow.flush.min(fast.flush)) <= FLUSHES_APART
    };
    let both = slow.rounds.iter().zip(&fast.rounds).filter(same_disk);
    Spread::of(both.map(|(slow, fast)| apart(slow.took, fast.took)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_its_middle_between_least_and_greatest() {
        let of = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3.0, 1.0, 2.0]), Some(Spread { median: 2.0, least: 1.0, greatest: 3.0 }));
        assert_eq!(of(&[4.0, 1.0]), Some(Spread { median: 2.5, least: 1.0, greatest: 4.0 }));
    }

    #[test]
    fn every_cell_is_run_once_a_round_and_ratios_are_taken_inside_it() -> Result<()> {
        let cell = |name: &str, millis: u64| Cell {
            name: name.to_owned(),
            run: Box::new(move || Ok(Duration::from_millis(millis))),
        };
        let mut cells = [cell("slow", 300), cell("fast", 2)];
        let times = rounds(&mut cells, 5, 1, || Ok(Duration::from_millis(1)))?;
        assert_eq!(times.iter().map(|cell| cell.rounds.len()).collect::<Vec<_>>(), [5, 5]);
        let ratio = ratio(&times[0], &times[1]).context("a ratio")?;
        assert!((ratio.median - 150.0).abs() < 1e-6 && (ratio.least - ratio.greatest).abs() < 1e-6);
        Ok(())
    }

    #[test]
    fn times_on_disks_of_another_speed_are_not_compared() {
        let times = |rounds: &[(u64, u64)]| Times {
            name: String::new(),
            rounds: rounds
                .iter()
                .map(|(took, flush)| Time {
                    took: Duration::from_millis(*took),
                    flush: Duration::from_millis(*flush),
                })
                .collect(),
        };
        let fast = times(&[(10, 1), (10, 4)]);
        let ratio_to = |slow: &[(u64, u64)]| ratio(&times(slow), &fast).map(|spread| spread.median);
        assert_eq!(ratio_to(&[(20, 3), (40, 4)]), Some(3.0));
        assert_eq!(ratio_to(&[(20, 4), (40, 4)]), Some(4.0), "the first flush was four times as long");
        assert_eq!(ratio_to(&[(20, 4), (40, 1)]), None);
    }
}
