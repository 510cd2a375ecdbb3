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

  "plan.title": "Maintenance plans",
  "plan.text": "Whichever of months and kilometres comes first. A model is named by a part of its name, the longest part counts. Reminders follow within an hour of saving.",
  "plan.model": "Model", "plan.kind.car": "Car", "plan.kind.ebike": "E-bike", "plan.every": "every model", "plan.shipped": "default", "plan.first": "First", "plan.period": "Then every",
  "plan.stop": "Reminders stop", "plan.change": "Change", "plan.months": "{{n}} mo.", "plan.days": "after {{n}} days", "plan.edit": "Edit", "plan.drop": "Delete", "plan.add": "Add a model",
  "plan.kind": "Kind", "plan.modelPart": "Part of the model's name", "plan.modelHint": "such as N9; empty: every model", "plan.firstMonths": "First (months)", "plan.firstKm": "First (km)",
  "plan.periodMonths": "Then every (months)", "plan.periodKm": "Then every (km)", "plan.stopAfterDays": "Stop after (days)",

  "bay.title": "Workshop bays", "bay.text": "Appointments are booked by the half hour. With fewer places or shorter hours, bookings already made stay and new ones are not taken; 0 takes nobody.",
  "bay.opens": "{{kind}} opens", "bay.closes": "{{kind}} closes", "bay.capacity": "{{kind}} takes at a time", "bay.takes": "takes", "bay.vehicles": "at a time",
} as const;
