//! Money coming in: invoices that sum and are numbered without gaps, payments that are those of their invoices, orders that
//! were given what was paid for and nothing else, and revenue that is earned exactly.

use super::{Findings, each, number, text, text_or_nothing};
use sea_orm::{DatabaseTransaction, DbErr};
use std::collections::BTreeMap;

/// Micro-units of one minor unit.
pub(super) fn micros(currency: &str) -> i64 {
    if currency == "JPY" { 1_000_000 } else { 10_000 }
}

/// I-1: numbers without gaps, lines that sum, and payments of exactly what was invoiced.
pub(super) async fn invoices(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = "SELECT i.customer_id, i.number, i.currency, i.net_minor, i.tax_minor, i.total_minor, i.order_id, \
               CAST(COALESCE((SELECT sum(l.amount_minor) FROM invoice_line l WHERE l.customer_id = i.customer_id \
               AND l.number = i.number), 0) AS BIGINT) AS lines_minor, p.amount_minor AS paid_minor, p.currency AS paid_in \
               FROM invoice i LEFT JOIN payment p ON p.customer_id = i.customer_id AND p.number = i.number \
               ORDER BY i.customer_id, i.number";
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    each(database, sql, |row| {
        let (customer, seq) = (text(&row, "customer_id")?, number(&row, "number")?);
        let place = format!("invoice {seq} of {customer}");
        let before = last.insert(customer, seq).unwrap_or_default();
        findings.expect(&place, "its number", &seq, &(before + 1));
        let (net, tax) = (number(&row, "net_minor")?, number(&row, "tax_minor")?);
        findings.expect(&place, "the sum of its lines", &number(&row, "lines_minor")?, &net);
        findings.expect(&place, "total", &number(&row, "total_minor")?, &(net + tax));
        if let Some(paid) = row.try_get::<Option<i64>>("", "paid_minor")? {
            findings.expect(&place, "what was paid", &paid, &(net + tax));
            findings.expect(&place, "paid in", &text(&row, "paid_in")?, &text(&row, "currency")?);
        }
        Ok(())
    })
    .await?;
    let counted = "SELECT id, COALESCE(invoices, 0) AS invoices FROM customer ORDER BY id";
    each(database, counted, |row| {
        let customer = text(&row, "id")?;
        let issued = last.get(&customer).copied().unwrap_or_default();
        findings.expect(&format!("customer {customer}"), "invoices", &number(&row, "invoices")?, &issued);
        Ok(())
    })
    .await
}

/// U7: a paid order has its invoice and its payment, a pack its one lot of just these tokens; what is not paid has none.
pub(super) async fn orders(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = "SELECT o.id, o.kind, o.state, o.purchase, o.net_minor, o.payment, \
               CAST((SELECT count(*) FROM payment p WHERE p.reference = o.payment AND p.amount_minor = o.total_minor) \
               AS BIGINT) AS payments, \
               CAST((SELECT count(*) FROM token_grant g WHERE g.customer_id = o.customer_id AND g.payment_id = o.id) AS BIGINT) \
               AS lots, \
               CAST(COALESCE((SELECT sum(g.amount_tokens) FROM token_grant g WHERE g.customer_id = o.customer_id \
               AND g.payment_id = o.id), 0) AS BIGINT) AS tokens, \
               (SELECT min(g.price_paid_minor) FROM token_grant g WHERE g.customer_id = o.customer_id \
               AND g.payment_id = o.id) AS price_minor FROM \"order\" o ORDER BY o.id";
    each(database, sql, |row| {
        let place = format!("order {}", text(&row, "id")?);
        let (paid, pack) = (text(&row, "state")? == "paid", text(&row, "kind")? == "pack");
        findings.expect(&place, "payments", &number(&row, "payments")?, &i64::from(paid));
        if !paid || pack {
            findings.expect(&place, "lots given", &number(&row, "lots")?, &i64::from(paid));
        }
        if paid && pack {
            let tokens = format!("\"tokens\":{}", number(&row, "tokens")?);
            findings.expect(
                &place,
                "tokens given are those bought",
                &text(&row, "purchase")?.contains(&tokens),
                &true,
            );
            let price: Option<i64> = row.try_get("", "price_minor")?;
            findings.expect(&place, "price of the lot", &price, &Some(number(&row, "net_minor")?));
        }
        Ok(())
    })
    .await
}

/// 5.26: what a lot that was paid for has earned is the share of its tokens that are gone; what an invoice earns by day is
/// what its dated lines come to.
pub(super) async fn revenue(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let lots = "SELECT g.id, c.currency, g.amount_tokens, g.remaining_tokens, g.held_tokens, \
                COALESCE(g.clawed_tokens, 0) AS clawed, g.price_paid_minor AS price, \
                COALESCE(r.earned, 0) AS earned FROM token_grant g JOIN customer c ON c.id = g.customer_id \
                LEFT JOIN (SELECT customer_id, grant_id, CAST(sum(micros) AS BIGINT) AS earned FROM revenue_entry \
                WHERE grant_id IS NOT NULL AND kind <> 'refund' GROUP BY customer_id, grant_id) r \
                ON r.customer_id = g.customer_id AND r.grant_id = g.id \
                WHERE g.price_paid_minor IS NOT NULL ORDER BY g.id";
    each(database, lots, |row| {
        let amount = number(&row, "amount_tokens")?;
        let inside = number(&row, "remaining_tokens")? + number(&row, "held_tokens")?;
        let gone = amount - inside - number(&row, "clawed")?;
        let price = i128::from(number(&row, "price")? * micros(&text(&row, "currency")?));
        let exact = price * i128::from(gone);
        let earned = i128::from(number(&row, "earned")?);
        let off = (earned * i128::from(amount) - exact).abs() * 2;
        let place = format!("lot {}", text(&row, "id")?);
        findings.expect(
            &place,
            "what it has earned, to half a micro-unit",
            &(off <= i128::from(amount)),
            &true,
        );
        if gone == amount {
            findings.expect(&place, "what it has earned", &earned, &price);
        }
        Ok(())
    })
    .await?;
    let lines = "SELECT i.customer_id, i.number, i.currency, l.dated_minor, COALESCE(r.earned, 0) AS earned FROM invoice i \
                 JOIN (SELECT customer_id, number, CAST(sum(CASE WHEN from_on < until_on THEN amount_minor ELSE 0 END) AS BIGINT) \
                 AS dated_minor FROM invoice_line GROUP BY customer_id, number) l \
                 ON l.customer_id = i.customer_id AND l.number = i.number \
                 LEFT JOIN (SELECT customer_id, invoice, CAST(sum(micros) AS BIGINT) AS earned FROM revenue_entry \
                 WHERE invoice IS NOT NULL GROUP BY customer_id, invoice) r \
                 ON r.customer_id = i.customer_id AND r.invoice = i.number ORDER BY i.customer_id, i.number";
    each(database, lines, |row| {
        let place = format!("invoice {} of {}", number(&row, "number")?, text(&row, "customer_id")?);
        let expected = number(&row, "dated_minor")? * micros(&text_or_nothing(&row, "currency")?);
        findings.expect(&place, "what it earns by day", &number(&row, "earned")?, &expected);
        Ok(())
    })
    .await
}
