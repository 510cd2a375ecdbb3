// Every English string of the console; the same keys as zh.ts.
import { enImports } from "./en_imports";
import { enPages } from "./en_pages";
import { enLists } from "./en_lists";
import { enMerges } from "./en_merges";
import { enPromises } from "./en_promises";
import { enRecords } from "./en_records";
import { enWhatIf } from "./en_whatif";
import { enResults } from "./en_results";
import { enStore } from "./en_store";
import type { Key } from "./zh";

const enDesk = {
  "app.name": "Ringback CRM", "app.loading": "Opening…", "app.retry": "Try again", "app.close": "Close", "app.cancel": "Cancel", "app.more": "More",
  "app.details": "Details", "app.copy": "Copy", "app.copied": "Copied", "app.back": "Back", "app.all": "All", "app.none": "none",
  "app.page": "{{from}}–{{to}} of {{total}}", "app.prev": "Previous", "app.next": "Next", "app.search": "Search", "app.unsaved": "not saved",
  "list.failed": "The data could not be read", "list.empty": "Nothing here yet",

  "error.title": "This page broke",
  "error.text": "What you typed is kept on this machine. Open the page again; if it breaks again, send the details below to your administrator.",
  "error.reload": "Open again",
  "404.title": "There is no such page", "404.text": "The address may be wrong, or you may not see this page.", "404.home": "To the start page",

  "login.title": "Sign in", "login.subtitle": "Customer relations and outbound calls for car dealers", "login.user": "Login", "login.password": "Password",
  "login.submit": "Sign in", "login.busy": "Signing in…",
  "login.failed": "Login or password is wrong. Check upper and lower case and try again.",
  "login.throttled": "Too many wrong tries. For safety, wait {{n}} s and try again.", "login.throttledLater": "Too many wrong tries. Try again later.",
  "login.needBoth": "Fill in login and password.", "login.show": "Show the password", "login.hide": "Hide the password",
  "login.forgot": "An administrator can reset a password.", "again.text": "Your session has ended. {{name}}, enter your password to go on; this page and what was not sent are kept.", "again.other": "Somebody else",

  "nav.desk": "Desk", "nav.live": "Live", "nav.campaigns": "Calls", "nav.tasks": "Tasks", "nav.customers": "Customers", "nav.forms": "Forms",
  "nav.imports": "Imports", "nav.system": "System", "nav.label": "Main navigation",

  "top.demo": "Demo data", "top.demoHint": "Everything in this store is synthetic", "top.search": "Phone, plate, VIN, name, order",
  "top.searchNone": "Nothing found for “{{q}}”. Try the last four digits, a plate or an order number.", "top.searchMore": "One more character to start",
  "top.connected": "Connected", "top.ms": "{{n}} ms", "top.connecting": "Connecting", "top.disconnected": "Connection lost", "top.signOut": "Sign out",
  "top.language": "中文", "top.store": "Store", "top.storeWorking": "Sign off before you change the store.", "top.menu": "User menu", "top.softphone": "Softphone", "top.device": "Headset",
  "top.deviceDefault": "Default microphone", "top.noMic": "No microphone", "top.deskPhone": "Phone {{n}}", "top.clock": "Business time {{at}}",
  "top.nextWindow": "Go to the next call window",

  "state.offline": "Signed off", "state.ready": "Ready", "state.reserved": "Call coming", "state.preview": "Preview", "state.dialing": "Dialling",
  "state.ringing": "Ringing", "state.talking": "Talking", "state.holding": "On hold", "state.consult": "Consulting", "state.wrapup": "Wrap-up", "state.paused": "Not ready", "state.lost": "Lost",

  "link.lost": "Connection lost; the server holds the call; {{n}} records wait to be sent",
  "link.lostIdle": "Connection lost, reconnecting; {{n}} records wait to be sent", "link.pending": "{{n}} records wait to be sent",
  "sound.blocked": "The browser refuses sound: press any key to bring it back",
  "mic.refused": "The browser may not use the microphone. Click the icon left of the address, allow “Microphone”, then press F2.",
  "mic.missing": "No microphone was found. Plug in the headset (USB or 3.5 mm); once its name shows, press F2.",
  "mic.busy": "The microphone cannot be opened; another program may hold it. Close meeting or recording programs, then press F2.",
  "mic.insecure": "This address is not a secure connection, so the browser gives no microphone. Use an https address, localhost on this machine, or sign on with the desk phone.",
  "mic.usePhone": "Use desk phone {{n}} instead", "mic.noPhone": "Without a headset a desk phone will do: ask the administrator for an extension.",
  "mic.asking": "Click “Allow” in the browser's question about the microphone.", "mic.unknown": "The microphone has not been tested",
  "mic.on": "The microphone works", "mic.lostInCall": "The microphone is gone: the customer cannot hear you. Plug the headset in again; it recovers by itself.",
  "peer.connecting": "Connecting the audio…",
  "peer.failed": "The audio channel did not connect; trying again. If this stays, check that the firewall lets UDP pass, or use the desk phone.",

  "desk.signOn": "Sign on", "desk.signOff": "Sign off", "desk.signingOn": "Signing on", "desk.signingOnText": "You are ready as soon as microphone and audio channel are up.",
  "desk.welcome": "{{name}}, sign on when you are ready", "desk.welcomeText": "The audio channel stays open after signing on; calls come without another click.",
  "desk.micTest": "Test the microphone", "desk.micStart": "Start the test", "desk.micTalk": "Say something; the green bar should move.",
  "desk.micQuiet": "No sound yet: check that the headset is not muted.", "desk.hear": "Hear yourself", "desk.hearStop": "Stop",
  "desk.hearText": "Your voice goes to the server and back; hearing yourself about half a second later means both directions work.",
  "desk.device": "What to answer with", "desk.deviceBrowser": "Headset in the browser", "desk.devicePhone": "Desk phone {{n}}",
  "desk.phoneRegistered": "The phone is registered", "desk.phoneNotRegistered": "The phone is not registered; check cable and power", "desk.pickMic": "Microphone",
  "desk.elsewhere": "Your desk is open in another window",
  "desk.elsewhereText": "The call and its answers are safe there. To go on here, take it over; the other window stops.",
  "desk.takeOver": "Take over here",

  "desk.ready": "Ready", "desk.pause": "Not ready", "desk.pauseWhy": "Why not ready", "desk.resume": "Back to ready", "desk.pausedFor": "For {{t}}",
  "desk.limit": "limit {{t}}", "desk.over": "over the limit by {{t}}", "desk.wantsPause": "Not ready after this call: {{why}}",
  "desk.wantsOff": "Signing off after this call", "desk.noCampaign": "No campaign has calls for you now", "desk.noCampaignText": "Once the supervisor starts one it dials by itself; agreed call backs are announced in time.", "desk.today": "Today so far", "desk.todayCalls": "Calls",
  "desk.todayAnswered": "Answered", "desk.todayDone": "Follow-ups done", "desk.todayTalk": "Talk time", "desk.todayScore": "Average score",
  "desk.unitCalls": "calls", "desk.unitPeople": "people", "desk.lastCall": "Last call",
  "desk.noLast": "No calls yet today. A tone and the flashing title announce one.", "desk.callbacks": "Agreed call-backs",
  "desk.noCallbacks": "No call-backs agreed for the next hour.", "desk.headset": "Headset", "desk.audioUp": "The audio channel is up; calls come at once",
  "desk.audioConnecting": "The audio channel is connecting", "desk.audioDown": "The audio channel is down, reconnecting", "desk.me": "Me",
  "desk.customer": "Customer", "desk.levelOk": "fine", "desk.levelQuiet": "quiet", "desk.lostTitle": "The server cannot reach your audio now",
  "desk.lostText": "Reconnecting. The server holds the call; please keep this page open.", "desk.phone": "Desk phone",
  "desk.phoneRinging": "Your phone is being rung", "desk.phoneRingingText": "Pick it up and leave it off the hook for the shift; you are ready once it is connected.",
  "desk.phoneDown": "Your phone was hung up; no calls reach you", "desk.phoneMissed": "Your phone was not picked up; no calls reach you yet",
  "desk.phoneDownText": "Press F2 to have it rung again; you are ready once you pick it up.", "desk.ringPhone": "Ring the phone",

  "desk.dial": "Dial", "desk.skip": "Skip", "desk.skipWhy": "Why skip", "desk.previewTitle": "Have a look, then dial", "desk.dialing": "Dialling",
  "desk.ringing": "Ringing {{t}}", "desk.ringingTitle": "Calling {{name}}", "desk.reservedTitle": "A call is coming", "desk.attemptNo": "attempt {{n}}",
  "desk.due": "due {{at}}", "desk.agreed": "agreed for {{at}}", "skip.noPhone": "The number looks wrong", "skip.justVisited": "The customer is in the store",
  "skip.duplicate": "Contacted a moment ago", "skip.other": "Other",

  "who.confirmed": "Identity confirmed", "who.covered": "Plate, work and amounts show once identity is confirmed", "who.phone": "Phone",
  "who.preferred": "Good time", "who.noPreferred": "not known", "who.others": "Others", "who.mileage": "Mileage", "who.warranty": "Warranty",
  "who.nextDue": "Next service", "who.vin": "VIN", "who.visit": "This visit", "who.items": "Work", "who.delivered": "Delivered",
  "who.late": "{{n}} min later than promised", "who.advisor": "Advisor", "who.technician": "technician", "who.history": "History", "who.open": "Open the file",
  "who.noHistory": "The first contact with this customer.", "who.lastWords": "Last words", "who.otherVehicles": "{{n}} more vehicles", "who.note": "Note",
  "who.visitKind": "Visit",

  "say.to": "To", "say.says": "say", "say.forAgent": "For you to judge, not to be read aloud", "say.progress": "question {{done}} of about {{total}}", "say.total": "about {{total}} questions", "say.short": "Short of time", "say.shortOn": "Main questions only",
  "say.prev": "Previous", "say.hint": "Hint (do not read): ", "say.saved": "Saved", "say.sending": "Saving", "say.queued": "Waits to be sent", "say.refuse": "Refuses",
  "say.na": "Not applicable", "say.next": "Next", "say.nextSay": "Read; next line", "say.nextLine": "Next", "say.pressDigit": "A digit saves and goes on",
  "say.pressMulti": "Digits choose, several may; Enter confirms", "say.low": "{{from}}–{{to}} dissatisfied", "say.mid": "{{n}} so-so", "say.high": "{{from}}–{{to}} satisfied",
  "say.five1": "Very dissatisfied", "say.five2": "Dissatisfied", "say.five3": "Neutral", "say.five4": "Satisfied", "say.five5": "Very satisfied",
  "say.npsLow": "0–6 would not", "say.npsMid": "7–8 neutral", "say.npsHigh": "9–10 would", "say.confirm": "Confirm",
  "say.writeBelow": "Write the customer's words below, then Enter.", "say.atLeast": "at least {{n}} characters", "say.required": "This question needs an answer",
  "say.pickTime": "Choose a time", "say.otherTime": "Another time", "say.day": "Day", "say.time": "Time", "say.typeValue": "Fill in, then Enter", "say.endTitle": "Closing",
  "say.endText": "Read the closing, let the customer hang up first; after 3 s you may.", "say.outcome": "Result: {{o}}", "say.inForm": "Quick-handling form",
  "say.noScript": "This call has no script", "say.waitScript": "Wait for the answer",

  "words.title": "Customer's words", "words.for": "for: {{what}}", "words.placeholder": "Exactly as the customer says it", "words.here": "this question",
  "words.noKey": "No words are kept for this line", "words.saved": "Saved", "words.draft": "Writing", "words.leave": "Esc leaves",
  "saved.answers": "{{a}} answers saved", "saved.summary": "{{a}} answers, {{w}} quotes saved", "saved.pending": "{{n}} waiting", "saved.server": "server time counts",

  "call.mute": "Mute", "call.unmute": "Unmute", "call.keypad": "Keypad", "call.keypadHint": "Digits are sent; Esc closes", "call.hangup": "Hang up",
  "call.hangupWait": "In {{n}} s you may hang up", "call.hangupHint": "3 s after the closing; earlier needs a reason", "call.hangupNow": "You may hang up",
   "call.earlyTitle": "Why end the call early", "call.early.customer": "The customer wants to end it", "call.early.bad": "Bad line",
  "call.early.abuse": "Abusive", "call.early.wrong": "Wrong number", "call.early.other": "Other", "call.ended": "Ended", "call.line": "{{trunk}} · from {{from}}",
  "call.notes": "Notes", "call.notesHint": "for colleagues, not quotes", "call.quick": "Actions", "call.form": "Quick form", "call.callback": "Call back",
  "call.dnc": "Do not call", "call.dncTitle": "Which calls does the customer not want", "call.dnc.survey": "Follow-ups", "call.dnc.commercial": "Marketing",
  "call.dnc.all": "All calls", "call.callbackTitle": "When to call back", "call.timeline": "This call", "call.formDone": "Quick form", "call.hangupBy": "Ended by",
  "call.by.customer": "Customer", "call.by.agent": "Agent", "call.by.system": "System", "call.by.carrier": "Carrier", "call.wait": "To agent", "call.trunk": "Trunk",
  "call.tabs": "Side column", "tab.customer": "Customer", "tab.history": "History", "tab.call": "Call", "tab.actions": "Actions",

  "wrap.left": "{{t}} left; choose the result and you are ready", "wrap.leftPause": "{{t}} left; choose the result and you are not ready",
  "wrap.zero": "At 0 the call becomes “result missing”, you are set not ready and the supervisor sees it; saved answers stay.",
  "wrap.overdue": "Wrap-up over by {{t}}", "wrap.overdueText": "The call is “result missing”. Choose a result to be ready again; all answers are kept.",
  "wrap.more": "30 s more", "wrap.proposed": "Result proposed from the answers", "wrap.accept": "Take this result", "wrap.change": "No? Press a digit",
  "wrap.chosen": "Result chosen instead", "wrap.answers": "Answers of this call", "wrap.noAnswers": "This call has no answers.", "wrap.missing": "Missing: {{what}}",
   "wrap.callbackAt": "Time to call back",
  "wrap.sending": "Saving…", "wrap.after": "Afterwards", "wrap.talked": "talked {{t}}",
} as const;

export const en: Record<Key, string> = { ...enDesk, ...enPages, ...enImports, ...enRecords, ...enPromises, ...enLists, ...enMerges, ...enWhatIf, ...enResults, ...enStore };
