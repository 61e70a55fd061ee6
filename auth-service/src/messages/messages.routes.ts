import { answerOtherMethods } from '@tradepost/service-kit/route.ts';
import { Router } from 'express';
import { mailboxPage } from './mailbox-page.ts';
import { listSpool } from './messages.queries.ts';

/** Everybody who reaches it reads every message: it is mounted when MAIL_SPOOL is set, which production refuses. */
export function mailboxRoutes(directory: string): Router {
  const router = Router();
  const mailbox = router.route('/');
  mailbox.get(async (req, res) => {
    res.locals.route = '/dev/mail';
    const items = await listSpool(directory);
    res.set('Cache-Control', 'no-store').vary('Accept');
    const wanted = req.accepts(['html', 'json']);
    if (wanted === 'json') res.type('application/json').send(JSON.stringify({ items }));
    else res.type('text/html').send(mailboxPage(items));
  });
  answerOtherMethods(mailbox, ['GET']);
  return router;
}
