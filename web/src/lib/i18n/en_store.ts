// The English of the store's settings; the same keys as zh_store.ts.
export const enStore = {
  "nav.store": "Store", "store.title": "Store settings", "store.last": "changed by {{by}}, {{at}}", "store.save": "Save",

  "ins.title": "Approved insurers", "ins.text": "Only insurers on this list can be quoted. Taking one off leaves the quotes that were sent; no new ones can be sent.",
  "ins.name": "Insurer", "ins.nameHint": "such as Sample Insurance Hangzhou", "ins.add": "Add", "ins.drop": "Take off", "ins.empty": "No approved insurer yet",
  "ins.emptyText": "Add one by its name above; then the renewal agents can send quotes.", "ins.dropped": "“{{name}}” is off the list.", "ins.back": "Put it back",

  "win.title": "Call windows",
  "win.text": "Automatic calls are made in these spans only. Running campaigns follow as soon as you save; tasks that have a time already keep it.",
  "win.span": "Span {{n}}", "win.from": "Span {{n}} from", "win.to": "Span {{n}} to", "win.drop": "Remove", "win.add": "One more", "win.useDefault": "Fill in the default",
  "win.default": "Default: {{spans}}. Not before {{from}}, not after {{to}}; no store may widen that. Agreed call-backs and calls by hand do not follow these spans.",
} as const;
