UPDATE order_sagas JOIN orders ON orders.id = order_sagas.order_id
   SET order_sagas.step = 'expire', order_sagas.due_at = orders.payment_due_at
 WHERE orders.status = 'awaiting_payment' AND order_sagas.step = 'nothing'
