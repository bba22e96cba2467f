//! What tiers and periods are called: the same on the server and in the browser.

use billing::tier::{BillingPeriod, Tier};

/// A tier's name.
#[must_use]
pub const fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Evaluation => "Free evaluation",
        Tier::Creator => "Creator",
        Tier::Pro => "Pro",
        Tier::Atelier => "Atelier",
        Tier::Enterprise => "Enterprise",
    }
}

/// How often it is paid.
#[must_use]
pub const fn billing_words(billing: BillingPeriod) -> &'static str {
    match billing {
        BillingPeriod::Monthly => "monthly",
        BillingPeriod::Annual => "annual",
    }
}
