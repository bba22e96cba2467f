//! Who issues invoices: what the installation was started with, and what each invoice and credit note keeps of its day; those
//! that were issued before name nobody of their own. And purchases of which nobody has ever heard whether they were paid: since
//! when they were given up for that, and when somebody has looked into it. 5.29, I-35, S4.

crate::step! {
    "m0028_issuer_and_unanswered",
    "ALTER TABLE installation ADD COLUMN issuer TEXT;
    ALTER TABLE invoice ADD COLUMN issuer TEXT;
    ALTER TABLE credit_note ADD COLUMN issuer TEXT;
    ALTER TABLE top_up_purchase ADD COLUMN unanswered_at BIGINT
        CONSTRAINT top_up_purchase_unanswered_is_over CHECK (unanswered_at IS NULL OR state = 'expired');
    ALTER TABLE top_up_purchase ADD COLUMN looked_into_at BIGINT
        CONSTRAINT top_up_purchase_looked_into_had_no_answer CHECK (looked_into_at IS NULL OR unanswered_at IS NOT NULL);
    UPDATE top_up_purchase SET unanswered_at = ended_at WHERE state = 'expired' AND EXISTS (
        SELECT 1 FROM top_up_agreement_end e WHERE e.customer_id = top_up_purchase.customer_id
            AND e.agreement_id = top_up_purchase.agreement_id AND e.why = 'unanswered'
            AND e.ended_at = top_up_purchase.ended_at);
    CREATE INDEX top_up_purchase_unanswered ON top_up_purchase (unanswered_at)
        WHERE unanswered_at IS NOT NULL AND looked_into_at IS NULL;",
    append_only: []
}
