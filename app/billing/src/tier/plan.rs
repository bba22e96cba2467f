//! A plan: a tier, how often it is paid, and for how many seats; and when a change from one to another takes effect.

use super::{BillingPeriod, Tier};
use serde::{Deserialize, Serialize};

/// What a customer subscribes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The tier.
    pub tier: Tier,
    /// How often it is paid.
    pub billing: BillingPeriod,
    /// For how many people; 1 where the tier is not sold by the seat.
    pub seats: u32,
}

/// 5.22: when a change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// More of everything: at once, with the price of the days from today on.
    AtOnce,
    /// Less of anything: when the paid term ends.
    AtTermEnd,
}

impl Plan {
    /// When this plan becomes that one; none where they are the same. A plan that gives more in one respect and less in
    /// another waits for the end of the term, so that nothing that was paid for is taken away.
    #[must_use]
    pub fn change_to(self, to: Self) -> Option<Effect> {
        if self == to {
            return None;
        }
        let longer = |billing: BillingPeriod| billing.cycles();
        let less = to.tier < self.tier
            || longer(to.billing) < longer(self.billing)
            || (to.tier == self.tier && to.seats < self.seats);
        Some(if less { Effect::AtTermEnd } else { Effect::AtOnce })
    }
}

/// What becomes of a subscription when its paid term ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Next {
    /// It goes on.
    #[default]
    Renew,
    /// It goes on as another plan.
    Become(Plan),
    /// It rests until somebody resumes it: nothing is granted and nothing is charged.
    Pause,
    /// It ends.
    Cancel,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_5_22_more_comes_at_once_and_less_when_the_term_ends() {
        use BillingPeriod::{Annual, Monthly};
        let plan = |tier, billing, seats| Plan { tier, billing, seats };
        let pro = plan(Tier::Pro, Monthly, 1);
        for (to, effect) in [
            (pro, None),
            (plan(Tier::Creator, Monthly, 1), Some(Effect::AtTermEnd)),
            (plan(Tier::Creator, Annual, 1), Some(Effect::AtTermEnd)),
            (plan(Tier::Pro, Annual, 1), Some(Effect::AtOnce)),
            (plan(Tier::Atelier, Monthly, 3), Some(Effect::AtOnce)),
        ] {
            assert_eq!(pro.change_to(to), effect, "to {to:?}");
        }
        let team = plan(Tier::Atelier, Annual, 5);
        for (to, effect) in [
            (plan(Tier::Atelier, Annual, 6), Effect::AtOnce),
            (plan(Tier::Atelier, Annual, 4), Effect::AtTermEnd),
            (plan(Tier::Atelier, Monthly, 6), Effect::AtTermEnd),
            (plan(Tier::Pro, Annual, 1), Effect::AtTermEnd),
            (plan(Tier::Enterprise, Annual, 1), Effect::AtOnce),
        ] {
            assert_eq!(team.change_to(to), Some(effect), "to {to:?}");
        }
    }
}
