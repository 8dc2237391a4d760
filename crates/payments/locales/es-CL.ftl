### Pagar
payments-pay-title = Pague su trámite
payments-pay-to = Usted paga a { $institution }
payments-lines = Detalle del pago
payments-concept = Concepto
payments-amount = Monto
payments-total = Total
payments-pay = Pagar { $amount }
payments-leave = Volver sin pagar
payments-retry = Reintentar el pago
payments-rejected-title = El banco rechazó el pago
payments-rejected-text = No se le cobró. Puede intentarlo de nuevo con otra tarjeta.
payments-aborted-title = El pago no se completó
payments-aborted-text = No se le cobró. Puede intentarlo de nuevo o volver sin pagar.
payments-open-text = Tiene un pago sin terminar. Al continuar volverá a la página donde lo dejó.
payments-deadline = Puede pagar hasta el { $at }.
payments-to-provider-title = Vaya a la página de pago
payments-to-provider-text = Va a salir de este sitio para pagar de forma segura. Después volverá aquí.
payments-to-provider = Ir a pagar

### Estado
payments-waiting-title = Estamos confirmando su pago
payments-waiting-text = Esta página se actualiza sola. No pague de nuevo: cuando el banco responda verá aquí el resultado.
payments-waiting-safe = Puede cerrar esta página. Si se le cobra y no podemos entregar lo que pagó, le devolveremos todo el dinero.
payments-failed-title = El pago no se realizó
payments-failed-P0010 = El banco rechazó el pago.
payments-failed-P0020 = Se terminó el tiempo para pagar.
payments-failed-P0030 = Usted volvió sin pagar.
payments-failed-P0040 = La institución anuló este cobro.
payments-failed-P0050 = El medio de pago no pudo procesar el pago.
payments-failed-text = No se le cobró.
payments-go-on = Continuar con su trámite

### Comprobante
payments-receipt-title = Comprobante de pago
payments-paid-panel = Pago realizado
payments-receipt-number = Número { $folio }
payments-receipt-institution = Institución
payments-receipt-rut = RUT de la institución
payments-receipt-concept = Concepto
payments-receipt-reference = Referencia
payments-receipt-case = Expediente
payments-receipt-paid = Fecha y hora del pago
payments-receipt-order = Orden de compra
payments-receipt-authorisation = Código de autorización
payments-receipt-card = Tarjeta
payments-receipt-card-ending = { $kind } terminada en { $digits }
payments-receipt-payer = Quién pagó
payments-receipt-run = RUN de quien pagó
payments-receipt-code = Código de verificación
payments-receipt-check = Compruébelo en { $url }
payments-receipt-data = Descargar el comprobante en datos (JSON)
payments-refund-title = Le devolvemos su dinero
payments-refund-submitted = No pudimos entregarle lo que pagó a tiempo, así que pedimos la devolución de { $amount }. Verá aquí cuando el banco la confirme.
payments-refund-confirmed = No pudimos entregarle lo que pagó a tiempo. Le devolvimos { $amount } por el mismo medio de pago.
payments-refund-refused = No pudimos entregarle lo que pagó a tiempo y el banco no aceptó la devolución automática de { $amount }. La tesorería de la institución se la hará por otro medio.

### Mis pagos
payments-list-title = Mis pagos
payments-under-way-title = Ya empezó a pagar esto en otro trámite
payments-under-way-text = Abra abajo el pago que dice «Por pagar»: puede terminarlo, o volver sin pagar y seguir con el nuevo. Lo que escribió en el trámite nuevo está guardado en «Mis trámites».
payments-list-empty = Todavía no tiene pagos.
payments-list-what = Qué pagó
payments-list-when = Fecha
payments-list-state = Estado
payments-state-created = Por pagar
payments-state-started = Por pagar
payments-state-submitted = En confirmación
payments-state-success = Pagado
payments-state-failed = No pagado
payments-state-cancelled = Anulado
payments-state-error = No pagado
payments-state-refunded = Devuelto

### Proveedor de prueba
payments-sandbox-title = Banco de prueba
payments-sandbox-text = Esta página imita la de un banco. No se cobra nada de verdad. Elija qué debe pasar con el pago.
payments-sandbox-merchant = Comercio
payments-sandbox-order = Orden de compra
payments-sandbox-approve = Aprobar
payments-sandbox-reject = Rechazar
payments-sandbox-cancel = Anular compra y volver
payments-sandbox-twice = Responder dos veces
payments-sandbox-abandon = Abandonar esta página
payments-sandbox-done = Este pago ya se respondió.
payments-sandbox-back = Volver al sitio

### Acts with their receipts
payments-acts = Qué se hizo con este pago
payments-act-payment-started = Usted comenzó a pagar
payments-act-payment-succeeded = El pago se recibió
payments-act-payment-refund_submitted = Se pidió devolver el dinero
payments-act-payment-refunded = El dinero se devolvió
payments-act-payment-refund_refused = El banco rechazó la devolución: la tesorería debe resolverla
