// The English of the store's settings; the same keys as zh_store.ts.
export const enStore = {
  "nav.store": "Store", "store.title": "Store settings", "store.last": "changed by {{by}}, {{at}}", "store.save": "Save",

  "ins.title": "Approved insurers", "ins.text": "Only insurers on this list can be quoted. Taking one off leaves the quotes that were sent; no new ones can be sent.",
  "ins.name": "Insurer", "ins.nameHint": "such as Sample Insurance Hangzhou", "ins.add": "Add", "ins.drop": "Take off", "ins.empty": "No approved insurer yet",
  "ins.emptyText": "Add one by its name above; then the renewal agents can send quotes.", "ins.dropped": "“{{name}}” is off the list.", "ins.back": "Put it back",
} as const;
