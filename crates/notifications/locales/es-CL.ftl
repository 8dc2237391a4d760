notifications-inbox-title = Mis notificaciones
notifications-inbox-empty = No tiene notificaciones.
notifications-inbox-what = Asunto
notifications-inbox-who = Quién la envió
notifications-inbox-when = Recibida
notifications-inbox-state = Estado
notifications-new = Sin leer
notifications-read = Leída
notifications-kind-nt = Notificación
notifications-kind-cp = Copia de una notificación
notifications-kind-ci = Información
notifications-made-future = Se entenderá notificada el { $date } (tercer día hábil después del envío), la lea o no.
notifications-made-past = Se entiende notificada el { $date } (tercer día hábil después del envío).
notifications-made-why = Los plazos que comienzan con esta notificación se cuentan desde el día siguiente. Leerla antes o después no cambia esa fecha.
notifications-made-title = Cuándo se entiende notificada
notifications-not-sent = La institución debe notificarle por otro medio. Esta es una copia.
notifications-no-clock = Este mensaje es informativo y no inicia ningún plazo.
notifications-sender = Quién la envió
notifications-sent = Enviada
notifications-case = Expediente
notifications-code = Código de la notificación
notifications-attachments = Documentos adjuntos
notifications-hash = Huella SHA-256
notifications-certificate = Descargar el certificado de envío
notifications-details = Datos de la notificación
notifications-mail-title = Correos enviados
notifications-mail-lead = Estos son los correos que salieron, o que habrían salido, de este ambiente de prueba.
notifications-mail-empty = Todavía no sale ningún correo.
notifications-mail-read = Leer el correo
notifications-mail-to = Para
notifications-mail-waiting = Por enviar
notifications-mail-sent = Enviado
notifications-mail-kept = Guardado aquí
notifications-mail-refused = Rechazado por el servidor

### Correo que avisa
notifications-told-subject = Tiene una nueva notificación
notifications-told =
    Hola:

    { $sender } le envió una notificación. Léala en su casilla:
    { $link }
notifications-told-made = Se entiende notificada el { $day }, aunque no la abra.
notifications-told-end =
    Código de la notificación: { $code }

    Este correo es solo un aviso. No responda a esta dirección.
