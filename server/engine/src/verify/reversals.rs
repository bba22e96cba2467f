//! Money that went back: credit notes without gaps, within their invoices, and what they took from revenue and from lots;
//! disputes, and what is owed for them. P7, I-36, I-37.

use super::{Findings, each, number, text};
use sea_orm::{DatabaseTransaction, DbErr};
use std::collections::BTreeMap;

/// Numbers without gaps, totals that sum, never more than was paid, and tokens that the lots say too.
pub(super) async fn credit_notes(
    database: &DatabaseTransaction,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    each(database, "SELECT * FROM credit_note ORDER BY customer_id, number", |row| {
        let (customer, seq) = (text(&row, "customer_id")?, number(&row, "number")?);
        let place = format!("credit note {seq} of {customer}");
        let before = last.insert(customer, seq).unwrap_or_default();
        findings.expect(&place, "its number", &seq, &(before + 1));
        let (net, tax) = (number(&row, "net_minor")?, number(&row, "tax_minor")?);
        findings.expect(&place, "total", &number(&row, "total_minor")?, &(net + tax));
        Ok(())
    })
    .await?;
    let counted = "SELECT id, COALESCE(credit_notes, 0) AS credit_notes FROM customer ORDER BY id";
    each(database, counted, |row| {
        let customer = text(&row, "id")?;
        let issued = last.get(&customer).copied().unwrap_or_default();
        let place = format!("customer {customer}");
        findings.expect(&place, "credit notes", &number(&row, "credit_notes")?, &issued);
        Ok(())
    })
    .await?;
    let of_invoice = "WHERE n.customer_id = i.customer_id AND n.invoice = i.number";
    let gone = format!(
        "SELECT i.customer_id, i.number, i.net_minor, i.tax_minor, i.total_minor, \
         CAST(COALESCE((SELECT sum(n.net_minor) FROM credit_note n {of_invoice}), 0) AS BIGINT) AS net, \
         CAST(COALESCE((SELECT sum(n.tax_minor) FROM credit_note n {of_invoice}), 0) AS BIGINT) AS tax, \
         CAST(COALESCE((SELECT sum(n.owed_minor + CASE WHEN n.state = 'open' THEN n.disputed_minor - n.owed_minor ELSE 0 END) \
         FROM dispute n {of_invoice}), 0) AS BIGINT) AS disputed, \
         (SELECT count(*) FROM payment p WHERE p.customer_id = i.customer_id AND p.number = i.number) AS paid \
         FROM invoice i WHERE EXISTS (SELECT 1 FROM credit_note n {of_invoice}) \
         OR EXISTS (SELECT 1 FROM dispute n {of_invoice}) ORDER BY i.customer_id, i.number"
    );
    each(database, &gone, |row| {
        let place = format!("invoice {} of {}", number(&row, "number")?, text(&row, "customer_id")?);
        let (net, tax, disputed) = (number(&row, "net")?, number(&row, "tax")?, number(&row, "disputed")?);
        let within = net <= number(&row, "net_minor")?
            && tax <= number(&row, "tax_minor")?
            && net + tax + disputed <= number(&row, "total_minor")?;
        findings.expect(&place, "what went back is within what was paid", &within, &true);
        findings.expect(&place, "was paid before money went back", &number(&row, "paid")?, &1);
        Ok(())
    })
    .await
}

/// What a lot has lost is what credit notes and open disputes say; and what a credit note took from revenue is its net
/// amount without what its tokens had not earned.
pub(super) async fn clawed(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = "SELECT g.id, g.amount_tokens AS amount, COALESCE(g.clawed_tokens, 0) AS clawed, g.price_paid_minor AS price, \
               i.currency, CAST(COALESCE((SELECT sum(n.clawed_tokens) FROM credit_note n WHERE n.customer_id = i.customer_id \
               AND n.invoice = i.number), 0) AS BIGINT) AS credited, \
               CAST(COALESCE((SELECT sum(n.net_minor) FROM credit_note n WHERE n.customer_id = i.customer_id \
               AND n.invoice = i.number), 0) AS BIGINT) AS net, \
               CAST(COALESCE((SELECT sum(d.clawed_tokens) FROM dispute d WHERE d.customer_id = i.customer_id \
               AND d.invoice = i.number AND d.state = 'open'), 0) AS BIGINT) AS disputed, COALESCE(r.given_up, 0) AS given_up \
               FROM token_grant g JOIN invoice i ON i.customer_id = g.customer_id AND i.order_id = g.payment_id \
               LEFT JOIN (SELECT customer_id, grant_id, CAST(sum(micros) AS BIGINT) AS given_up FROM revenue_entry \
               WHERE grant_id IS NOT NULL AND kind = 'refund' GROUP BY customer_id, grant_id) r \
               ON r.customer_id = g.customer_id AND r.grant_id = g.id \
               WHERE g.payment_id IS NOT NULL AND g.price_paid_minor IS NOT NULL ORDER BY g.id";
    each(database, sql, |row| {
        let place = format!("lot {}", text(&row, "id")?);
        let (credited, disputed) = (number(&row, "credited")?, number(&row, "disputed")?);
        findings.expect(&place, "what was taken back", &number(&row, "clawed")?, &(credited + disputed));
        let minor = super::payments::micros(&text(&row, "currency")?);
        let (amount, price) =
            (i128::from(number(&row, "amount")?), i128::from(number(&row, "price")? * minor));
        // given up = −(net − the price of the tokens that were taken back for good), that to half a micro-unit
        let unearned = i128::from(number(&row, "given_up")?) + i128::from(number(&row, "net")? * minor);
        let off = (unearned * amount - price * i128::from(credited)).abs() * 2;
        findings.expect(&place, "what was given up of its revenue", &(off <= amount), &true);
        Ok(())
    })
    .await
}

/// I-37: whoever owes money for a dispute starts nothing new, and nobody is told so who does not.
pub(super) async fn debts(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = "SELECT c.id, COALESCE(c.payment_block, '') AS block, (SELECT count(*) FROM dispute d WHERE d.customer_id = c.id \
               AND d.owed_minor > 0 AND d.settled_at IS NULL) AS debts FROM customer c WHERE EXISTS \
               (SELECT 1 FROM dispute d WHERE d.customer_id = c.id) ORDER BY c.id";
    each(database, sql, |row| {
        let place = format!("customer {}", text(&row, "id")?);
        let owes = number(&row, "debts")? > 0;
        let block = text(&row, "block")?;
        let fits = if owes { !block.is_empty() } else { block != "disputedDebt" };
        findings.expect(&place, "whether a debt stands against it", &fits, &true);
        Ok(())
    })
    .await
}
