//! The platform's switches: loops 1 to 5 and features that cost money by themselves, and which of them need which. K1, K2.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something that can be switched off on the whole platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Control {
    /// Loop 1.
    Production,
    /// Loop 2.
    Distribution,
    /// Loop 3.
    Engagement,
    /// Loop 4.
    Performance,
    /// Loop 5.
    Promotion,
    /// A feature of loop 3.
    SentimentAnalysis,
    /// A feature of loop 3.
    AutoResponse,
    /// A feature of loop 4.
    MarketIntelligence,
    /// A feature of loop 4.
    OptimisationAgent,
}

/// Something cannot be switched: what needs it is on, or what it needs is off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct Needed {
    /// What was to be switched.
    pub control: Control,
    /// Whether it was to be switched on.
    pub on: bool,
    /// What stands in the way, and would have to be switched with it.
    pub others: Vec<Control>,
}

impl Needed {
    fn words(&self) -> String {
        let others: Vec<&str> = self.others.iter().map(|other| other.title()).collect();
        let (others, title, one) = (others.join(", "), self.control.title(), self.others.len() == 1);
        match (self.on, one) {
            (true, true) => format!("{title} needs {others}, which is off"),
            (true, false) => format!("{title} needs {others}, which are off"),
            (false, true) => format!("{others} needs {title}"),
            (false, false) => format!("{others} need {title}"),
        }
    }
}

impl Control {
    /// All of them, those first that others need.
    pub const ALL: [Self; 9] = [
        Self::Production,
        Self::Distribution,
        Self::Engagement,
        Self::Performance,
        Self::Promotion,
        Self::SentimentAnalysis,
        Self::AutoResponse,
        Self::MarketIntelligence,
        Self::OptimisationAgent,
    ];

    /// The loops, by number.
    pub const LOOPS: [Self; 5] =
        [Self::Production, Self::Distribution, Self::Engagement, Self::Performance, Self::Promotion];

    /// What it is called on a page, and in the log.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Production => "Loop 1 Production",
            Self::Distribution => "Loop 2 Distribution",
            Self::Engagement => "Loop 3 Engagement",
            Self::Performance => "Loop 4 Performance",
            Self::Promotion => "Loop 5 Promotion",
            Self::SentimentAnalysis => "Sentiment analysis",
            Self::AutoResponse => "Auto-response",
            Self::MarketIntelligence => "Market intelligence",
            Self::OptimisationAgent => "Optimisation agent",
        }
    }

    /// What it costs while it is on.
    #[must_use]
    pub const fn cost_note(self) -> &'static str {
        match self {
            Self::Production => {
                "Its agent starts productions by itself, about every 30 minutes; each costs what its plan says."
            }
            Self::Distribution => "Calls for titles, texts and images of what is published.",
            Self::Engagement => {
                "Calls for what is read and written among viewers, even when nothing new is produced."
            }
            Self::Performance => {
                "Calls that read how published work does, even when nothing new is produced."
            }
            Self::Promotion => "Calls for what advertises published work, even when nothing new is produced.",
            Self::SentimentAnalysis => "One call for each batch of comments. Counted in loop 3.",
            Self::AutoResponse => "One call for each answer. Counted in loop 3.",
            Self::MarketIntelligence => "Calls that read other channels. Counted in loop 4.",
            Self::OptimisationAgent => "Calls that try other titles and images. Counted in loop 4.",
        }
    }

    /// K2: what has to be on for it.
    #[must_use]
    pub const fn needs(self) -> &'static [Self] {
        match self {
            Self::Engagement | Self::Promotion => &[Self::Distribution],
            Self::SentimentAnalysis => &[Self::Engagement],
            Self::AutoResponse => &[Self::Engagement, Self::SentimentAnalysis],
            Self::MarketIntelligence | Self::OptimisationAgent => &[Self::Performance],
            Self::Production | Self::Distribution | Self::Performance => &[],
        }
    }

    /// The number of the loop, where it is one.
    #[must_use]
    pub fn loop_number(self) -> Option<i64> {
        let place = Self::LOOPS.iter().position(|known| *known == self)?;
        i64::try_from(place + 1).ok()
    }

    /// What would have to be switched with it, given what is off: all that needs it, or all that it needs, directly or not.
    #[must_use]
    pub fn others(self, on: bool, off: &BTreeSet<Self>) -> Vec<Self> {
        let mut found = BTreeSet::from([self]);
        loop {
            let more: BTreeSet<Self> = Self::ALL
                .into_iter()
                .filter(|other| !found.contains(other))
                .filter(|other| {
                    let (is_off, linked) = if on {
                        (true, found.iter().any(|one| one.needs().contains(other)))
                    } else {
                        (false, found.iter().any(|one| other.needs().contains(one)))
                    };
                    linked && off.contains(other) == is_off
                })
                .collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        found.remove(&self);
        found.into_iter().collect()
    }

    /// What is off once this is switched; with all that has to be switched with it, where that was agreed to.
    pub fn switch(self, on: bool, off: &BTreeSet<Self>, agreed: &[Self]) -> Result<BTreeSet<Self>, Needed> {
        let others = self.others(on, off);
        if others.iter().any(|other| !agreed.contains(other)) {
            return Err(Needed { control: self, on, others });
        }
        let mut after = off.clone();
        for one in others.into_iter().chain([self]) {
            if on {
                after.remove(&one);
            } else {
                after.insert(one);
            }
        }
        Ok(after)
    }

    /// Whether all that is on has what it needs.
    #[must_use]
    pub fn holds(off: &BTreeSet<Self>) -> bool {
        Self::ALL
            .iter()
            .filter(|one| !off.contains(one))
            .all(|one| one.needs().iter().all(|need| !off.contains(need)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Control::{
        AutoResponse, Distribution, Engagement, MarketIntelligence, OptimisationAgent, Performance,
        Production, Promotion, SentimentAnalysis,
    };

    #[test]
    fn k2_what_others_need_is_not_switched_off_alone() {
        let all_on = BTreeSet::new();
        let refused = |control: Control| control.switch(false, &all_on, &[]).map_err(|needed| needed.others);
        assert_eq!(refused(Production), Ok([Production].into()));
        assert_eq!(refused(Distribution), Err(vec![Engagement, Promotion, SentimentAnalysis, AutoResponse]));
        assert_eq!(refused(Engagement), Err(vec![SentimentAnalysis, AutoResponse]));
        assert_eq!(refused(SentimentAnalysis), Err(vec![AutoResponse]));
        assert_eq!(refused(Performance), Err(vec![MarketIntelligence, OptimisationAgent]));
        assert_eq!(refused(AutoResponse), Ok([AutoResponse].into()));
        let without =
            Distribution.switch(false, &all_on, &[Engagement, Promotion, SentimentAnalysis, AutoResponse]);
        assert_eq!(without.as_ref().map(BTreeSet::len), Ok(5));
        assert!(Control::holds(&without.unwrap()));
    }

    #[test]
    fn k2_what_needs_something_that_is_off_is_not_switched_on_alone() {
        let off = BTreeSet::from([Distribution, Engagement, Promotion, SentimentAnalysis, AutoResponse]);
        let needed = AutoResponse.switch(true, &off, &[]).unwrap_err();
        assert_eq!(
            needed.others,
            [Distribution, Engagement, SentimentAnalysis],
            "all of what it needs, however far"
        );
        assert_eq!(AutoResponse.switch(true, &off, &needed.others), Ok([Promotion].into()));
        assert_eq!(
            needed.to_string(),
            "Auto-response needs Loop 2 Distribution, Loop 3 Engagement, Sentiment analysis, which are off"
        );
        assert_eq!(Distribution.switch(true, &off, &[]).map(|off| off.len()), Ok(4));
    }

    /// Whatever is switched in whatever order: what is on has what it needs.
    #[test]
    fn k2_no_order_of_switching_leaves_something_without_what_it_needs() {
        let mut off = BTreeSet::new();
        for step in 0..2_000_usize {
            let control = Control::ALL[(step * 7 + step / 5) % Control::ALL.len()];
            let on = step % 3 == 0;
            off = match control.switch(on, &off, &[]) {
                Ok(after) => after,
                Err(needed) => control.switch(on, &off, &needed.others).unwrap(),
            };
            assert!(Control::holds(&off), "{control:?} {on} {off:?}");
            assert_eq!(off.contains(&control), !on);
        }
        assert_eq!(Control::LOOPS.map(Control::loop_number), [Some(1), Some(2), Some(3), Some(4), Some(5)]);
        assert_eq!(AutoResponse.loop_number(), None);
    }
}
