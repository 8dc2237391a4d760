signing-title = Verificar un documento
signing-lead = Compruebe si un documento es auténtico, quién lo firmó y si sigue vigente. No necesita ingresar.
signing-code-label = Código de verificación
signing-code-hint = Está al pie del documento, por ejemplo RTZZ-AERD-F9JG-66PK
signing-code-button = Buscar el documento
signing-file-heading = ¿Tiene el archivo?
signing-file-label = Archivo PDF
signing-file-button = Revisar el archivo
signing-file-privacy = Si envía el archivo, lo revisamos y no lo guardamos.
signing-local-same = El archivo que eligió es idéntico al documento registrado. No fue necesario enviarlo.
signing-local-other = El archivo que eligió no es idéntico al documento registrado. No lo dé por auténtico.
signing-local-unknown = El archivo no está en nuestro registro. Envíelo con el botón para revisar su firma.
signing-same-title = Es el mismo archivo
signing-too-many = Demasiadas consultas. Espere un minuto e intente de nuevo.
signing-unknown-title = No encontramos un documento con ese código
signing-unknown-detail = Revise que el código esté completo: son 16 letras y números en cuatro grupos.
signing-unknown-next = Si tiene el archivo PDF, puede revisarlo directamente.
signing-hidden-title = Documento de acceso restringido
signing-compare-heading = Compare con lo que tiene
signing-compare-paper = Si tiene el documento en papel, compare estos datos con los impresos. Si tiene el archivo, elíjalo y lo comparamos.
signing-in-force = El documento está vigente
signing-in-force-detail = Fue emitido por la institución que se indica y sigue vigente.
signing-replaced-detail = Este documento fue reemplazado por otro el { $since }.
signing-replaced-link = Ver el documento que lo reemplaza
signing-void-detail = Este documento quedó sin efecto el { $since }.
signing-disposed-detail = Este documento fue eliminado del archivo el { $since }. Se conservan su huella y su fecha.
signing-reason = Motivo: { $reason }
signing-state-vigente = Vigente
signing-state-reemplazado = Reemplazado
signing-state-sin_efecto = Sin efecto
signing-state-eliminado = Eliminado
signing-fact-state = Estado
signing-fact-institution = Institución
signing-fact-kind = Tipo de documento
signing-fact-signers = Firmado por
signing-fact-case = Expediente
signing-fact-issued = Emitido
signing-fact-code = Código
signing-fact-hash = Huella SHA-256
signing-fact-issuer = Certificado emitido por
signing-fact-run = RUN o RUT del certificado
signing-result-genuine = El documento es auténtico
signing-result-altered = El documento no es auténtico
signing-result-unsure = No podemos asegurar que el documento sea auténtico
signing-result-partly = Solo una parte está firmada
signing-result-incomplete = Falta el archivo
signing-result-dated = El documento no está firmado, pero su fecha está probada
signing-result-unsigned = El documento no está firmado
signing-result-unreadable = No pudimos leer el archivo
signing-force-heading = ¿Sigue vigente?
signing-force-unknown = El archivo no está en nuestro registro, así que no sabemos si sigue vigente. Pregunte a la institución que lo emitió.
signing-force-other-file = El código del archivo existe, pero el archivo no es idéntico al documento registrado. No lo dé por auténtico.
signing-force-link = Ver el registro del documento
signing-detail-summary = Ver detalle técnico
signing-another = Verificar otro documento

### The receipt of a document's issue
signing-integrity = Comprobante de integridad
signing-integrity-why = Que este documento se emitió quedó anotado en una bitácora pública que nadie puede cambiar. El comprobante lo prueba sin internet.
signing-integrity-download = Descargar el comprobante
signing-integrity-check = Comprobarlo en su propio navegador
signing-integrity-evidence = Descargar el registro de evidencia, que prueba su fecha por muchos años (RFC 4998)

### Letters of the signing desk
signing-mail-turn-subject = Tiene un documento por firmar: { $title }
signing-mail-turn = { $sender } le pide firmar «{ $title }».
    Puede firmarlo hasta el { $until }.
    Véalo aquí: { $link }
signing-mail-reminder-subject = Recordatorio: falta su firma en { $title }
signing-mail-reminder = «{ $title }», que envió { $sender }, todavía espera su firma.
    Puede firmarlo hasta el { $until }.
    Véalo aquí: { $link }
signing-mail-refused-subject = Rechazaron firmar { $title }
signing-mail-refused = Una persona rechazó firmar «{ $title }», que envió { $sender }. El motivo está aquí: { $link }
signing-mail-expired-subject = Venció el plazo para firmar { $title }
signing-mail-expired = «{ $title }», que envió { $sender }, no reunió sus firmas a tiempo. Puede enviarlo de nuevo aquí: { $link }
signing-mail-complete-subject = { $title } ya tiene todas sus firmas
signing-mail-complete = «{ $title }», que envió { $sender }, está firmado por todas las personas. Descárguelo aquí: { $link }

### The signing desk
signing-crumb = Mi escritorio
signing-nav = Partes de la firma
signing-nav-waiting = Por firmar
signing-nav-sent = Documentos enviados a firma
signing-desk-title = Firma de documentos
signing-desk-lead = Firme aquí los documentos que esperan su firma. Con un solo código puede firmar varios.
signing-no-certificate = Usted todavía no tiene un certificado de firma vigente. Puede ver y rechazar documentos, pero para firmar necesita pedirlo al operador de su institución.
signing-waiting-none = No hay documentos que esperen su firma.
signing-waiting-legend = { $n ->
    [one] Un documento espera su firma
   *[other] { $n } documentos esperan su firma
    }
signing-waiting-from = Lo envió { $sender } el { $since }. Fírmelo hasta el { $until }.
signing-waiting-for = Usted firma en subrogación de { $name }.
signing-waiting-sign = Revisar y firmar los elegidos
signing-opened = Abierto
signing-not-opened = Sin abrir
signing-careful = Requiere atención
signing-look = Ver
signing-own-heading = Otros documentos
signing-own-hint = Puede firmar documentos suyos, o pedir la firma de otras personas de su institución.
signing-own-upload = Firmar un documento mío
signing-own-send = Enviar un documento a firma
signing-past-heading = Ya firmados o rechazados
signing-batches-heading = Sus últimas firmas
signing-batch-when = Cuándo
signing-batch-documents = Documentos
signing-batch-counts = { $signed } de { $total } firmados
signing-document = Documento
signing-documents = Documentos
signing-state = Estado
signing-sent-by = Enviado por
signing-sent-at = Enviado el
signing-until = Firmar hasta el
signing-message = Mensaje
signing-file = Archivo
signing-file-size = { $pages ->
    [one] 1 página, { $size }
   *[other] { $pages } páginas, { $size }
    }
signing-opened-at = Usted lo abrió
signing-open-file = Abrir el documento
signing-open-new-tab = Abrir en otra pestaña
signing-download = Descargar
signing-signers = Personas que firman
signing-signer = Persona
signing-order = Orden
signing-signatures = Firmas
signing-acted-by = Firmó { $name }, en su subrogación
signing-your-turn = Es su turno de firmar
signing-sign-this = Revisar y firmar
signing-paper-caption = Documento para firma
signing-refuse-link = Rechazar la firma
signing-refuse-title = Rechazar la firma
signing-refuse-reason = ¿Por qué no lo firma?
signing-refuse-hint = Lo leerá quien envió el documento.
signing-refuse-ask = Escriba el motivo, con al menos 5 letras
signing-refuse-button = Rechazar
signing-refused-title = Rechazó el documento
signing-refused-body = Avisamos a quien lo envió. Si se equivocó, ábralo en «Ya firmados o rechazados» y deshaga el rechazo.
signing-take-back = Deshacer mi rechazo
signing-sender-heading = Usted envió este documento
signing-remind = Enviar un recordatorio
signing-reminded = Enviamos el recordatorio
signing-withdraw = Retirar el documento
signing-send-again = Enviar de nuevo
signing-send-again-hint = El documento ya no se puede firmar. Si lo envía de nuevo, conserva las firmas que tiene.
signing-sent-lead = Documentos que usted envió a firmar, y cómo va cada uno.
signing-sent-none = Todavía no ha enviado documentos a firma.
signing-paper-en_curso = En firma
signing-paper-completo = Firmado por todos
signing-paper-rechazado = Rechazado
signing-paper-vencido = Vencido
signing-paper-retirado = Retirado
signing-turn-en_espera = Espera su turno
signing-turn-pendiente = Falta su firma
signing-turn-firmado = Firmó
signing-turn-rechazado = Rechazó
signing-item-pendiente = Sin firmar
signing-item-firmado = Firmado
signing-item-error = No se firmó
signing-found-broken = El documento trae una firma que no es válida. Pregunte a quien lo envió antes de firmar.
signing-found-scripts = El documento contiene programas, así que podría mostrar otra cosa más adelante.
signing-found-files = El documento lleva otros archivos adentro. Al firmarlo, también firma esos archivos.
signing-found-form = El documento tiene campos para llenar. Revise que digan lo que usted firma.
signing-found-certified = Su autor certificó el documento: después solo admite firmas.
signing-found-signatures = { $n ->
    [one] El documento ya tiene una firma.
   *[other] El documento ya tiene { $n } firmas.
    }
signing-review-title = Revise antes de firmar
signing-review-lead = Abra cada documento. Lo que firma es exactamente lo que ve.
signing-review-unopened = Hay documentos que usted no ha abierto. Si los firma así, queda anotado.
signing-stamp = Estampa
signing-code-heading = Firme con su código
signing-otp = Código de 6 números
signing-otp-hint = Está en la aplicación de su teléfono. Un código firma todos los documentos de esta página.
signing-otp-ask = Escriba el código de 6 números
signing-sign-all = { $n ->
    [one] Firmar el documento
   *[other] Firmar los { $n } documentos
    }
signing-cancel = Dejarlos sin firmar
signing-broken-legend = Hay un documento con una firma que no es válida
signing-broken-confirm = Lo sé, y quiero firmarlo igual
signing-place-title = ¿Dónde va la estampa?
signing-place-legend = Lugar
signing-place-abajo-derecha = Abajo a la derecha
signing-place-abajo-centro = Abajo al centro
signing-place-abajo-izquierda = Abajo a la izquierda
signing-place-arriba-derecha = Arriba a la derecha
signing-place-arriba-centro = Arriba al centro
signing-place-arriba-izquierda = Arriba a la izquierda
signing-place-invisible = Sin estampa
signing-place-exact = En un lugar exacto
signing-place-box = Lugar exacto
signing-place-on = { $spot }, { $page }
signing-place-ask = Elija un lugar
signing-place-all-legend = Otros documentos
signing-place-all = Poner la estampa en el mismo lugar en todos
signing-place-save = Guardar
signing-page-legend = Página
signing-page-last = última página
signing-page-last-option = La última
signing-page-other = Otra
signing-page-which = Número de la página, si es otra
signing-page-number = página { $n }
signing-page-ask = Escriba el número de la página, por ejemplo 1
signing-box-summary = Lugar exacto, en puntos
signing-box-label = Izquierda, abajo, derecha y arriba
signing-box-hint = Cuatro números en puntos desde la esquina inferior izquierda, por ejemplo 36,36,206,92
signing-box-ask = Escriba cuatro números separados por comas, por ejemplo 36,36,206,92
signing-progress-title = Firmando sus documentos
signing-progress = Avance de la firma
signing-progress-counts = Listos { $signed } de { $total }
signing-progress-leave = Puede cerrar esta página: la firma continúa sola.
signing-stop = Detener
signing-results-title = Resultado de la firma
signing-result = Resultado
signing-done = { $total ->
    [one] Firmó el documento
   *[other] Firmó los { $total } documentos
    }
signing-not-done = { $signed } de { $total } documentos firmados
signing-again = Intentar de nuevo con los que faltan
signing-again-hint = Si ya pasaron 10 minutos desde que escribió su código, le pediremos otro.
signing-back = Volver a los documentos por firmar
signing-upload-title = Firmar un documento mío
signing-upload-lead = Suba uno o varios PDF. Antes de firmar podrá revisarlos.
signing-upload-label = Archivo PDF
signing-upload-hint = Puede elegir varios a la vez
signing-upload-ask = Elija un archivo PDF
signing-upload-button = Continuar
signing-issue-legend = Verificación
signing-issue = El documento se entregará a otras personas
signing-issue-hint = Recibirá un código para que cualquiera compruebe en esta página que es auténtico.
signing-send-title = Enviar un documento a firma
signing-send-lead = Elija el documento y quiénes lo firman. Les avisamos por correo cuando les toque.
signing-send-name = Nombre del documento
signing-send-name-hint = Por ejemplo: Convenio con la Junta de Vecinos. Si lo deja vacío, usamos el nombre del archivo.
signing-send-who = ¿Quiénes firman?
signing-send-order = ¿En qué orden firman?
signing-send-one-by-one = Una después de otra, como están en la lista
signing-send-together = Todas a la vez
signing-send-own-order = En otro orden
signing-send-own-summary = Otro orden
signing-send-levels = Las personas con el mismo número firman a la vez. A las demás les llega cuando firmen las de número menor.
signing-send-person = Persona { $n }
signing-send-order-of = Número de la persona { $n }
signing-message-label = Mensaje para quienes firman
signing-days = Días para firmar
signing-days-hint = De 1 a 90
signing-days-ask = Escriba los días, de 1 a 90
signing-send-button = Enviar
