### Lista
casefiles-list-title = Mis expedientes
casefiles-list-lead = Cada trámite que usted inicia tiene un expediente. Aquí ve en qué va y todos sus documentos.
casefiles-list-empty = Todavía no tiene expedientes.
casefiles-list-what = Expediente
casefiles-list-who = Institución
casefiles-list-opened = Inicio
casefiles-list-state = Estado
casefiles-ambiguous-title = Elija el expediente
casefiles-ambiguous-text = Usted tiene más de un expediente con este número, en distintas instituciones.

### Estado
casefiles-state-recibido = Recibido
casefiles-state-abierto = Ingresado
casefiles-state-en_tramite = En trámite
casefiles-state-suspendido = Suspendido
casefiles-state-resuelto = Resuelto
casefiles-state-ejecutoriado = Firme
casefiles-state-cerrado = Cerrado
casefiles-state-conservado = Archivado
casefiles-state-acumulado = Acumulado a otro expediente
casefiles-means-recibido = La institución recibió su presentación.
casefiles-means-abierto = Su solicitud fue ingresada y tiene número de expediente.
casefiles-means-en_tramite = La institución está revisando su solicitud.
casefiles-means-suspendido = El procedimiento está detenido por una resolución.
casefiles-means-resuelto = La institución ya resolvió. Revise el resultado en los documentos.
casefiles-means-ejecutoriado = La decisión está firme: ya no hay recursos pendientes.
casefiles-means-cerrado = El expediente está cerrado. Usted puede seguir leyéndolo.
casefiles-means-conservado = El expediente está en el archivo de la institución. Usted puede seguir leyéndolo.
casefiles-means-acumulado = Este expediente se tramita junto con otro.

### Expediente
casefiles-number = Número de expediente
casefiles-state = Estado
casefiles-institution = Institución
casefiles-procedure = Trámite
casefiles-responsible = Responsable
casefiles-parties = Interesados
casefiles-opened = Inicio
casefiles-documents = Documentos
casefiles-documents-empty = El expediente todavía no tiene documentos.
casefiles-document = Documento
casefiles-document-when = Fecha
casefiles-document-from = De
casefiles-by-system = La plataforma, de manera automática
casefiles-document-receipt = Comprobante de integridad
casefiles-document-hash = Huella
casefiles-document-code = Código de verificación { $code }
casefiles-document-source = Obtenido de { $institution } por interoperabilidad
casefiles-document-restricted = Documento con acceso restringido
casefiles-document-restricted-why = Contiene datos de otra persona.
casefiles-document-no-bytes = No disponible para descarga
casefiles-entry-mark = Anotación del índice
casefiles-receipts = Comprobantes de ingreso
casefiles-receipt-received = Recibido el { $at }.
casefiles-receipt-effective = Se entiende presentado el { $at }.
casefiles-receipt-shifted = Se recibió en un día inhábil, así que los plazos se cuentan desde el día hábil siguiente.
casefiles-receipt-pdf = Descargar el certificado
casefiles-receipt-pending = El certificado en PDF estará aquí en menos de un minuto.
casefiles-receipt-code = Código de verificación
casefiles-timeline = Qué ha pasado
casefiles-index = Sello del índice
casefiles-index-why = Este número resume todos los documentos del expediente, en su orden. Si alguien cambiara, quitara o reordenara uno, el número sería otro.

### Qué ha pasado
casefiles-trace-crear = Se abrió el expediente
casefiles-trace-estado = Cambió de estado
casefiles-trace-responsable = Cambió el responsable
casefiles-trace-asignar = Se asignó
casefiles-trace-certificar_ingreso = Se certificó su presentación
casefiles-trace-anular = Se anuló un documento
casefiles-trace-restringir = Cambió el acceso a un documento

### Certificado de presentación
casefiles-certificate-title = Certificado de presentación
casefiles-certificate-nobody = No se identifica en este trámite
casefiles-certificate-received-by = Plataforma Copihue
casefiles-origin-formulario_web = Formulario web
casefiles-origin-papel = Papel
casefiles-origin-documento_electronico = Documento electrónico
casefiles-origin-interoperabilidad = Interoperabilidad
casefiles-origin-oficio = De oficio
casefiles-origin-contingencia = Contingencia

### The whole case as a file
casefiles-whole = Llevarse el expediente
casefiles-whole-why = Un archivo ZIP con todos los documentos que usted puede ver, el índice sellado por la institución y los comprobantes de integridad. Cualquiera puede comprobar sin internet que no le falta nada de lo que se exportó.
casefiles-whole-download = Descargar el expediente completo
casefiles-receipt-waiting-title = El comprobante todavía no está listo
casefiles-receipt-waiting = Estará aquí en unos segundos. Esta página se carga sola.
