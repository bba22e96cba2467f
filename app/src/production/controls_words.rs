//! The platform's controls in words, and what becomes of the forms that switch them.

use super::{ControlsView, controls::SwitchRow};
use crate::{AppError, flash, format::Format, frame::FrameView, reader::Reader, respond, ui::Tone};
use billing::{
    production::Control,
    team::Permission,
    time::{Span, Timestamp},
};
use engine::{
    Engine,
    production::{LoopSpend, SPEND_DAYS, Switches},
};

/// The name under which what was wrong waits in the session.
const WRONG: &str = "wrong_mode";
const PAGE: &str = "/platform/controls";

fn staff_alone(reader: &Reader) -> Result<(), AppError> {
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)
}

/// The word of a switch.
fn word(control: Control) -> String {
    serde_json::to_value(control).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn control_of(text: &str) -> Option<Control> {
    Control::ALL.into_iter().find(|control| word(*control) == text)
}

/// `A, B and C`.
fn listed(controls: &[Control]) -> String {
    let names: Vec<&str> = controls.iter().map(|control| control.title()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

impl ControlsView {
    /// The mode and the switches as they are.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        staff_alone(reader)?;
        let (since, switches) = (engine.idle_since().await?, engine.switches(&reader.member).await?);
        let frame = FrameView::load(engine, reader).await?;
        Ok(Self {
            wrong: flash::take(WRONG).await?,
            ..Self::of(since, &switches, engine.now(), frame, reader.format)
        })
    }

    /// The page of these controls.
    #[must_use]
    pub fn of(
        idle_since: Option<Timestamp>,
        switches: &Switches,
        now: Timestamp,
        frame: FrameView,
        format: &Format,
    ) -> Self {
        let (state, says) = match idle_since {
            Some(since) => (
                (Tone::Warn, format!("Idle since {}", format.instant(since))),
                "New productions of every customer are refused with the reason maintenance. What runs finishes and settles.",
            ),
            None => (
                (Tone::Ok, "Running".to_owned()),
                "The gate takes new productions. Closing it lets what runs finish; pipelines are told to ask again later.",
            ),
        };
        let since = now.before(Span::days(SPEND_DAYS)).day();
        Self {
            frame,
            facts: vec!["Every customer".to_owned()],
            idle: idle_since.is_some(),
            state,
            says: says.to_owned(),
            switches: Control::ALL.into_iter().map(|control| row(control, switches, format)).collect(),
            since: format!(
                "AI spend since {} is what providers charge for calls outside productions, of every customer, in the providers’ currencies; what productions cost stands in the Platform P&L. Features are counted in their loop: a call says which loop has made it, and no more.",
                format.date(since)
            ),
            wrong: None,
        }
    }
}

fn row(control: Control, switches: &Switches, format: &Format) -> SwitchRow {
    let off_since = switches.off.get(&control).copied();
    let to_on = off_since.is_some();
    let others = control.others(to_on, &switches.off());
    let with = (!others.is_empty()).then(|| listed(&others));
    let says = with.map(|with| match (to_on, others.len()) {
        (true, 1) => format!("It needs {with}, which is switched on with it."),
        (true, _) => format!("It needs {with}, which are switched on with it."),
        (false, 1) => format!("{with} needs it and is switched off with it."),
        (false, _) => format!("{with} need it and are switched off with it."),
    });
    let verb = if to_on { "on" } else { "off" };
    let number = control.loop_number();
    let nothing = LoopSpend::default();
    let spend = number.map(|number| switches.spend.get(&number).unwrap_or(&nothing));
    let flagged = number.and_then(|number| switches.calls_while_off.get(&number)).filter(|calls| **calls > 0);
    SwitchRow {
        name: control.title().to_owned(),
        costs: control.cost_note().to_owned(),
        needs: (!control.needs().is_empty()).then(|| listed(control.needs())),
        state: match off_since {
            None => (Tone::Ok, "On".to_owned()),
            Some(since) => (Tone::Warn, format!("Off since {}", format.instant(since))),
        },
        spent: spend.map_or_else(|| vec!["–".to_owned()], |spend| spent(spend, format)),
        flagged: flagged.map(|calls| {
            format!(
                "{} since, booked all the same.",
                format.counted(*calls, "call was reported", "calls were reported")
            )
        }),
        to_on,
        agreed: others.iter().map(|other| word(*other)).collect::<Vec<_>>().join(" "),
        says,
        act: match others.len() {
            0 => format!("Switch {} {verb}", control.title()),
            many => {
                format!("Switch all {} {verb}", format.count(u64::try_from(many + 1).unwrap_or_default()))
            }
        },
        control: word(control),
    }
}

fn spent(spend: &LoopSpend, format: &Format) -> Vec<String> {
    let mut lines: Vec<String> = spend.known.values().map(|cost| format.cost(*cost)).collect();
    if lines.is_empty() {
        lines.push(if spend.calls == 0 { "Nothing".to_owned() } else { "Not known".to_owned() });
    }
    if spend.calls > 0 {
        lines.push(format.counted(spend.calls, "call", "calls"));
    }
    if spend.unknown > 0 && !spend.known.is_empty() {
        lines.push(format!("{} not known", format.counted(spend.unknown, "cost", "costs")));
    }
    lines
}

/// Sets the mode and says so, or says why not.
pub(super) async fn change_mode(
    engine: &Engine,
    mode: &str,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    respond::see_other(PAGE);
    if reason.trim().is_empty() {
        let words = "Say why: the audit log keeps it. Nothing was changed.".to_owned();
        return flash::keep(WRONG, &words).await;
    }
    let idle = mode == "idle";
    engine.change_mode(&reader.member, idle, reason).await?;
    let said = if idle {
        "The gate is closed for new productions. What runs finishes."
    } else {
        "The gate is open: new productions are admitted again."
    };
    flash::say(Tone::Ok, said.to_owned()).await
}

/// Switches something, and what was agreed to with it; or says what stands in the way.
pub(super) async fn switch_control(
    engine: &Engine,
    (control, on): (&str, bool),
    agreed: &str,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let control = control_of(control).ok_or_else(|| AppError::NotFound { what: "switch".to_owned() })?;
    let agreed: Vec<Control> = agreed.split_whitespace().filter_map(control_of).collect();
    respond::see_other(PAGE);
    match engine.switch_control(&reader.member, (control, on), &agreed, reason).await {
        Ok(()) => {
            let verb = if on { "on" } else { "off" };
            let said =
                format!("{} is {verb}. The pipeline goes by it from its next look on.", control.title());
            flash::say(Tone::Ok, said).await
        }
        Err(engine::Error::Needed(needed)) => {
            let words = if on { "Switch what it needs on with it." } else { "Switch them off together." };
            flash::keep(WRONG, &format!("{needed}. Nothing was switched. {words}")).await
        }
        Err(engine::Error::Invalid { message, .. }) => flash::keep(WRONG, &message).await,
        Err(error) => Err(error.into()),
    }
}
