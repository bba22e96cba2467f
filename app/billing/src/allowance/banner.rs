//! "When you reach about 75% of the monthly allowance with auto-top-up off, the banner prompts you to buy extra capacity
//! so productions don't stall mid-month." B1–B4, readings 5.13 and 5.14.

use super::capacity::{Allowance, Capacity};
use serde::{Deserialize, Serialize};

/// What a customer has set, as far as the banner depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BannerSettings {
    /// B4: from which share of the allowance on it prompts, in per cent.
    pub threshold_percent: i64,
    /// Whether capacity is bought without asking.
    pub auto_top_up: bool,
}

impl Default for BannerSettings {
    /// 75 %, nothing bought without asking.
    fn default() -> Self {
        Self { threshold_percent: 75, auto_top_up: false }
    }
}

/// The one state that the banner shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Banner {
    /// New productions are refused until the refresh or a purchase.
    NothingLeft,
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
const PRECEDENCE: [(Banner, Applies); 6] = [
    (Banner::NothingLeft, |capacity, _| capacity.left().is_zero()),
    (Banner::PromptOnExtra, |capacity, set| prompts(&capacity.allowance, set) && runs_on_extra(capacity)),
    (Banner::Prompt, |capacity, set| prompts(&capacity.allowance, set)),
    (Banner::OnExtra, |capacity, _| runs_on_extra(capacity)),
    (Banner::AutoTopUp, |_, set| set.auto_top_up),
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

const fn prompts(allowance: &Allowance, settings: &BannerSettings) -> bool {
    !settings.auto_top_up
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
