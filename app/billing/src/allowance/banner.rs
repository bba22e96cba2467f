//! "When you reach about 75% of the monthly allowance with auto-top-up off, the banner prompts you to buy extra capacity
//! so productions don't stall mid-month." B1–B4, readings 5.13 and 5.14.

use super::capacity::{Allowance, Capacity};
use crate::{customer::PaymentStanding, top_up::AutoTopUpState};
use serde::{Deserialize, Serialize};

/// What a customer has set, as far as the banner depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BannerSettings {
    /// B4: from which share of the allowance on it prompts, in per cent.
    pub threshold_percent: i64,
    /// Whether capacity is bought without asking.
    pub auto_top_up: AutoTopUpState,
    /// Whether what is due has been paid.
    pub payment: PaymentStanding,
}

impl Default for BannerSettings {
    /// 75 %, nothing bought without asking, nothing due.
    fn default() -> Self {
        let (auto_top_up, payment) = (AutoTopUpState::Off, PaymentStanding::Paid);
        Self { threshold_percent: 75, auto_top_up, payment }
    }
}

/// The one state that the banner shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Banner {
    /// A payment is outstanding and its grace is over: new productions are refused until it is settled.
    PaymentOverdue,
    /// New productions are refused until the refresh or a purchase.
    NothingLeft,
    /// The last automatic purchase did not go through.
    AutoTopUpFailed,
    /// A payment failed and its grace runs.
    PaymentFailed,
    /// The threshold is reached: a prompt to buy.
    Prompt,
    /// The threshold is reached and the allowance is used up: a prompt to buy that says what production runs on.
    PromptOnExtra,
    /// The allowance is used up and production runs on bought capacity; no prompt.
    OnExtra,
    /// Figures, and that capacity is bought without asking.
    AutoTopUp,
    /// Figures.
    Healthy,
}

/// Whether a state is the case.
type Applies = fn(&Capacity, &BannerSettings) -> bool;

/// The states in order of precedence, each with what brings it about. Only captured tokens count towards the percentage.
const PRECEDENCE: [(Banner, Applies); 9] = [
    (Banner::PaymentOverdue, |_, set| set.payment.block().is_some()),
    (Banner::NothingLeft, |capacity, _| capacity.left().is_zero()),
    (Banner::AutoTopUpFailed, |_, set| set.auto_top_up.has_failed()),
    (Banner::PaymentFailed, |_, set| matches!(set.payment, PaymentStanding::InGrace { .. })),
    (Banner::PromptOnExtra, |capacity, set| prompts(&capacity.allowance, set) && runs_on_extra(capacity)),
    (Banner::Prompt, |capacity, set| prompts(&capacity.allowance, set) && !capacity.allowance.left.is_zero()),
    (Banner::OnExtra, |capacity, _| runs_on_extra(capacity)),
    (Banner::AutoTopUp, |_, set| set.auto_top_up == AutoTopUpState::On),
    (Banner::Healthy, |_, _| true),
];

/// What the banner shows.
#[must_use]
pub fn banner(capacity: &Capacity, settings: &BannerSettings) -> Banner {
    PRECEDENCE
        .iter()
        .find(|(_, applies)| applies(capacity, settings))
        .map_or(Banner::Healthy, |(banner, _)| *banner)
}

impl Banner {
    /// Whether somebody has to do something.
    #[must_use]
    pub const fn needs_somebody(self) -> bool {
        !matches!(self, Self::OnExtra | Self::AutoTopUp | Self::Healthy)
    }
}

/// 5.14: only one state shows. What else needs somebody meanwhile, most pressing first.
#[must_use]
pub fn behind(capacity: &Capacity, settings: &BannerSettings) -> Vec<Banner> {
    let applying = PRECEDENCE.iter().filter(|(_, applies)| applies(capacity, settings));
    applying.map(|(banner, _)| *banner).skip(1).filter(|banner| banner.needs_somebody()).collect()
}

fn prompts(allowance: &Allowance, settings: &BannerSettings) -> bool {
    settings.auto_top_up != AutoTopUpState::On
        && !allowance.granted.is_zero()
        && allowance.used.get() * 100 >= allowance.granted.get() * settings.threshold_percent
}

fn runs_on_extra(capacity: &Capacity) -> bool {
    capacity.allowance.left.is_zero() && !capacity.extra.left.is_zero()
}

/// How much of the allowance is used, in whole per cent rounded down; none without an allowance.
#[must_use]
pub const fn percent_used(allowance: &Allowance) -> Option<i64> {
    (allowance.used.get() * 100).checked_div(allowance.granted.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{allowance::capacity::Extra, customer::PaymentBlock, tokens::Tokens};

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    /// Of an allowance of 1,000: used, held, and what was bought beside it.
    fn capacity(used: i64, held: i64, bought: i64) -> Capacity {
        let (granted, left) = (tokens(1_000), tokens(1_000 - used - held));
        Capacity {
            allowance: Allowance {
                granted,
                used: tokens(used),
                held: tokens(held),
                left,
                refreshes_at: None,
            },
            extra: Extra { left: tokens(bought), held: Tokens::ZERO },
            overdrawn: Tokens::ZERO,
            as_of: "2026-10-22T16:40:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn b2_each_state_with_auto_top_up_off_and_on() {
        for ((used, held, bought), off, on) in [
            ((0, 0, 0), Banner::Healthy, Banner::AutoTopUp),
            ((749, 200, 0), Banner::Healthy, Banner::AutoTopUp),
            ((750, 0, 0), Banner::Prompt, Banner::AutoTopUp),
            ((750, 0, 500), Banner::Prompt, Banner::AutoTopUp),
            ((1_000, 0, 500), Banner::PromptOnExtra, Banner::OnExtra),
            ((800, 200, 500), Banner::PromptOnExtra, Banner::OnExtra),
            ((100, 900, 500), Banner::OnExtra, Banner::OnExtra),
            ((1_000, 0, 0), Banner::NothingLeft, Banner::NothingLeft),
            ((100, 900, 0), Banner::NothingLeft, Banner::NothingLeft),
        ] {
            let capacity = capacity(used, held, bought);
            let shown =
                |auto_top_up| banner(&capacity, &BannerSettings { auto_top_up, ..BannerSettings::default() });
            let shown = (shown(AutoTopUpState::Off), shown(AutoTopUpState::On));
            assert_eq!(shown, (off, on), "used {used}, held {held}, bought {bought}");
        }
    }

    #[test]
    fn b2_only_the_most_pressing_state_is_shown() {
        let until = "2026-10-29T00:00:00Z".parse().unwrap();
        let overdue = PaymentStanding::Blocked(PaymentBlock::PastGrace);
        let (empty, prompting) = (capacity(1_000, 0, 0), capacity(800, 0, 0));
        for (capacity, auto_top_up, payment, expected) in [
            (empty, AutoTopUpState::Declined, overdue, Banner::PaymentOverdue),
            (empty, AutoTopUpState::Declined, PaymentStanding::InGrace { until }, Banner::NothingLeft),
            (
                prompting,
                AutoTopUpState::Declined,
                PaymentStanding::InGrace { until },
                Banner::AutoTopUpFailed,
            ),
            (prompting, AutoTopUpState::Paused, PaymentStanding::Paid, Banner::AutoTopUpFailed),
            (prompting, AutoTopUpState::Off, PaymentStanding::InGrace { until }, Banner::PaymentFailed),
            (prompting, AutoTopUpState::On, PaymentStanding::InGrace { until }, Banner::PaymentFailed),
            (prompting, AutoTopUpState::Off, PaymentStanding::Paid, Banner::Prompt),
        ] {
            let set = BannerSettings { auto_top_up, payment, ..BannerSettings::default() };
            assert_eq!(banner(&capacity, &set), expected, "{set:?}");
        }
    }

    #[test]
    fn reading_5_14_what_the_banner_does_not_show_is_not_lost() {
        let until = "2026-10-29T00:00:00Z".parse().unwrap();
        let [overdue, grace, paid] = [
            PaymentStanding::Blocked(PaymentBlock::PastGrace),
            PaymentStanding::InGrace { until },
            PaymentStanding::Paid,
        ];
        let declined = AutoTopUpState::Declined;
        for (capacity, auto_top_up, payment, expected) in [
            (capacity(1_000, 0, 0), declined, overdue, vec![Banner::NothingLeft, Banner::AutoTopUpFailed]),
            (capacity(1_000, 0, 0), declined, grace, vec![Banner::AutoTopUpFailed, Banner::PaymentFailed]),
            (capacity(800, 0, 0), declined, grace, vec![Banner::PaymentFailed, Banner::Prompt]),
            (capacity(1_000, 0, 50), AutoTopUpState::Off, grace, vec![Banner::PromptOnExtra]),
            (capacity(1_000, 0, 0), AutoTopUpState::Off, paid, vec![]),
            (capacity(800, 0, 0), AutoTopUpState::On, paid, vec![]),
            (capacity(0, 0, 0), AutoTopUpState::On, overdue, vec![]),
        ] {
            let set = BannerSettings { auto_top_up, payment, ..BannerSettings::default() };
            assert_eq!(behind(&capacity, &set), expected, "{set:?}");
        }
    }

    #[test]
    fn b4_the_threshold_is_a_setting() {
        let set = BannerSettings { threshold_percent: 90, ..BannerSettings::default() };
        assert_eq!(banner(&capacity(899, 0, 0), &set), Banner::Healthy);
        assert_eq!(banner(&capacity(900, 0, 0), &set), Banner::Prompt);
    }

    #[test]
    fn b2_without_an_allowance_there_is_no_threshold_to_reach() {
        let mut bought_only = capacity(0, 0, 500);
        bought_only.allowance = Allowance::default();
        assert_eq!(banner(&bought_only, &BannerSettings::default()), Banner::OnExtra);
        assert_eq!(percent_used(&bought_only.allowance), None);
    }

    #[test]
    fn b4_the_percentage_is_rounded_down() {
        assert_eq!(percent_used(&capacity(749, 251, 0).allowance), Some(74));
        assert_eq!(percent_used(&capacity(750, 0, 0).allowance), Some(75));
    }
}
