//! The wording of a document: changed by one official beside its picture, approved by another, and issued for many at once.

use crate::steps::{INSPECTOR, SECRETARY, enter};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

const HOME: &str = "/gestion/plantillas";
const ORDERS: &str = "/gestion/lotes";
const DOCUMENT: &str = "/gestion/plantillas/permiso-circulacion/permiso_total";
const FOR_MANY: &str = "/gestion/plantillas/permiso-circulacion/aviso_renovacion";

#[tokio::test]
async fn web_01_wording_is_changed_approved_and_issued_for_many_at_the_desk() {
    journey(DESK, Script::On).await;
}

#[tokio::test]
async fn web_02_wording_is_changed_approved_and_issued_for_many_on_a_telephone() {
    journey(PHONE, Script::On).await;
}

#[tokio::test]
async fn web_02_wording_is_changed_approved_and_issued_for_many_without_script() {
    journey(PHONE, Script::Off).await;
}

async fn journey(width: u32, script: Script) {
    let Some(world) = World::start() else { return };
    let writer = world.window(width, script).await;
    enter(&writer, HOME, INSPECTOR).await;
    write(&writer).await;
    writer.press("Enviar a aprobación").await;
    writer.says("Otra persona").await;
    writer.see("176-texto-por-aprobar").await;
    let other = world.window(width, script).await;
    enter(&other, HOME, SECRETARY).await;
    approve(&other).await;
    issue(&writer).await;
}

/// Each form of the editor once: the head, a part, the sample data, a new part.
async fn write(w: &Window) {
    w.see("170-plantillas").await;
    w.go(DOCUMENT).await;
    w.see("171-plantilla").await;
    w.press("Cambiar el texto").await;
    w.says("Vista previa").await;
    w.see("172-editor").await;
    w.press("Cambiar el encabezado").await;
    w.see("173-encabezado").await;
    w.fill("titulo", "").await;
    w.press("Guardar").await;
    w.says("Este texto no puede quedar vacío").await;
    w.press_in_vain("Enviar a aprobación").await;
    w.see("173-sin-titulo").await;
    w.press("Cambiar el encabezado").await;
    w.fill("titulo", "Permiso de circulación {anio}: segunda cuota").await;
    w.press("Guardar").await;
    w.says("Permiso de circulación {anio}: segunda cuota").await;
    w.press("Cambiar los datos de ejemplo").await;
    w.see("174-ejemplo").await;
    w.fill("d-patente", "BBCD12").await;
    w.press("Guardar").await;
    w.pick("tipo", "Párrafo").await;
    w.press("Agregar").await;
    w.see("175-parte-nueva").await;
    w.fill("texto", "Lleve este permiso en el vehículo {patente}.").await;
    w.press("Guardar").await;
    w.says("Lleve este permiso").await;
    w.see("172-editor-cambiado").await;
    each_part(w).await;
}

/// Every kind of part that the document has, in its form.
async fn each_part(w: &Window) {
    let editor = w.path().await;
    let editor = editor.split(['#', '?']).next().unwrap().to_owned();
    for n in 0..4 {
        w.go(&format!("{editor}/bloques/{n}")).await;
        if w.has("main form").await {
            w.see(&format!("175-parte-{n}")).await;
        }
    }
    w.go(&editor).await;
}

/// The second person gives nothing back without saying why, and approves.
async fn approve(w: &Window) {
    w.see("170-plantillas-por-aprobar").await;
    w.go(DOCUMENT).await;
    w.see("177-plantilla-en-preparacion").await;
    w.press("Seguir con ella").await;
    w.see("178-decidir").await;
    w.press_in_vain("Devolver para corregir").await;
    w.see("178-devolver-sin-motivo").await;
    w.press("Aprobar y poner en uso").await;
    w.says("Vigente").await;
    w.see("179-plantilla-vigente").await;
    w.press("Versión 1").await;
    w.see("179-version-vigente").await;
}

/// Two notices from a table; a table that lacks a column is told what it lacks.
async fn issue(w: &Window) {
    w.go(ORDERS).await;
    w.see("180-lotes-ninguno").await;
    w.go(FOR_MANY).await;
    w.press("Emitir muchos de una vez").await;
    w.see("181-emitir").await;
    w.fill("tabla", "patente;hasta\nBBCD12;31-03-2027").await;
    w.press_in_vain("Emitir los documentos").await;
    w.see("182-emitir-con-errores").await;
    w.fill(
        "tabla",
        "propietario;patente;hasta;multas\n\
         Marta Ríos;BBCD12;31-03-2027;Sí\n\
         Luis Pino;FGHJ34;31/03/2027;No",
    )
    .await;
    w.press("Emitir los documentos").await;
    w.wait_for("Descargar PDF").await;
    w.see("183-lote").await;
    w.go(ORDERS).await;
    w.see("180-lotes").await;
}
