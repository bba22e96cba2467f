//! Profile & security in words, and what becomes of its forms.

use super::{
    CodesView, DeviceView, FactorView, LetterChoice, Wrong, YouView,
    factor::Drawing,
    session::{another_id, session},
};
use crate::{
    AppError, audit::privacy_words::leaving_words, flash, frame::FrameView, reader::Reader, respond, ui::Tone,
};
use billing::team::Role;
use engine::{
    Engine,
    mail::MailKind,
    team::{Device, SHORTEST_PASSWORD},
};
use qrcode::{Color, QrCode};
use std::fmt::Write;

/// The names under which forms that have to be corrected, and codes that are shown once, wait in the session.
const WRONG: &str = "wrong_you";
const WRONG_CODE: &str = "wrong_factor";
const CODES: &str = "recovery_codes";
/// Light modules around a drawn code: fewer, and some cameras do not find it.
const QUIET: usize = 4;

impl YouView {
    /// The page, and what was wrong with the last form, once.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let (member, format) = (&reader.member, reader.format);
        let kept: Option<(Option<String>, Wrong)> = flash::take(WRONG).await?;
        let (name, wrong) = kept.unzip();
        let factor = if engine.has_second_factor(member.person).await? {
            let left = engine.recovery_codes_left(member.person).await?;
            Some(format!("{} left.", format.counted(left, "recovery code is", "recovery codes are")))
        } else {
            None
        };
        let devices = engine.devices(member, session().await?.id()).await?;
        let device = |device: Device| DeviceView {
            facts: vec![
                device.address,
                format!("signed in {}", format.minute(device.began_at)),
                format!("last seen {}", format.minute(device.seen_at)),
            ],
            id: device.id,
            device: device.device,
            is_this: device.is_this,
        };
        let leaving = match engine.erasure_under_way(member.person).await? {
            Some(request) => {
                let alone = engine.alone_in_charge(member).await?;
                Some(leaving_words(&request, &alone, engine.now(), format))
            }
            None => None,
        };
        let mut letters = Vec::new();
        if member.role == Role::CustomerAdministrator {
            let chosen = engine.letter_choices(member).await?;
            letters.extend(chosen.into_iter().map(|choice| LetterChoice {
                kind: kind_word(choice.kind),
                title: choice.kind.title().to_owned(),
                wanted: choice.wanted,
            }));
        }
        Ok(Self {
            leaving,
            letters,
            frame: FrameView::load(engine, reader).await?,
            facts: vec![member.email.clone(), format!("{} of {}", member.role.title(), member.customer_name)],
            name: name.flatten().unwrap_or_else(|| member.name.clone()),
            email: member.email.clone(),
            shortest: SHORTEST_PASSWORD,
            factor,
            devices: devices.into_iter().map(device).collect(),
            wrong,
        })
    }
}

/// Goes back to the page: with a word on what was done, or with what was wrong.
async fn back<T>(
    done: Result<T, engine::Error>,
    typed: Option<&str>,
    words: impl FnOnce(T) -> String,
) -> Result<(), AppError> {
    match done {
        Ok(done) => flash::say(Tone::Ok, words(done)).await?,
        Err(error) => flash::keep(WRONG, &(typed, Wrong::from_engine(error)?)).await?,
    }
    respond::see_other("/you");
    Ok(())
}

/// Calls somebody by another name.
pub async fn rename(engine: &Engine, name: &str, reader: &Reader) -> Result<(), AppError> {
    back(engine.rename(&reader.member, name).await, Some(name), |()| "Your name is saved.".to_owned()).await
}

/// Chooses which letters they get.
pub async fn choose_letters(engine: &Engine, wanted: &[String], reader: &Reader) -> Result<(), AppError> {
    let is_wanted = |kind: &MailKind| wanted.contains(&kind_word(*kind));
    let kinds: Vec<MailKind> = MailKind::CHOICES.into_iter().filter(is_wanted).collect();
    let words = |()| "Your choice of letters is saved.".to_owned();
    back(engine.choose_letters(&reader.member, &kinds).await, None, words).await
}

/// The name of a kind in the form.
fn kind_word(kind: MailKind) -> String {
    format!("{kind:?}")
}

/// Sets another password.
pub async fn change_password(engine: &Engine, password: &str, reader: &Reader) -> Result<(), AppError> {
    let this = session().await?.id();
    let changed = engine.change_password(&reader.member, password, this).await;
    if changed.is_ok() {
        another_id().await?;
    }
    back(changed, None, |()| "Your password is changed, and your other devices are signed out.".to_owned())
        .await
}

/// Makes a secret and shows it.
pub async fn begin_factor(engine: &Engine, reader: &Reader) -> Result<(), AppError> {
    match engine.begin_second_factor(&reader.member).await {
        Ok(()) => {
            respond::see_other("/you/factor");
            Ok(())
        }
        Err(error) => back::<()>(Err(error), None, |()| String::new()).await,
    }
}

/// Turns it on by a code, and shows the recovery codes once.
pub async fn confirm_factor(engine: &Engine, code: &str, reader: &Reader) -> Result<(), AppError> {
    match engine.confirm_second_factor(&reader.member, code).await {
        Ok(Some(codes)) => {
            another_id().await?;
            show(&codes).await
        }
        Ok(None) => {
            let words = "This code does not fit. Check that your phone’s clock is right, and enter the one it shows now.";
            flash::keep(WRONG_CODE, &Wrong::of("code", words)).await?;
            respond::see_other("/you/factor");
            Ok(())
        }
        Err(error) => back::<()>(Err(error), None, |()| String::new()).await,
    }
}

/// Makes other recovery codes, and shows them once.
pub async fn new_codes(engine: &Engine, reader: &Reader) -> Result<(), AppError> {
    match engine.new_recovery_codes(&reader.member).await {
        Ok(codes) => show(&codes).await,
        Err(error) => back::<()>(Err(error), None, |()| String::new()).await,
    }
}

async fn show(codes: &[String]) -> Result<(), AppError> {
    flash::keep(CODES, &codes).await?;
    respond::see_other("/you/codes");
    Ok(())
}

/// Turns the second factor off.
pub async fn turn_off(engine: &Engine, reader: &Reader) -> Result<(), AppError> {
    let off = engine.turn_second_factor_off(&reader.member).await;
    // Only where something has changed: of two clicks the second one would find its session under another id.
    if matches!(off, Ok(true)) {
        another_id().await?;
    }
    back(off, None, |_| "The second factor is off. A sign-in asks for your password alone.".to_owned()).await
}

/// Signs one device out.
pub async fn end_session(engine: &Engine, device: &str, reader: &Reader) -> Result<(), AppError> {
    let ended = match engine.end_session(&reader.member, device).await {
        Err(engine::Error::NotFound(_)) => Ok(()), // it was out already
        other => other,
    };
    back(ended, None, |()| "The device is signed out.".to_owned()).await
}

/// Signs all others out.
pub async fn end_others(engine: &Engine, reader: &Reader) -> Result<(), AppError> {
    let ended = engine.end_other_sessions(&reader.member, session().await?.id()).await;
    let words = |ended| match ended {
        0 => "No other device was signed in.".to_owned(),
        ended => {
            format!("{} signed out.", reader.format.counted(ended, "other device is", "other devices are"))
        }
    };
    back(ended, None, words).await
}

impl FactorView {
    /// The secret as a picture and as text; who has begun nothing is sent back.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let setup = engine.second_factor_setup(&reader.member).await?;
        if setup.is_none() {
            respond::see_other("/you");
        }
        let (address, secret) = setup.map(|setup| (setup.address, setup.secret)).unwrap_or_default();
        let wrong = flash::take(WRONG_CODE).await?;
        let letters: Vec<char> = secret.chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        Ok(Self {
            frame: FrameView::load(engine, reader).await?,
            drawing: drawing(&address)?,
            secret: groups.join(" "),
            wrong,
        })
    }
}

/// A text as a code that cameras read.
fn drawing(text: &str) -> Result<Drawing, AppError> {
    let code = QrCode::new(text).map_err(|error| AppError::unavailable(&error))?;
    let (width, mut path) = (code.width(), String::new());
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET);
        }
    }
    Ok(Drawing { width: width + 2 * QUIET, path })
}

impl CodesView {
    /// The codes that were made just now; who looks again is sent back.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let codes: Option<Vec<String>> = flash::take(CODES).await?;
        if codes.is_none() {
            respond::see_other("/you");
        }
        Ok(Self { frame: FrameView::load(engine, reader).await?, codes: codes.unwrap_or_default() })
    }
}
