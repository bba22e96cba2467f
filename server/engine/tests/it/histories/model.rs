//! The slow, obvious model: one customer with one account, in plain arithmetic. It shares nothing with the engine but the
//! words of its verdicts.

use std::collections::HashMap;

/// Seconds, minutes … of the model's time.
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
/// Allowance tokens of a second of speech by the sample tariff.
const WEIGHT: i64 = 8;

/// What is done to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Rank in draw order (0 allowance, 1 promotion, 2 top-up), tokens, days until it ends.
    Grant(usize, i64, Option<i64>),
    /// Name, seconds of each step.
    Admit(String, Vec<i64>),
    /// Production, step, attempt, whether it succeeded, seconds.
    Report(String, usize, i64, bool, i64),
    /// Production; producing, awaiting approval, or nothing said.
    Heartbeat(String, Option<bool>),
    /// Production; published, failed, cancelled.
    Finish(String, usize),
    /// The account's limit in pence.
    Limit(Option<i64>),
}

#[derive(Clone, Debug)]
struct Lot {
    rank: usize,
    remaining: i64,
    ends: Option<i64>,
}

#[derive(Clone, Debug)]
struct Production {
    steps: Vec<i64>,
    done: Vec<bool>,
    /// Lot, tokens still set aside.
    held: Vec<(usize, i64)>,
    captured: i64,
    released: i64,
    money: i64,
    month: (i64, i64),
    approving: bool,
    lease: i64,
    end: Option<usize>,
    attempts: HashMap<(usize, i64), (bool, i64, String)>,
}

/// One customer.
#[derive(Clone, Debug, Default)]
pub struct Model {
    lots: Vec<Lot>,
    owed: i64,
    limit: Option<i64>,
    /// Spent and held micro-pounds by month.
    months: HashMap<(i64, i64), (i64, i64)>,
    productions: HashMap<String, Production>,
}

/// The end by lease, beside the three that are asked for.
const EXPIRED: usize = 3;
const ENDED: [&str; 4] = ["AlreadyFinished", "AlreadyReleased", "AlreadyReleased", "HoldExpired"];

/// Micro-pounds of so many seconds: 0.00012 dollars each, 0.8713 pounds and 1.1625 dollars a euro, a quarter on top, rounded
/// half-even once.
fn cost(seconds: i64) -> i64 {
    let (over, under) = (i128::from(seconds) * 120 * 8_713 * 125, 11_625 * 100);
    let (whole, rest) = (over / under, over % under);
    let up = rest * 2 > under || (rest * 2 == under && whole % 2 == 1);
    i64::try_from(whole + i128::from(up)).expect("a cost")
}

impl Model {
    /// Does one act at an instant and says what the engine should say.
    pub fn act(&mut self, act: &Act, at: i64, month: (i64, i64)) -> String {
        match act {
            Act::Grant(rank, tokens, days) => {
                let repaid = self.owed.min(*tokens);
                self.owed -= repaid;
                let ends = days.map(|days| at + days * DAY);
                self.lots.push(Lot { rank: *rank, remaining: tokens - repaid, ends });
                "granted".to_owned()
            }
            Act::Limit(pence) => {
                self.limit = pence.map(|pence| pence * 10_000);
                "limited".to_owned()
            }
            Act::Admit(name, steps) => self.admit(name, steps, at, month),
            Act::Report(name, step, number, succeeded, seconds) => {
                self.report(name, *step, *number, (*succeeded, *seconds), at)
            }
            Act::Heartbeat(name, approving) => match self.productions.get_mut(name) {
                None => "NotFound".to_owned(),
                Some(Production { end: Some(end), .. }) => ENDED[*end].to_owned(),
                Some(production) => {
                    production.approving = approving.unwrap_or(production.approving);
                    production.lease = at + if production.approving { 30 * DAY } else { DAY };
                    "alive".to_owned()
                }
            },
            Act::Finish(name, end) => match self.productions.get(name) {
                None => "NotFound".to_owned(),
                Some(production) => {
                    if production.end.is_none() {
                        self.end(name, *end, at);
                    }
                    let production = &self.productions[name];
                    if production.end == Some(*end) {
                        format!("settled {} {}", production.captured, production.released)
                    } else {
                        ENDED[production.end.expect("ended")].to_owned()
                    }
                }
            },
        }
    }

    /// The lots that are open, first to be used first.
    fn open(&self, at: i64) -> Vec<usize> {
        let mut open: Vec<usize> =
            (0..self.lots.len()).filter(|lot| self.lots[*lot].ends.is_none_or(|end| end > at)).collect();
        open.sort_by_key(|lot| (self.lots[*lot].rank, self.lots[*lot].ends.unwrap_or(i64::MAX), *lot));
        open
    }

    fn admit(&mut self, name: &str, steps: &[i64], at: i64, month: (i64, i64)) -> String {
        if let Some(known) = self.productions.get(name) {
            return if known.steps == steps { "admitted" } else { "IdReused" }.to_owned();
        }
        let tokens: i64 = steps.iter().map(|seconds| seconds * WEIGHT).sum();
        let money: i64 = steps.iter().map(|seconds| cost(*seconds)).sum();
        let (spent, held) = self.months.get(&month).copied().unwrap_or_default();
        if let Some(limit) = self.limit
            && (spent + held >= limit || spent + held + money > limit)
        {
            return "AccountBudget".to_owned();
        }
        let open = self.open(at);
        if open.iter().map(|lot| self.lots[*lot].remaining).sum::<i64>() < tokens {
            return "NotEnoughCapacity".to_owned();
        }
        let (mut missing, mut taken) = (tokens, Vec::new());
        for lot in open {
            let part = self.lots[lot].remaining.min(missing);
            self.lots[lot].remaining -= part;
            missing -= part;
            taken.push((lot, part));
        }
        self.months.entry(month).or_default().1 += money;
        let production = Production {
            steps: steps.to_vec(),
            done: vec![false; steps.len()],
            held: taken,
            captured: 0,
            released: 0,
            money,
            month,
            approving: false,
            lease: at + 10 * MINUTE,
            end: None,
            attempts: HashMap::new(),
        };
        self.productions.insert(name.to_owned(), production);
        "admitted".to_owned()
    }

    fn report(
        &mut self,
        name: &str,
        step: usize,
        number: i64,
        (succeeded, seconds): (bool, i64),
        at: i64,
    ) -> String {
        let open = self.open(at);
        let Some(production) = self.productions.get_mut(name) else { return "NotFound".to_owned() };
        if let Some((before, length, answer)) = production.attempts.get(&(step, number)) {
            let same = (*before, *length) == (succeeded, seconds);
            return if same { answer.clone() } else { "AttemptReused".to_owned() };
        }
        if step >= production.steps.len() {
            return "UnknownStep".to_owned();
        }
        let month = self.months.entry(production.month).or_default();
        month.0 += cost(seconds);
        let answer = if let Some(end) = production.end {
            ENDED[end].to_owned()
        } else if succeeded && production.done[step] {
            "AlreadyCaptured".to_owned()
        } else {
            (production.approving, production.lease) = (false, at + DAY);
            let mut charged = 0;
            if succeeded {
                production.done[step] = true;
                charged = seconds * WEIGHT;
                let freed = cost(production.steps[step]).min(production.money);
                production.money -= freed;
                month.1 -= freed;
                production.captured += charged;
                let mut missing = charged;
                for (_, left) in &mut production.held {
                    let part = (*left).min(missing);
                    *left -= part;
                    missing -= part;
                }
                for lot in open {
                    let part = self.lots[lot].remaining.min(missing);
                    self.lots[lot].remaining -= part;
                    missing -= part;
                }
                self.owed += missing;
            }
            let left: i64 = production.held.iter().map(|(_, left)| left).sum();
            format!("charged {charged}, {left} left")
        };
        production.attempts.insert((step, number), (succeeded, seconds, answer.clone()));
        answer
    }

    fn end(&mut self, name: &str, end: usize, at: i64) {
        let production = self.productions.get_mut(name).expect("known");
        for (lot, left) in &mut production.held {
            production.released += *left;
            if self.lots[*lot].ends.is_none_or(|ends| ends > at) {
                self.lots[*lot].remaining += *left;
            }
            *left = 0;
        }
        self.months.entry(production.month).or_default().1 -= production.money;
        (production.money, production.end) = (0, Some(end));
    }

    /// Ends what nobody has spoken for.
    pub fn sweep(&mut self, at: i64) {
        let lapsed: Vec<String> = self
            .productions
            .iter()
            .filter(|(_, production)| production.end.is_none() && production.lease <= at)
            .map(|(name, _)| name.clone())
            .collect();
        for name in lapsed {
            self.end(&name, EXPIRED, at);
        }
    }

    /// Whether something of it ends within two minutes of an instant: then the test's own time could decide.
    pub fn is_near_an_end(&self, at: i64) -> bool {
        let near = |end: i64| (end - at).abs() < 2 * MINUTE;
        let leases = self.productions.values().filter(|production| production.end.is_none());
        self.lots.iter().filter_map(|lot| lot.ends).any(near)
            || leases.map(|production| production.lease).any(near)
    }

    /// Tokens left, held, owed; micro-pounds spent and held this month.
    pub fn figures(&self, at: i64, month: (i64, i64)) -> [i64; 5] {
        let left = self.open(at).into_iter().map(|lot| self.lots[lot].remaining).sum();
        let held =
            self.productions.values().flat_map(|production| &production.held).map(|(_, left)| left).sum();
        let (spent, set_aside) = self.months.get(&month).copied().unwrap_or_default();
        [left, held, self.owed, spent, set_aside]
    }
}
