### The list
ledger-list-title = Bitácoras públicas
ledger-list-lead = Cada acto con efecto legal deja una huella en una de estas bitácoras. Nadie puede borrarla, cambiarla ni ponerle otra fecha sin que se note: tampoco quien opera esta plataforma.
ledger-list-how = Las huellas no contienen datos personales. Quien participó en un acto tiene un comprobante que cualquiera puede revisar sin conexión.
ledger-list-log = Bitácora
ledger-list-none = Ninguna bitácora tiene entradas todavía.
ledger-list-empty = Todavía sin entradas
ledger-list-check = Para quien quiera revisarlas
ledger-list-check-how = Todo lo que hace falta para vigilar y copiar las bitácoras está a la vista de cualquiera, en formatos abiertos. Cada bitácora explica cómo en su página.
ledger-list-policy = Ver las llaves públicas de las bitácoras y de sus testigos

### A log
ledger-log-title = Bitácora: { $name }
ledger-log-lead = Esto es lo que la bitácora firmó la última vez. Si alguien le muestra otra cosa para la misma cantidad de entradas, una de las dos es falsa.
ledger-log-empty = Esta bitácora todavía no tiene entradas.
ledger-log-halted = Esta bitácora está detenida: lo guardado no coincide con lo firmado, y no se firma nada más hasta aclararlo.
ledger-entries = Entradas
ledger-root = Raíz
ledger-signed-at = Firmada el
ledger-origin = Nombre
ledger-key = Llave pública
ledger-witnesses = Testigos
ledger-witnesses-why = Los testigos son instituciones independientes que firman lo mismo que la bitácora, y solo si continúa lo que ya habían visto.
ledger-witnesses-none = Lo último firmado no lleva firmas de testigos.
ledger-growth = Crecimiento
ledger-growth-title = Entradas al final de cada día
ledger-watch = Cómo vigilarla
ledger-watch-why = Cualquiera puede hacerlo, sin cuenta y sin permiso. Mientras más personas miren, más difícil es mentirles a todas.
ledger-watch-get = Descargue el programa Copihue, o use otro que entienda bitácoras C2SP.
ledger-watch-monitor = Para que avise si la bitácora cambia algo que ya mostró:
ledger-watch-clone = Para guardar una copia completa y comprobada, que puede continuar cuando quiera:
ledger-watch-other = El programa recuerda lo que vio. Si algo no calza, guarda la evidencia firmada: muéstrela a los testigos y a la prensa.
ledger-watch-checkpoint = Ver lo último firmado, tal como lo leen los programas

### What each is about
ledger-of-identity = Ingresos y cuentas
ledger-of-consent = Autorizaciones de datos
ledger-of-interop = Intercambio de datos
ledger-of-directory = Instituciones y servicios
ledger-of-notification = Notificaciones
ledger-of-casefile = Expedientes
ledger-of-signature = Firmas y certificados
ledger-of-communications = Comunicaciones oficiales
ledger-of-payment = Pagos
ledger-of-participation = Participación
ledger-of-vote = Votaciones
ledger-of-access = Accesos a datos de personas
ledger-of-admin = Administración
ledger-of-index = Índice de las bitácoras
ledger-of-regions = Registro público de regiones
ledger-of-provinces = Registro público de provincias
ledger-of-communes = Registro público de comunas
ledger-of-institutions = Registro público de instituciones
ledger-of-holidays = Registro público de feriados
ledger-of-procedures = Registro público de trámites
