use std::sync::atomic::Ordering;

use copihue_payments::*;

use crate::support::{actor, each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_07_a_paid_payment_has_its_receipt_entries_and_permit_at_once() {
    each_engine(async |w| {
        let id = w.asked(1, "placa-2027-1").await;
        let redirect = w.go(1, id).await;
        let page = w.come_back(&redirect, Verdict::Approve).await.unwrap();
        assert_eq!(page, format!("/pagos/{id}/estado"));
        let view = w.view(1, id).await;
        assert!(view.payment.is_paid());
        let receipt = view.receipt.unwrap();
        assert_eq!(receipt.folio(), "2026-000001");
        assert_eq!(receipt.proof.card_last4.as_deref(), Some("6623"));
        assert!(w.has_permit(id).await);
        let entries = w.books().await;
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].business_date, "2026-11-21");
        assert_eq!(w.permits.ended.load(Ordering::SeqCst), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_a_rejected_payer_tries_again_three_times_at_most() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        for left in [2, 1, 0] {
            let redirect = w.go(1, id).await;
            w.come_back(&redirect, Verdict::Reject).await.unwrap();
            let expected = if left > 0 { PaymentState::Started } else { PaymentState::Failed };
            assert_eq!(w.state(1, id).await, expected);
        }
        let view = w.view(1, id).await;
        assert_eq!(view.payment.failure, Some(FailureCode::Rejected));
        assert_eq!(view.attempts.len(), 3);
        assert!(matches!(w.payments.begin(&actor(1), id).await.unwrap(), Begin::Page(_)));
        assert_eq!(w.permits.ended.load(Ordering::SeqCst), 1);
        assert!(w.books().await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_a_cancelled_return_commits_nothing_and_the_payer_may_leave() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        w.come_back(&redirect, Verdict::Cancel).await.unwrap();
        let view = w.view(1, id).await;
        assert_eq!(view.payment.state, PaymentState::Started);
        assert_eq!(view.attempts[0].state, AttemptState::Aborted);
        assert_eq!(w.commits(view.attempts[0].id).await, 0);
        let left = w.payments.leave(&actor(1), id).await.unwrap();
        assert_eq!(left.failure, Some(FailureCode::CancelledByPayer));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_04_what_the_browser_says_charges_nothing() {
    each_engine(async |w| {
        let (mine, other) = (w.asked(1, "a").await, w.asked(2, "b").await);
        let (to_mine, to_other) = (w.go(1, mine).await, w.go(2, other).await);
        let (_, params_of_other) = w.decide(&to_other, Verdict::Approve).await;
        let attempt = w.view(1, mine).await.attempts[0].id;
        let pair = |k: &str, v: &str| vec![(k.to_owned(), v.to_owned())];
        let invented = [
            params_of_other,
            pair("token_ws", "inventado"),
            pair("TBK_TOKEN", &to_mine.token),
            pair("status", "AUTHORIZED"),
            Vec::new(),
        ];
        for params in invented {
            w.payments.returned("prueba", attempt, &params).await.unwrap();
            assert_eq!(w.commits(attempt).await, 0);
            assert_ne!(w.state(1, mine).await, PaymentState::Success);
        }
        assert!(w.payments.returned("otro", attempt, &[]).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_a_late_error_return_does_not_undo_a_charge() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        let (attempt, params) = w.decide(&redirect, Verdict::Approve).await;
        w.payments.returned("prueba", attempt, &params).await.unwrap();
        w.pass(47);
        let broken = ["token_ws", "TBK_TOKEN"].map(|k| (k.to_owned(), redirect.token.clone()));
        w.payments.returned("prueba", attempt, &broken).await.unwrap();
        assert!(w.view(1, id).await.payment.is_paid());
        assert_eq!(w.commits(attempt).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_an_abandoned_attempt_is_taken_up_again_and_then_replaced() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let first = w.go(1, id).await;
        w.pass(14 * 60);
        assert_eq!(w.go(1, id).await.token, first.token);
        w.pass(60);
        let second = w.go(1, id).await;
        assert_ne!(second.token, first.token);
        let attempts = w.view(1, id).await.attempts;
        assert_eq!(
            attempts.iter().map(|a| a.state).collect::<Vec<_>>(),
            [AttemptState::TimedOut, AttemptState::Redirected]
        );
        // Both are paid in the end: one is kept, the other goes back.
        for redirect in [&second, &first] {
            w.decide(redirect, Verdict::Approve).await;
        }
        w.come_back(&second, Verdict::Approve).await.unwrap();
        w.provider.confirm(&attempts[0]).await;
        w.pass(3_600);
        w.payments.recover().await.unwrap();
        let view = w.view(1, id).await;
        assert!(view.payment.is_paid());
        assert_eq!((view.refunds.len(), view.refunds[0].reason), (1, RefundReason::ChargedTwice));
        assert_eq!(w.books().await.len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_persons_payment_is_not_there() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        assert_eq!(w.payments.view(&actor(2), id).await.unwrap_err().code(), "no_encontrado");
        assert!(w.payments.begin(&actor(2), id).await.is_err());
        assert!(w.payments.leave(&actor(2), id).await.is_err());
        assert!(w.payments.list(&actor(2)).await.unwrap().is_empty());
        assert_eq!(w.payments.list(&actor(1)).await.unwrap().len(), 1);
    })
    .await;
}
