//! Signatures of webhooks, in Stripe's scheme: `t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`. T6, I-30.

use hex::FromHex;
use hmac::{Hmac, KeyInit, Mac, digest::Key};
use sha2::Sha256;

/// How far a signature's time may be from ours, in seconds.
const TOLERANCE: i64 = 300;

/// Why a webhook is not listened to. The sender is told no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// There is no time, or no signature of the scheme.
    #[error("the signature header is not of the form t=…,v1=…")]
    Malformed,
    /// It was made too long ago, or in the future.
    #[error("the signature is too old or too new")]
    OutOfTime,
    /// No secret of ours has made it.
    #[error("the signature does not match")]
    Mismatch,
}

/// The header that signs a body at a time.
#[must_use]
pub fn sign(secret: &str, body: &[u8], seconds: i64) -> String {
    format!("t={seconds},v1={}", hex::encode(mac(secret, body, seconds).finalize().into_bytes()))
}

/// Checks that one of the secrets has signed these very bytes, not long ago. Each comparison takes the same time, whatever
/// it finds.
pub(crate) fn verify(secrets: &[String], header: &str, body: &[u8], now: i64) -> Result<(), BadSignature> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let seconds = parts().find(|(name, _)| *name == "t").and_then(|(_, value)| value.parse::<i64>().ok());
    let seconds = seconds.ok_or(BadSignature::Malformed)?;
    let signatures: Vec<[u8; 32]> = parts()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, value)| FromHex::from_hex(value).ok())
        .collect();
    if signatures.is_empty() {
        return Err(BadSignature::Malformed);
    }
    let matches = secrets.iter().any(|secret| {
        signatures.iter().any(|signature| mac(secret, body, seconds).verify_slice(signature).is_ok())
    });
    if !matches {
        return Err(BadSignature::Mismatch);
    }
    if now.abs_diff(seconds) > TOLERANCE.unsigned_abs() {
        return Err(BadSignature::OutOfTime);
    }
    Ok(())
}

fn mac(secret: &str, body: &[u8], seconds: i64) -> Hmac<Sha256> {
    // An HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| Hmac::new(&Key::<Hmac<Sha256>>::default()));
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{
        collection::vec,
        prelude::*,
        sample::{Index, select},
    };

    const NOW: i64 = 1_792_000_000;
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn check(header: &str, body: &[u8], now: i64) -> Result<(), BadSignature> {
        verify(&["whsec_new".to_owned(), "whsec_old".to_owned()], header, body, now)
    }

    #[test]
    fn i30_only_these_bytes_signed_by_us_within_five_minutes() {
        let good = sign("whsec_old", BODY, NOW);
        assert_eq!(check(&good, BODY, NOW), Ok(()));
        assert_eq!([NOW - 300, NOW + 300].map(|now| check(&good, BODY, now)), [Ok(()); 2]);
        assert_eq!(
            [NOW - 301, NOW + 301].map(|now| check(&good, BODY, now)),
            [Err(BadSignature::OutOfTime); 2]
        );
        assert_eq!(check(&good, br#"{"id":"evt_2"}"#, NOW), Err(BadSignature::Mismatch));
        assert_eq!(check(&sign("whsec_other", BODY, NOW), BODY, NOW), Err(BadSignature::Mismatch));
        assert_eq!(check(&good.replace("t=1", "t=2"), BODY, NOW), Err(BadSignature::Mismatch));
    }

    /// Made by Stripe's own libraries, for Node `stripe` 23.1, for Python `stripe` 16.1; they agree. What they make is accepted, and what
    /// they accept is made.
    #[test]
    fn i30_stripes_own_libraries_sign_alike() {
        let body = "{\"id\":\"evt_1\",\"note\":\"£1 – ✓\"}".as_bytes();
        let theirs = "t=1792000000,v1=45a379aeafe45a15cbf10d59059bf6774c450526eea358b55ec858e044bba720";
        assert_eq!(sign("whsec_new", body, NOW), theirs);
        assert_eq!(check(theirs, body, NOW), Ok(()));
    }

    #[test]
    fn i30_a_header_of_another_form_is_none() {
        let good = sign("whsec_new", BODY, NOW);
        let v1 = good.split(',').nth(1).unwrap();
        for bad in
            ["", "t=", "v1=00", "t=x,v1=00", &good.replace("v1=", "v0="), v1, &format!("t={NOW},v1=zz")]
        {
            assert_eq!(check(bad, BODY, NOW), Err(BadSignature::Malformed), "{bad}");
        }
        let both = format!("t={NOW},v1={},{v1}", "0".repeat(64));
        assert_eq!(check(&both, BODY, NOW), Ok(()), "two signatures while a secret is replaced");
    }

    /// Parts of headers, good ones too, in any order and number.
    fn header() -> impl Strategy<Value = String> {
        let good = |secret: &'static str| sign(secret, BODY, NOW);
        let (new, other) = (good("whsec_new"), good("whsec_other"));
        let part = move |header: &str| header.split(',').map(str::to_owned).collect::<Vec<_>>();
        let parts =
            [part(&new), part(&other), vec![new.to_uppercase(), "v1=".into(), "t=".into(), "v0=00".into()]]
                .concat();
        let part = prop_oneof![3 => select(parts), 1 => "(t|v1|v0)=[0-9a-fA-F+ -]{0,66}", 1 => any::<i64>().prop_map(|t| format!("t={t}")), 1 => ".{0,40}"];
        vec(part, 0..6).prop_map(|parts| parts.join(","))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// What is signed passes, and with one bit of body, signature or secret altered it never does.
        #[test]
        fn i30_any_input_that_was_altered_does_not_pass(
            body in vec(any::<u8>(), 0..200), secret in "[!-~]{1,80}", seconds in any::<i64>(), drift in -301..=301_i64,
            (place, bit) in (any::<Index>(), 0..8_u32), digit in select(b"0123456789abcdef".to_vec()),
        ) {
            let header = sign(&secret, &body, seconds);
            let now = seconds.saturating_add(drift);
            let secrets = [secret.clone()];
            let expected = if now.abs_diff(seconds) <= 300 { Ok(()) } else { Err(BadSignature::OutOfTime) };
            prop_assert_eq!(verify(&secrets, &header, &body, now), expected);

            let flip = |bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                let at = place.index(bytes.len());
                bytes[at] ^= 1 << bit;
                bytes
            };
            if !body.is_empty() {
                prop_assert_eq!(verify(&secrets, &header, &flip(&body), now), Err(BadSignature::Mismatch));
            }
            let longer = [&body[..], b"\n"].concat();
            prop_assert_eq!(verify(&secrets, &header, &longer, now), Err(BadSignature::Mismatch));
            prop_assert_eq!(verify(&[format!("{secret}x")], &header, &body, now), Err(BadSignature::Mismatch));
            prop_assert_eq!(verify(&[], &header, &body, now), Err(BadSignature::Mismatch), "without a secret nothing passes");

            let (t, v1) = header.split_once(",v1=").expect("a header");
            let mut altered = v1.as_bytes().to_vec();
            let at = place.index(altered.len());
            altered[at] = digit;
            let altered = String::from_utf8(altered).expect("digits");
            let passes = verify(&secrets, &format!("{t},v1={altered}"), &body, now);
            prop_assert_eq!(passes, if altered == v1 { expected } else { Err(BadSignature::Mismatch) });
            let later = format!("t={},v1={v1}", seconds.wrapping_add(1));
            prop_assert_eq!(verify(&secrets, &later, &body, now), Err(BadSignature::Mismatch), "its time is signed, too");
        }

        /// Whatever header passes has our signature of this body and this time in it.
        #[test]
        fn i30_any_input_that_passes_was_signed_by_us(header in header(), body in select(vec![BODY, b"{}", b""])) {
            if check(&header, body, NOW).is_ok() {
                prop_assert_eq!(body, BODY);
                let ours = sign("whsec_new", BODY, NOW);
                let (t, v1) = ours.split_once(',').expect("a header");
                prop_assert!(header.contains(t) && header.contains(v1), "{}", header);
            }
        }
    }
}
