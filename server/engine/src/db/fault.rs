//! What a failure of the database says about what was asked of it.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Another transaction was in the way: nothing was done, and the same again may well work.
    Conflict,
    /// The database said that it cannot do it now: its disk is full, its file locked, its connections taken. Nothing was done.
    Unable,
    /// Nobody has answered, or the connection broke. Whether a commit was done is not known.
    Silent,
    /// The disk did not keep what it was told to keep (I-25). What is on it is not known.
    Flush,
    /// The statement itself: a rule of the tables, or a mistake of ours.
    Statement,
}

/// What this failure is.
pub(crate) fn fault(error: &DbErr) -> Fault {
    match error {
        DbErr::ConnectionAcquire(_) => Fault::Unable,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => of_driver(error),
        DbErr::Conn(_) => Fault::Silent,
        _ => Fault::Statement,
    }
}

fn of_driver(error: &SqlxError) -> Fault {
    match error {
        SqlxError::Database(said) => of_code(said.code().as_deref().unwrap_or_default()),
        SqlxError::PoolTimedOut => Fault::Unable,
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Fault::Silent,
        _ => Fault::Statement,
    }
}

/// SQLite says a number, with the kind in its lowest byte (<https://sqlite.org/rescode.html>); PostgreSQL five characters, with
/// the class in the first two (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn of_code(code: &str) -> Fault {
    const FLUSHES: [u32; 2] = [1_034, 1_290]; // SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC
    match (code.len(), code.parse::<u32>()) {
        (5, _) => match &code[..2] {
            "40" | "55" => Fault::Conflict,
            "53" => Fault::Unable,
            "08" | "57" | "58" => Fault::Silent,
            _ => Fault::Statement,
        },
        (_, Ok(number)) if FLUSHES.contains(&number) => Fault::Flush,
        // SQLITE_BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
        (_, Ok(number)) if [5, 6, 8, 10, 13, 14].contains(&(number & 0xff)) => Fault::Unable,
        _ => Fault::Statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i25_codes_say_whether_anything_was_done() {
        for (codes, fault) in [
            (&["40001", "40P01", "55P03"][..], Fault::Conflict),
            (&["53300", "53100", "5", "261", "13", "10", "778", "14", "8"], Fault::Unable),
            (&["57P01", "57P03", "08006"], Fault::Silent),
            (&["1034", "1290"], Fault::Flush),
            (&["23505", "2067", "275", "1", "42P01", ""], Fault::Statement),
        ] {
            for code in codes {
                assert_eq!(of_code(code), fault, "{code}");
            }
        }
        assert_eq!(fault(&DbErr::Custom(String::new())), Fault::Statement);
    }
}
