use copihue_payments::*;

use crate::support::{actor, each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_05_eight_browsers_with_one_token_commit_once_and_see_one_receipt() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let redirect = w.go(1, id).await;
        let (attempt, params) = w.decide(&redirect, Verdict::Approve).await;
        let browsers: Vec<_> = (0..8)
            .map(|_| {
                let (w, params) = (w.clone(), params.clone());
                tokio::spawn(async move { w.payments.returned("prueba", attempt, &params).await })
            })
            .collect();
        for browser in browsers {
            browser.await.unwrap().unwrap();
        }
        assert!(w.view(1, id).await.payment.is_paid());
        assert_eq!(w.commits(attempt).await, 1);
        assert_eq!(w.books().await.len(), 1);
        assert_eq!(w.view(1, id).await.receipt.unwrap().folio(), "2026-000001");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_10_a_double_click_makes_one_attempt() {
    each_engine(async |w| {
        let id = w.asked(1, "o").await;
        let clicks: Vec<_> = (0..6)
            .map(|_| {
                let w = w.clone();
                tokio::spawn(async move { w.payments.begin(&actor(1), id).await.unwrap() })
            })
            .collect();
        let mut seen = Vec::new();
        for click in clicks {
            if let Begin::Provider(redirect) = click.await.unwrap() {
                seen.push(redirect.token);
            }
        }
        seen.dedup();
        assert_eq!(seen.len(), 1);
        assert_eq!(w.view(1, id).await.attempts.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_09_receipt_numbers_have_no_gaps_under_parallel_payers() {
    each_engine(async |w| {
        let payers: Vec<_> = (1..=12)
            .map(|n| {
                let w = w.clone();
                tokio::spawn(async move {
                    let id = w.asked(n, &format!("o{n}")).await;
                    let redirect = w.go(n, id).await;
                    w.come_back(&redirect, Verdict::Approve).await.unwrap();
                    w.view(n, id).await.receipt.unwrap().number
                })
            })
            .collect();
        let mut numbers = Vec::new();
        for payer in payers {
            numbers.push(payer.await.unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
        assert_eq!(w.books().await.len(), 12);
    })
    .await;
}
