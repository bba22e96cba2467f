// Every page of the console in the shapes that differ, and who sees the usage banner in which state.

/** Nobody has to be signed in for these. */
export const PUBLIC = [
  '/sign-in',
  '/sign-in/link',
  '/sign-in/reset',
  '/register',
  '/sent',
  '/join',
  '/letters/stop',
  '/sandbox',
  '/sandbox/mail',
  '/pricing',
  '/invitations/accept',
  '/no-such-page',
];

/** Here the banner stands in full. */
export const FULL = ['/', '/usage', '/usage?by=refused'];

/** Here it is one line. */
export const LINE = [
  '/help',
  '/productions',
  '/productions/sample-1',
  '/productions/sample-33?detail=steps',
  '/estimate',
  '/accounts',
  '/accounts/new',
  '/keys',
  '/keys/new',
  '/audit',
  '/plan',
  '/plan?billing=annual&to=pro',
  '/plan?to=cancel',
  '/pnl',
  '/pnl?by=production',
  '/pnl?by=step&range=90',
  '/pnl?stage=10&kind=video&range=90',
  '/buy',
  '/buy/auto-top-up',
  '/invoices',
  '/billing-details',
  '/team',
  '/team?invite=yes',
  '/you',
  '/you/privacy',
];

/** These are for who works for JARAI. */
export const STAFF = {
  email: 'paula@jarai.example',
  paths: [
    '/pnl',
    '/pnl/platform',
    '/pnl/platform?by=step',
    '/platform/lists',
    '/platform/customers',
    '/platform/customers/new',
    '/platform/assignments',
    '/platform/assignments?tab=customers',
    '/platform/controls',
    '/platform/jobs',
    '/platform/requests',
  ],
};

/** The state of the banner, and whose it is. */
export const BANNERS = {
  prompt: 'mara@northlight.example',
  healthy: 'hana@harbour.example',
  'nothing-left': 'fern@fern.example',
  'prompt-on-extra': 'cora@copper.example',
  'on-extra': 'ren@lantern.example',
  'auto-top-up': 'mia@meridian.example',
  'auto-top-up-failed': 'quinn@quarry.example',
  'payment-failed': 'sal@saltmarsh.example',
  'payment-overdue': 'theo@thistle.example',
};
