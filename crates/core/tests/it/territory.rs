//! §3.2: the official list, its integrity, and how people and old data write it.

use std::collections::HashSet;

use copihue_core::json::sha256_hex;
use copihue_core::territory::{self, CommuneCode, ProvinceCode, RegionCode, import_commune};
use copihue_core::text::fold;

fn commune(code: &str) -> CommuneCode {
    code.parse().expect("a commune")
}

#[test]
fn cut_01_data_files_are_the_official_ones() {
    for (file, golden) in [
        (
            include_bytes!("../../data/cut/communes.csv").as_slice(),
            "02dbe48701b48ed4f8728d2cd70ac55eb36b3ef36ba1d3b620d85f8bf804f5bf",
        ),
        (
            include_bytes!("../../data/cut/provinces.csv").as_slice(),
            "6ad117648d9e353e4b772b1bf76916244df71dc042f7b0f201581d29af0e9155",
        ),
        (
            include_bytes!("../../data/cut/regions.csv").as_slice(),
            "fbc4a73d334e96d759ed86d686e606c824d7dd739ba0f40f18cce38d4c7d7275",
        ),
    ] {
        assert_eq!(sha256_hex(file), golden);
    }
}

#[test]
fn cut_01_sixteen_regions_fifty_six_provinces_three_hundred_and_forty_six_communes() {
    assert_eq!(territory::regions().count(), 16);
    assert_eq!(territory::provinces().len(), 56);
    assert_eq!(territory::communes().len(), 346);
    let names: HashSet<_> = territory::communes().iter().map(|c| c.name).collect();
    assert_eq!(names.len(), 346, "a name identifies a commune");
}

#[test]
fn cut_01_every_code_hangs_from_the_one_above_it() {
    let provinces: HashSet<ProvinceCode> = territory::provinces().iter().map(|p| p.code).collect();
    let regions: HashSet<RegionCode> = territory::regions().map(|r| r.code).collect();
    assert_eq!((provinces.len(), regions.len()), (56, 16));
    assert!(territory::communes().iter().all(|c| provinces.contains(&c.code.province())));
    assert!(territory::provinces().iter().all(|p| regions.contains(&p.code.region())));
    for (file, digits) in
        [(include_str!("../../data/cut/communes.csv"), 3), (include_str!("../../data/cut/provinces.csv"), 2)]
    {
        for line in file.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!((cells.len(), &cells[0][..digits]), (3, cells[2]));
        }
    }
}

#[test]
fn cut_01_communes_per_region() {
    let golden =
        "01:7 02:9 03:9 04:15 05:38 06:33 07:30 08:33 09:32 10:30 11:10 12:11 13:52 14:12 15:4 16:21";
    for pair in golden.split(' ') {
        let (region, n) = pair.split_once(':').unwrap();
        let region: RegionCode = region.parse().unwrap();
        assert_eq!(territory::communes_of(region).count().to_string(), n, "{region}");
    }
}

#[test]
fn cut_01_known_codes() {
    for (code, name) in [
        ("13101", "Santiago"),
        ("05109", "Viña del Mar"),
        ("05201", "Isla de Pascua"),
        ("09101", "Temuco"),
        ("10101", "Puerto Montt"),
        ("11101", "Coyhaique"),
        ("11201", "Aysén"),
        ("12101", "Punta Arenas"),
        ("12202", "Antártica"),
        ("15101", "Arica"),
        ("16101", "Chillán"),
        ("16103", "Chillán Viejo"),
    ] {
        assert_eq!(commune(code).get().name, name);
        assert_eq!(commune(code).to_string(), code);
        assert_eq!(territory::commune_named(name), Some(commune(code)));
    }
}

#[test]
fn cut_02_province_and_region_are_derived_from_the_commune() {
    let vina = commune("05109");
    assert_eq!((vina.province().to_string(), vina.region().to_string()), ("051".into(), "05".into()));
    assert_eq!(vina.province().get().name, "Valparaíso");
    let region = vina.region().get();
    assert_eq!((region.name, region.short_name, region.iso), ("Región de Valparaíso", "Valparaíso", "CL-VS"));
    assert_eq!(territory::provinces_of(vina.region()).count(), 8);
    assert_eq!(territory::communes_of_province(vina.province()).count(), 7);
}

#[test]
fn cut_01_regions_are_shown_from_north_to_south() {
    let order: Vec<String> = territory::regions().map(|r| r.code.to_string()).collect();
    assert_eq!(order.join(","), "15,01,02,03,04,05,13,06,07,16,08,09,14,10,11,12");
}

#[test]
fn cut_01_integers_names_and_other_spellings_are_accepted() {
    assert_eq!(commune("5109"), commune("05109"));
    assert_eq!("5".parse::<RegionCode>().unwrap().to_string(), "05");
    for (spelling, code) in [
        ("  viña del MAR ", "05109"),
        ("OHiggins", "11302"),
        ("Paihuano", "04105"),
        ("La Calera", "05502"),
        ("Llay-Llay", "05703"),
        ("Marchigüe", "06204"),
        ("Til Til", "13303"),
        ("Trehuaco", "16207"),
        ("Coihaique", "11101"),
        ("Aisen", "11201"),
        ("San Vicente de Tagua Tagua", "06117"),
        ("San Javier de Loncomilla", "07406"),
    ] {
        assert_eq!(territory::commune_named(spelling), Some(commune(code)), "{spelling}");
    }
}

#[test]
fn cut_01_unknown_codes_are_errors_and_never_national() {
    for wrong in ["", "99999", "5999", "+5109", "051090", "5109 ", "Ñuñoa", "08401"] {
        assert!(wrong.parse::<CommuneCode>().is_err(), "{wrong}");
    }
    assert!("17".parse::<RegionCode>().is_err() && "00".parse::<RegionCode>().is_err());
    let error = copihue_core::Error::from("99999".parse::<CommuneCode>().unwrap_err());
    assert_eq!(error.code(), "comuna_desconocida");
    assert!(serde_json::from_str::<CommuneCode>("\"99999\"").is_err());
    assert_eq!(serde_json::to_string(&commune("5109")).unwrap(), "\"05109\"");
}

#[test]
fn cut_01_codes_from_before_the_nuble_region_are_mapped_on_import() {
    let table = "08401 Chillán 16101|08402 Bulnes 16102|08403 Cobquecura 16202|08404 Coelemu 16203
        |08405 Coihueco 16302|08406 Chillán Viejo 16103|08407 El Carmen 16104|08408 Ninhue 16204
        |08409 Ñiquén 16303|08410 Pemuco 16105|08411 Pinto 16106|08412 Portezuelo 16205|08413 Quillón 16107
        |08414 Quirihue 16201|08415 Ránquil 16206|08416 San Carlos 16301|08417 San Fabián 16304
        |08418 San Ignacio 16108|08419 San Nicolás 16305|08420 Treguaco 16207|08421 Yungay 16109";
    for row in table.split('|') {
        let row = row.trim();
        let (old, name, new) = (&row[..5], row[6..row.len() - 6].trim(), &row[row.len() - 5..]);
        let code = import_commune(old).expect(old);
        // The official list writes Ranquil without its accent.
        assert_eq!((code.to_string().as_str(), fold(code.get().name)), (new, fold(name)));
    }
    assert_eq!(import_commune("8401"), Some(commune("16101")));
    assert_eq!(import_commune(" Ñiquén "), Some(commune("16303")));
    assert_eq!(import_commune("13101"), Some(commune("13101")));
    assert_eq!(import_commune("08422"), None);
}
