//! The territory as items: what the decree says, which the program carries.

use copihue_core::Result;
use copihue_core::territory::{communes, provinces, regions};
use copihue_ledger::Register;

use super::item::{Item, one};

/// The items of a territorial register, by code; none for another register.
///
/// # Errors
/// Internal when a name can't be an item: a defect of the table.
pub fn items(register: Register) -> Result<Vec<(String, Item)>> {
    let mut items = match register {
        Register::Regions => region_items()?,
        Register::Provinces => province_items()?,
        Register::Communes => commune_items()?,
        Register::Institutions | Register::Holidays | Register::Procedures => Vec::new(),
    };
    items.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(items)
}

fn region_items() -> Result<Vec<(String, Item)>> {
    let item = |r: &copihue_core::territory::Region| {
        let code = r.code.to_string();
        let item = Item::new([
            ("region", one(code.as_str())),
            ("nombre", one(r.name)),
            ("nombre_corto", one(r.short_name)),
            ("abreviatura", one(r.abbreviation)),
            ("iso", one(r.iso)),
        ])?;
        Ok((code, item))
    };
    regions().map(item).collect()
}

fn province_items() -> Result<Vec<(String, Item)>> {
    let item = |p: &copihue_core::territory::Province| {
        let code = p.code.to_string();
        let region = one(p.code.region().to_string());
        let item =
            Item::new([("provincia", one(code.as_str())), ("nombre", one(p.name)), ("region", region)])?;
        Ok((code, item))
    };
    provinces().iter().map(item).collect()
}

fn commune_items() -> Result<Vec<(String, Item)>> {
    let item = |c: &copihue_core::territory::Commune| {
        let code = c.code.to_string();
        let item = Item::new([
            ("comuna", one(code.as_str())),
            ("nombre", one(c.name)),
            ("provincia", one(c.code.province().to_string())),
            ("region", one(c.code.region().to_string())),
        ])?;
        Ok((code, item))
    };
    communes().iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::super::definition::Definition;
    use super::*;

    #[test]
    fn led_12_every_place_of_the_decree_is_a_good_item() {
        for (register, count) in
            [(Register::Regions, 16), (Register::Provinces, 56), (Register::Communes, 346)]
        {
            let items = items(register).unwrap();
            assert_eq!(items.len(), count);
            for (key, item) in items {
                assert_eq!(Definition::of(register).keyed(&item).unwrap().0, key);
            }
        }
    }
}
