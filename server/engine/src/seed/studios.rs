//! The sample customers: one for each thing that a console can have to say, on each tier, with people in every role.

use super::KEY;
use crate::Error;
use billing::{
    customer::AccountStatus::{self, Active, Closed, Pilot, Suspended},
    money::Currency,
    payment::{BillingDetails, Country},
    team::Role::{self, AccountOperator, CustomerAdministrator, CustomerViewer},
    tier::Tier,
};

/// A customer, its people and accounts, and how often it produces.
pub(super) struct Studio {
    pub(super) name: &'static str,
    pub(super) currency: Currency,
    pub(super) tier: Tier,
    /// Its first day, from which its cycles are counted.
    pub(super) since: &'static str,
    /// Name and state.
    pub(super) accounts: &'static [(&'static str, AccountStatus)],
    /// What the productions of these accounts are called, where that is not the account's name.
    pub(super) series: &'static [&'static str],
    pub(super) people: &'static [Person],
    /// The key of its pipeline: name and token.
    pub(super) key: Option<(&'static str, &'static str)>,
    /// What it did before October 2026.
    pub(super) rhythm: Rhythm,
}

/// Email, name, role, and what they see.
pub(super) type Person = (&'static str, &'static str, Role, &'static str);

/// How often a customer produces.
pub(super) enum Rhythm {
    /// On working days more than on others: so many in each month from October 2025 on, of so many seconds.
    Daily { a_month: [i64; 12], seconds: [i64; 2] },
    /// A film of so many seconds on these days of every month.
    Monthly(&'static [(u32, i64)]),
}

/// The accounts that these operators reach; others reach all of their customer's.
pub(super) const REACH: [(&str, &[usize]); 2] =
    [("tunde@northlight.example", &[0, 2]), ("sofia@northlight.example", &[1])];

/// Who works for JARAI: they reach every customer.
pub(super) const STAFF: [Person; 2] = [
    (
        "paula@jarai.example",
        "Paula Weber",
        Role::PlatformAdministrator,
        "platform administrator: every customer, each state of the console",
    ),
    ("felix@jarai.example", "Felix Moreau", Role::FinanceViewer, "finance viewer: reads every customer"),
];

/// The places in [`STUDIOS`] that other tables speak of.
pub(super) const NORTHLIGHT: usize = 0;
pub(super) const HARBOUR: usize = 1;
pub(super) const FERN: usize = 2;
pub(super) const EVERGREEN: usize = 3;
pub(super) const COPPER: usize = 4;
pub(super) const LANTERN: usize = 5;
pub(super) const MERIDIAN: usize = 6;
pub(super) const QUARRY: usize = 7;
pub(super) const SALTMARSH: usize = 8;
pub(super) const THISTLE: usize = 9;

/// The customers.
pub(super) const STUDIOS: [Studio; 10] = [
    Studio {
        name: "Northlight Films",
        since: "2025-10-01",
        accounts: &[("Night Sky Daily", Active), ("Slow Kitchen", Active), ("Tech in Ten", Active)],
        series: &["Night sky tonight", "Autumn soups", "Chip wars"],
        people: &[
            (
                "mara@northlight.example",
                "Mara Lindqvist",
                CustomerAdministrator,
                "Pro, over 75% used: administrator of Northlight Films",
            ),
            (
                "tunde@northlight.example",
                "Tunde Okafor",
                AccountOperator,
                "operator of two accounts: may not manage billing",
            ),
            (
                "sofia@northlight.example",
                "Sofia Reyes",
                AccountOperator,
                "operator of one account: a production refused by its budget",
            ),
            (
                "jonas@northlight.example",
                "Jonas Brandt",
                CustomerViewer,
                "viewer: productions, no usage and no cost",
            ),
        ],
        key: Some(("Sample pipeline", KEY)),
        rhythm: Rhythm::Daily {
            a_month: [10, 14, 13, 15, 17, 18, 20, 21, 19, 14, 12, 22],
            seconds: [30, 80],
        },
        ..PRO
    },
    Studio {
        name: "Harbour Collective",
        currency: Currency::Eur,
        tier: Tier::Atelier,
        since: "2025-10-01",
        accounts: &[("Deep Water", Active), ("Harbour Daily", Pilot), ("Tide Times", Suspended)],
        people: &[
            (
                "hana@harbour.example",
                "Hana Novak",
                CustomerAdministrator,
                "Atelier, in euros: healthy, told at 80% of a budget, a production refused for a suspended account",
            ),
            (
                "omar@harbour.example",
                "Omar Haddad",
                AccountOperator,
                "Atelier operator: a production refused by a seat’s cap",
            ),
        ],
        rhythm: Rhythm::Daily { a_month: [6, 8, 7, 8, 9, 9, 10, 10, 9, 6, 5, 10], seconds: [60, 300] },
        ..PRO
    },
    Studio {
        name: "Fern Diaries",
        tier: Tier::Creator,
        since: "2026-01-01",
        accounts: &[("Fern Diaries", Active)],
        people: &[(
            "fern@fern.example",
            "Fern Abbott",
            CustomerAdministrator,
            "Creator: nothing left, a production refused for want of capacity",
        )],
        rhythm: Rhythm::Monthly(&[(6, 80), (20, 70)]),
        ..PRO
    },
    Studio {
        name: "Evergreen",
        currency: Currency::Usd,
        tier: Tier::Evaluation,
        since: "2026-10-19",
        accounts: &[("Evergreen", Active)],
        people: &[(
            "iris@evergreen.example",
            "Iris Chen",
            CustomerAdministrator,
            "free evaluation, in dollars: a production refused as too large",
        )],
        ..PRO
    },
    Studio {
        name: "Copper Lane",
        currency: Currency::Usd,
        since: "2025-11-01",
        accounts: &[("Copper Lane", Active), ("Copper Shorts", Active)],
        people: &[(
            "cora@copper.example",
            "Cora Diaz",
            CustomerAdministrator,
            "allowance used up: running on bought capacity, prompted to buy; a budget reached, one raised for this month, \
             a production refused in maintenance",
        )],
        rhythm: Rhythm::Monthly(&[(4, 700), (18, 700)]),
        ..PRO
    },
    Studio {
        name: "Lantern House",
        currency: Currency::Jpy,
        since: "2026-02-01",
        accounts: &[("Lantern House", Active), ("Lantern Shorts", Pilot)],
        people: &[(
            "ren@lantern.example",
            "Ren Sato",
            CustomerAdministrator,
            "in yen: running on bought capacity, auto-top-up on; a production refused by a key’s budget",
        )],
        key: Some((
            "Lantern pipeline",
            "jk_sample_1111111111111111111111111111111111111111111111111111111111",
        )),
        rhythm: Rhythm::Monthly(&[(5, 500), (19, 400)]),
        ..PRO
    },
    Studio {
        name: "Meridian Media",
        currency: Currency::Aud,
        since: "2026-04-01",
        accounts: &[("Meridian", Active), ("Meridian Archive", Closed)],
        people: &[(
            "mia@meridian.example",
            "Mia Clarke",
            CustomerAdministrator,
            "auto-top-up on; a budget capped by the customer’s own, a production refused by that",
        )],
        rhythm: Rhythm::Monthly(&[(9, 600)]),
        ..PRO
    },
    Studio {
        name: "Quarry Road",
        currency: Currency::Cad,
        since: "2026-06-01",
        accounts: &[("Quarry Road", Active)],
        people: &[(
            "quinn@quarry.example",
            "Quinn Tremblay",
            CustomerAdministrator,
            "auto-top-up failed: card declined; a production refused as one too many at once",
        )],
        rhythm: Rhythm::Monthly(&[(3, 400), (22, 500)]),
        ..PRO
    },
    Studio {
        name: "Saltmarsh",
        since: "2026-03-20",
        accounts: &[("Saltmarsh", Active)],
        people: &[(
            "sal@saltmarsh.example",
            "Sal Byrne",
            CustomerAdministrator,
            "a payment failed: in grace; under a budget, a production refused for a model without a price",
        )],
        rhythm: Rhythm::Monthly(&[(11, 350)]),
        ..PRO
    },
    Studio {
        name: "Thistle & Co",
        since: "2026-07-13",
        accounts: &[("Thistle", Active)],
        people: &[(
            "theo@thistle.example",
            "Theo Grant",
            CustomerAdministrator,
            "a payment is overdue: new productions refused; a budget lowered below what is spent",
        )],
        rhythm: Rhythm::Monthly(&[(15, 300)]),
        ..PRO
    },
];

/// What most of them have in common.
const PRO: Studio = Studio {
    name: "",
    currency: Currency::Gbp,
    tier: Tier::Pro,
    since: "",
    accounts: &[],
    series: &[],
    people: &[],
    key: None,
    rhythm: Rhythm::Monthly(&[]),
};

/// To whom a studio's invoices are made out.
pub(super) fn details(studio: &Studio) -> Result<BillingDetails, Error> {
    let host: String = studio.people[0].0.rsplit('@').take(1).collect();
    details_of(studio.name, studio.currency, &host)
}

/// To whom the invoices of a customer of this name are made out, somewhere that uses its currency.
pub(super) fn details_of(name: &str, currency: Currency, host: &str) -> Result<BillingDetails, Error> {
    let (country, town) = match currency {
        Currency::Gbp => ("GB", "Bristol BS1 0XX"),
        Currency::Usd => ("US", "Portland, OR 97201"),
        Currency::Eur => ("DE", "20457 Hamburg"),
        Currency::Aud => ("AU", "Hobart TAS 7000"),
        Currency::Cad => ("CA", "Halifax NS B3H 0A1"),
        Currency::Jpy => ("JP", "Kobe 650-0001"),
    };
    let country: Country = country.parse().map_err(|error| Error::corrupt("sample", country, error))?;
    Ok(BillingDetails {
        name: format!("{name} Ltd"),
        address: vec!["14 Harbour Row".to_owned(), town.to_owned()],
        country,
        email: format!("billing@{host}"),
        tax_id: None,
    })
}
