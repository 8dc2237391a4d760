use std::sync::atomic::Ordering;

use copihue_payments::*;

use crate::support::{Mood, each_engine, order};

const HOUR: i64 = 3_600;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_06_a_lost_answer_is_unknown_until_the_provider_says() {
    for mood in [Mood::SilentBefore, Mood::SilentAfter] {
        each_engine(async |w| {
            let id = w.asked(1, "o").await;
            let redirect = w.go(1, id).await;
            w.mood(mood);
            w.come_back(&redirect, Verdict::Approve).await.unwrap();
            let view = w.view(1, id).await;
            assert_eq!(view.payment.state, PaymentState::Submitted);
            assert_eq!(view.attempts[0].state, AttemptState::Unknown);
            w.mood(Mood::Good);
            w.pass(10);
            w.payments.recover().await.unwrap();
            assert!(w.view(1, id).await.payment.is_paid(), "{mood:?}");
            assert_eq!(w.commits(view.attempts[0].id).await, 1);
            assert!(w.has_permit(id).await);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_06_unknown_outlives_the_payments_time_and_is_never_failed() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        w.mood(Mood::SilentAfter);
        w.come_back(&redirect, Verdict::Approve).await.unwrap();
        w.mood(Mood::Down);
        for _ in 0..30 {
            w.pass(HOUR);
            w.payments.recover().await.unwrap();
            assert_eq!(w.state(1, id).await, PaymentState::Submitted);
        }
        w.mood(Mood::Good);
        w.pass(HOUR);
        w.payments.recover().await.unwrap();
        assert!(w.view(1, id).await.payment.is_paid());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_07_a_crash_between_charge_and_record_is_healed() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        w.mood(Mood::Death);
        assert!(w.come_back(&redirect, Verdict::Approve).await.is_err());
        let attempt = w.view(1, id).await.attempts[0].clone();
        assert_eq!((attempt.state, w.commits(attempt.id).await), (AttemptState::Committing, 1));
        w.mood(Mood::Good);
        w.payments.recover().await.unwrap();
        assert_eq!(w.state(1, id).await, PaymentState::Submitted, "the lease still holds");
        w.pass(31);
        w.payments.recover().await.unwrap();
        assert!(w.view(1, id).await.payment.is_paid());
        assert_eq!(w.commits(attempt.id).await, 1);
        assert_eq!(w.books().await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_a_payment_that_nobody_finishes_expires() {
    each_engine(async |w| {
        let (untouched, abandoned) = (w.asked(1, "a").await, w.asked(2, "b").await);
        w.go(2, abandoned).await;
        w.pass(89 * 60);
        w.payments.recover().await.unwrap();
        assert_eq!(w.state(1, untouched).await, PaymentState::Created);
        w.pass(60);
        w.payments.recover().await.unwrap();
        for (payer, id) in [(1, untouched), (2, abandoned)] {
            let payment = w.view(payer, id).await.payment;
            assert_eq!(payment.failure, Some(FailureCode::Expired), "{payment:?}");
        }
        assert_eq!(w.permits.ended.load(Ordering::SeqCst), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_06_a_late_charge_is_accepted_while_the_obligation_is_open() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        w.decide(&redirect, Verdict::Approve).await;
        w.pass(91 * 60);
        w.payments.recover().await.unwrap();
        assert_eq!(w.state(1, id).await, PaymentState::Failed);
        // The return was lost, and the provider charged at last.
        let attempt = w.view(1, id).await.attempts[0].clone();
        w.provider.confirm(&attempt).await;
        w.pass(HOUR);
        w.payments.recover().await.unwrap();
        assert!(w.view(1, id).await.payment.is_paid());
        assert!(w.has_permit(id).await);
        w.books().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_08_a_late_charge_of_a_closed_obligation_goes_back() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        w.decide(&redirect, Verdict::Approve).await;
        w.pass(91 * 60);
        w.payments.recover().await.unwrap();
        let second = w.ask(order(2, "o")).await.unwrap().id;
        let attempt = w.view(1, id).await.attempts[0].clone();
        w.provider.confirm(&attempt).await;
        w.pass(HOUR);
        w.payments.recover().await.unwrap();
        let payment = w.view(1, id).await.payment;
        assert_eq!(payment.refund, Some(RefundState::Confirmed));
        assert!(!w.has_permit(id).await);
        assert_eq!(w.state(2, second).await, PaymentState::Created, "the other goes on");
        assert_eq!(w.books().await.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_08_what_cannot_be_given_within_the_limit_is_refunded_in_full() {
    for in_tx in [false, true] {
        each_engine(async |w| {
            let broken = if in_tx { &w.permits.broken_in_tx } else { &w.permits.broken };
            broken.store(true, Ordering::SeqCst);
            let id = w.asked(1, "o").await;
            let redirect = w.go(1, id).await;
            w.come_back(&redirect, Verdict::Approve).await.unwrap();
            assert_eq!(w.state(1, id).await, PaymentState::Submitted);
            assert!(w.books().await.is_empty(), "nothing half done");
            for _ in 0..130 {
                w.pass(5);
                w.payments.recover().await.unwrap();
            }
            let view = w.view(1, id).await;
            assert_eq!(view.payment.refund, Some(RefundState::Confirmed));
            assert_eq!(view.refunds[0].reason, RefundReason::NotFulfilled);
            assert!(view.receipt.is_none() && !w.has_permit(id).await);
            assert_eq!(w.permits.ended.load(Ordering::SeqCst), 1);
            let kinds: Vec<_> = w.books().await.iter().map(|e| e.kind).collect();
            assert_eq!(kinds, [EntryKind::Captured, EntryKind::RefundSubmitted, EntryKind::RefundConfirmed]);
            assert!(w.ask(order(1, "o")).await.is_ok(), "the obligation is open again");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_08_what_can_be_given_in_time_is_given_without_a_refund() {
    each_engine(async |w| {
        w.permits.broken.store(true, Ordering::SeqCst);
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        w.come_back(&redirect, Verdict::Approve).await.unwrap();
        w.permits.broken.store(false, Ordering::SeqCst);
        w.pass(5);
        w.payments.recover().await.unwrap();
        assert!(w.view(1, id).await.payment.is_paid());
        assert!(w.has_permit(id).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_08_a_refund_is_asked_for_until_the_provider_answers() {
    each_engine(async |w| {
        w.permits.broken.store(true, Ordering::SeqCst);
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        w.come_back(&redirect, Verdict::Approve).await.unwrap();
        w.mood(Mood::Down);
        w.pass(700);
        w.payments.recover().await.unwrap();
        assert_eq!(w.view(1, id).await.payment.refund, Some(RefundState::Submitted));
        w.books().await;
        w.mood(Mood::Good);
        w.pass(60);
        w.payments.recover().await.unwrap();
        assert_eq!(w.view(1, id).await.payment.refund, Some(RefundState::Confirmed));
        w.books().await;
    })
    .await;
}
