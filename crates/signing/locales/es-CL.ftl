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
