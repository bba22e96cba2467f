//! One customer at one moment: Northlight Films on 22 Nov 2026, 16:40 UTC.

use app::{
    format::{Format, Locale},
    reader::Reader,
};
use billing::{
    Refusal,
    allowance::{BannerSettings, Capacity, Tariff, capacity::Allowance, capacity::Extra},
    budget::{Budget, Limits, SeatUse},
    customer::AccountStatus,
    id::AccountId,
    money::{Cost, Currency, Money},
    pnl::{Exchange, Unpriced},
    production::{End, Hold, Kind, Quantity, Status, hold::EndedHold, quantity::Length},
    refusal::{Figures, Reason, Remedy, Scope},
    team::{Reach, Role},
    time::Timestamp,
    tokens::Tokens,
    top_up::{AutoTopUp, AutoTopUpState},
};
use engine::{
    allowance::{Need, Overview, Usage},
    customer::AccountLine,
    pnl::CostDay,
    production::{
        CallSource, ListedProduction, Receipt, ReceiptCall, ReceiptStep, RefusalLine, StandingRefusal,
        Verdict,
    },
    team::Member,
};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str) -> T {
    format!("{prefix}01K8Z0000000000000000000AA").parse().unwrap()
}

pub fn tokens(count: i64) -> Tokens {
    Tokens::new(count).unwrap()
}

pub fn pounds(count: i64) -> Cost {
    Money::new(count * 100, Currency::Gbp).to_cost().unwrap()
}

fn pence(count: i64) -> Cost {
    Money::new(count, Currency::Gbp).to_cost().unwrap()
}

/// An allowance of 250,000, of which so much is used and held by three productions, and so much extra.
pub fn usage(used: i64, held: i64, extra: i64) -> Usage {
    let allowance = Allowance {
        granted: tokens(250_000),
        used: tokens(used),
        held: tokens(held),
        left: tokens(250_000 - used - held),
        refreshes_at: Some(at("2026-12-01T00:00:00Z")),
    };
    Usage {
        capacity: Capacity {
            allowance,
            extra: Extra { left: tokens(extra), held: Tokens::ZERO },
            overdrawn: Tokens::ZERO,
            as_of: at("2026-11-22T16:40:00Z"),
        },
        lots: Vec::new(),
        forecast: None,
        cycle_starts_at: Some(at("2026-11-01T00:00:00Z")),
        running: if held > 0 { 3 } else { 0 },
        settings: BannerSettings::default(),
        auto_top_up: None,
    }
}

pub fn member(role: Role) -> Member {
    Member {
        person: id("per_"),
        name: "Mara Lindqvist".to_owned(),
        email: "mara@northlight.example".to_owned(),
        role,
        customer: id("cus_"),
        reach: match role {
            Role::AccountOperator => Reach::Accounts(id("cus_"), ACCOUNTS.map(account_id).into()),
            role if role.is_staff() => Reach::Everything,
            _ => Reach::Customer(id("cus_")),
        },
        customer_name: "Northlight Films".to_owned(),
        currency: Currency::Gbp,
        customers: vec![(id("cus_"), "Northlight Films".to_owned())],
        administrator: Some("Mara Lindqvist".to_owned()),
    }
}

/// Somebody in this role, who reads British English.
pub fn reader(role: Role) -> Reader {
    Reader { member: member(role), format: Format::of(Locale::EnGb) }
}

const ACCOUNTS: [&str; 3] = ["Tech in Ten", "Slow Kitchen", "Night Sky Daily"];

pub fn account_id(name: &str) -> AccountId {
    let number = ACCOUNTS.iter().position(|known| *known == name).unwrap();
    format!("acc_01K8Z0000000000000000000A{number}").parse().unwrap()
}

pub fn account(name: &str, spent: i64, held: i64, limit: Option<i64>) -> AccountLine {
    let (spent, held) = (pence(spent), pence(held));
    let budget = |limit| Budget { limit: pounds(limit), spent, held, resets_at: at("2026-12-01T00:00:00Z") };
    AccountLine {
        id: account_id(name),
        name: name.to_owned(),
        status: AccountStatus::Active,
        spent,
        held,
        budget: limit.map(budget),
        limits: Limits {
            stop_at: limit.map(|limit| Money::new(limit * 100, Currency::Gbp)),
            ..Limits::default()
        },
        told_at: None,
        running: u64::from(held.micros() > 0),
        concurrency: Some(10),
    }
}

fn production(
    number: i64,
    title: &str,
    account: &str,
    status: Status,
    held: i64,
    used: i64,
) -> ListedProduction {
    ListedProduction {
        id: id("prd_"),
        account: account_id(account),
        expired: false,
        tokens: tokens(held + used),
        production: format!("sample-{number}").parse().unwrap(),
        title: title.to_owned(),
        status,
        held: tokens(held),
        captured: tokens(used),
        admitted_at: at(&format!("2026-11-{:02}T09:{:02}:00Z", 22 - number, 10 + number)),
    }
}

pub fn refusal(reason: Reason) -> RefusalLine {
    use Remedy::{
        AskAdministrator, BuyCapacity, ChangePlan, ChooseAnotherModel, PlanSmaller, RaiseBudget,
        SettlePayment, Wait,
    };
    let account = Scope::Account { id: id("acc_"), name: "Slow Kitchen".to_owned() };
    let customer = || Scope::Customer { id: id("cus_"), name: "Northlight Films".to_owned() };
    let (limit, used, held, available) = (pounds(300), pounds(300), pounds(0), pounds(0));
    let (needed, short_by) = (pence(2_460), pence(2_460));
    let money = Figures::Money { limit, used, held, needed, available, short_by };
    let taken = SeatUse { used: tokens(48_000), held: tokens(0) };
    let (scope, figures, remedies) = match reason {
        Reason::Maintenance => (Scope::Platform, None, vec![Wait]),
        Reason::PaymentRequired => (customer(), None, vec![SettlePayment]),
        Reason::AccountNotActive => (account, None, vec![AskAdministrator]),
        Reason::ProductionTooLarge => {
            let size = Figures::of_size(tokens(10_000), tokens(12_400));
            (customer(), Some(size), vec![PlanSmaller, ChangePlan])
        }
        Reason::Concurrency => (account, Some(Figures::of_running(10, 10)), vec![Wait, AskAdministrator]),
        Reason::KeyBudget => {
            let scope = Scope::Key { id: id("key_"), name: "Night pipeline".to_owned() };
            (scope, Some(money), vec![RaiseBudget, Wait])
        }
        Reason::PriceUnknown => (account, None, vec![ChooseAnotherModel, AskAdministrator]),
        Reason::AccountBudget => (account, Some(money), vec![RaiseBudget, BuyCapacity, Wait]),
        Reason::CustomerBudget => (customer(), Some(money), vec![AskAdministrator, Wait]),
        Reason::SeatCap => {
            let scope = Scope::Member { id: id("per_"), name: "Tunde Okafor".to_owned() };
            let cap = Figures::of_seat(&taken, tokens(50_000), tokens(6_000));
            (scope, Some(cap), vec![AskAdministrator, Wait])
        }
        Reason::NotEnoughCapacity => {
            let lots = Figures::Tokens {
                limit: tokens(250_000),
                used: tokens(245_200),
                held: tokens(4_800),
                needed: tokens(6_000),
                available: tokens(0),
                short_by: tokens(6_000),
            };
            (customer(), Some(lots), vec![BuyCapacity, Wait])
        }
    };
    let starts_anew = matches!(
        reason,
        Reason::KeyBudget
            | Reason::AccountBudget
            | Reason::CustomerBudget
            | Reason::SeatCap
            | Reason::NotEnoughCapacity
    );
    let resets_at = starts_anew.then(|| at("2026-12-01T00:00:00Z"));
    let step = (reason == Reason::PriceUnknown).then(|| "voice-2".parse().unwrap());
    let refusal = Refusal { reason, scope, figures, step, resets_at, remedies, owed: None };
    RefusalLine {
        id: id("ref_"),
        production: "sample-7".parse().unwrap(),
        account: account_id("Slow Kitchen"),
        member: None,
        title: "Autumn Soups, ep. 4".to_owned(),
        refused_at: at("2026-11-22T14:05:00Z"),
        refusal,
    }
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn cost(on: &str, kind: Kind, count: i64) -> CostDay {
    CostDay { day: day(on), kind, cost: pence(count), unknown: 0 }
}

pub fn overview() -> Overview {
    Overview {
        usage: usage(195_000, 4_800, 0),
        accounts: vec![
            account("Tech in Ten", 41_200, 1_360, Some(500)),
            account("Slow Kitchen", 30_000, 0, Some(300)),
            account("Night Sky Daily", 9_600, 0, None),
        ],
        productions: vec![
            production(0, "Chip wars, ep. 11", "Tech in Ten", Status::Producing, 2_260, 3_740),
            production(1, "Autumn Soups, ep. 3", "Slow Kitchen", Status::AwaitingApproval, 250, 5_750),
            production(2, "Night sky tonight, 20 Nov", "Night Sky Daily", Status::Published, 0, 6_000),
            production(3, "Chip wars, ep. 10", "Tech in Ten", Status::Published, 0, 6_000),
            production(4, "Night sky tonight, 18 Nov", "Night Sky Daily", Status::Failed, 0, 1_240),
            production(5, "Autumn Soups, ep. 2", "Slow Kitchen", Status::Cancelled, 0, 0),
        ],
        days: day("2026-11-01")..=day("2026-11-22"),
        cost: vec![
            cost("2026-11-02", Kind::Video, 984),
            cost("2026-11-02", Kind::Speech, 8),
            cost("2026-11-21", Kind::Image, 30),
        ],
        seat: None,
        needs: vec![Need::Refused(Box::new(refused(Reason::AccountBudget)))],
    }
}

/// One production that was refused for this reason, and still would be.
pub fn refused(reason: Reason) -> StandingRefusal {
    StandingRefusal { newest: refusal(reason), others: 0 }
}

/// It buys 50,000 below 10,000, of which £38.40 of £60.00 are left this month.
pub fn buy_automatically(usage: &mut Usage) {
    let pence = |count| Money::new(count, Currency::Gbp);
    usage.settings.auto_top_up = AutoTopUpState::On;
    usage.auto_top_up = Some(AutoTopUp {
        state: AutoTopUpState::On,
        below: tokens(10_000),
        buys: tokens(50_000),
        once: pence(2_160),
        cap: pence(6_000),
        spent: pence(2_160),
    });
}

/// A finished production of two steps, with the sources of its calls: one that failed and succeeded, one of unknown cost.
pub fn receipt() -> (Receipt, Tariff) {
    let micros = |micros, currency| Some(Cost::new(micros, currency));
    let quantity = Quantity::Speech { length: Length::from_millis(30_000).unwrap() };
    let step =
        |name: &str| ReceiptStep { name: name.parse().unwrap(), stage: None, quantity, tokens: tokens(240) };
    let source = CallSource {
        provider: Some("Writer Inc".to_owned()),
        raw: micros(5_400, Currency::Usd),
        price_version: Some(3),
        exchange: Some(Exchange { provider: 1_162_500, customer: 871_300, rates_on: day("2026-11-20") }),
        markup: Some((2, 1_250)),
        quoted: false,
    };
    let call = |step: &str, number, verdict| ReceiptCall {
        step: step.parse().unwrap(),
        number,
        verdict,
        model: Some("scribe".to_owned()),
        charged: micros(4_554, Currency::Gbp),
        unpriced: None,
        source: Some(source.clone()),
    };
    let none = CallSource {
        provider: None,
        raw: None,
        price_version: None,
        exchange: None,
        markup: None,
        quoted: false,
    };
    let unknown = ReceiptCall {
        charged: None,
        unpriced: Some(Unpriced::NoRate),
        source: Some(none),
        ..call("captions", 1, Verdict::Succeeded)
    };
    let quoted = ReceiptCall {
        source: Some(CallSource {
            exchange: None,
            raw: micros(4_100, Currency::Gbp),
            quoted: true,
            ..source.clone()
        }),
        ..call("voice", 2, Verdict::Succeeded)
    };
    let ended = EndedHold {
        end: End::Published,
        ended_at: at("2026-11-22T09:31:00Z"),
        draws: Vec::new(),
        overrun: Tokens::ZERO,
        month: at("2026-11-22T09:31:00Z").month(),
    };
    let receipt = Receipt {
        production: "sample-7".parse().unwrap(),
        id: id("prd_"),
        account: account_id("Slow Kitchen"),
        title: "Autumn Soups, ep. 3".to_owned(),
        admitted_at: at("2026-11-22T09:12:00Z"),
        hold: Hold::Ended(ended),
        tokens: tokens(480),
        tariff_version: 1,
        project_type: None,
        member: None,
        steps: vec![step("voice"), step("captions"), step("never-run")],
        lots: Vec::new(),
        calls: vec![call("voice", 1, Verdict::Failed), quoted, unknown],
        cost: Cost::new(9_108, Currency::Gbp),
        unknown_costs: 1,
        entries: Vec::new(),
    };
    (receipt, billing::sample::tariff().unwrap())
}
