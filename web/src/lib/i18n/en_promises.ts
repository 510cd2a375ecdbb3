// The English of appointments, renewals, quotes and messages; the same keys as zh_promises.ts.
export const enPromises = {
  "slot.title": "Choose a slot of the workshop", "slot.none": "No slot is free in the next 7 days. Agree on a call back, or look further on the appointments page.",
  "slot.full": "full", "slot.left": "{{n}} left", "slot.places": "{{n}} left", "slot.hint": "a key takes a slot; another day with", "slot.bay.fast": "Quick service bay",
  "slot.bay.general": "General bay", "slot.bay.body": "Body shop",

  "visit.card": "Appointment", "visit.advisor": "advisor {{name}}", "visit.st.requested": "asked for", "visit.st.booked": "booked", "visit.st.confirmed": "confirmed",
  "visit.st.arrived": "arrived", "visit.st.completed": "completed", "visit.st.no_show": "no-show", "visit.st.rescheduled": "moved", "visit.st.cancelled": "cancelled",

  "ren.card": "Renewal", "ren.expiry": "Ends", "ren.left": "{{n}} days left", "ren.past": "{{n}} days ago", "ren.last": "Last year", "ren.next": "Next contact", "ren.lost": "Lost",
  "ren.quote": "Quote", "quote.st.draft": "to be quoted", "quote.st.sending": "being sent", "quote.st.sent": "sent", "quote.st.viewed": "viewed", "quote.st.accepted": "won",
  "quote.st.expired": "expired", "quote.st.replaced": "replaced", "quote.title": "Fill in the amounts, it goes out by SMS", "quote.insurer": "Insurer",
  "quote.noInsurer": "The store has no approved insurer yet; ask the manager to add one.", "quote.cover": "Cover, such as compulsory + damage + 2m third party",
  "quote.compulsory": "Compulsory", "quote.tax": "Vehicle tax", "quote.commercial": "Commercial", "quote.until": "Valid until", "quote.total": "Total", "quote.send": "Send the quote",

  "lost.why": "Why it is lost", "lost.words": "The customer's own words", "lost.competitor": "Who got it, at what price (may stay empty)", "lost.send": "Note it as lost",

  "call.book": "Book", "call.bookTitle": "Choose a slot", "call.quote": "Quote",
  "wrap.need.time": "Choose the agreed time first", "wrap.need.slot": "Choose a slot first", "wrap.need.lost": "Give the reason and the customer's words first",
} as const;
