use copihue_core::{Id, Random, SeededRandom};
use copihue_payments::*;

use crate::support::{Mood, World, actor, each_engine, order};

fn dice(random: &SeededRandom, sides: u8) -> u8 {
    let mut byte = [0];
    random.fill(&mut byte);
    byte[0] % sides
}

/// What it answers; `None` when the process died in it.
async fn mortal<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(work).await.ok()
}

async fn step(w: &World, random: &SeededRandom, asked: &mut Vec<(u32, Id)>) {
    let payer = u32::from(dice(random, 4)) + 1;
    let verdict =
        [Verdict::Approve, Verdict::Approve, Verdict::Reject, Verdict::Cancel][usize::from(dice(random, 4))];
    let moods = [Mood::Good, Mood::Good, Mood::SilentBefore, Mood::SilentAfter, Mood::Death, Mood::Down];
    w.mood(moods[usize::from(dice(random, 6))]);
    w.permits.broken.store(dice(random, 4) == 0, std::sync::atomic::Ordering::SeqCst);
    if let Ok(made) = w.ask(order(payer, &format!("o{}", dice(random, 5)))).await {
        if !asked.contains(&(payer, made.id)) {
            asked.push((payer, made.id));
        }
        let (payments, id) = (w.payments.clone(), made.id);
        let begun = mortal(async move { payments.begin(&actor(payer), id).await }).await;
        if let Some(Ok(Begin::Provider(redirect))) = begun {
            match dice(random, 4) {
                0 => {}
                1 => {
                    let _ = w.payments.leave(&actor(payer), made.id).await;
                }
                _ => {
                    let (attempt, params) = w.decide(&redirect, verdict).await;
                    for _ in 0..=dice(random, 2) {
                        let _ = w.payments.returned("prueba", attempt, &params).await;
                    }
                }
            }
        }
    }
    w.pass(i64::from(dice(random, 200)) * 7);
    let payments = w.payments.clone();
    if let Some(recovered) = mortal(async move { payments.recover().await }).await {
        recovered.unwrap();
    }
    w.books().await;
}

/// Whatever happens, in the end every payment is final, and nobody is charged without a permit or a refund.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_08_pay_09_never_charged_without_the_permit_or_a_reversal() {
    each_engine(async |w| {
        let random = SeededRandom::new(20_261_121);
        let mut asked = Vec::new();
        for _ in 0..60 {
            step(&w, &random, &mut asked).await;
        }
        w.mood(Mood::Good);
        w.permits.broken.store(false, std::sync::atomic::Ordering::SeqCst);
        for _ in 0..60 {
            w.pass(3_600);
            w.payments.recover().await.unwrap();
        }
        for (payer, id) in asked {
            let view = w.view(payer, id).await;
            assert!(view.payment.state.is_final(), "{:?}", view.payment);
            assert_eq!(view.payment.is_paid(), w.has_permit(id).await, "{view:?}");
            for attempt in &view.attempts {
                let charged = w.commits(attempt.id).await;
                assert!(charged <= 1);
                let kept = view.receipt.as_ref().is_some_and(|r| r.buy_order == attempt.buy_order);
                let undone =
                    view.refunds.iter().any(|r| r.attempt == attempt.id && r.state == RefundState::Confirmed);
                assert_eq!(charged == 1, kept || undone, "{attempt:?}");
            }
        }
        w.books().await;
    })
    .await;
}
