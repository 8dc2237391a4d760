//! Formats other than PDF × kinds of key × hashes × where the key is, at the lowest level and at the highest.

use copihue_signing::keys::Algorithm;
use copihue_signing::{Hash, Level, Order, Shape, WhenShort};
use futures_util::StreamExt as _;

use super::cells::{Cell, FORMS, Form, data};
use super::engines::{Engine, Engines};

pub(super) const ENDS: [Level; 2] = [Level::B, Level::LTA];

/// A file of them.
pub(super) struct One {
    pub(super) engine: Engine,
    pub(super) algorithm: Algorithm,
    pub(super) cell: Cell,
}

/// RFC 7518 binds each curve to one hash.
pub(super) fn is_to_be_had(form: Form, algorithm: Algorithm, hash: Hash) -> bool {
    let is_curve = matches!(algorithm, Algorithm::P256 | Algorithm::P384);
    form.shape != Some(Shape::Jades) || !is_curve || hash == algorithm.hash()
}

pub(super) async fn make(engines: &Engines) -> Vec<One> {
    let mut all = Vec::new();
    for engine in engines.all().into_iter().filter(|e| *e != Engine::FirmaGob) {
        for form in FORMS.into_iter().filter(|f| f.shape.is_some()) {
            for algorithm in Algorithm::DOCUMENTS {
                for hash in Hash::ALL {
                    all.extend(ENDS.map(|level| one(engines, (engine, algorithm), form, hash, level)));
                }
            }
        }
    }
    let made: Vec<Option<One>> = futures_util::stream::iter(all).buffered(2).collect().await;
    made.into_iter().flatten().collect()
}

async fn one(
    engines: &Engines,
    (engine, algorithm): (Engine, Algorithm),
    form: Form,
    hash: Hash,
    level: Level,
) -> Option<One> {
    let shape = form.shape?;
    let order = Order::new(shape, data(shape), level, WhenShort::Degrade).unwrap().over(Some(hash));
    let signed = engines.files((engine, algorithm), order).await;
    if !is_to_be_had(form, algorithm, hash) {
        assert_eq!(signed.unwrap_err().code(), "resumen_no_disponible", "{algorithm:?} {hash:?}");
        return None;
    }
    let signed = signed.unwrap();
    assert_eq!((signed.level_reached, signed.shortfall), (level, None));
    let file = format!("{engine:?}-{}-{}-{}.{}", algorithm.code(), hash.name(), level.name(), form.kind);
    engines.bench.put(&file, &signed.bytes);
    Some(One { engine, algorithm, cell: Cell { form, level, file, earlier: 0 } })
}
