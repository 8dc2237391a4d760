//! What the demo says when it is ready.

use super::holders::Running;
use super::sample::{CITIZENS, PASSWORD, STAFF};
use super::witnesses::Running as Witness;
use crate::platform::Platform;
use copihue_core::Run;

/// Prints what runs where, who can log in, and three things to try.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(crate) fn ready(platform: &Platform, holders: &[Running], witnesses: &[Witness], sandbox: &str) {
    println!("{}", text(platform, holders, witnesses, sandbox));
}

fn text(platform: &Platform, holders: &[Running], witnesses: &[Witness], sandbox: &str) -> String {
    let at = &platform.config.base_url;
    let mut lines = vec![
        format!("\nCopihue listo en {at}   (datos en {})", platform.config.data.display()),
        String::new(),
    ];
    lines.push("Qué corre:".to_owned());
    lines.push(format!("  {:<58} {at}", "Portal, trámites, expedientes, ingreso, pagos, firma"));
    for holder in holders {
        lines.push(format!("  {:<58} http://{}", holder.name, holder.address));
    }
    for witness in witnesses {
        let name = format!("Testigo de las bitácoras ({})", witness.name);
        lines.push(format!("  {name:<58} http://{}", witness.address));
    }
    if let Some(metrics) = platform.config.metrics {
        lines.push(format!("  {:<58} http://{metrics}/metrics", "Métricas (solo interno)"));
    }
    lines.push(String::new());
    lines.push(format!("Personas de muestra (clave «{PASSWORD}»):"));
    for person in CITIZENS {
        lines.push(format!("  {:<14} {} {}", run(person.run), person.names, person.surnames));
    }
    lines
        .push(format!("Funcionarios de muestra (clave «{PASSWORD}»; su código de firma está en {at}/demo):"));
    for staff in STAFF {
        lines.push(format!("  {:<14} {} {}, {}", run(staff.run), staff.names, staff.surnames, staff.post));
    }
    lines.push(String::new());
    lines.push(format!("Clientes de FirmaGob, con sus constantes de prueba: {at}/firma/v2/files/tickets"));
    lines.push(format!("  Códigos del firmante 11111111: {sandbox}"));
    lines.push(String::new());
    lines.push("Tres cosas para probar:".to_owned());
    lines.push(format!(
        "  1. Busque «patente auto» en {at}, ingrese con 44.444.444-4, escriba la patente BBCD12 y pague."
    ));
    lines.push(format!("  2. Haga lo mismo con FGHJ34 (revisión vencida), preséntela igual, y atiéndala en {at}/gestion con 11.111.111-1."));
    lines.push(format!(
        "  3. Arrastre el PDF del permiso a {at}/verificar; cambie un byte y pruebe otra vez."
    ));
    lines.push(String::new());
    lines.push(
        "Para terminar: Ctrl+C. Si lo inicia otra vez sobre la misma carpeta, sigue donde estaba.".to_owned(),
    );
    lines.join("\n")
}

fn run(number: u32) -> String {
    Run::from_number(number).map(|r| r.to_string()).unwrap_or_default()
}
