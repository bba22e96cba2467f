//! Tables that keep sums, held against what the sums come to. The database does it: what is equal never leaves it.

use super::{Findings, each, number, text};
use sea_orm::{DatabaseTransaction, DbErr};

/// A table of sums.
pub(super) struct Kept<'a> {
    pub(super) table: &'a str,
    /// What its rows are apart by.
    pub(super) keys: &'a [&'a str],
    /// The sums in each.
    pub(super) figures: &'a [&'a str],
}

impl Kept<'_> {
    /// Every sum that differs from that of `parts`, SQL for rows with the same columns, any number of them a key; where either side
    /// has no row, it says 0.
    pub(super) async fn compare(
        &self,
        database: &DatabaseTransaction,
        parts: &str,
        findings: &mut Findings,
    ) -> Result<(), DbErr> {
        let list = |part: &dyn Fn(&str) -> String| {
            self.figures.iter().map(|figure| part(figure)).collect::<Vec<_>>()
        };
        let (table, keys) = (self.table, self.keys.join(", "));
        let sql = format!(
            "SELECT {keys}, {} FROM (SELECT {keys}, {} FROM {table} UNION ALL SELECT {keys}, {} FROM ({parts}) p) b \
             GROUP BY {keys} HAVING {} ORDER BY {keys}",
            list(&|figure| {
                format!(
                    "CAST(sum(found_{figure}) AS BIGINT) AS found_{figure}, \
                     CAST(sum(expected_{figure}) AS BIGINT) AS expected_{figure}"
                )
            })
            .join(", "),
            list(&|figure| format!("{figure} AS found_{figure}, 0 AS expected_{figure}")).join(", "),
            list(&|figure| format!("0 AS found_{figure}, {figure} AS expected_{figure}")).join(", "),
            list(&|figure| format!("sum(found_{figure}) <> sum(expected_{figure})")).join(" OR "),
        );
        each(database, &sql, |row| {
            let key = |key: &&str| text(&row, key).or_else(|_| Ok(number(&row, key)?.to_string()));
            let keys = self.keys.iter().map(key).collect::<Result<Vec<_>, DbErr>>()?;
            let place = format!("{table} {}", keys.join(" "));
            for figure in self.figures {
                let of = |side: &str| number(&row, &format!("{side}_{figure}"));
                findings.expect(&place, figure, &of("found")?, &of("expected")?);
            }
            Ok(())
        })
        .await
    }
}
