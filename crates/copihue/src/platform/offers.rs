//! A published procedure in the portal's words.

use copihue_portal::model::catalogue::{Listing, Offer};
use copihue_procedures::model::definition::Text;

pub(super) fn listing(offer: &copihue_procedures::Offer) -> Listing {
    let definition = offer.definition();
    let texts = |all: &[Text]| all.iter().map(|text| text.es().to_owned()).collect();
    let info = &definition.info;
    Listing {
        id: definition.id.clone(),
        title: definition.title.es().to_owned(),
        summary: definition.summary.es().to_owned(),
        topic: info.topic.es().to_owned(),
        what: texts(&info.what),
        who: texts(&info.who),
        cost: texts(&info.cost),
        needs: texts(&info.needs),
        time: info.time.es().to_owned(),
        keywords: info.keywords.clone(),
        legal_basis: definition.catalog.legal_basis.clone(),
        code: definition.catalog.cpat.clone(),
        offered_by: offer
            .institutions
            .iter()
            .map(|(code, name)| Offer { name: name.clone(), institution: code.clone() })
            .collect(),
    }
}
