//! The sample customers beside Northlight Films: one for each thing that a console can have to say.

use billing::{
    customer::AccountStatus,
    id::StepName,
    money::Currency,
    production::{
        Quantity, Step,
        quantity::{Count, Length},
    },
    team::Role,
    tier::Tier,
    tokens::OutOfRange,
    top_up::AutoTopUpState,
};

/// A customer, its people and accounts, and what happens in October.
pub(super) struct Studio {
    pub(super) name: &'static str,
    pub(super) currency: Currency,
    pub(super) tier: Tier,
    /// Tokens a cycle.
    pub(super) allowance: i64,
    /// Name and state.
    pub(super) accounts: &'static [(&'static str, AccountStatus)],
    /// Email, name, role, and what they see.
    pub(super) people: &'static [Person],
    /// Hours into the month, and the production.
    pub(super) makes: &'static [(i32, Make)],
    /// Bought tokens.
    pub(super) bought: Option<i64>,
    /// What stands with its payments.
    pub(super) standing: Standing,
}

/// Email, name, role, and what they see.
pub(super) type Person = (&'static str, &'static str, Role, &'static str);

/// What is produced.
#[derive(Clone, Copy)]
pub(super) enum Make {
    /// A narrated film of so many seconds: 119 tokens a second and 30 for its script.
    Film(i64),
    /// So many texts: 30 tokens each.
    Texts(i64),
}

/// What stands with a customer's payments, on 22 October.
#[derive(Clone, Copy)]
pub(super) enum Standing {
    /// Nothing.
    Plain,
    /// Capacity is bought without asking.
    AutoTopUp(AutoTopUpState),
    /// A payment failed; its grace ends on this day of October.
    GraceUntil(u32),
}

use AccountStatus::{Active, Closed, Pilot, Suspended};
use Make::{Film, Texts};

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

/// The customers.
pub(super) const STUDIOS: [Studio; 9] = [
    Studio {
        name: "Harbour Collective",
        currency: Currency::Eur,
        tier: Tier::Atelier,
        allowance: 600_000,
        accounts: &[("Deep Water", Active), ("Harbour Daily", Pilot), ("Tide Times", Suspended)],
        people: &[
            (
                "hana@harbour.example",
                "Hana Novak",
                Role::CustomerAdministrator,
                "Atelier, in euros: healthy, a suspended account",
            ),
            ("omar@harbour.example", "Omar Haddad", Role::AccountOperator, "Atelier operator"),
        ],
        makes: &[(40, Film(500)), (160, Film(450)), (300, Film(520)), (460, Film(300))],
        bought: None,
        standing: Standing::Plain,
    },
    Studio {
        name: "Fern Diaries",
        currency: Currency::Gbp,
        tier: Tier::Creator,
        allowance: 20_000,
        accounts: &[("Fern Diaries", Active)],
        people: &[(
            "fern@fern.example",
            "Fern Abbott",
            Role::CustomerAdministrator,
            "Creator: nothing left, a production refused",
        )],
        makes: &[(60, Film(80)), (200, Film(80)), (360, Texts(30)), (500, Film(60))],
        bought: None,
        standing: Standing::Plain,
    },
    Studio {
        name: "Evergreen",
        currency: Currency::Usd,
        tier: Tier::Evaluation,
        allowance: 5_000,
        accounts: &[("Evergreen", Active)],
        people: &[(
            "iris@evergreen.example",
            "Iris Chen",
            Role::CustomerAdministrator,
            "free evaluation, in dollars",
        )],
        makes: &[(470, Film(20))],
        bought: None,
        standing: Standing::Plain,
    },
    Studio {
        name: "Copper Lane",
        currency: Currency::Usd,
        tier: Tier::Pro,
        allowance: 250_000,
        accounts: &[("Copper Lane", Active), ("Copper Shorts", Active)],
        people: &[(
            "cora@copper.example",
            "Cora Diaz",
            Role::CustomerAdministrator,
            "allowance used up: running on bought capacity, prompted to buy",
        )],
        makes: &[(50, Film(700)), (210, Film(700)), (340, Film(700)), (480, Film(100))],
        bought: Some(50_000),
        standing: Standing::Plain,
    },
    Studio {
        name: "Lantern House",
        currency: Currency::Jpy,
        tier: Tier::Pro,
        allowance: 250_000,
        accounts: &[("Lantern House", Active), ("Lantern Shorts", Pilot)],
        people: &[(
            "ren@lantern.example",
            "Ren Sato",
            Role::CustomerAdministrator,
            "in yen: running on bought capacity, auto-top-up on",
        )],
        makes: &[(70, Film(700)), (220, Film(700)), (350, Film(700)), (490, Film(120))],
        bought: Some(50_000),
        standing: Standing::AutoTopUp(AutoTopUpState::On),
    },
    Studio {
        name: "Meridian Media",
        currency: Currency::Aud,
        tier: Tier::Pro,
        allowance: 250_000,
        accounts: &[("Meridian", Active), ("Meridian Archive", Closed)],
        people: &[("mia@meridian.example", "Mia Clarke", Role::CustomerAdministrator, "auto-top-up on")],
        makes: &[(80, Film(800))],
        bought: None,
        standing: Standing::AutoTopUp(AutoTopUpState::On),
    },
    Studio {
        name: "Quarry Road",
        currency: Currency::Cad,
        tier: Tier::Pro,
        allowance: 250_000,
        accounts: &[("Quarry Road", Active)],
        people: &[(
            "quinn@quarry.example",
            "Quinn Tremblay",
            Role::CustomerAdministrator,
            "auto-top-up failed: card declined",
        )],
        makes: &[(90, Film(700)), (320, Film(800))],
        bought: None,
        standing: Standing::AutoTopUp(AutoTopUpState::Declined),
    },
    Studio {
        name: "Saltmarsh",
        currency: Currency::Gbp,
        tier: Tier::Pro,
        allowance: 250_000,
        accounts: &[("Saltmarsh", Active)],
        people: &[(
            "sal@saltmarsh.example",
            "Sal Byrne",
            Role::CustomerAdministrator,
            "a payment failed: in grace",
        )],
        makes: &[(100, Film(400))],
        bought: None,
        standing: Standing::GraceUntil(27),
    },
    Studio {
        name: "Thistle & Co",
        currency: Currency::Gbp,
        tier: Tier::Pro,
        allowance: 250_000,
        accounts: &[("Thistle", Active)],
        people: &[(
            "theo@thistle.example",
            "Theo Grant",
            Role::CustomerAdministrator,
            "a payment is overdue: new productions refused",
        )],
        makes: &[(110, Film(400)), (506, Film(60))],
        bought: None,
        standing: Standing::GraceUntil(20),
    },
];

impl Make {
    /// The plan, call by call.
    pub(super) fn steps(self) -> Result<Vec<Step>, OutOfRange> {
        let text = Quantity::Text {
            input_tokens: Count::new(2_000)?,
            output_tokens: Count::new(1_000)?,
            cached_tokens: Count::new(0)?,
        };
        let step = |name: String, stage: &str, quantity| {
            let name: StepName = name.parse().map_err(|_| OutOfRange)?;
            Ok(Step { name, quantity, model: None, stage: Some(stage.to_owned()) })
        };
        match self {
            Self::Texts(count) => {
                (1..=count).map(|number| step(format!("text-{number}"), "12", text)).collect()
            }
            Self::Film(seconds) => {
                let length = Length::from_millis(seconds * 1_000)?;
                Ok(vec![
                    step("script".to_owned(), "4", text)?,
                    step("voiceover".to_owned(), "8", Quantity::Speech { length })?,
                    step("composition".to_owned(), "10", Quantity::Video { length })?,
                    step("captions".to_owned(), "14a", Quantity::Transcription { length })?,
                ])
            }
        }
    }
}
