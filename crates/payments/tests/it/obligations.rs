use copihue_payments::*;

use crate::support::{actor, each_engine, order};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_10_one_live_payment_for_each_obligation() {
    each_engine(async |w| {
        let first = w.asked(1, "placa").await;
        assert_eq!(w.asked(1, "placa").await, first, "asked again: the first one");
        assert_ne!(w.asked(1, "otra").await, first);

        let redirect = w.go(1, first).await;
        let other = w.ask(order(2, "placa")).await.unwrap_err();
        assert_eq!(other.code(), "obligacion_en_pago");
        w.come_back(&redirect, Verdict::Approve).await.unwrap();
        for payer in [1, 2] {
            assert_eq!(w.ask(order(payer, "placa")).await.unwrap_err().code(), "obligacion_pagada");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_10_a_payment_that_failed_opens_the_obligation() {
    each_engine(async |w| {
        let first = w.asked(1, "placa").await;
        w.payments.leave(&actor(1), first).await.unwrap();
        assert_ne!(w.ask(order(2, "placa")).await.unwrap().id, first);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_10_another_amount_replaces_a_payment_that_nobody_is_trying() {
    each_engine(async |w| {
        let mut dearer = order(1, "placa");
        dearer.lines[0].amount = copihue_core::Clp(50_000);
        let first = w.asked(1, "placa").await;
        let second = w.ask(dearer.clone()).await.unwrap().id;
        assert_ne!(first, second);
        assert_eq!(w.state(1, first).await, PaymentState::Cancelled);
        w.go(1, second).await;
        assert_eq!(w.ask(order(1, "placa")).await.unwrap_err().code(), OWN_PAYMENT_UNDER_WAY);
        w.payments.leave(&actor(1), second).await.unwrap();
        assert!(w.ask(order(1, "placa")).await.is_ok(), "left: the way is free");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_10_a_stranger_who_only_starts_keeps_nobody_from_paying() {
    each_engine(async |w| {
        let strangers = w.asked(2, "placa").await;
        let owners = w.asked(1, "placa").await;
        assert_ne!(strangers, owners, "nobody was trying");
        assert_eq!(w.state(2, strangers).await, PaymentState::Cancelled);

        let again = w.asked(2, "placa").await;
        w.go(2, again).await;
        assert_eq!(w.ask(order(1, "placa")).await.unwrap_err().code(), "obligacion_en_pago");
        w.pass(10 * 60);
        assert!(w.ask(order(1, "placa")).await.is_ok(), "ten minutes at the bank's page are over");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_08_a_stranger_who_pays_after_making_way_gets_the_money_back() {
    each_engine(async |w| {
        let strangers = w.asked(2, "placa").await;
        let late = w.go(2, strangers).await;
        w.pass(10 * 60);
        let owners = w.asked(1, "placa").await;
        w.come_back(&late, Verdict::Approve).await.unwrap();
        let view = w.view(2, strangers).await;
        assert_eq!(view.refunds.len(), 1, "{view:?}");
        let redirect = w.go(1, owners).await;
        w.come_back(&redirect, Verdict::Approve).await.unwrap();
        assert_eq!(w.state(1, owners).await, PaymentState::Success);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_10_parallel_requests_for_one_obligation_make_one_payment() {
    each_engine(async |w| {
        let asks: Vec<_> = (0..6)
            .map(|_| {
                let w = w.clone();
                tokio::spawn(async move { w.asked(1, "placa").await })
            })
            .collect();
        let mut ids = Vec::new();
        for ask in asks {
            ids.push(ask.await.unwrap());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
    })
    .await;
}

#[test]
fn pay_11_what_cannot_be_charged_is_refused_with_a_message_per_field() {
    let bad = |change: fn(&mut NewPayment)| {
        let mut new = order(1, "o");
        change(&mut new);
        new.check().unwrap_err().fields()[0].pointer.clone()
    };
    assert!(order(1, "o").check().is_ok());
    assert_eq!(bad(|n| n.lines[0].amount = copihue_core::Clp(-1)), "lines");
    assert_eq!(bad(|n| n.lines.clear()), "lines");
    assert_eq!(bad(|n| n.lines[0].amount = copihue_core::Clp(i64::MAX)), "amount");
    assert_eq!(bad(|n| n.description = "<b>".to_owned()), "description");
    assert_eq!(bad(|n| n.reference = " ".to_owned()), "reference");
    assert_eq!(bad(|n| n.return_to = "//evil.example".to_owned()), "return_to");
    assert_eq!(bad(|n| n.return_to = "https://evil.example".to_owned()), "return_to");
    assert_eq!(bad(|n| n.fulfil_within_s = 0), "fulfil_within_s");
}
